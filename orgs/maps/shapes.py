"""The limits of today's areas as maps draw them: read once a process and edition, simplified, kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely

from orgs.maps import drawing
from orgs.models import Area, Edition, Level

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

TOLERANCE = 0.02
"""Degrees (about 2 km): finer than a map of the country on a phone can show."""
DIGITS = 3


@dataclass(frozen=True)
class Stamp:
    """Which state of which edition is drawn. ``version`` grows with every import."""

    edition_id: int
    version: int
    credit: str = ""

    @property
    def key(self) -> str:
        """For addresses of what may be kept by browsers."""
        return f"{self.edition_id}.{self.version}"


@dataclass(frozen=True)
class Shapes:
    """The cercles that have limits, by id; ``approximate`` when any of them is not official."""

    stamp: Stamp
    cercles: Mapping[int, BaseGeometry]
    regions: Mapping[int, int]
    """The région of each of these cercles."""
    approximate: bool = False

    def of_region(self, region_id: int) -> dict[int, BaseGeometry]:
        """The shapes of one région's cercles."""
        return {pk: shape for pk, shape in self.cercles.items() if self.regions[pk] == region_id}


_lock = threading.Lock()
_kept: dict[str, Shapes] = {}
NOTHING = Shapes(Stamp(0, 0), MappingProxyType({}), MappingProxyType({}))


def stamp() -> Stamp | None:
    """The edition in force and its state, in one small query; ``None`` while no division was loaded."""
    row = Edition.objects.filter(is_current=True).values_list("pk", "version", "credit").first()
    return None if row is None else Stamp(*row)


def shapes(of: Stamp | None) -> Shapes:
    """The limits of the cercles of an edition; read from the database when it was imported anew."""
    if of is None:
        return NOTHING
    found = _kept.get(of.key)
    if found is None:
        found = _read(of)
        with _lock:
            _kept.clear()
            _kept[of.key] = found
    return found


def _read(of: Stamp) -> Shapes:
    rows = Area.objects.filter(
        edition_id=of.edition_id, level=Level.CERCLE, geometry__isnull=False, region__isnull=False
    ).order_by("pk")
    cercles: dict[int, Any] = {}
    regions: dict[int, int] = {}
    approximate = False
    for pk, region_id, geometry, is_approximate, official in rows.values_list(
        "pk", "region_id", "geometry", "is_approximate", "edition__is_official"
    ):
        cercles[pk] = shapely.from_wkb(bytes(geometry or b""))
        regions[pk] = region_id
        approximate = approximate or is_approximate or not official
    simple = zip(cercles, _simple(list(cercles.values())), strict=True)
    return Shapes(of, MappingProxyType(dict(simple)), MappingProxyType(regions), approximate)


def _simple(given: list[BaseGeometry]) -> list[BaseGeometry]:
    """Simpler limits, the same for both neighbours where the areas fit together, so that no gaps open between them.

    Areas that overlap (two files, another scale) are each made simpler by themselves. None becomes nothing.
    """
    if not given:
        return []
    fit = shapely.coverage_is_valid(given)
    simpler = shapely.coverage_simplify(given, TOLERANCE) if fit else shapely.simplify(given, TOLERANCE)
    return [before if after.is_empty else after for before, after in zip(given, simpler, strict=True)]


@lru_cache(maxsize=64)
def paths(of: Stamp, frame: drawing.Frame, region_id: int | None = None) -> Mapping[int, str]:
    """The paths of the cercles of the country or of one région, on a frame."""
    known = shapes(of)
    chosen = known.cercles if region_id is None else known.of_region(region_id)
    return MappingProxyType({pk: drawing.path_of(shape, frame) for pk, shape in chosen.items()})


@lru_cache(maxsize=64)
def frame_of(of: Stamp, region_id: int) -> drawing.Frame | None:
    """The frame around the cercles of a région; ``None`` where none has limits."""
    return drawing.frame_around(tuple(shape.bounds) for shape in shapes(of).of_region(region_id).values())


@lru_cache(maxsize=4)
def as_geojson(of: Stamp) -> dict[str, Any]:
    """The background of the map with scripts: the old régions, and the cercles that have limits."""
    from orgs.areas import shipped

    known = shapes(of)
    features = [
        {"type": "Feature", "properties": {"layer": "land"}, "geometry": feature["geometry"]}
        for feature in shipped.outlines()["features"]
    ]
    features += [
        {"type": "Feature", "properties": {"layer": "cercle"}, "geometry": _coarse(shape)}
        for shape in known.cercles.values()
    ]
    return {"type": "FeatureCollection", "features": features}


def _coarse(shape: BaseGeometry) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda points: points.round(DIGITS))
    return dict(shapely.geometry.mapping(rounded))


def forget() -> None:
    """Drop what is kept in memory: after an import that was undone, whose version another one may bear again."""
    with _lock:
        _kept.clear()
    for kept in (paths, frame_of, as_geojson):
        kept.cache_clear()
