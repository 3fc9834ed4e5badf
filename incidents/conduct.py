"""Counts of what people say of the conduct of forces: by area, by month, whole quarters for everybody but oversight.

Everybody but oversight reads whole quarters, all forces together, of areas where at least ``MINIMUM`` people spoke, and
no sum over areas: from what is shown, what is not shown cannot be worked out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import ngettext

from incidents.access.conduct import CONDUCT, MINIMUM, PATTERN_ROLES, TOTALS_ROLES
from incidents.models import ConductFeedback, ConductState, Judgement
from orgs.models import Area, Level, Role
from orgs.policy import Viewer
from orgs.providers import Waits

_GOOD = Count("pk", filter=Q(judgement__in=(Judgement.GOOD, Judgement.MIXED)))
_BAD = Count("pk", filter=Q(judgement__in=(Judgement.BAD, Judgement.MIXED)))
_COUNTED = {"voices": Count("pk"), "good": _GOOD, "bad": _BAD}


@dataclass(frozen=True)
class Counted:
    """How many people spoke; who said both good and bad counts in each."""

    label: Any
    voices: int
    good: int
    bad: int


@dataclass(frozen=True)
class Quarter:
    """Three months of a year; ``number`` is 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next().first - timedelta(days=1)

    def next(self) -> "Quarter":
        """The one after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def __str__(self) -> str:
        return f"{self.year}-T{self.number}"


def quarters_before(day: date, count: int) -> list[Quarter]:
    """The last quarters that are over by a day, the newest first. What still runs would be told twice."""
    year, number = day.year, (day.month - 1) // 3 + 1
    found = []
    for _n in range(count):
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
        found.append(Quarter(year, number))
    return found


def counts_of(rows: QuerySet[ConductFeedback], area: Area | None, from_on: date, to_on: date) -> Counted:
    """The voices of an area (everywhere: ``None``) over some days, both included."""
    chosen = _standing(rows).filter(occurred_on__range=(from_on, to_on))
    if area is not None:
        chosen = chosen.filter(**{str(area.level): area.pk})
    return Counted(area, **chosen.aggregate(**_COUNTED))


def by_month(rows: QuerySet[ConductFeedback]) -> list[Counted]:
    """Month by month, the oldest first; for oversight."""
    found = (Counted(*row) for row in _counted(_standing(rows), TruncMonth("occurred_on")))
    return sorted(found, key=lambda one: one.label)


def by_force(rows: QuerySet[ConductFeedback]) -> list[Counted]:
    """By force, the most spoken of first; for oversight."""
    found = (Counted(*row) for row in _counted(_standing(rows), "force"))
    return sorted(found, key=lambda one: (-one.voices, one.label))


def _counted(rows: QuerySet[ConductFeedback], *by: Any) -> QuerySet[ConductFeedback, tuple[Any, ...]]:
    return rows.order_by().values_list(*by).annotate(voices=Count("pk"), good=_GOOD, bad=_BAD)


def by_area(rows: QuerySet[ConductFeedback]) -> list[Counted]:
    """By cercle, else by region, in the order of their names; for oversight."""
    return [one for level in (Level.REGION, Level.CERCLE) for one in _by(level, _standing(rows))]


def quarter_by_area(viewer: Viewer, quarter: Quarter) -> list[Counted]:
    """What everybody with a post may know of their own regions in a quarter that is over."""
    rows = _standing(ConductFeedback.objects.filter(occurred_on__range=(quarter.first, quarter.last)))
    rows = rows.filter(_whole_regions(viewer))
    return [one for one in _by(Level.REGION, rows) if one.voices >= MINIMUM and _tells_of_nobody(one)]


def _whole_regions(viewer: Viewer) -> Q:
    """The regions in which the viewer has a post, whole: parts of them would tell more, set against the whole."""
    posts = viewer.posts_as([str(role) for role in (*TOTALS_ROLES, *PATTERN_ROLES)])
    if any(post.nationwide for post in posts):
        return Q()
    finer = [pk for post in posts for pk in (*post.cercle_ids, *post.commune_ids)]
    regions = {pk for post in posts for pk in post.region_ids}
    above = Area.objects.filter(pk__in=finer).values_list("region", flat=True)
    return Q(region__in=sorted({*regions, *(pk for pk in above if pk is not None)}))


def _tells_of_nobody(one: Counted) -> bool:
    """Neither side so few that it points at somebody; nobody at all points at nobody."""
    return all(count == 0 or count >= MINIMUM // 2 for count in (one.good, one.bad))


def _by(level: Level, rows: QuerySet[ConductFeedback]) -> list[Counted]:
    name = f"{level}__name"
    found = _counted(rows.filter(**{f"{level}__isnull": False}), str(level), name)
    return sorted((Counted(*row[1:]) for row in found), key=lambda one: str(one.label))


def _standing(rows: QuerySet[ConductFeedback]) -> QuerySet[ConductFeedback]:
    return rows.filter(erased_at=None)


def conduct_waiting(viewer: Viewer) -> list[Waits]:
    """What oversight has not read yet."""
    if Role.OVERSIGHT not in viewer.roles:
        return []
    rows = CONDUCT.rows_as(viewer, "oversight").filter(state=ConductState.NEW)
    return [Waits("conduct", rows, _waiting_words, f"{reverse('conduct-overview')}?state=new")]


def _waiting_words(count: int) -> str:
    return ngettext("word on the forces is not read yet", "words on the forces are not read yet", count)


def largest(counted: Iterable[Counted]) -> int:
    """The highest number of voices, for the scale of bars; 1 where nobody spoke."""
    return max((one.voices for one in counted), default=1) or 1
