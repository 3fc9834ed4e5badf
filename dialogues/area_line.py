"""An area's line of time: what happened there, and when people met, newest first. After is not because.

Each room that knows something adds a ``Source`` to ``sources`` in ``AppConfig.ready``. A page takes as many rows from
each as it can show, so that page 400 costs what page 1 costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, Q, QuerySet
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.access import SESSIONS
from dialogues.addresses import session_address
from dialogues.disclosure import SESSION
from dialogues.models import SessionState
from dialogues.process_rows import session_words, sessions_shown
from incidents.access import COUNTED_INCIDENTS, INCIDENTS
from incidents.disclosure import INCIDENT
from incidents.models import IncidentType
from orgs.listing import columns_for
from orgs.models import Area, Level
from orgs.paging import BadToken
from orgs.policy import Policy, Viewer

PAGE = 40
MONTHS = 24
_INCIDENT_FIELDS = ("ref", "type_id", "occurred_on", "summary")
Cursor = tuple[date, int, int]


@dataclass(frozen=True)
class Entry:
    """One thing on the line. ``kind`` names it in words; ``rank`` and ``pk`` keep the order of one day."""

    day: date
    rank: int
    pk: int
    kind: Any
    title: str
    detail: str
    url: str
    tone: str = "doing"


@dataclass(frozen=True)
class Source:
    """What one room knows. ``rows`` gives what the viewer may see of an area; ``day`` is their column of the day."""

    rank: int
    day: str
    rows: Callable[[Viewer, Area], QuerySet[Any]]
    entries: Callable[[Viewer, QuerySet[Any]], list[Entry]]


def inside(policy: Policy[Any], table: Any, viewer: Viewer, rows: QuerySet[Any], area: Area) -> QuerySet[Any]:
    """The rows that lie in an area, as far as the viewer is told that they do."""
    if area.level == Level.COUNTRY:
        return rows
    name = f"{area.level}_id"
    told = columns_for(policy, table, viewer, only=(name,))
    if not told:
        return rows.none()
    # Where nobody is told, all is NULL, of no type that a number could be compared with.
    told_area = Cast(told[f"shown_{name}"], BigIntegerField())
    found: QuerySet[Any] = rows.filter(**{name: area.pk}).annotate(told_area=told_area).filter(told_area=area.pk)
    return found


def _incidents(viewer: Viewer, area: Area) -> QuerySet[Any]:
    return inside(INCIDENTS, INCIDENT, viewer, COUNTED_INCIDENTS.rows(viewer), area)


def _incident_entries(viewer: Viewer, rows: QuerySet[Any]) -> list[Entry]:
    columns = columns_for(INCIDENTS, INCIDENT, viewer, only=_INCIDENT_FIELDS)
    kinds = {kind.code: str(kind.label) for kind in IncidentType.objects.all()}
    return [
        Entry(
            row["shown_occurred_on"], 1, row["pk"], _("Incident"), kinds.get(row["shown_type_id"], ""),
            (row["shown_summary"] or "")[:200], f"/incidents/{row['shown_ref']}/", "stopped",
        )
        for row in rows.values("pk", **columns)
    ]  # fmt: skip


def _sessions(viewer: Viewer, area: Area) -> QuerySet[Any]:
    rows = SESSIONS.rows(viewer).exclude(state=SessionState.CANCELLED)
    return inside(SESSIONS, SESSION, viewer, rows, area)


def _session_entries(viewer: Viewer, rows: QuerySet[Any]) -> list[Entry]:
    found = [(row, session_words(row)) for row in sessions_shown(viewer, rows)]
    return [
        Entry(
            row["held_on"], 2, row["id"], shown["kind_words"], shown["title"],
            shown["state_words"] if shown["state"] != SessionState.HELD else shown["area"],
            session_address(shown["uid"]), "done" if shown["state"] == SessionState.HELD else "new",
        )
        for row, shown in found
    ]  # fmt: skip


INCIDENTS_SOURCE = Source(1, "occurred_on", _incidents, _incident_entries)
SESSIONS_SOURCE = Source(2, "held_on", _sessions, _session_entries)
sources: list[Source] = [INCIDENTS_SOURCE, SESSIONS_SOURCE]


def line_of(viewer: Viewer, area: Area, after: Cursor | None = None, size: int = PAGE) -> tuple[list[Entry], str]:
    """A page of the line, and the name of the next one (empty at the end); a statement or two for each source."""
    found: list[Entry] = []
    for source in sources:
        rows = source.rows(viewer, area)
        if after is not None:
            rows = rows.filter(_beyond(source, after))
        found += source.entries(viewer, rows.order_by(f"-{source.day}", "-pk")[: size + 1])
    found.sort(key=lambda one: (one.day, one.rank, one.pk), reverse=True)
    page = found[:size]
    return page, token_of(page[-1]) if len(found) > size else ""


def _beyond(source: Source, after: Cursor) -> Q:
    day, rank, pk = after
    if source.rank < rank:
        return Q(**{f"{source.day}__lte": day})
    earlier = Q(**{f"{source.day}__lt": day})
    return earlier if source.rank > rank else earlier | Q(**{source.day: day, "pk__lt": pk})


def token_of(entry: Entry) -> str:
    """The name of the page that lies behind an entry."""
    return f"{entry.day.isoformat()}.{entry.rank}.{entry.pk}"


def read_token(token: str) -> Cursor | None:
    """The place that a page begins behind; ``None`` for the first page. Raises ``BadToken``."""
    if not token:
        return None
    day, _dot, rest = token.partition(".")
    rank, _dot, pk = rest.partition(".")
    try:
        if not (rank.isascii() and rank.isdecimal() and pk.isascii() and pk.isdecimal()) or len(rank + pk) > 18:
            raise BadToken
        return date.fromisoformat(day), int(rank), int(pk)
    except ValueError as error:
        raise BadToken from error


# --- The picture -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """How much of each kind there was in one month, and where its bars stand in the picture."""

    first: date
    incidents: int
    sessions: int
    x: int = 0
    incidents_high: int = 0
    sessions_high: int = 0


WIDE, HIGH = 10, 60
"""Units of the picture for one month, and for the highest bar."""


def months_of(viewer: Viewer, area: Area, months: int = MONTHS) -> list[Month]:
    """Incidents and sessions of each of the last months, this one last; in one statement for each."""
    this = timezone.localdate().replace(day=1)
    firsts = [_earlier(this, back) for back in range(months - 1, -1, -1)]
    incidents = _counted(_incidents(viewer, area), "occurred_on", firsts[0])
    held = _sessions(viewer, area).filter(state=SessionState.HELD)
    sessions = _counted(held, "held_on", firsts[0])
    most = max([1, *incidents.values(), *sessions.values()])
    return [
        Month(
            first, incidents.get(first, 0), sessions.get(first, 0), place * WIDE,
            round(HIGH * incidents.get(first, 0) / most), round(HIGH * sessions.get(first, 0) / most),
        )
        for place, first in enumerate(firsts)
    ]  # fmt: skip


def _earlier(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _counted(rows: QuerySet[Any], day: str, since: date) -> dict[date, int]:
    each = rows.filter(**{f"{day}__gte": since}).order_by().annotate(month=TruncMonth(day)).values_list("month")
    return dict(each.annotate(total=Count("pk")))
