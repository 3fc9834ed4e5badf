"""No commune left behind: where no dialogue that the viewer may see was held for some months.

Communes where they are loaded and this reader is told communes; cercles elsewhere. Interviews do not count: there
nobody came together. Only sessions that the viewer may see count; the page says so.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from dialogues.access import SESSIONS
from dialogues.disclosure import SESSION
from dialogues.inclusion import held
from dialogues.models import SessionKind
from orgs.listing import columns_for
from orgs.maps import drawing, shapes
from orgs.maps.counting import AreaTotal, frame_for
from orgs.maps.narrowing import Division, Row
from orgs.models import NETWORK_ROLES, Area, Level, Role
from orgs.models.areas import name_key
from orgs.policy import Viewer

MONTHS = (3, 6, 12, 24)
MONTHS_AT_FIRST = 12
_TOLD_COMMUNES = {Role.COORDINATOR, *NETWORK_ROLES}


@dataclass(frozen=True)
class Left:
    """An area without a dialogue since a day; ``last`` is the latest one before it, if there ever was one."""

    pk: int
    pcode: str
    name: str
    region_id: int | None
    cercle_id: int | None
    region: str
    last: date | None


def level_for(viewer: Viewer) -> Level:
    """Down to which level this viewer can be told where sessions were held."""
    if viewer.roles & _TOLD_COMMUNES and Area.objects.current().at(Level.COMMUNE).exists():
        return Level.COMMUNE
    return Level.CERCLE


def since(months: int, today: date) -> date:
    """The day so many months ago."""
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last_day = monthrange(years, month + 1)[1]
    return date(years, month + 1, min(today.day, last_day))


def left_behind(viewer: Viewer, level: Level, day: date, region: Row | None = None) -> tuple[list[Left], int]:
    """The areas of a level where no dialogue was held on or after a day, those never reached first; of how many.

    One statement: for each area the last session by the index of its level.
    """
    told = columns_for(SESSIONS, SESSION, viewer, only=(f"{level}_id",))
    seen = held(SESSIONS.rows(viewer)).exclude(kind=SessionKind.INTERVIEW).annotate(**told)
    last = seen.filter(**{f"{level}": OuterRef("pk"), f"shown_{level}_id": OuterRef("pk")})
    areas = Area.objects.current().at(level)
    if region is not None:
        areas = areas.filter(region=region.pk)
    rows = areas.annotate(last=Subquery(last.order_by("-held_on", "-id").values("held_on")[:1])).order_by("name_key")
    names = ("pk", "pcode", "name", "region_id", "cercle_id", "region__name", "last")
    every = [Left(*row) for row in rows.values_list(*names)]
    found = [one for one in every if one.last is None or one.last < day]
    return sorted(found, key=lambda one: one.last or date.min), len(every)


@dataclass(frozen=True)
class Group:
    """The areas of one région that were left behind."""

    name: str
    rows: list[Left]


def by_region(left: Sequence[Left]) -> list[Group]:
    """The same, région by région in the order of their names, each as it was ordered."""
    found: dict[str, list[Left]] = {}
    for one in left:
        found.setdefault(one.region, []).append(one)
    return [Group(name, found[name]) for name in sorted(found, key=name_key)]


def drawing_of(left: Sequence[Left], areas: Division, stamp: shapes.Stamp | None, region: Row | None) -> Any:
    """The map: the more areas were left behind, the darker; the number of a région is how many of its areas were."""
    if stamp is None:
        return None
    frame = frame_for(areas, stamp, region)
    paths = shapes.paths(stamp, frame, region.pk if region else None)
    numbers: dict[int | None, int] = {}
    for one in left:
        for pk in {one.region_id, one.cercle_id or one.pk}:
            numbers[pk] = numbers.get(pk, 0) + 1
    shown = areas.regions if region is None else areas.cercles(region.pk)
    counts = [AreaTotal(row, numbers.get(row.pk, 0)) for row in shown]
    legend = drawing.legend_of(numbers.get(row.pk, 0) for row in areas.cercles(region.pk if region else None))

    def patches(count: AreaTotal) -> list[tuple[str, int]]:
        inside = areas.cercles(count.area.pk) if region is None else (count.area,)
        return [(paths[row.pk], numbers.get(row.pk, 0)) for row in inside if row.pk in paths]

    linked = drawing.linked_of(counts, patches, frame, legend)
    drawn = {one.count.area.pk for one in linked}
    dots = [count for count in counts if count.total and count.area.pk not in drawn]
    return drawing.draw(dots, frame, linked=linked, legend=legend if linked else ())
