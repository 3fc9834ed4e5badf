"""Who may see and do what with people, their posts, tokens and invitations; the audit log; messages."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from orgs.models import ApiToken, Area, AuditEntry, Invitation, Membership, Message, ReceivedSms, Role, User
from orgs.policy import Everywhere, Grant, OwnAreas, OwnAreasOfMany, Policy, Themselves, Viewer

PEOPLE: Policy[User] = Policy(
    User,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("self", Themselves("pk")),
    ],
)

MEMBERSHIPS: Policy[Membership] = Policy(
    Membership,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", OwnAreasOfMany(Membership), (Role.COORDINATOR,)),
        Grant("self", Themselves("person")),
    ],
)

TOKENS: Policy[ApiToken] = Policy(
    ApiToken,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("self", Themselves("person")),
    ],
)

AUDIT: Policy[AuditEntry] = Policy(AuditEntry, [Grant("oversight", Everywhere(), (Role.OVERSIGHT,))])

MESSAGES: Policy[Message] = Policy(
    Message,
    [
        Grant("operator", Everywhere(), (Role.OPERATOR,)),
        Grant("self", Themselves("recipient")),
    ],
)

RECEIVED: Policy[ReceivedSms] = Policy(ReceivedSms, [Grant("operator", Everywhere(), (Role.OPERATOR,))])


def may_invite(viewer: Viewer) -> bool:
    """Administrators invite anyone; coordinators invite into their own areas (``may_invite_into``)."""
    return bool(viewer.roles & {Role.ADMINISTRATOR, Role.COORDINATOR})


def may_invite_into(viewer: Viewer, *, role: str, areas: list[Area]) -> bool:
    """A coordinator may not make administrators, oversight or operators, nor reach beyond their own areas."""
    if Role.ADMINISTRATOR in viewer.roles:
        return True
    if role in (Role.ADMINISTRATOR, Role.OVERSIGHT, Role.OPERATOR) or not areas:
        return False
    posts = viewer.posts_as((Role.COORDINATOR,))
    return bool(posts) and all(
        any(
            post.covers(region_id=area.region_id, cercle_id=area.cercle_id, commune_id=area.commune_id)
            for post in posts
        )
        for area in areas
    )


ROLES_OF_ORGANISATIONS = (Role.LIAISON, Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR)
"""Roles that are nothing without an organisation."""

ROLES_WITHOUT_AREAS = (Role.ADMINISTRATOR, Role.OVERSIGHT, Role.OPERATOR, Role.ANALYST)
"""Roles that need no area; all others see and do nothing without one."""


def roles_to_give(viewer: Viewer) -> list[str]:
    """The roles that this person may give to others at all."""
    if Role.ADMINISTRATOR in viewer.roles:
        return list(Role.values)
    if Role.COORDINATOR in viewer.roles:
        return [role for role in Role.values if role not in (Role.ADMINISTRATOR, Role.OVERSIGHT, Role.OPERATOR)]
    return []


def areas_to_give(viewer: Viewer) -> QuerySet[Area]:
    """The areas in which this person may give posts: administrators everywhere, coordinators in their own."""
    areas = Area.objects.current()
    if Role.ADMINISTRATOR in viewer.roles:
        return areas
    posts = viewer.posts_as((Role.COORDINATOR,))
    if any(post.nationwide for post in posts):
        return areas
    inside = OwnAreas().rows(viewer, posts)
    return areas.none() if inside is None else areas.filter(inside)


def people_listed(viewer: Viewer, *, words: str = "") -> QuerySet[Membership]:
    """The posts on the page of people, with what it shows: those in one's areas, everybody's for administrators."""
    waiting = Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, person__closed_at__isnull=True
    )
    rows = (
        MEMBERSHIPS.rows(viewer)
        .select_related("person", "organisation")
        .prefetch_related("areas", Prefetch("person__invitations", waiting, to_attr="open_invitations"))
    )
    for word in words.split()[:5]:
        rows = rows.filter(Q(person__name__icontains=word) | Q(organisation__name__icontains=word))
    return rows


def invitations_listed(viewer: Viewer) -> QuerySet[Invitation]:
    """The invitations of the people whom ``people_listed`` shows; what may be done with one is asked of each."""
    people = MEMBERSHIPS.rows(viewer).values("person")
    return Invitation.objects.filter(person__in=people).select_related("person")


def own_memberships(viewer: Viewer) -> QuerySet[Membership]:
    """One's own posts that count now."""
    return (
        Membership.objects.current()
        .filter(person=viewer.user_id)
        .select_related("organisation")
        .prefetch_related("areas")
    )


def own_tokens(viewer: Viewer) -> QuerySet[ApiToken]:
    """One's own keys for programs."""
    return ApiToken.objects.filter(person=viewer.user_id)


def may_change_membership(viewer: Viewer, membership: Membership) -> bool:
    """Whether this person may end a post, take that back, or change its areas: as for giving it."""
    return may_invite_into(viewer, role=membership.role, areas=list(membership.areas.all()))


def may_keep_accounts(viewer: Viewer) -> bool:
    """Close and open accounts, correct addresses, take away a lost second factor."""
    return Role.ADMINISTRATOR in viewer.roles


def may_have_token(viewer: Viewer) -> bool:
    """Whether this person may let programs work in their name: whoever has a post."""
    return viewer.user_id is not None and bool(viewer.posts)


def has_role(user_ref: OuterRef, *roles: str) -> Exists:
    """SQL: the person has one of these roles now."""
    return Exists(Membership.objects.current().filter(person=user_ref, role__in=[str(role) for role in roles]))
