"""Points for the map with scripts, put together on the server: a phone gets a few dozen, whatever there are.

An organisation stands at the town of its seat, or at the centre of the area of its seat, or of the one area where it
works: never finer. **Security services stand nowhere.**
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.core.exceptions import ValidationError
from django.db.models import (
    Avg,
    Case,
    Count,
    F,
    FloatField,
    JSONField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Floor, JSONObject
from django.utils.translation import gettext as _

from orgs.access import ORGANISATIONS
from orgs.disclosed import ORGANISATION
from orgs.listing import columns_for
from orgs.models import Area, Level, Organisation, OrganisationKind, PlaceKind
from orgs.policy import Viewer

PIXELS = 70
"""Points closer than this on the screen become one."""
TOUCHING = 0.75
"""Share of a cell within which two points would lie one over the other."""
LOWEST_ZOOM, HIGHEST_ZOOM = 4, 11
FEW = 6
"""Up to so many are named in a cluster."""
MOST = 300


@dataclass(frozen=True)
class View:
    """The part of the map that a screen shows."""

    west: float
    south: float
    east: float
    north: float
    zoom: float

    @property
    def cell(self) -> float:
        """Width of one cell of the grid in degrees."""
        return float(360 / 256 / 2**self.zoom * PIXELS)


def read_view(bbox: str, zoom: str) -> View:
    """What an address says of a view. Raises ``ValidationError`` for what is none."""
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
        level = float(zoom)
    except (ValueError, OverflowError):
        raise ValidationError(_("This part of the map cannot be read.")) from None
    if not all(math.isfinite(edge) for edge in (west, south, east, north, level)) or west >= east or south >= north:
        raise ValidationError(_("This part of the map cannot be read."))
    return View(west, south, east, north, min(max(level, LOWEST_ZOOM), HIGHEST_ZOOM))


def placed(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """The rows with ``at_lat`` and ``at_lon``: null where an organisation has no place on the map."""
    return rows.order_by().annotate(at_lat=_position("lat"), at_lon=_position("lon"))


def _position(axis: str) -> Case:
    town = When(
        seat_place__kind=PlaceKind.TOWN,
        seat_place__lat__isnull=False,
        seat_place__lon__isnull=False,
        then=F(f"seat_place__{axis}"),
    )
    only = Area.objects.filter(pk=OuterRef("covers__0")).exclude(level=Level.COUNTRY).values(f"centre_{axis}")[:1]
    centre = [f"{level}__centre_{axis}" for level in ("commune", "cercle", "region")]
    nowhere = Value(None, output_field=FloatField())
    return Case(
        When(kind=OrganisationKind.SECURITY, then=nowhere),
        town,
        When(region__isnull=False, then=Coalesce(*centre)),
        When(covers__len=1, then=Subquery(only)),
        default=nowhere,
        output_field=FloatField(),
    )


def in_view(rows: QuerySet[Organisation], view: View) -> QuerySet[Organisation]:
    """Those that stand in this part of the map."""
    return placed(rows).filter(
        Q(at_lon__gte=view.west, at_lon__lte=view.east), Q(at_lat__gte=view.south, at_lat__lte=view.north)
    )


def clusters(rows: QuerySet[Organisation], view: View, viewer: Viewer) -> list[dict[str, Any]]:
    """The organisations of a view as points: how many, where, and who where they are few. In one statement."""
    shown = columns_for(ORGANISATIONS, ORGANISATION, viewer, only=("slug", "name"))
    if not shown:
        return []
    named = JSONBAgg(JSONObject(slug=shown["shown_slug"], name=shown["shown_name"]), order_by="name_key")
    found = (
        in_view(rows, view)
        .annotate(across=Floor(F("at_lon") / view.cell), along=Floor(F("at_lat") / view.cell))
        .values("across", "along")
        .annotate(
            n=Count("pk"),
            lat=Avg("at_lat"),
            lon=Avg("at_lon"),
            spread=Max("at_lat") - Min("at_lat") + Max("at_lon") - Min("at_lon"),
            who=Case(When(n__lte=FEW, then=named), default=None, output_field=JSONField()),
        )
        .order_by("-n", "across", "along")
        .values("n", "lat", "lon", "spread", "who")[:MOST]
    )
    points = [Point(row["n"], row["lat"], row["lon"], row["spread"] == 0, row["who"] or []) for row in found]
    return [point.shown() for point in apart(points, view.cell * TOUCHING)]


@dataclass
class Point:
    """One cluster."""

    n: int
    lat: float
    lon: float
    together: bool
    """Whether all of it stands at one place, so that coming closer parts nothing."""
    who: list[dict[str, Any]]

    def take(self, other: Point) -> None:
        """Become one with another."""
        total = self.n + other.n
        self.together = self.together and other.together and (self.lat, self.lon) == (other.lat, other.lon)
        self.lat = (self.lat * self.n + other.lat * other.n) / total
        self.lon = (self.lon * self.n + other.lon * other.n) / total
        self.who = [*self.who, *other.who] if total <= FEW else []
        self.n = total

    def shown(self) -> dict[str, Any]:
        """As the script reads it."""
        place = {"lat": round(self.lat, 4), "lon": round(self.lon, 4)}
        return {"n": self.n, **place, "together": self.together, "who": self.who}


def apart(points: list[Point], least: float) -> list[Point]:
    """The points, largest first, with those taken in that a cell's border parted though they would touch."""
    kept: list[Point] = []
    for point in points:
        near = next((one for one in kept if math.hypot(one.lat - point.lat, one.lon - point.lon) < least), None)
        if near is None:
            kept.append(point)
        else:
            near.take(point)
    return kept
