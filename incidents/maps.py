"""A small map of counts by région, drawn as SVG: works without scripts, in print and in letters.

The background is the outline of the old régions, which is in the public domain; today's limits are not shown. A région
is a circle at its centre with its number in it, and the table beside the map says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from incidents.listing import RegionCount
from orgs.areas import shipped

WIDTH = 340
WEST, NORTH = -12.4, 25.2
_SCALE = WIDTH / 17.0
_SQUEEZE = math.cos(math.radians(17.5))
"""A degree of longitude is shorter than one of latitude by this, in the middle of the country."""
HEIGHT = round((NORTH - 10.0) * _SCALE / _SQUEEZE)
SMALLEST, LARGEST = 5.0, 16.0


@dataclass(frozen=True)
class Dot:
    """A région on the map; positions and radius in units of the drawing."""

    x: int
    y: int
    radius: float
    count: RegionCount


@dataclass(frozen=True)
class Map:
    """What the template draws."""

    width: int
    height: int
    outlines: tuple[str, ...]
    dots: tuple[Dot, ...]


def map_of(counts: Sequence[RegionCount]) -> Map | None:
    """The map of these counts, the largest circles first so that small ones stay visible; ``None`` without any."""
    placed = [count for count in counts if count.lat is not None and count.lon is not None]
    if not placed:
        return None
    most = max(count.total for count in placed)
    dots = [
        Dot(*_point(count.lon or 0, count.lat or 0), _radius(count.total, most), count)
        for count in sorted(placed, key=lambda count: -count.total)
    ]
    return Map(WIDTH, HEIGHT, _outlines(), tuple(dots))


def _radius(total: int, most: int) -> float:
    """Areas of circles, not their radii, are in proportion."""
    return round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(total / most), 1)


def _point(lon: float, lat: float) -> tuple[int, int]:
    return round((lon - WEST) * _SCALE), round((NORTH - lat) * _SCALE / _SQUEEZE)


@cache
def _outlines() -> tuple[str, ...]:
    return tuple(
        _path(ring)
        for feature in shipped.outlines()["features"]
        for polygon in _polygons(feature["geometry"])
        for ring in polygon[:1]
    )


def _polygons(geometry: dict[str, object]) -> list[list[list[list[float]]]]:
    coordinates: list[list[list[list[float]]]] = geometry["coordinates"]  # type: ignore[assignment]
    return [coordinates] if geometry["type"] == "Polygon" else coordinates  # type: ignore[list-item]


def _path(ring: list[list[float]]) -> str:
    points: list[tuple[int, int]] = []
    for lon, lat in ring:
        point = _point(lon, lat)
        if not points or point != points[-1]:
            points.append(point)
    return "M" + "L".join(f"{x} {y}" for x, y in points) + "z"
