"""Who may see and change subscriptions, rules of organisations and duty rosters.

None of them opens anything: whoever they name is told only what ``people_who_may_be_told`` gives.
"""

from incidents.models import DutyRoster, Subscription
from orgs.models import NETWORK_ROLES, Area, Role
from orgs.policy import Everywhere, Grant, OwnAreas, OwnAreasOfMany, OwnOrganisation, Policy, Themselves, Viewer

TOLD_ROLES = (*NETWORK_ROLES, Role.COORDINATOR, Role.LIAISON, Role.OVERSIGHT)
"""The roles that may be told of an alert in person: who may subscribe."""
RULE_KEEPERS = (Role.EDITOR, Role.COORDINATOR)
"""Who sets rules for the people of their own organisation."""
ROSTER_KEEPERS = (Role.LIAISON, Role.EDITOR, Role.COORDINATOR)
"""Who keeps the rosters of their own service or organisation."""

SUBSCRIPTIONS: Policy[Subscription] = Policy(
    Subscription,
    [
        Grant("own", Themselves("person")),
        Grant("keeper", OwnOrganisation(), RULE_KEEPERS),
        Grant("told", OwnOrganisation()),
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
    ],
)

ROSTERS: Policy[DutyRoster] = Policy(
    DutyRoster,
    [
        Grant("keeper", OwnOrganisation(), ROSTER_KEEPERS),
        Grant("coordinator", OwnAreasOfMany(DutyRoster), (Role.COORDINATOR,)),
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
    ],
)


def may_subscribe(viewer: Viewer) -> bool:
    """Have subscriptions and hours of one's own: whoever may be told of alerts."""
    return bool(viewer.roles & set(TOLD_ROLES))


def organisations_ruled_by(viewer: Viewer) -> frozenset[int]:
    """The organisations whose people the viewer may set rules for: their own."""
    posts = viewer.posts_as(RULE_KEEPERS)
    return frozenset(post.organisation_id for post in posts if post.organisation_id is not None)


def may_change(viewer: Viewer, subscription: Subscription) -> bool:
    """Change, pause or delete: one's own; a rule by those who keep it."""
    return SUBSCRIPTIONS.audience(viewer, subscription) in ("own", "keeper")


def may_see_rosters(viewer: Viewer) -> bool:
    """Open the page of who is on duty."""
    return bool(viewer.roles & set(ROSTER_KEEPERS))


def organisations_with_rosters_of(viewer: Viewer) -> frozenset[int]:
    """The services and organisations for which the viewer may begin a roster: their own."""
    posts = viewer.posts_as(ROSTER_KEEPERS)
    return frozenset(post.organisation_id for post in posts if post.organisation_id is not None)


def may_keep_roster(viewer: Viewer, roster: DutyRoster) -> bool:
    """Change a roster: its own people who keep rosters, and the coordinators of its areas."""
    return ROSTERS.audience(viewer, roster) in ("keeper", "coordinator")


def coordinates(viewer: Viewer, area: Area) -> bool:
    """Whether the viewer is a coordinator where this area lies."""
    posts = viewer.posts_as((Role.COORDINATOR,))
    return OwnAreas().sees(viewer, posts, area)
