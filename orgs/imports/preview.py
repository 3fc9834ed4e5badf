"""Lines of an import in plain words: what each says and would change, what is wrong with it, what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.access import ORGANISATIONS
from orgs.imports.changes import Change, Known, change_of, known_entries
from orgs.imports.fields import BY_CODE
from orgs.imports.problems import Said, in_words
from orgs.models import (
    Area,
    ImportJob,
    ImportRow,
    LegalScheme,
    Organisation,
    OrganisationKind,
    OrganisationVisibility,
    Place,
    RowDecision,
    RowState,
    Term,
)
from orgs.policy import Viewer
from orgs.services.import_deciding import INTO, candidates

MOST_PROBLEMS = 6
MOST_LISTED = 8
_WHY: Mapping[str, str | Promise] = {
    "name": gettext_lazy("names alike"),
    "phone": gettext_lazy("same phone"),
    "acronym": gettext_lazy("same acronym"),
    "place": gettext_lazy("same place"),
}
_BY: Mapping[str, str | Promise] = {
    "slug": gettext_lazy("known by its address in this directory"),
    "legal": gettext_lazy("known by its legal number"),
    "name": gettext_lazy("known by its name"),
    "acronym": gettext_lazy("known by its acronym"),
}
_LISTS = {"themes": "theme", "served": "served", "spoken": "spoken", "capacities": "capacity"}
_CHOICES: Mapping[str, Any] = {
    "kind": OrganisationKind,
    "legal_scheme": LegalScheme,
    "visibility": OrganisationVisibility,
}
_SHOWN_OF_NEW = (
    "acronym", "names", "kind", "founded", "legal_number", "themes", "served", "capacities", "spoken", "areas", "seat",
    "place_text", "contacts", "links", "visibility", "description",
)  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One thing that may be done with a line."""

    value: str
    label: str
    is_chosen: bool


@dataclass
class ShownRow:
    """One organisation of the file on the page."""

    id: int
    name: str
    lines: str
    state: str
    state_words: str
    tone: str
    known_by: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Said] = field(default_factory=list)
    more_problems: int = 0
    options: list[Option] = field(default_factory=list)


_TONES = {RowState.CREATE: "new", RowState.UPDATE: "doing", RowState.LIKELY: "doing", RowState.ERROR: "stopped"}


class Words:
    """Codes and numbers of one page of lines as people read them, looked up together."""

    def __init__(self, parsed: Iterable[Mapping[str, Any]], known: Iterable[Known] = ()) -> None:
        said = list(parsed)
        self.terms = {(term.vocabulary, term.code): term.label for term in Term.objects.all()}
        areas = {pk for one in said for pk in one.get("areas", ())}
        seats = [one["seat"] for one in said if one.get("seat")]
        areas |= {seat["area"] for seat in seats if seat.get("area")}
        places = {seat["place"] for seat in seats if seat.get("place")}
        for entry in known:
            areas.add(entry.organisation.seat_id or 0)
            places.add(entry.organisation.seat_place_id or 0)
        self.areas = dict(Area.objects.filter(pk__in=areas).values_list("pk", "name")) if areas else {}
        self.places = dict(Place.objects.filter(pk__in=places).values_list("pk", "name")) if places else {}

    def value(self, name: str, value: Any) -> str:
        """One fact in words."""
        said = self._coded(name, value)
        if said is not None:
            return said
        if isinstance(value, list | tuple):
            return _listed(_contact(one) if name == "contacts" else str(one) for one in value)
        return _short(str(value) if isinstance(value, int | str) else formats.localize(value))

    def _coded(self, name: str, value: Any) -> str | None:
        if name in _LISTS:
            return _listed(self.terms.get((_LISTS[name], code), code) for code in value)
        if name in _CHOICES:
            return str(dict(_CHOICES[name].choices).get(value, value))
        if name == "areas":
            return _listed(self.areas.get(pk, "?") for pk in value)
        seats = {
            "seat": lambda: self.places.get(value.get("place")) or self.areas.get(value.get("area")),
            "seat_place_id": lambda: self.places.get(value),
            "seat_id": lambda: self.areas.get(value),
        }
        return str(seats[name]() or "") if name in seats else None


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:160]}…"


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    shown = ", ".join(every[:MOST_LISTED])
    more = len(every) - MOST_LISTED
    if more <= 0:
        return shown
    return _("%(shown)s and %(count)d more") % {"shown": shown, "count": more}


def _contact(contact: Mapping[str, Any]) -> str:
    parts = [contact.get("name"), contact.get("role"), contact.get("phone"), contact.get("email")]
    return " ".join(str(part) for part in parts if part)


def label_of(name: str) -> str:
    """What a field is called on the page."""
    if name in ("seat_id", "seat_place_id"):
        return str(BY_CODE["seat"].label)
    if name == "place_text":
        return _("Place as it is written")
    if name == "contacts":
        return _("Contacts")
    return str(BY_CODE[name].label) if name in BY_CODE else name


def shown_rows(job: ImportJob, rows: Sequence[ImportRow], viewer: Viewer) -> list[ShownRow]:
    """These lines (leaders) in words. A handful of queries, however many they are."""
    ids = {pk for row in rows for pk in candidates(row)}
    seen = set(ORGANISATIONS.rows(viewer).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    known = known_entries(seen)
    words = Words([row.parsed for row in rows], known.values())
    members = _members(rows)
    return [_shown(job, row, members.get(row.pk, []), known, words) for row in rows]


def _members(rows: Sequence[ImportRow]) -> dict[int, list[ImportRow]]:
    found: dict[int, list[ImportRow]] = {}
    joined = ImportRow.objects.filter(leader__in=[row.pk for row in rows]).only(
        "leader_id", "sheet", "number", "problems"
    )
    for row in joined.order_by("pk"):
        found.setdefault(row.leader_id or 0, []).append(row)
    return found


def _shown(
    job: ImportJob, row: ImportRow, members: Sequence[ImportRow], known: Mapping[int, Known], words: Words
) -> ShownRow:
    shown = ShownRow(
        id=row.pk,
        name=row.parsed.get("name") or _("(without a name)"),
        lines=lines_in_words(job, [row, *members]),
        state=row.state,
        state_words=str(RowState(row.state).label),
        tone=_TONES.get(RowState(row.state), "done"),
    )
    shown.problems, shown.more_problems = problems_of(row, members)
    entry = known.get(row.match_id or 0)
    if row.state == RowState.ERROR:
        return shown
    if entry is not None and row.decision == RowDecision.UPDATE:
        change = change_of(entry, row.parsed, by=row.match_by, fills_only=job.fills_only)
        shown.changes = changes_in_words(entry, change, words)
        shown.known_by = str(_BY.get(row.match_by, ""))
    else:
        shown.facts = [
            (label_of(name), words.value(name, row.parsed[name])) for name in _SHOWN_OF_NEW if row.parsed.get(name)
        ]
    shown.options = options_of(row, known, words)
    return shown


def lines_in_words(job: ImportJob, rows: Sequence[ImportRow]) -> str:
    """ "line 12 of “3W”, and 5 more"."""
    first = rows[0]
    facts = {"line": first.number, "sheet": first.sheet, "count": len(rows) - 1}
    several_sheets = len(job.mapping) > 1 and first.sheet
    one = _("line %(line)d of “%(sheet)s”") % facts if several_sheets else _("line %(line)d") % facts
    if len(rows) == 1:
        return one
    more = ngettext("and %(count)d line more", "and %(count)d lines more", len(rows) - 1) % facts
    return f"{one} {more}"


def problems_of(row: ImportRow, members: Sequence[ImportRow]) -> tuple[list[Said], int]:
    """What is wrong with the lines of one organisation, each thing once; and how many things are not shown."""
    every = [*row.problems, *(one for member in members for one in member.problems)]
    once = {(one.get("code"), one.get("given"), one.get("column")): one for one in reversed(every)}
    said = in_words(list(reversed(once.values())))
    return said[:MOST_PROBLEMS], max(len(said) - MOST_PROBLEMS, 0)


def changes_in_words(entry: Known, change: Change, words: Words) -> list[tuple[str, str]]:
    """What would change of an entry: "Kind: Association → National NGO", "Themes: + Health"."""
    said: list[tuple[str, str]] = []
    for name, value in change.columns.items():
        old = getattr(entry.organisation, name)
        if isinstance(value, list):
            said.append((label_of(name), f"+ {words.value(name, [one for one in value if one not in old])}"))
        elif value is None:
            continue
        elif old in (None, ""):
            said.append((label_of(name), words.value(name, value)))
        else:
            said.append((label_of(name), f"{words.value(name, old)} → {words.value(name, value)}"))
    for name in ("areas", "names", "contacts"):
        added = getattr(change, name)
        if added:
            said.append((label_of(name), f"+ {words.value(name, added)}"))
    return said


def options_of(row: ImportRow, known: Mapping[int, Known], words: Words) -> list[Option]:
    """What may be done with a line, the chosen one marked."""
    why = {int(one["id"]): one for one in row.likely}
    options = []
    for pk in candidates(row):
        if pk in known:
            is_chosen = row.decision == RowDecision.UPDATE and row.match_id == pk
            label = _("Put into “%(name)s”") % {"name": _named(known[pk].organisation)}
            reasons = ", ".join(str(_WHY[one]) for one in why.get(pk, {}).get("why", ()) if one in _WHY)
            options.append(Option(f"{INTO}{pk}", f"{label} ({reasons})" if reasons else label, is_chosen))
    is_new = row.decision == RowDecision.CREATE
    options.append(
        Option("create", _("Add as a new organisation") if not options else _("It is another one: add it"), is_new)
    )
    options.append(Option("skip", _("Leave it out"), row.decision == RowDecision.SKIP))
    return options


def _named(organisation: Organisation) -> str:
    return f"{organisation.name} ({organisation.acronym})" if organisation.acronym else organisation.name
