"""Small maps drawn as SVG: they work without scripts, in print and in letters. For every room.

The background is the outline of the old régions, which is in the public domain. Where the limits of today's areas were
imported they are drawn over it; elsewhere a circle stands at an area's centre. Every map has a table beside it that
says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import shapely

from orgs.areas import shipped

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WIDTH = 340
SMALLEST, LARGEST = 5.0, 16.0
"""Radius of the circles, in units of a drawing that is ``WIDTH`` units wide."""
SHADES = 4
FINE = 10
"""Limits are drawn in tenths of a unit, so that whole numbers are fine enough."""
MARGIN = 0.06
"""Share of the width and of the height that stays free around what is framed."""


class Placed(Protocol):
    """Something with a count that has its place on a map, where its place is known."""

    @property
    def lat(self) -> float | None:
        """Degrees north, WGS 84."""

    @property
    def lon(self) -> float | None:
        """Degrees east."""

    @property
    def total(self) -> int:
        """How many."""


Count = TypeVar("Count", bound=Placed)


@dataclass(frozen=True)
class Frame:
    """A part of the world in degrees, and how it lies on a drawing."""

    west: float
    south: float
    east: float
    north: float

    @property
    def scale(self) -> float:
        """Units of the drawing to a degree of longitude."""
        return WIDTH / (self.east - self.west)

    @property
    def squeeze(self) -> float:
        """A degree of longitude is shorter than one of latitude by this, in the middle of the frame."""
        return math.cos(math.radians((self.north + self.south) / 2))

    @property
    def height(self) -> int:
        """Height of the drawing."""
        return round((self.north - self.south) * self.scale / self.squeeze)

    def point(self, lon: float, lat: float, fine: int = 1) -> tuple[int, int]:
        """Where a position lies on the drawing."""
        across = (lon - self.west) * self.scale * fine
        return round(across), round((self.north - lat) * self.scale / self.squeeze * fine)


COUNTRY = Frame(-12.4, 10.0, 4.6, 25.2)
"""All of Mali. Its squeeze is taken at 17.6 degrees north."""


def frame_around(bounds: Iterable[tuple[float, float, float, float]], least: float = 1.5) -> Frame | None:
    """The frame that holds all of these (west, south, east, north), with some air; ``None`` for nothing."""
    given = list(bounds)
    if not given:
        return None
    west, south = min(one[0] for one in given), min(one[1] for one in given)
    east, north = max(one[2] for one in given), max(one[3] for one in given)
    across = max((least - (east - west)) / 2, (east - west) * MARGIN)
    along = max((least - (north - south)) / 2, (north - south) * MARGIN)
    return Frame(*(round(edge, 3) for edge in (west - across, south - along, east + across, north + along)))


@dataclass(frozen=True)
class Dot(Generic[Count]):
    """A circle with a number in it; position and radius in units of the drawing."""

    x: int
    y: int
    radius: float
    count: Count


@dataclass(frozen=True)
class Patch:
    """An area drawn by its limits. ``shade`` runs from 0 (none) to ``SHADES``."""

    path: str
    shade: int


@dataclass(frozen=True)
class Linked(Generic[Count]):
    """What is chosen by one touch: the patches of one count, and where its number stands."""

    count: Count
    patches: tuple[Patch, ...]
    x: int
    y: int
    current: bool = False


@dataclass(frozen=True)
class Step:
    """One line of the legend: from how many to how many has which shade."""

    shade: int
    low: int
    high: int


@dataclass(frozen=True)
class Drawing(Generic[Count]):
    """What a template draws: background, areas, circles, legend."""

    width: int
    height: int
    outlines: tuple[str, ...]
    dots: tuple[Dot[Count], ...] = ()
    linked: tuple[Linked[Count], ...] = ()
    legend: tuple[Step, ...] = field(default=())


def draw(
    counts: Sequence[Count],
    frame: Frame = COUNTRY,
    *,
    linked: Sequence[Linked[Count]] = (),
    legend: Sequence[Step] = (),
) -> Drawing[Count] | None:
    """The map of these counts as circles over areas that are drawn; ``None`` where nothing has a place."""
    circles = dots_of(counts, frame)
    if not circles and not linked:
        return None
    return Drawing(WIDTH, frame.height, outlines(frame), circles, tuple(linked), tuple(legend))


def dots_of(counts: Iterable[Count], frame: Frame = COUNTRY) -> tuple[Dot[Count], ...]:
    """Circles of the counts that have a place, the largest first so that small ones stay visible."""
    placed = [count for count in counts if count.lat is not None and count.lon is not None]
    most = max((count.total for count in placed), default=0)
    return tuple(
        Dot(*frame.point(count.lon or 0, count.lat or 0), _radius(count.total, most), count)
        for count in sorted(placed, key=lambda count: -count.total)
    )


def _radius(total: int, most: int) -> float:
    """Areas of circles, not their radii, are in proportion."""
    return round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(total / most), 1) if most else SMALLEST


# --- Shades ------------------------------------------------------------------------------------------------------


def legend_of(totals: Iterable[int]) -> tuple[Step, ...]:
    """Classes with about as many areas in each, told by their bounds; areas with nothing are a class of their own."""
    values = sorted(total for total in totals if total > 0)
    if not values:
        return (Step(0, 0, 0),)
    uppers = sorted({values[max(0, math.ceil(len(values) * part / SHADES) - 1)] for part in range(1, SHADES + 1)})
    # The darkest shade is the highest class, however few classes there are.
    first = SHADES - len(uppers) + 1
    steps, low = [Step(0, 0, 0)], 1
    for shade, high in enumerate(uppers, start=first):
        steps.append(Step(shade, low, high))
        low = high + 1
    return tuple(steps)


def shade_of(total: int, legend: Sequence[Step]) -> int:
    """The shade of a count."""
    return next((step.shade for step in legend if step.low <= total <= step.high), 0)


# --- Lines -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def outlines(frame: Frame = COUNTRY) -> tuple[str, ...]:
    """The old régions as paths."""
    return tuple(_closed([frame.point(lon, lat) for lon, lat in ring]) for ring in _rings())


@cache
def _rings() -> tuple[list[list[float]], ...]:
    return tuple(
        ring
        for feature in shipped.outlines()["features"]
        for polygon in _polygons(feature["geometry"])
        for ring in polygon[:1]
    )


def _polygons(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    coordinates: list[Any] = geometry["coordinates"]
    return [coordinates] if geometry["type"] == "Polygon" else coordinates


def path_of(geometry: BaseGeometry, frame: Frame = COUNTRY) -> str:
    """The limits of an area as one path, in ``FINE`` parts of a unit, told by steps from point to point."""
    rings = [
        ring
        for part in shapely.get_parts(geometry)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    lines = (_without_doubles(frame.point(lon, lat, FINE) for lon, lat in ring.coords) for ring in rings)
    return "".join(_stepped(line) for line in lines if len(line) > 2)


def _without_doubles(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for point in points:
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept


def _closed(points: Iterable[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in _without_doubles(points)) + "z"


def _stepped(points: list[tuple[int, int]]) -> str:
    (x, y), *rest = points
    parts = [f"M{x} {y}l"]
    for across, along in rest:
        parts.append(f"{across - x} {along - y} ")
        x, y = across, along
    return "".join(parts).rstrip() + "z"


def linked_of(
    counts: Iterable[Count],
    patches: Callable[[Count], Iterable[tuple[str, int]]],
    frame: Frame,
    legend: Sequence[Step],
    *,
    current: Callable[[Count], bool] = lambda _count: False,
) -> list[Linked[Count]]:
    """Areas to touch: ``patches`` gives the paths of a count with the total that shades each; counts without are left
    out."""
    found = []
    for count in counts:
        drawn = tuple(Patch(path, shade_of(total, legend)) for path, total in patches(count) if path)
        if drawn:
            x, y = frame.point(count.lon, count.lat) if count.lon is not None and count.lat is not None else (0, 0)
            found.append(Linked(count, drawn, x, y, current(count)))
    return found
