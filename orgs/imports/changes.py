"""What a line would change of a known entry, or write of a new one: one rule for the preview and for the writing.

Nothing is ever taken away: lists grow, contacts and names are added. A single fact is replaced, unless the import only
fills gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orgs.imports.rows import is_same_contact
from orgs.models import Contact, Organisation, OrganisationKind, OrganisationName
from orgs.models.areas import name_key

CODE_LISTS = ("themes", "served", "spoken", "capacities", "links")
FACTS = ("kind", "founded", "legal_number", "legal_scheme", "description", "description_en", "visibility", "agreed_on")
FIRST_KEPT = ("acronym", "source", "place_text")
"""Facts that a known entry keeps once it has them, unless its own address stands in the line."""


@dataclass
class Known:
    """An entry with what hangs on it, as far as a comparison needs it."""

    organisation: Organisation
    areas: set[int] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Change:
    """What is written: columns of the entry by name, and what is added beside it."""

    columns: dict[str, Any] = field(default_factory=dict)
    areas: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the entry says all of it already."""
        return not (self.columns or self.areas or self.names or self.contacts)

    @property
    def fields(self) -> list[str]:
        """What is touched, by name."""
        beside = [name for name in ("areas", "names", "contacts") if getattr(self, name)]
        return [*self.columns, *beside]


def known_entries(ids: Iterable[int], *, lock: bool = False) -> dict[int, Known]:
    """These entries with what hangs on them, in four queries; ``lock`` keeps others from changing them meanwhile."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = Organisation.objects.filter(pk__in=wanted).select_related("seat_place").order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = {one.pk: Known(one) for one in rows}
    for pk, area in Organisation.areas.through.objects.filter(organisation__in=wanted).values_list(
        "organisation_id", "area_id"
    ):
        if pk in found:
            found[pk].areas.add(area)
    for pk, name in OrganisationName.objects.filter(organisation__in=wanted).values_list("organisation_id", "name"):
        if pk in found:
            found[pk].names.append(name)
    for contact in Contact.objects.filter(organisation__in=wanted).values("organisation_id", "phone", "email"):
        if contact["organisation_id"] in found:
            found[contact["organisation_id"]].contacts.append({"phone": contact["phone"], "email": contact["email"]})
    return found


def change_of(known: Known, parsed: Mapping[str, Any], *, by: str, fills_only: bool) -> Change:
    """What a line changes of a known entry. ``by`` is how it was known: its own address may rename it."""
    organisation = known.organisation
    change = Change()
    _names(change, known, parsed, by)
    for name in FACTS:
        _fact(change, organisation, name, parsed.get(name), fills_only=fills_only)
    for name in FIRST_KEPT:
        _fact(change, organisation, name, parsed.get(name), fills_only=fills_only or by != "slug")
    for name in CODE_LISTS:
        old = list(getattr(organisation, name))
        new = [one for one in parsed.get(name, ()) if one not in old]
        if new:
            change.columns[name] = [*old, *new] if name == "links" else sorted({*old, *new})
    _seat(change, organisation, parsed, fills_only=fills_only)
    _keep_forces_without_a_place(change, organisation)
    change.areas = [one for one in parsed.get("areas", ()) if one not in known.areas]
    change.contacts = [
        one for one in parsed.get("contacts", ()) if not any(is_same_contact(old, one) for old in known.contacts)
    ]
    return change


def _names(change: Change, known: Known, parsed: Mapping[str, Any], by: str) -> None:
    organisation = known.organisation
    name = parsed.get("name", "")
    keys = {name_key(one) for one in (organisation.name, organisation.acronym, *known.names)}
    if by == "slug" and name and name != organisation.name:
        change.columns["name"] = name
        if name_key(name) != name_key(organisation.name) and organisation.name not in known.names:
            change.names.append(organisation.name)
    elif name and name_key(name) not in keys:
        change.names.append(name)
    for other in parsed.get("names", ()):
        if other not in known.names and name_key(other) not in keys and other not in change.names:
            change.names.append(other)


def _fact(change: Change, organisation: Organisation, name: str, value: Any, *, fills_only: bool) -> None:
    if value in (None, ""):
        return
    if name == "agreed_on":
        value = date.fromisoformat(value)
    old = getattr(organisation, name)
    if old == value or (fills_only and old not in (None, "")):
        return
    if name == "kind" and OrganisationKind.SECURITY in (old, value):
        return  # what is a security service is decided by a person, in the entry itself
    change.columns[name] = value


def _seat(change: Change, organisation: Organisation, parsed: Mapping[str, Any], *, fills_only: bool) -> None:
    seat = parsed.get("seat")
    has_one = organisation.seat_id is not None or organisation.seat_place_id is not None
    if not seat or (has_one and fills_only):
        return
    place, area = seat.get("place"), None if seat.get("place") else seat.get("area")
    if place == organisation.seat_place_id and area == organisation.seat_id:
        return
    town = organisation.seat_place
    if place and town is not None and (place == town.pk or seat.get("key") == town.name_key):
        return  # several villages have one name: a person may have chosen another one than the file's words find
    change.columns |= {"seat_place_id": place, "seat_id": area}


def _keep_forces_without_a_place(change: Change, organisation: Organisation) -> None:
    if organisation.kind == OrganisationKind.SECURITY:
        for name in ("seat_id", "seat_place_id", "place_text"):
            change.columns.pop(name, None)


def new_entry(parsed: Mapping[str, Any], *, source: str) -> tuple[Organisation, Change]:
    """An entry that is not written yet, and what hangs on it. Drafts, for coordinators' eyes, until somebody checks."""
    values: dict[str, Any] = {"name": parsed["name"], "name_key": name_key(parsed["name"])}
    for name in (*FACTS, "acronym", "place_text"):
        if parsed.get(name) not in (None, ""):
            values[name] = parsed[name]
    if "agreed_on" in values:
        values["agreed_on"] = date.fromisoformat(values["agreed_on"])
    for name in CODE_LISTS:
        values[name] = list(parsed.get(name, ())) if name == "links" else sorted(set(parsed.get(name, ())))
    seat = parsed.get("seat") or {}
    if seat and values.get("kind") != OrganisationKind.SECURITY:
        values |= {"seat_place_id": seat["place"]} if seat.get("place") else {"seat_id": seat.get("area")}
    values["source"] = parsed.get("source") or source[:200]
    names = [name for name in parsed.get("names", ()) if name != parsed["name"]]
    change = Change(areas=list(parsed.get("areas", ())), names=names, contacts=list(parsed.get("contacts", ())))
    return Organisation(**values), change
