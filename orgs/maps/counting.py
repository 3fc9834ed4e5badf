"""How many organisations are or work where: what shades the map, and the table that says the same.

An organisation counts in every area where it is or works and in those above: the number of an area is the length of
the list for that area. One that works in a région as a whole, or in all of the country, counts there and not in each
cercle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Func, Q, QuerySet

from orgs.access import ORGANISATIONS
from orgs.disclosed import ORGANISATION
from orgs.listing import columns_for
from orgs.maps import drawing, shapes
from orgs.maps.narrowing import Division, Narrowing, Row
from orgs.models import Organisation
from orgs.policy import Viewer

LISTED = 30
_FIELDS = ("slug", "name", "acronym", "kind")


class Each(Func):
    """One row for each element of an array."""

    function = "unnest"
    set_returning = True
    output_field = BigIntegerField()


@dataclass(frozen=True)
class AreaTotal:
    """How many organisations are found in an area, and where it lies."""

    area: Row
    total: int

    @property
    def lat(self) -> float | None:
        """Degrees north of its centre."""
        return self.area.lat

    @property
    def lon(self) -> float | None:
        """Degrees east of its centre."""
        return self.area.lon

    @property
    def pcode(self) -> str:
        """Its P-code."""
        return self.area.pcode

    @property
    def name(self) -> str:
        """Its name."""
        return self.area.name


@dataclass(frozen=True)
class Overview:
    """Everything that the page of the map says in numbers."""

    total: int
    """In the chosen area, or in all."""
    everywhere: int
    """Of those asked for, in the whole country."""
    nationwide: int
    """That work in the whole country without naming areas."""
    regionwide: int
    """That work in the région shown as a whole."""
    unplaced: int
    """Of which nothing says where they are or work."""
    totals: Mapping[int, int]
    region: Row | None
    """The région shown; ``None`` for all of them."""
    counts: tuple[AreaTotal, ...]
    """The areas of the table: régions, or the cercles of one."""

    @property
    def some(self) -> list[AreaTotal]:
        """Those with organisations, the most first."""
        return [count for count in self.counts if count.total]

    @property
    def none(self) -> list[AreaTotal]:
        """Those without."""
        return [count for count in self.counts if not count.total]


def totals_by_area(rows: QuerySet[Organisation]) -> dict[int, int]:
    """How many of these organisations are or work in each area, in one statement."""
    each = rows.order_by().annotate(found_in=Each("reach")).values_list("found_in")
    return dict(each.annotate(total=Count("pk")))


def overview(narrowing: Narrowing, areas: Division) -> Overview:
    """The numbers of a map, in two statements."""
    totals = totals_by_area(narrowing.rows)
    chosen = narrowing.area
    region = None if chosen is None else areas.by_id.get(chosen.region_id or 0)
    country = areas.country.pk if areas.country else 0
    sums = narrowing.rows.aggregate(
        everywhere=Count("pk"),
        nationwide=Count("pk", filter=Q(covers__contains=[country])),
        regionwide=Count("pk", filter=Q(covers__contains=[region.pk if region else 0])),
    )
    shown = areas.regions if region is None else areas.cercles(region.pk)
    counts = sorted((AreaTotal(row, totals.get(row.pk, 0)) for row in shown), key=lambda one: -one.total)
    return Overview(
        total=sums["everywhere"] if chosen is None else totals.get(chosen.pk, 0),
        unplaced=sums["everywhere"] - totals.get(country, 0),
        totals=totals,
        region=region,
        counts=tuple(counts),
        **sums,
    )


def drawing_of(found: Overview, areas: Division, stamp: shapes.Stamp | None, chosen: Row | None) -> Any:
    """The map of an overview: cercles by their limits where these are known, circles elsewhere."""
    if stamp is None:
        return None
    return _region(found, areas, stamp, chosen) if found.region else _country(found, areas, stamp)


def _country(found: Overview, areas: Division, stamp: shapes.Stamp) -> Any:
    paths = shapes.paths(stamp, drawing.COUNTRY)
    if not paths:
        return drawing.draw([count for count in found.counts if count.total])
    legend = drawing.legend_of(found.totals.get(pk, 0) for pk in paths)

    def patches(count: AreaTotal) -> list[tuple[str, int]]:
        return [(paths[row.pk], found.totals.get(row.pk, 0)) for row in areas.cercles(count.area.pk) if row.pk in paths]

    return _drawn(found, drawing.COUNTRY, patches, legend, None)


def _region(found: Overview, areas: Division, stamp: shapes.Stamp, chosen: Row | None) -> Any:
    region = found.region
    if region is None:
        return None
    frame = frame_for(areas, stamp, region)
    paths = shapes.paths(stamp, frame, region.pk)
    legend = drawing.legend_of(found.totals.get(pk, 0) for pk in paths)

    def patches(count: AreaTotal) -> list[tuple[str, int]]:
        path = paths.get(count.area.pk, "")
        return [(path, count.total)] if path else []

    return _drawn(found, frame, patches, legend, chosen)


def _drawn(found: Overview, frame: drawing.Frame, patches: Any, legend: Any, chosen: Row | None) -> Any:
    linked = drawing.linked_of(
        found.counts, patches, frame, legend, current=lambda count: chosen is not None and count.area.pk == chosen.pk
    )
    drawn = {one.count.area.pk for one in linked}
    dots = [count for count in found.counts if count.total and count.area.pk not in drawn]
    return drawing.draw(dots, frame, linked=linked, legend=legend if linked else ())


def frame_for(areas: Division, stamp: shapes.Stamp | None, region: Row | None) -> drawing.Frame:
    """The frame around a région: its limits, else the chief towns that are known; the country for none."""
    if region is None or stamp is None:
        return drawing.COUNTRY
    framed = shapes.frame_of(stamp, region.pk)
    if framed is not None:
        return framed
    rows = (region, *areas.cercles(region.pk))
    points = [(row.lon, row.lat, row.lon, row.lat) for row in rows if row.lon is not None and row.lat is not None]
    return drawing.frame_around(points, least=2.5) or drawing.COUNTRY


def listed(rows: QuerySet[Organisation], viewer: Viewer, size: int = LISTED) -> list[dict[str, Any]]:
    """The first organisations by name, each as this viewer may read it."""
    columns = columns_for(ORGANISATIONS, ORGANISATION, viewer, only=_FIELDS)
    if not columns:
        return []
    page = rows.order_by("name_key", "pk").values("pk", **columns)[:size]
    return [{name.removeprefix("shown_"): value for name, value in row.items()} for row in page]
