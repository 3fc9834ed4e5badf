"""Who sees how an alert was checked before it went out, and what alerts turned out to be."""

from incidents.access.scopes import SENT, NotTheAccused
from incidents.models import Alert, AlertClosing, AlertState, SafetyReview
from orgs.models import Role
from orgs.policy import Everywhere, Grant, OwnAreas, Policy, Viewer, WithoutArea

REVIEWS: Policy[SafetyReview] = Policy(
    SafetyReview,
    [
        Grant("coordinator", OwnAreas("alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("alert__incident__"), (Role.COORDINATOR,)),
        Grant("oversight", Everywhere(), (Role.OVERSIGHT,)),
    ],
    [NotTheAccused("alert__incident")],
)
"""Answers, what was let pass and why: coordinators of the area, and oversight. The alert itself is not oversight's."""

CLOSINGS: Policy[AlertClosing] = Policy(
    AlertClosing,
    [
        Grant("coordinator", OwnAreas("alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("alert__incident__"), (Role.COORDINATOR,)),
        Grant("oversight", Everywhere(), (Role.OVERSIGHT,)),
    ],
    [NotTheAccused("alert__incident")],
)

TRUTHS: Policy[Alert] = Policy(
    Alert,
    [
        Grant("coordinator", OwnAreas("incident__"), (Role.COORDINATOR,), when={"state__in": SENT}),
        Grant("coordinator", WithoutArea("incident__"), (Role.COORDINATOR,), when={"state__in": SENT}),
        Grant("oversight", Everywhere(), (Role.OVERSIGHT,), when={"state__in": SENT}),
        Grant("analyst", OwnAreas("incident__"), (Role.ANALYST,), when={"state__in": SENT}),
    ],
    [NotTheAccused("incident")],
)
"""What rates of true and false alerts are counted from: numbers, never a row."""

CLOSABLE = tuple(state for state in SENT if state != AlertState.REPLACED)
"""States of an alert of which one says what it turned out to be. A replaced one is its successor's affair."""


def may_see_truth(viewer: Viewer) -> bool:
    """Open the rates at all."""
    return bool(viewer.roles & {Role.COORDINATOR, Role.OVERSIGHT, Role.ANALYST})


def may_see_reviews(viewer: Viewer) -> bool:
    """Open how an alert was checked at all."""
    return bool(viewer.roles & {Role.COORDINATOR, Role.OVERSIGHT})


def sees_small_counts(viewer: Viewer) -> bool:
    """Whether counts below five are shown: to those who see the rows themselves, and to oversight."""
    return bool(viewer.roles & {Role.COORDINATOR, Role.OVERSIGHT})


def may_keep_bars(viewer: Viewer) -> bool:
    """Set how sure one must be before an alert of a severity goes out."""
    return Role.ADMINISTRATOR in viewer.roles
