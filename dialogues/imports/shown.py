"""Lines of an import in words, for its pages and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import get_urlconf
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialogues.access import SESSIONS
from dialogues.imports.columns import field_of, headings_to_mend, name_of
from dialogues.imports.fields import TARGETS, is_rough
from dialogues.models import (
    Session,
    SessionImport,
    SessionImportRow,
    SessionKind,
    SessionRowOutcome,
    SessionRowState,
)
from dialogues.said import SessionSaid, from_json
from orgs.imports.problems import Said, in_words
from orgs.policy import Viewer
from orgs.presentation.navigation import is_served


@dataclass
class ShownLine:
    """One line of a file on a page."""

    number: int
    title: str
    label: str
    facts: list[str] = field(default_factory=list)
    problems: list[Said] = field(default_factory=list)
    address: str = ""


def shown_lines(rows: Sequence[SessionImportRow], viewer: Viewer, *, is_over: bool) -> list[ShownLine]:
    """These lines; with the address of their session where the reader may see it."""
    wanted = {row.session_id for row in rows if row.session_id}
    seen: dict[int, str] = {}
    if wanted:
        seen = {pk: str(uid) for pk, uid in SESSIONS.rows(viewer).filter(pk__in=wanted).values_list("pk", "uid")}
    return [_shown(row, seen, is_over=is_over) for row in rows]


def _shown(row: SessionImportRow, seen: dict[int, str], *, is_over: bool) -> ShownLine:
    said = from_json(row.said) if row.said else SessionSaid()
    label = SessionRowOutcome(row.outcome).label if is_over else SessionRowState(row.state).label
    shown = ShownLine(row.number, said.title or "–", str(label), _facts(row, said), in_words(row.problems))
    address = f"/dialogues/sessions/{seen[row.session_id]}/" if row.session_id in seen else ""
    shown.address = address if address and is_served(address, get_urlconf()) else ""
    return shown


def _facts(row: SessionImportRow, said: SessionSaid) -> list[str]:
    kind = str(SessionKind(said.kind).label) if said.kind in SessionKind.values else said.kind
    facts = [row.process_title, kind, date_format(said.held_on) if said.held_on else "", said.place_text or said.area]
    if said.people:
        facts.append(_("participants: %(n)d") % {"n": said.people})
    if said.spectators:
        facts.append(_("spectators: %(n)d") % {"n": said.spectators})
    return [fact for fact in facts if fact]


def unused_columns(job: SessionImport) -> list[str]:
    """The columns that fill nothing."""
    return [name_of(one) for one in job.columns if not field_of(one)]


def rough_columns(job: SessionImport) -> list[str]:
    """The columns of “60 and over”, which are taken for our “over 60” although they count whoever is just 60."""
    return [name_of(one) for one in job.columns if is_rough(field_of(one), name_of(one))]


def totals(job: SessionImport, viewer: Viewer) -> list[tuple[str, int, int, int]]:
    """What an import brought, by kind: sessions, participants, spectators; the last line is all of them."""
    own = job.rows.filter(session__isnull=False).values("session")
    rows = SESSIONS.rows(viewer, Session.objects.filter(pk__in=own)).order_by("kind").values_list("kind")
    counted = rows.annotate(many=Count("pk"), people=Sum("people"), watched=Sum("spectators"))
    lines = [(str(SessionKind(kind).label), many, people, watched) for kind, many, people, watched in counted]
    if len(lines) > 1:
        together = (sum(one[1] for one in lines), sum(one[2] for one in lines), sum(one[3] for one in lines))
        lines.append((_("Together"), *together))
    return lines


def lines_to_mend(job: SessionImport, rows: QuerySet[SessionImportRow]) -> Iterator[list[Any]]:
    """The file again, with the lines that did not come in and what is wrong with each: mended it can come in."""
    heads = {int(one["place"]): headings_to_mend(one) for one in job.columns}
    width = max(heads, default=-1) + 1
    yield [*(heads.get(at, ("", ""))[0] for at in range(width)), _("What is wrong")]
    if any(one["tag"] for one in job.columns):
        yield [*(heads.get(at, ("", ""))[1] for at in range(width)), "#x_problem"]
    for row in rows.order_by("pk").only("cells", "problems").iterator(chunk_size=500):
        cells = [row.cells[at] if at < len(row.cells) else "" for at in range(width)]
        said = " / ".join(f"{one.column}: {one.words}" if one.column else one.words for one in in_words(row.problems))
        yield [*cells, said]


def example_lines() -> Iterator[list[str]]:
    """Titles, tags, and two lines that show how it is meant."""
    targets = [target for target in TARGETS if target.code not in ("key",)]
    yield [str(target.label) for target in targets]
    yield [target.tags.split(" ", maxsplit=1)[0] for target in targets]
    for line in _EXAMPLES:
        yield [line.get(target.code, "") for target in targets]


_EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "process": "Paix au marché", "process_kind": "Mediation", "number": "1", "kind": "Concertation",
        "title": "Le puits du marché", "held_on": "2016-05-03", "country": "Mali", "cercle": "Koro",
        "place": "Koro, sous le grand arbre", "people": "12", "f:15-35": "5", "m:36-60": "7",
        "groups": "éleveurs : 6; agriculteurs : 6", "invited": "éleveurs; agriculteurs; jeunes", "absent": "jeunes",
        "issues": "Insécurité au puits [sécurité]", "agreements": "Un gardien pour le puits.", "tlp": "GREEN",
    },
    {
        "process": "Paix au marché", "number": "2", "kind": "Projection de film", "title": "Film au camp",
        "held_on": "2016-05-04", "country": "Mauritanie", "place": "Camp de Mbera", "people": "8", "spectators": "210",
        "tlp": "GREEN",
    },
)  # fmt: skip
