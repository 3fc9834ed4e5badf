"""Who may see and do what with changes that people ask for, and with what contacts were asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from orgs.access.directory import KEEPERS, ORGANISATIONS, may_decide_on
from orgs.models import ChangeRequest, Confirmation, Membership, Organisation, OrganisationState, Role
from orgs.policy import Everywhere, Grant, Policy, Post, SeenWith, Themselves, Viewer


@dataclass(frozen=True)
class Reached:
    """Rows of organisations that are or work in the post's areas, or have no area: as ``may_decide_on`` says."""

    path: str = "organisation"

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        """In SQL."""
        if any(post.nationwide for post in posts):
            return Q()
        own = sorted(set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts)))
        return Q(**{f"{self.path}__reach__overlap": own}) | Q(**{f"{self.path}__reach": []})

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        """For one row."""
        reach = getattr(row, self.path).reach
        own = set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts))
        return any(post.nationwide for post in posts) or not reach or bool(own & set(reach))

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        """Who reaches it."""
        reach = getattr(row, self.path).reach
        posts = Membership.objects.current().filter(role__in=list(roles or ()))
        if reach:
            posts = posts.filter(Q(areas__in=reach) | Q(areas__level="country"))
        return Q(pk__in=posts.values("person"))


CHANGES: Policy[ChangeRequest] = Policy(
    ChangeRequest,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Reached(), (Role.COORDINATOR,)),
        Grant("asker", Themselves("asked_by")),
    ],
    [SeenWith(ORGANISATIONS, "organisation")],
)
"""What people ask to be changed is read by those who decide on it and by whoever asked, by nobody else."""

CONFIRMATIONS: Policy[Confirmation] = Policy(
    Confirmation,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Reached(), (Role.COORDINATOR,)),
    ],
    [SeenWith(ORGANISATIONS, "organisation")],
)


def may_see_queue(viewer: Viewer) -> bool:
    """Look at the suggested changes that wait."""
    return bool(viewer.roles & set(KEEPERS))


def may_add_organisation(viewer: Viewer) -> bool:
    """Enter an organisation that is not in the directory yet."""
    return bool(viewer.roles & set(KEEPERS))


def may_edit(viewer: Viewer, organisation: Organisation) -> bool:
    """Speak for an organisation in the directory: its own people with the role of editor."""
    return any(post.organisation_id == organisation.pk for post in viewer.posts_as((Role.EDITOR,)))


def may_keep_contacts(viewer: Viewer, organisation: Organisation) -> bool:
    """Add, change and end contacts: those who decide on the entry, and its own editors."""
    return organisation.merged_into_id is None and (
        may_decide_on(viewer, organisation) or may_edit(viewer, organisation)
    )


def may_ask_visibility(viewer: Viewer, organisation: Organisation) -> bool:
    """Ask for a change of how widely an entry is shown: its own people, and those who decide on it."""
    return organisation.pk in viewer.organisation_ids or may_decide_on(viewer, organisation)


def may_confirm(viewer: Viewer, organisation: Organisation) -> bool:
    """Say for one's own organisation that everything is right."""
    return may_edit(viewer, organisation) and organisation.state != OrganisationState.RETIRED
