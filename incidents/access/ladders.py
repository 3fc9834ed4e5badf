"""Who keeps ladders, who may read them, and who may move an alert on its ladder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from incidents.access.rows import ALERTS
from incidents.access.scopes import NotTheAccused
from incidents.models import Alert, AlertLadder, AlertState, Escalation, Ladder
from orgs.models import Area, Level, Role
from orgs.policy import Grant, OwnAreas, Policy, Post, Viewer, WithoutArea, members


@dataclass(frozen=True)
class AroundOwnAreas:
    """Rows whose area holds one of the post's areas, the whole country included: what also stands for them."""

    path: str = "area"

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if not posts:
            return None
        own = self._own(posts)
        reached = Q(**{f"{self.path}__level": Level.COUNTRY})
        for level in ("region", "cercle"):
            above = Area.objects.filter(pk__in=own).values(level)
            reached |= Q(**{f"{self.path}__in": above})
        return reached

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        if not posts:
            return False
        area = getattr(row, self.path)
        if area.level == Level.COUNTRY:
            return True
        inside = Q(region=area.pk) | Q(cercle=area.pk)
        return Area.objects.filter(inside, pk__in=self._own(posts)).exists()

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        area = getattr(row, self.path)
        if area.level == Level.COUNTRY:
            return members(roles, Q())
        return members(roles, Q(areas__region=area.pk) | Q(areas__cercle=area.pk))

    def _own(self, posts: Sequence[Post]) -> list[int]:
        return sorted(set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts)))


LADDERS: Policy[Ladder] = Policy(
    Ladder,
    [
        Grant("coordinator", OwnAreas("area__"), (Role.COORDINATOR,)),
        Grant("reader", AroundOwnAreas(), (Role.COORDINATOR,)),
    ],
)
"""Coordinators keep the ladders of their areas, and read those of larger areas, which stand for theirs too."""

ESCALATIONS: Policy[Escalation] = Policy(
    Escalation,
    [
        Grant("coordinator", OwnAreas("alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("alert__incident__"), (Role.COORDINATOR,)),
    ],
    [NotTheAccused("alert__incident")],
)

ALERT_LADDERS: Policy[AlertLadder] = Policy(
    AlertLadder,
    [
        Grant("coordinator", OwnAreas("alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("alert__incident__"), (Role.COORDINATOR,)),
    ],
    [NotTheAccused("alert__incident")],
)


def may_keep_ladder(viewer: Viewer, ladder: Ladder) -> bool:
    """Change a ladder: coordinators whose areas hold its area."""
    return LADDERS.audience(viewer, ladder) == "coordinator"


def may_climb(viewer: Viewer, alert: Alert) -> bool:
    """Do the next step now, stop the ladder, note its last call: coordinators of the area, while the alert stands."""
    return alert.state == AlertState.RELEASED and ALERTS.audience(viewer, alert) == "coordinator"
