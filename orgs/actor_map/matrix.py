"""The actor map: every actor in its cell of level and sector, with how reachable organisations find it."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise

from orgs.access import ACTOR_ROLES, ACTORS
from orgs.actor_map.totals import Total, Totals, totals
from orgs.models import Actor, ActorLevel, ActorSector, Area, Level
from orgs.policy import Viewer

SECTORS = (ActorSector.SECURITY, ActorSector.CIVIL_SOCIETY, ActorSector.GOVERNMENTAL)
"""The columns of the map. Armed groups have no column: they are named beside it, and nothing more."""

MOST_WANTED = 20
_WISHED = 2
"""The share from which an actor is wished for: a third of the organisations."""


@dataclass(frozen=True)
class Placed:
    """One actor in its cell."""

    actor: Actor
    total: Total


@dataclass(frozen=True)
class Cell:
    """The actors of one level and one sector."""

    sector: ActorSector
    placed: list[Placed] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One level of the map."""

    level: ActorLevel
    label: str | Promise
    cells: list[Cell]


@dataclass(frozen=True)
class Matrix:
    """The map, and the armed groups that incidents may name."""

    rows: list[Row]
    armed_groups: list[Actor]
    count: int
    told: int
    """Of how many actors enough organisations said something."""


def regions() -> list[Area]:
    """The regions by which the map may be narrowed, without their shapes."""
    return list(Area.objects.current().at(Level.REGION).only("pk", "name", "name_key", "level").order_by("name_key"))


def matrix_of(viewer: Viewer, region: Area | None = None) -> Matrix:
    """The map as this viewer may see it; of one region: who has a role there, or is told of by enough there."""
    found = totals()
    actors = ACTORS.rows(viewer).defer("mandate", "source")
    if region is not None:
        actors = actors.filter(_in_region(viewer, region, found))
    cells = {(level, sector): Cell(sector) for level in ActorLevel for sector in SECTORS}
    armed_groups = []
    for actor in actors:
        if actor.sector == ActorSector.ARMED_GROUP:
            armed_groups.append(actor)
        else:
            total = found.of(actor.pk, region.pk if region else None)
            cells[ActorLevel(actor.level), ActorSector(actor.sector)].placed.append(Placed(actor, total))
    placed = [one for cell in cells.values() for one in cell.placed]
    return Matrix(
        rows=[Row(level, level.label, [cells[level, sector] for sector in SECTORS]) for level in ActorLevel],
        armed_groups=armed_groups,
        count=len(placed),
        told=sum(1 for one in placed if one.total.reach),
    )


def _in_region(viewer: Viewer, region: Area, found: Totals) -> Q:
    """By published totals alone: that one organisation of a region said something is not to be seen from the list."""
    roles = ACTOR_ROLES.rows(viewer).current().filter(Q(area__region=region) | Q(area__level=Level.COUNTRY))  # type: ignore[attr-defined]
    return Q(pk__in=roles.values("actor")) | Q(pk__in=found.actors_in(region.pk))


@dataclass(frozen=True)
class Wanted:
    """An actor that organisations wish to work with, and how reachable they find it."""

    actor: Actor
    total: Total


def most_wanted(viewer: Viewer, region: Area | None = None) -> list[Wanted]:
    """The actors most wished for and least reachable, those first; only where enough organisations said both.

    The order comes from what may be given, words and thirds, and tells no more than they do.
    """
    found = totals()
    number = region.pk if region else None
    asked = ACTORS.rows(viewer).filter(Q(pk__in=[actor for actor, where in found.given if where == number]))
    wanted = [Wanted(actor, found.of(actor.pk, number)) for actor in asked]
    both = [one for one in wanted if one.total.reach and (one.total.third or 0) >= _WISHED]
    both.sort(key=lambda one: (-(one.total.third or 0), one.total.reach or 0, one.actor.name_key))
    return both[:MOST_WANTED]
