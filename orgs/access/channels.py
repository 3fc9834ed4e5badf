"""Who may see and do what with the ways by which people are reached, and with the ways out of the installation."""

from django.db.models import QuerySet

from orgs.models import Address, Message, Role, WayOut
from orgs.policy import Everywhere, Grant, Policy, Themselves, Viewer

ADDRESSES: Policy[Address] = Policy(
    Address,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("self", Themselves("person")),
    ],
)
"""That there is one, what it is called and whether it works. Where it leads nobody sees, not even its person."""

WAYS_OUT: Policy[WayOut] = Policy(WayOut, [Grant("operator", Everywhere(), (Role.OPERATOR, Role.ADMINISTRATOR))])


def own_addresses(viewer: Viewer) -> QuerySet[Address]:
    """One's own addresses that are in use."""
    return Address.objects.filter(person=viewer.user_id, ended_at__isnull=True).defer("sealed")


def own_messages(viewer: Viewer) -> QuerySet[Message]:
    """The messages to oneself, newest first: by which way and what became of them, without their words."""
    return Message.objects.filter(recipient=viewer.user_id).defer("sealed").order_by("-id")


def may_have_program(viewer: Viewer) -> bool:
    """Whether a program may be told in this person's place: whoever has a post."""
    return viewer.user_id is not None and bool(viewer.posts)


def may_keep_ways_out(viewer: Viewer) -> bool:
    """See how the ways out are, set their limits and prices, and have one tried again."""
    return bool(viewer.roles & {Role.OPERATOR, Role.ADMINISTRATOR})
