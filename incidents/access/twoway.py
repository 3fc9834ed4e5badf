"""Who asks and answers, tells what came of an alert, gives advisories and decides on them, and reads the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from incidents.access.rows import DELIVERIES
from incidents.access.scopes import NotTheAccused
from incidents.models import Advisory, AdvisoryState, AlertQuestion, AlertState, Delivery, Incident, QuestionAnswer
from orgs.models import NETWORK_ROLES, Role
from orgs.policy import (
    Everywhere,
    Grant,
    OwnAreas,
    OwnAreasOfMany,
    OwnOrganisation,
    Policy,
    Post,
    Scope,
    Themselves,
    Viewer,
    WithoutArea,
    follow,
)

ANSWERABLE_LATER = (AlertState.RELEASED, AlertState.EXPIRED, AlertState.REPLACED)
"""An alert that no longer holds can still be asked about, and what came of it told; one that is cancelled cannot."""


@dataclass(frozen=True)
class ToldTheSame:
    """Rows that hang on an alert of which the viewer is a recipient. ``path`` leads to the alert."""

    path: str

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if viewer.user_id is None:
            return None
        return Q(**{f"{self.path}__in": Delivery.objects.filter(recipient=viewer.user_id).values("alert")})

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        alert = follow(row, self.path)
        return viewer.user_id is not None and Delivery.objects.filter(alert=alert, recipient=viewer.user_id).exists()

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return Q(pk__in=Delivery.objects.filter(alert=follow(row, self.path)).values("recipient"))


@dataclass(frozen=True)
class UnlessAccused:
    """Another scope without what came to be an incident for which the viewer's organisation is held responsible.

    For some of a policy's grants only; a barrier would keep the row from everybody of that organisation.
    """

    within: Scope
    accused: NotTheAccused

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        reached, hidden = self.within.rows(viewer, posts), self.accused.hidden(viewer)
        return reached if reached is None or hidden is None else reached & ~hidden

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return self.within.sees(viewer, posts, row) and not self.accused.hides(viewer, row)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        reached, excluded = self.within.people(row, roles), self.accused.excluded(row)
        return reached if reached is None or excluded is None else reached & ~excluded


QUESTIONS: Policy[AlertQuestion] = Policy(
    AlertQuestion,
    [
        Grant("coordinator", OwnAreas("delivery__alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("delivery__alert__incident__"), (Role.COORDINATOR,)),
        Grant("asker", Themselves("delivery__recipient")),
    ],
    [NotTheAccused("delivery__alert__incident")],
)
"""A question is between the one who asks and the coordinators of the alert."""

QUESTION_ANSWERS: Policy[QuestionAnswer] = Policy(
    QuestionAnswer,
    [
        Grant("coordinator", OwnAreas("question__delivery__alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("question__delivery__alert__incident__"), (Role.COORDINATOR,)),
        Grant("asker", Themselves("question__delivery__recipient")),
        Grant("recipient", ToldTheSame("question__delivery__alert"), when={"to_all": True}),
    ],
    [NotTheAccused("question__delivery__alert__incident")],
)

ADVISORIES: Policy[Advisory] = Policy(
    Advisory,
    [
        Grant("coordinator", UnlessAccused(OwnAreasOfMany(Advisory), NotTheAccused("incident")), (Role.COORDINATOR,)),
        Grant("service", OwnOrganisation(), (Role.LIAISON,)),
    ],
)
"""What is passed on is read as an alert; the advisory itself by the service that gave it and the coordinators.

A service that comes to be held responsible keeps its own: if it vanished, that would tell them.
"""

FIGURES_ROLES = (*NETWORK_ROLES, Role.COORDINATOR, Role.LIAISON, Role.OVERSIGHT, Role.ANALYST)
FIGURES_OF_AREAS: tuple[Grant, ...] = (
    Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
    Grant("analyst", OwnAreas(), (Role.ANALYST,)),
    Grant("liaison", OwnAreas(), (Role.LIAISON,)),
    Grant("network", OwnAreas(), NETWORK_ROLES),
    Grant("oversight", Everywhere(), (Role.OVERSIGHT,)),
)
FIGURES: Policy[Incident] = Policy(Incident, FIGURES_OF_AREAS, [NotTheAccused("pk")])
"""From the alerts of which incidents each role is shown how fast they are answered: totals without small counts."""

FIGURES_OF_ADVISORIES: Policy[Advisory] = Policy(Advisory, FIGURES_OF_AREAS)
"""Which advisories are counted beside them."""


def may_ask(viewer: Viewer, delivery: Delivery) -> bool:
    """Ask the coordinators about an alert: its recipient in person, until it is cancelled."""
    return (
        viewer.user_id is not None
        and delivery.recipient_id == viewer.user_id
        and delivery.alert.state in ANSWERABLE_LATER
        and DELIVERIES.sees(viewer, delivery)
    )


def may_tell_outcome(viewer: Viewer, delivery: Delivery) -> bool:
    """Tell what came of an alert: its recipient in person, also when it no longer holds."""
    return may_ask(viewer, delivery)


def may_give_advisory(viewer: Viewer) -> bool:
    """Give an advisory: liaisons, for their own service."""
    return any(post.organisation_id is not None for post in viewer.posts_as((Role.LIAISON,)))


def may_withdraw_advisory(viewer: Viewer, advisory: Advisory) -> bool:
    """Rewrite or withdraw an advisory: liaisons of the service that gave it."""
    return advisory.state != AdvisoryState.WITHDRAWN and any(
        post.organisation_id == advisory.organisation_id for post in viewer.posts_as((Role.LIAISON,))
    )


def may_decide_on_advisory(viewer: Viewer, advisory: Advisory) -> bool:
    """Pass an advisory on, hold or soften it: coordinators of one of its areas, never for their own service."""
    return (
        ADVISORIES.audience(viewer, advisory) == "coordinator"
        and advisory.organisation_id not in viewer.organisation_ids
    )


def may_see_figures(viewer: Viewer) -> bool:
    """See how fast alerts are answered: both sides, each in its own areas."""
    return bool(viewer.roles & set(FIGURES_ROLES))
