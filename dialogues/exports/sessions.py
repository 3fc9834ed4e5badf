"""Sessions as a file: one line a session, by the titles and tags by which an import knows its columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.http import QueryDict
from django.utils.translation import pgettext_lazy

from dialogues.access import PROCESSES, SESSIONS, that_may_leave
from dialogues.api.filters import SessionFilters
from dialogues.crowd import lines_shown
from dialogues.disclosure import ISSUE, POINT, SESSION
from dialogues.exports.session_columns import COLUMNS
from dialogues.exports.sheets import AREA_FIELDS, Row, Sheet, completed_rows
from dialogues.models import Attendance, Issue, Point, Process
from orgs.access import ORGANISATIONS
from orgs.models import Organisation
from orgs.policy import Viewer

_FIELDS = (
    "uid", "process_id", "number", "kind", "state", "title", "held_on", "starts_at", "ends_at", "country", *AREA_FIELDS,
    "place_text", "spoken", "interpreted", "led_by_id", "people", "spectators", "women", "men", "youth", "invited",
    "absent", "agenda", "minutes", "tlp",
)  # fmt: skip


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    order = ("-held_on", "-id")
    return completed_rows(
        viewer, asked, SESSIONS, SESSION, SessionFilters, fields=_FIELDS, order=order, complete=_completed
    )


def _completed(viewer: Viewer, rows: Sequence[Row]) -> Sequence[Row]:
    """What stands in other tables, each line as its session's audience may read it; five queries a chunk."""
    by_pk = {row["pk"]: row for row in rows}
    processes = Process.objects.filter(pk__in={row["process_id"] for row in rows})
    titles = dict(that_may_leave(PROCESSES.rows(viewer, processes)).values_list("pk", "title"))
    bodies = Organisation.objects.filter(pk__in={row["led_by_id"] for row in rows})
    names = dict(ORGANISATIONS.rows(viewer, bodies).values_list("pk", "name"))
    for row in rows:
        row |= {"ages": {}, "groups": {}, "issues": [], "points": {}}
        row["process_title"] = titles.get(row["process_id"], "")
        row["led_by_name"] = names.get(row["led_by_id"], "")
    lines: dict[int, list[Attendance]] = defaultdict(list)
    for count in Attendance.objects.filter(session__in=by_pk).order_by("pk"):
        lines[count.session_id].append(count)
    for pk, own in lines.items():
        _add_counts(by_pk[pk], lines_shown(own, by_pk[pk]["seen_as"]))
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
    return rows


def _add_counts(row: Row, lines: Sequence[Row]) -> None:
    """Totals by age and by group; a total of which a part is hidden is hidden."""
    if any(line["group"] is None for line in lines):
        return
    for shown in lines:
        for totals, key in ((row["ages"], (shown["sex"], shown["age_band"])), (row["groups"], shown["group"])):
            before = totals.get(key, 0)
            totals[key] = None if before is None or shown["count"] is None else before + shown["count"]


SHEET = Sheet("sessions", pgettext_lazy("dialogues", "Sessions"), COLUMNS, _rows)
