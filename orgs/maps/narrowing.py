"""What a map or a list beside it is narrowed to: filters in the address, an area, and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict

from orgs.access import ORGANISATIONS
from orgs.directory.filters import SHOWN, DirectoryFilters
from orgs.directory.words import Terms
from orgs.models import Area, Level, Organisation
from orgs.policy import Viewer

LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Row:
    """An area of today's division as maps need it: no shape, no tree."""

    pk: int
    level: str
    pcode: str
    name: str
    region_id: int | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Division:
    """Country, régions and cercles of the edition in force, by name."""

    rows: tuple[Row, ...]

    @cached_property
    def by_id(self) -> Mapping[int, Row]:
        """Every area by its id."""
        return {row.pk: row for row in self.rows}

    @cached_property
    def by_pcode(self) -> Mapping[str, Row]:
        """Every area by its P-code."""
        return {row.pcode: row for row in self.rows}

    @cached_property
    def country(self) -> Row | None:
        """The root."""
        return next((row for row in self.rows if row.level == Level.COUNTRY), None)

    @cached_property
    def regions(self) -> tuple[Row, ...]:
        """The régions by name."""
        return tuple(row for row in self.rows if row.level == Level.REGION)

    @cached_property
    def _cercles(self) -> Mapping[int | None, tuple[Row, ...]]:
        found: dict[int | None, list[Row]] = {}
        for row in self.rows:
            if row.level == Level.CERCLE:
                found.setdefault(row.region_id, []).append(row)
        return {region: tuple(rows) for region, rows in found.items()}

    def cercles(self, region_id: int | None = None) -> tuple[Row, ...]:
        """The cercles of a région, or all of them, by name."""
        if region_id is not None:
            return self._cercles.get(region_id, ())
        return tuple(row for row in self.rows if row.level == Level.CERCLE)

    def choose(self, text: str) -> Row | None:
        """The région or cercle that an address names by P-code or number; ``None`` for anything else."""
        text = text.strip()
        if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
            found = self.by_id.get(int(text))
        else:
            found = self.by_pcode.get(text.upper())
        return None if found is None or found.level == Level.COUNTRY else found


def division() -> Division:
    """Today's division down to the cercles, in one query."""
    rows = (
        Area.objects.current()
        .filter(level__in=(Level.COUNTRY, Level.REGION, Level.CERCLE))
        .order_by("name_key", "pk")
        .values_list("pk", "level", "pcode", "name", "region_id", "centre_lat", "centre_lon")
    )
    return Division(tuple(Row(*row) for row in rows))


@dataclass(frozen=True)
class Narrowing:
    """The organisations that a viewer may see and asked for. ``rows`` leaves the chosen area out of account."""

    viewer: Viewer
    filters: DirectoryFilters
    rows: QuerySet[Organisation]
    area: Row | None
    kept: QueryDict

    @property
    def in_area(self) -> QuerySet[Organisation]:
        """Those that are or work in the chosen area."""
        return self.rows if self.area is None else self.rows.filter(reach__contains=[self.area.pk])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.kept)

    def query(self, area: str | None = "") -> str:
        """The filters as part of an address; ``area`` sets another area, ``None`` none."""
        query = self.kept.copy()
        if area is None:
            query.pop("area", None)
        elif area:
            query["area"] = area
        return query.urlencode()


def narrow(viewer: Viewer, asked: QueryDict, areas: Division) -> Narrowing:
    """Read an address. What is not understood narrows nothing; without a state, entries no longer active are out."""
    kept = QueryDict(mutable=True)
    for name in SHOWN:
        values = [value for value in asked.getlist(name) if value.strip() and "\x00" not in value]
        if values:
            kept.setlist(name, values)
    data = kept.copy()
    data.pop("area", None)
    seen = ORGANISATIONS.rows(viewer).order_by()
    filters = DirectoryFilters(data, queryset=seen, viewer=viewer, terms=Terms.read())
    return Narrowing(viewer, filters, filters.qs, areas.choose(kept.get("area", "")), kept)
