"""Who may see and do what in the foundation: the viewer, the directory, people, the audit log, Django admin.

The mechanism is ``orgs.policy``; the expected results stand, typed by hand, in ``tests/access``.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from orgs.models import (
    NETWORK_ROLES,
    SECOND_FACTOR_ROLES,
    Actor,
    ApiToken,
    Area,
    AuditEntry,
    Invitation,
    Level,
    Membership,
    Message,
    Organisation,
    OrganisationVisibility,
    Role,
    User,
)
from orgs.policy import (
    Everywhere,
    Grant,
    OwnAreas,
    OwnAreasOfMany,
    OwnOrganisation,
    Policy,
    Post,
    Themselves,
    Viewer,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

ANYONE = Viewer()


def viewer_of(request: "HttpRequest") -> Viewer:
    """Who asks; worked out once a request, in one query."""
    viewer: Viewer | None = getattr(request, "_viewer", None)
    if viewer is None:
        viewer = viewer_for(request.user)
        request._viewer = viewer  # type: ignore[attr-defined]
    return viewer


def viewer_for(user: "User | AnonymousUser | None") -> Viewer:
    """The viewer that a person is: their current posts with the areas of each."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ANYONE
    return Viewer(user_id=user.pk, posts=posts_of(user.pk), second_factor=has_second_factor(user))


def posts_of(user_id: int) -> tuple[Post, ...]:
    """The current posts of a person, in one query."""
    return posts_from(
        Membership.objects.current()
        .filter(person=user_id)
        .order_by("pk")
        .values_list("pk", "role", "organisation", "areas__pk", "areas__level")
    )


def posts_from(rows: Iterable[tuple[Any, ...]]) -> tuple[Post, ...]:
    """Posts from rows of (membership, role, organisation, area, level of the area), one row an area."""
    areas: dict[tuple[int, str, int | None], dict[str, set[int]]] = {}
    for pk, role, organisation_id, area_id, level in rows:
        by_level = areas.setdefault((pk, role, organisation_id), {})
        if area_id is not None:
            by_level.setdefault(level, set()).add(area_id)
    return tuple(
        Post(
            role=role,
            organisation_id=organisation_id,
            nationwide=Level.COUNTRY in by_level,
            region_ids=frozenset(by_level.get(Level.REGION, ())),
            cercle_ids=frozenset(by_level.get(Level.CERCLE, ())),
            commune_ids=frozenset(by_level.get(Level.COMMUNE, ())),
        )
        for (_, role, organisation_id), by_level in areas.items()
    )


def has_second_factor(user: User) -> bool:
    """Whether the person has set up a second factor; signing in then always asks for it."""
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))


def needs_second_factor(viewer: Viewer) -> bool:
    """Whether one of the person's roles may not work without a second factor."""
    return bool(viewer.roles & set(SECOND_FACTOR_ROLES))


def is_second_factor_relaxed() -> bool:
    """Whether the switch for demonstrations is on; it counts only where the data are made up."""
    return bool(settings.RELAX_SECOND_FACTOR and settings.DEMO)


def lacks_second_factor(viewer: Viewer) -> bool:
    """Whether this person must set up a second factor before anything else works."""
    return needs_second_factor(viewer) and not viewer.second_factor and not is_second_factor_relaxed()


# --- The directory -----------------------------------------------------------------------------------------------

ORGANISATIONS: Policy[Organisation] = Policy(
    Organisation,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation("pk")),
        Grant(
            "partner",
            Everywhere(),
            (*NETWORK_ROLES, Role.LIAISON, Role.ANALYST, Role.OVERSIGHT, Role.OPERATOR),
            when={"visibility__in": (OrganisationVisibility.PUBLIC, OrganisationVisibility.PARTNERS)},
        ),
        Grant("public", Everywhere(), when={"visibility": OrganisationVisibility.PUBLIC}),
    ],
)

AREAS: Policy[Area] = Policy(Area, [Grant("public", Everywhere())])

PEOPLE: Policy[User] = Policy(
    User,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("self", Themselves("pk")),
    ],
)

ACTORS: Policy[Actor] = Policy(
    Actor,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("partner", Everywhere(), (Role.COORDINATOR, Role.ANALYST, *NETWORK_ROLES)),
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


# --- Django admin ------------------------------------------------------------------------------------------------

ADMIN_ROLES = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.OVERSIGHT, Role.OPERATOR)

# What each role may do in admin: model -> actions. What rows it then sees is asked of the model's policy.
# Reports, incidents, alerts and what hangs on them are read in admin and changed on the desk, by services.
DIRECTORY_MODELS = ("organisation", "actor", "membership", "user", "invitation", "apitoken", "incidenttype")
_READ = frozenset({"view"})
_WRITE = frozenset({"view", "add", "change", "delete"})
ADMIN_ACTIONS: dict[str, dict[str, frozenset[str]]] = {
    Role.ADMINISTRATOR: {
        **dict.fromkeys(DIRECTORY_MODELS, _WRITE),
        **dict.fromkeys(("edition", "area", "place"), _WRITE),
        **dict.fromkeys(("emailaddress", "authenticator"), frozenset({"view", "delete"})),
    },
    Role.COORDINATOR: dict.fromkeys(
        (
            "organisation",
            "actor",
            "edition",
            "area",
            "place",
            "incidenttype",
            "report",
            "reporteridentity",
            "addition",
            "incident",
            "figure",
            "heldresponsible",
            "alert",
            "alertaudience",
            "rendition",
            "delivery",
            "carriage",
            "reply",
        ),
        _READ,
    ),
    Role.OVERSIGHT: {"auditentry": _READ},
    Role.OPERATOR: {"message": _READ},
}


def may_enter_admin(user: User) -> bool:
    """Whether a person may enter Django admin at all."""
    return user.is_active and bool(_roles_for_admin(user))


def has_admin_permission(user: User, permission: str) -> bool:
    """Whether a person may do ``"app.action_model"`` in admin."""
    if not user.is_active:
        return False
    action, _, model = permission.partition(".")[2].partition("_")
    return any(action in ADMIN_ACTIONS[role].get(model, ()) for role in _roles_for_admin(user))


def _roles_for_admin(user: User) -> frozenset[str]:
    cached: frozenset[str] | None = getattr(user, "_admin_roles", None)
    if cached is None:
        roles = Membership.objects.current().filter(person=user, role__in=ADMIN_ROLES).values_list("role", flat=True)
        cached = frozenset(roles)
        user._admin_roles = cached  # type: ignore[attr-defined]
    return cached


# --- What people may do ------------------------------------------------------------------------------------------


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


def may_keep_directory(viewer: Viewer) -> bool:
    """Add and change organisations and actors."""
    return Role.ADMINISTRATOR in viewer.roles


def may_have_token(viewer: Viewer) -> bool:
    """Whether this person may let programs work in their name: whoever has a post."""
    return viewer.user_id is not None and bool(viewer.posts)


def has_role(user_ref: OuterRef, *roles: str) -> Exists:
    """SQL: the person has one of these roles now."""
    return Exists(Membership.objects.current().filter(person=user_ref, role__in=[str(role) for role in roles]))
