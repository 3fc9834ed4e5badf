"""From a point to its areas.

A point is looked up once, when it is written. Shapes are kept in memory for each process and follow the
version stamp of the editions, so that an import shows at the next call (which costs one small query).
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely
from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry import shape

from orgs.areas import shipped
from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shapely.geometry.base import BaseGeometry

TOWN_REACH_KM = 25.0
"""How far the nearest town may be to lend its cercle to a point, where no shapes are loaded."""
BORDER_DEGREES = 0.03
"""About 3 km: how far outside every shape a point may lie, since published limits are generalised."""
OUTLINE_DEGREES = 0.1
"""The same for the background outlines, which are coarser."""
_KM_PER_DEGREE = 111.2


class Precision(TextChoices):
    """How a point was placed, from the surest to the least sure."""

    SHAPE = "shape", gettext_lazy("inside the official limits")
    APPROXIMATE = "approximate", gettext_lazy("inside approximate limits")
    FORMER = "former", gettext_lazy("inside limits of an older division, carried over to today’s")
    NEAR_TOWN = "near_town", gettext_lazy("near a known town")
    COUNTRY = "country", gettext_lazy("inside the country, cercle unknown")
    NOWHERE = "nowhere", gettext_lazy("not placed")


@dataclass(frozen=True)
class Resolved:
    """Where a point lies. All None, with `reason` in words, when it is not in the country."""

    region_id: int | None = None
    cercle_id: int | None = None
    commune_id: int | None = None
    area_id: int | None = None
    precision: Precision = Precision.NOWHERE
    reason: str = ""

    @property
    def area(self) -> Area | None:
        """The finest area found, ready for `label()`."""
        return None if self.area_id is None else Area.objects.with_names().get(pk=self.area_id)

    @property
    def columns(self) -> AreaColumns:
        """The three columns that a report or an incident carries."""
        return AreaColumns(self.region_id, self.cercle_id, self.commune_id)


def ancestry(area: Area) -> AreaColumns:
    """The three columns for an area (each including itself at its own level)."""
    return area.ancestry_ids


def resolve_point(lat: float, lon: float, *, edition: Edition | None = None) -> Resolved:
    """The areas that hold a point (degrees, WGS 84), in the current edition unless another is given.

    Looks in the edition's own shapes, then in older editions' shapes whose areas are known to lie in one of
    today's, then for the nearest town within `TOWN_REACH_KM`. Never raises; 0,0 and points abroad are refused.
    """
    problem = _refusal(lat, lon)
    if problem:
        return Resolved(reason=problem)
    index = _index(edition)
    if index is None:
        return Resolved(reason=_("No division of the country has been loaded yet."))
    return index.find(float(lat), float(lon))


def resolver(edition: Edition) -> Callable[[float, float], Resolved]:
    """For many points of one edition: what `resolve_point` does, with the version stamp read once."""
    index = _index(edition)

    def place(lat: float, lon: float) -> Resolved:
        problem = _refusal(lat, lon)
        return index.find(lat, lon) if index and not problem else Resolved(reason=problem)

    return place


def forget() -> None:
    """Drop the shapes in memory: after an import, above all one that was undone."""
    with _lock:
        _indexes.clear()


def in_country(lat: float, lon: float) -> bool:
    """True for a point inside the country, by the generalised outlines: for checking forms and files."""
    return not _refusal(lat, lon)


def _refusal(lat: float, lon: float) -> str:
    try:
        lat, lon = float(lat), float(lon)
    except (TypeError, ValueError, OverflowError):
        return _("This position cannot be read.")
    if not (math.isfinite(lat) and math.isfinite(lon)) or abs(lat) > 90 or abs(lon) > 180:
        return _("This position cannot be read.")
    if abs(lat) < 0.01 and abs(lon) < 0.01:
        return _("The position 0, 0 means that the phone did not find where it is.")
    if not shapely.contains_xy(_country(), lon, lat):
        return _("This position is outside Mali.")
    return ""


_lock = threading.Lock()
_country_shape: list[BaseGeometry] = []
_indexes: dict[tuple[tuple[int, int], ...], _Index] = {}


def _country() -> BaseGeometry:
    if not _country_shape:
        whole = shapely.union_all([shape(f["geometry"]) for f in shipped.outlines()["features"]])
        ready = shapely.buffer(whole, OUTLINE_DEGREES)
        shapely.prepare(ready)
        _country_shape.append(ready)
    return _country_shape[0]


@dataclass
class _Layer:
    """The shapes of one level, with what a hit in each of them means."""

    precision: Precision
    shapes: list[BaseGeometry] = field(default_factory=list)
    found: list[Resolved] = field(default_factory=list)
    tree: shapely.STRtree | None = None

    def find(self, point: BaseGeometry, reach: float) -> Resolved | None:
        if self.tree is None:
            return None
        if reach:
            hits = self.tree.query_nearest(point, max_distance=reach, all_matches=False)
        else:
            hits = self.tree.query(point, predicate="intersects")
        return self.found[int(min(hits))] if len(hits) else None


@dataclass
class _Index:
    """All that is needed to place points in one edition."""

    country_id: int | None
    layers: list[_Layer]
    towns: list[tuple[float, float, Resolved]]

    def find(self, lat: float, lon: float) -> Resolved:
        point = shapely.Point(lon, lat)
        for reach in (0.0, BORDER_DEGREES):
            for layer in self.layers:
                hit = layer.find(point, reach)
                if hit is not None:
                    return hit
        return self._near_town(lat, lon) or Resolved(
            area_id=self.country_id,
            precision=Precision.COUNTRY,
            reason=_("This position is in Mali, but its cercle is not known: choose a place by its name."),
        )

    def _near_town(self, lat: float, lon: float) -> Resolved | None:
        best = min(self.towns, key=lambda town: _km(lat, lon, town[0], town[1]), default=None)
        if best is None or _km(lat, lon, best[0], best[1]) > TOWN_REACH_KM:
            return None
        return best[2]


def _km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    east = (lon - other_lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(lat - other_lat, east) * _KM_PER_DEGREE


def _index(edition: Edition | None) -> _Index | None:
    stamps = list(Edition.objects.order_by("pk").values_list("pk", "version", "is_current"))
    wanted = edition.pk if edition else next((pk for pk, _version, current in stamps if current), None)
    if wanted is None:
        return None
    key = ((wanted, 0), *((pk, version) for pk, version, _current in stamps))
    index = _indexes.get(key)
    if index is None:
        index = _build(wanted)
        with _lock:
            for stale in [old for old in _indexes if old[1:] != key[1:]]:
                del _indexes[stale]
            _indexes[key] = index
    return index


def _build(edition_id: int) -> _Index:
    country = Area.objects.filter(edition_id=edition_id, level=Level.COUNTRY).values_list("pk", flat=True).first()
    finest_first = [Level.COMMUNE, Level.ARRONDISSEMENT, Level.CERCLE]
    own = [layer for level in finest_first for layer in _layers_of(edition_id, level)]
    layers = [*own, *_former_layers(edition_id), *_layers_of(edition_id, Level.REGION)]
    return _Index(country, layers, _towns(edition_id))


def _layers_of(edition_id: int, level: Level) -> list[_Layer]:
    """The shapes of one level: the official ones before the approximate ones."""
    made = {False: _Layer(Precision.SHAPE), True: _Layer(Precision.APPROXIMATE)}
    areas = Area.objects.filter(edition_id=edition_id, level=level, geometry__isnull=False).select_related("edition")
    for area in areas.order_by("pk").iterator():
        layer = made[area.is_approximate or not area.edition.is_official]
        layer.shapes.append(shapely.from_wkb(bytes(area.geometry or b"")))
        layer.found.append(Resolved(*area.ancestry_ids, area_id=area.pk, precision=layer.precision))
    return _planted(made.values())


def _former_layers(edition_id: int) -> list[_Layer]:
    """Shapes of other editions' areas that are known to lie in an area of this one (communes before cercles)."""
    layers = []
    for level in (Level.COMMUNE, Level.CERCLE):
        layer = _Layer(Precision.FORMER)
        areas = Area.objects.filter(
            ~Q(edition_id=edition_id), level=level, geometry__isnull=False, successor__edition_id=edition_id
        ).select_related("successor")
        for area in areas.order_by("pk").iterator():
            today = area.successor
            if today is not None:
                layer.shapes.append(shapely.from_wkb(bytes(area.geometry or b"")))
                layer.found.append(Resolved(*today.ancestry_ids, area_id=today.pk, precision=layer.precision))
        layers.append(layer)
    return _planted(layers)


def _planted(layers: Iterable[_Layer]) -> list[_Layer]:
    kept = [layer for layer in layers if layer.shapes]
    for layer in kept:
        layer.tree = shapely.STRtree(layer.shapes)
    return kept


def _towns(edition_id: int) -> list[tuple[float, float, Resolved]]:
    places = Place.objects.filter(edition_id=edition_id, kind=PlaceKind.TOWN, lat__isnull=False, cercle__isnull=False)
    return [
        (
            place.lat or 0.0,
            place.lon or 0.0,
            Resolved(*place.ancestry_ids, area_id=place.commune_id or place.cercle_id, precision=Precision.NEAR_TOWN),
        )
        for place in places.order_by("pk")
    ]
