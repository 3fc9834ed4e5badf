"""The rows of an export: by the policy, through the disclosure table, read from the database as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from orgs.access import CONTACTS, NAMES, ORGANISATIONS
from orgs.api.filters import OrganisationFilters
from orgs.disclosed_exports import EXPORTED_CONTACT, EXPORTED_ORGANISATION
from orgs.exports.columns import BESIDE, COLUMNS, CONTACT_COLUMNS, ExportColumn, Labels
from orgs.listing import columns_for
from orgs.models import Contact, Organisation, OrganisationKind, OrganisationName
from orgs.policy import Viewer

CHUNK = 500
Row = dict[str, Any]


def chosen(viewer: Viewer, asked: QueryDict) -> QuerySet[Organisation]:
    """The organisations that this viewer may see, narrowed as the directory's list is. Raises ``ValidationError``."""
    filters = OrganisationFilters(asked, queryset=ORGANISATIONS.rows(viewer), request=viewer)
    if not filters.is_valid():
        raise ValidationError(filters.errors.as_data())
    rows: QuerySet[Organisation] = filters.qs
    return rows


def may_have_contacts(viewer: Viewer) -> bool:
    """Whether a list of contacts is for this viewer at all: not for the public."""
    return any(opening.audience != "public" for opening in CONTACTS.openings(viewer))


def columns_of(viewer: Viewer) -> tuple[ExportColumn, ...]:
    """The columns of this viewer's file."""
    return (*COLUMNS, *CONTACT_COLUMNS) if may_have_contacts(viewer) else COLUMNS


@dataclass(frozen=True)
class Export:
    """One export for one viewer."""

    viewer: Viewer
    organisations: QuerySet[Organisation]

    def rows(self) -> Iterator[Row]:
        """Every organisation as this viewer may read it, by name; some hundreds are held at a time."""
        columns = columns_for(ORGANISATIONS, EXPORTED_ORGANISATION, self.viewer)
        if not columns:
            return
        listed = self.organisations.order_by("name_key", "id").values("id", **columns).iterator(chunk_size=CHUNK)
        with_contacts = may_have_contacts(self.viewer)
        while chunk := list(islice(listed, CHUNK)):
            rows = [{name.removeprefix("shown_"): value for name, value in row.items()} for row in chunk]
            self._complete(rows)
            if with_contacts:
                self._add_contacts(rows)
            yield from rows

    def lines(self) -> Iterator[list[Any]]:
        """Titles, HXL tags, then a line an organisation."""
        columns, labels = columns_of(self.viewer), Labels()
        yield [str(column.title) for column in columns]
        yield [column.tag for column in columns]
        for row in self.rows():
            yield [column.write(row, labels) for column in columns]

    def features(self) -> Iterator[dict[str, Any]]:
        """As GeoJSON: a point at the centre of the seat's area or town; none for security services."""
        labels = Labels()
        for row in self.rows():
            facts = {column.name: column.write(row, labels) for column in COLUMNS}
            yield {"type": "Feature", "geometry": point_of(row), "properties": facts}

    def _complete(self, rows: Sequence[Row]) -> None:
        ids = [row["id"] for row in rows]
        areas: dict[int, list[tuple[str, str]]] = {}
        through = Organisation.areas.through.objects.filter(organisation__in=ids)
        codes = through.order_by("area__level", "area__pcode").values_list(
            "organisation_id", "area__pcode", "area__name", "area__edition__code", "area__edition__is_current"
        )
        for pk, pcode, name, edition, is_current in codes:
            areas.setdefault(pk, []).append((pcode if is_current else f"{edition}:{pcode}", name))
        names: dict[int, list[str]] = {}
        others = NAMES.rows(self.viewer, OrganisationName.objects.filter(organisation__in=ids)).order_by("name", "pk")
        for pk, name in others.values_list("organisation_id", "name"):
            names.setdefault(pk, []).append(name)
        for row in rows:
            own = areas.get(row["id"], []) if row["covers"] is not None else []
            row["areas"] = [code for code, _name in own]
            row["area_names"] = [name for _code, name in own]
            row["names"] = names.get(row["id"], [])
            row["seat"] = _seat(row)

    def _add_contacts(self, rows: Sequence[Row]) -> None:
        base = Contact.objects.current().filter(organisation__in=[row["id"] for row in rows])
        columns = columns_for(CONTACTS, EXPORTED_CONTACT, self.viewer)
        found: dict[int, list[Mapping[str, Any]]] = {}
        seen = CONTACTS.rows(self.viewer, base).order_by("organisation_id", "-is_emergency", "position", "id")
        contacts: Iterator[dict[str, Any]] = seen.values(**columns).iterator()  # type: ignore[assignment]
        for contact in contacts:
            if contact["shown_organisation"] is not None:
                found.setdefault(contact["shown_organisation"], []).append(contact)
        for row in rows:
            own = found.get(row["id"], [])
            for name, field in (
                ("contact_name", "name"),
                ("contact_role", "role"),
                ("phone", "phone"),
                ("email", "email"),
            ):
                row[name] = BESIDE.join(contact[f"shown_{field}"] or "" for contact in own)
            row["emergency"] = BESIDE.join("oui" if contact["shown_is_emergency"] else "non" for contact in own)


def _seat(row: Row) -> str:
    if row["kind"] == OrganisationKind.SECURITY:
        return ""
    if row["town"]:
        return ", ".join(dict.fromkeys(part for part in (row["town"], row["cercle"]) if part))
    if not row["seat_pcode"]:
        return ""
    return str(row["seat_pcode"] if row["seat_current"] else f"{row['seat_edition']}:{row['seat_pcode']}")


def point_of(row: Row) -> dict[str, Any] | None:
    """The middle of the town or area of the seat, on two decimals (about a kilometre); ``None`` where none is known."""
    if row["kind"] == OrganisationKind.SECURITY:
        return None
    lat, lon = (row["town_lat"], row["town_lon"]) if row["town"] else (row["seat_lat"], row["seat_lon"])
    if lat is None or lon is None:
        return None
    return {"type": "Point", "coordinates": [round(lon, 2), round(lat, 2)]}
