"""The rows of an export of sessions: by the policy, through the disclosure tables, some hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from dialogues.access import PROCESSES, SESSIONS
from dialogues.api.filters import SessionFilters
from dialogues.crowd import lines_shown
from dialogues.disclosed_exports import SESSION_OUT
from dialogues.disclosure import ISSUE, POINT
from dialogues.exports.columns import COLUMNS, Labels
from dialogues.models import Attendance, Issue, Point, Process, Session
from orgs.access import ORGANISATIONS
from orgs.listing import columns_for
from orgs.models import Tlp
from orgs.policy import Viewer

CHUNK = 300
Row = dict[str, Any]


def chosen(viewer: Viewer, asked: QueryDict) -> QuerySet[Session]:
    """The sessions that this viewer may see, narrowed as the list of the API is. Raises ``ValidationError``.

    What is RED is read on its page and stands in no file.
    """
    filters = SessionFilters(asked, queryset=SESSIONS.rows(viewer).exclude(tlp=Tlp.RED), request=viewer)
    if not filters.is_valid():
        raise ValidationError(filters.errors.as_data())
    rows: QuerySet[Session] = filters.qs
    return rows


@dataclass(frozen=True)
class Export:
    """One export for one viewer."""

    viewer: Viewer
    sessions: QuerySet[Session]

    def lines(self) -> Iterator[list[Any]]:
        """Titles, HXL tags, then a line a session."""
        labels = Labels()
        yield [str(column.title) for column in COLUMNS]
        yield [column.tag for column in COLUMNS]
        for row in self._rows():
            yield [column.write(row, labels) for column in COLUMNS]

    def _rows(self) -> Iterator[Row]:
        columns = columns_for(SESSIONS, SESSION_OUT, self.viewer)
        if not columns:
            return
        asked = self.sessions.order_by("-held_on", "-id").annotate(seen_as=SESSIONS.audience_column(self.viewer))
        listed = asked.values("pk", "process_id", "led_by_id", "seen_as", **columns).iterator(chunk_size=CHUNK)
        while chunk := list(islice(listed, CHUNK)):
            rows = [{name.removeprefix("shown_"): value for name, value in row.items()} for row in chunk]
            self._complete(rows)
            yield from rows

    def _complete(self, rows: Sequence[Row]) -> None:
        """What stands in other tables, each line as its session's audience may read it; five queries a chunk."""
        by_pk = {row["pk"]: row for row in rows}
        wanted = Process.objects.filter(pk__in={row["process_id"] for row in rows})
        titles = dict(PROCESSES.rows(self.viewer, wanted).values_list("pk", "title"))
        bodies = set(
            ORGANISATIONS.rows(self.viewer)
            .filter(pk__in={row["led_by_id"] for row in rows})
            .values_list("pk", flat=True)
        )
        for row in rows:
            row |= {"ages": {}, "groups": {}, "issues": [], "points": {}}
            row["process_title"] = titles.get(row["process_id"], "")
            if row["led_by_id"] not in bodies:
                row["led_by_name"] = None
        counts: dict[int, list[Attendance]] = {}
        for count in Attendance.objects.filter(session__in=by_pk).order_by("pk"):
            counts.setdefault(count.session_id, []).append(count)
        for pk, lines in counts.items():
            for shown in lines_shown(lines, by_pk[pk]["seen_as"]):
                _add_count(by_pk[pk], shown)
        for issue in Issue.objects.filter(session__in=by_pk).order_by("position", "pk"):
            row = by_pk[issue.session_id]
            shown = ISSUE.show(issue, row["seen_as"])
            if any(value is not None for value in shown.values()):
                row["issues"].append(shown)
        for point in Point.objects.filter(session__in=by_pk).order_by("position", "pk"):
            row = by_pk[point.session_id]
            shown = POINT.show(point, row["seen_as"])
            if shown["words"]:
                row["points"].setdefault(shown["kind"], []).append(shown["words"])


def _add_count(row: Row, shown: Row) -> None:
    """Add to the totals by age and by group; a total of which a part is hidden is hidden."""
    if shown["group"] is None:
        return
    for totals, key in ((row["ages"], (shown["sex"], shown["age_band"])), (row["groups"], shown["group"])):
        before = totals.get(key, 0)
        totals[key] = None if before is None or shown["count"] is None else before + shown["count"]
