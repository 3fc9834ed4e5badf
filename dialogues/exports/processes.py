"""Processes as a file: one line a process, with what its sessions add up to for this reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dialogues.access import PROCESSES, SESSIONS, that_may_leave
from dialogues.api.filters import ProcessFilters
from dialogues.disclosure import PROCESS
from dialogues.exports.sheets import AREA_COLUMNS, AREA_FIELDS, Row, Sheet, coded, completed_rows, plain, several, yes
from dialogues.inclusion import Sums, sums_by
from dialogues.models import DialogueLevel, Process, ProcessKind, ProcessState, Track
from dialogues.services.processes import PARTS
from orgs.access import ORGANISATIONS
from orgs.policy import Viewer

_FIELDS = (
    "uid", "title", "purpose", "kind", "level", "track", "state", "starts_on", "ends_on", *AREA_FIELDS, "funders_text",
    "tlp", "is_demo",
)  # fmt: skip


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    return completed_rows(
        viewer, asked, PROCESSES, PROCESS, ProcessFilters, fields=_FIELDS, order=("-id",), complete=_completed
    )


def _completed(viewer: Viewer, rows: Sequence[Row]) -> Sequence[Row]:
    """Who carries it, as far as this viewer sees them, and the sums of the sessions that they see; five queries."""
    ids = [row["pk"] for row in rows]
    sums = sums_by(viewer, that_may_leave(SESSIONS.rows(viewer)).filter(process__in=ids), "process")
    bodies = {part: _bodies(viewer, part, ids) for part in PARTS}
    for row in rows:
        counted = sums.get(row["pk"], Sums())
        row |= {part: bodies[part][row["pk"]] for part in PARTS}
        row |= {
            "sessions": counted.sessions,
            "people": counted.people,
            "spectators": counted.spectators,
            "women_percent": counted.of_women.percent,
            "sex_known": counted.of_women.of if counted.of_women.percent is not None else None,
            "youth_percent": counted.of_youth.percent,
            "age_known": counted.of_youth.of if counted.of_youth.percent is not None else None,
        }
    return rows


def _bodies(viewer: Viewer, part: str, processes: Sequence[int]) -> dict[int, list[str]]:
    seen = ORGANISATIONS.rows(viewer).order_by().values("pk")
    through = getattr(Process, part).through.objects.filter(process__in=processes, organisation__in=seen)
    found: dict[int, list[str]] = defaultdict(list)
    rows = through.order_by("organisation__name_key", "organisation").values_list("process", "organisation__name")
    for process, body in rows:
        found[process].append(body)
    return found


SHEET = Sheet(
    "processes",
    _("Processes"),
    (
        plain(_("Number"), "#activity+process+id", "uid"),
        plain(_("Process"), "#activity+process+name", "title"),
        plain(_("Purpose"), "#description+purpose", "purpose"),
        coded(_("Kind"), "#activity+process+type", "kind", ProcessKind),
        coded(_("Level"), "#x_level", "level", DialogueLevel),
        coded(_("Track"), "#x_track", "track", Track),
        coded(_("State"), "#status", "state", ProcessState),
        plain(_("From"), "#date+start", "starts_on"),
        plain(_("Until"), "#date+end", "ends_on"),
        *AREA_COLUMNS,
        several(_("Convened by"), "#org+convener+list", "conveners"),
        several(_("Steering committee"), "#org+steering+list", "steering"),
        several(_("Partners"), "#org+partner+list", "partners"),
        several(_("Funders"), "#org+funder+list", "funders"),
        plain(_("Other funders"), "#org+funder+other", "funders_text"),
        plain(_("Sessions held that you may see"), "#activity+sessions+num", "sessions"),
        plain(_("Attendances"), "#affected+num", "people"),
        plain(_("Spectators"), "#affected+spectators", "spectators"),
        plain(_("Women, per cent"), "#indicator+f+pct", "women_percent"),
        plain(_("Of how many the sex is known"), "#affected+sex+known+num", "sex_known"),
        plain(_("Aged 15 to 35, per cent"), "#indicator+youth+pct", "youth_percent"),
        plain(_("Of how many the age is known"), "#affected+age+known+num", "age_known"),
        plain(_("Marking"), "#meta+tlp", "tlp"),
        yes(_("Demonstration"), "#meta+demo", "is_demo"),
    ),
    _rows,
)
