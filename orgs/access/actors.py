"""Who may see and do what with civil roles, with what organisations say of actors, and with ties between them.

What an organisation says of an actor is its own: its people and the coordinators of its areas read it, administrators
do not. Everybody else reads totals (``orgs.actor_map.totals``), which hold back whatever is said by few.
"""

from orgs.access.directory import ORGANISATIONS, may_decide_on, may_keep_directory
from orgs.models import (
    NETWORK_ROLES,
    Actor,
    ActorRole,
    ActorView,
    Area,
    Organisation,
    OrganisationLink,
    Role,
)
from orgs.policy import Everywhere, Grant, OwnOrganisation, Policy, SeenWith, Viewer
from orgs.scopes import AreasOfOrganisation, NotAboutOwn

ACTOR_READERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.ANALYST, *NETWORK_ROLES)

ACTORS: Policy[Actor] = Policy(
    Actor,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("partner", Everywhere(), (Role.COORDINATOR, Role.ANALYST, *NETWORK_ROLES)),
        Grant("service", OwnOrganisation(), (Role.LIAISON,)),
    ],
)
"""Security liaisons see what is written of their own service, and no other actor."""

ACTOR_ROLES: Policy[ActorRole] = Policy(
    ActorRole,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("partner", Everywhere(), (Role.ANALYST, *NETWORK_ROLES), when={"ended_at__isnull": True}),
        Grant("service", OwnOrganisation("actor__organisation"), (Role.LIAISON,), when={"ended_at__isnull": True}),
    ],
)

ACTOR_VIEWS: Policy[ActorView] = Policy(
    ActorView,
    [
        Grant("member", OwnOrganisation()),
        Grant("coordinator", AreasOfOrganisation(), (Role.COORDINATOR,)),
    ],
    # A service never learns who said what of it, even where one of its people coordinates.
    [SeenWith(ORGANISATIONS, "organisation"), NotAboutOwn("actor__organisation")],
)

LINKS: Policy[OrganisationLink] = Policy(
    OrganisationLink,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation("organisation")),
        Grant("member", OwnOrganisation("other")),
        Grant("partner", Everywhere(), (Role.ANALYST, *NETWORK_ROLES)),
    ],
    # Seen only where both ends may be seen: a hidden organisation is in nobody's picture.
    [SeenWith(ORGANISATIONS, "organisation"), SeenWith(ORGANISATIONS, "other")],
)


def may_read_actor_map(viewer: Viewer) -> bool:
    """Read the map of actors, who to call for what, and networks."""
    return bool(viewer.roles & set(ACTOR_READERS))


def may_see_some_actor(viewer: Viewer) -> bool:
    """Ask for the page of one actor: readers of the map, and liaisons for their own service."""
    return may_read_actor_map(viewer) or Role.LIAISON in viewer.roles


def is_own(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether this person speaks for the organisation: a post of its own in the network, or as its coordinator."""
    posts = viewer.posts_as((*NETWORK_ROLES, Role.COORDINATOR))
    return any(post.organisation_id == organisation.pk for post in posts)


def may_rate_at_all(viewer: Viewer) -> bool:
    """Say how actors are found for some organisation."""
    return bool(viewer.roles & {*NETWORK_ROLES, Role.COORDINATOR})


def may_rate_for(viewer: Viewer, organisation: Organisation) -> bool:
    """Say how this organisation finds actors: its own people; coordinators where it is or works, at its word."""
    if not ORGANISATIONS.sees(viewer, organisation):
        return False
    posts = viewer.posts_as((Role.COORDINATOR,))
    return is_own(viewer, organisation) or (bool(posts) and AreasOfOrganisation("").sees(viewer, posts, organisation))


def may_keep_role_in(viewer: Viewer, area: Area) -> bool:
    """Say whom civilians may call in an area: administrators, and coordinators in their own areas."""
    if may_keep_directory(viewer):
        return True
    posts = viewer.posts_as((Role.COORDINATOR,))
    return any(
        post.covers(region_id=area.region_id, cercle_id=area.cercle_id, commune_id=area.commune_id) for post in posts
    )


def may_keep_some_role(viewer: Viewer) -> bool:
    """Keep civil roles somewhere."""
    return bool(viewer.roles & {Role.ADMINISTRATOR, Role.COORDINATOR})


def may_link(viewer: Viewer, organisation: Organisation) -> bool:
    """Say with whom an organisation is tied: its own editors, and whoever decides on its entry."""
    editors = viewer.posts_as((Role.EDITOR,))
    own = any(post.organisation_id == organisation.pk for post in editors)
    return ORGANISATIONS.sees(viewer, organisation) and (own or may_decide_on(viewer, organisation))


def may_change_link(viewer: Viewer, link: OrganisationLink) -> bool:
    """End or correct a tie: whoever may say it of either end, and sees both."""
    return LINKS.sees(viewer, link) and (may_link(viewer, link.organisation) or may_link(viewer, link.other))


def may_see_network_of(viewer: Viewer, organisation: Organisation) -> bool:
    """See the picture around an organisation that one may see: readers of the map, and its own people."""
    return may_read_actor_map(viewer) or organisation.pk in viewer.organisation_ids
