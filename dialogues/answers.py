"""What is shown of the loop: the incidents that a dialogue answers, and the dialogues that answer an incident.

Each end by its own rule and its own table; a link by whoever sees both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues.access import ANSWERED, PROCESSES, SESSIONS, TAKEN_UP, WRITERS, may_edit, may_record
from dialogues.addresses import area_address, process_address, session_address
from dialogues.disclosure import PROCESS, SESSION
from dialogues.models import Process, Session
from incidents.access import COUNTED_INCIDENTS, INCIDENTS
from incidents.access.conduct import CONDUCT_PATTERNS
from incidents.desk import finest_area, words_for_areas
from incidents.disclosed_conduct import CONDUCT_PATTERN
from incidents.disclosure import INCIDENT
from incidents.models import ConductPattern, Incident, IncidentType
from orgs.listing import columns_for
from orgs.policy import Policy, Viewer
from orgs.sections import Section

MOST = 50
_INCIDENT_FIELDS = ("ref", "type_id", "occurred_on", "region_id", "cercle_id", "commune_id", "severity")
_SESSION_FIELDS = ("uid", "title", "held_on", "state")
_PROCESS_FIELDS = ("uid", "title", "state")


def incidents_of(viewer: Viewer, dialogue: Process | Session) -> list[dict[str, Any]]:
    """The incidents that a dialogue answers, as far as this viewer may see them, the latest first."""
    links = ANSWERED.rows(viewer).filter(**_end(dialogue))
    return incident_rows(viewer, INCIDENTS.rows(viewer).filter(pk__in=links.values("incident")))


def incidents_to_answer(viewer: Viewer, dialogue: Process | Session) -> list[dict[str, Any]]:
    """Incidents of the dialogue's area that could be linked, the latest first."""
    linked = ANSWERED.rows(viewer).filter(**_end(dialogue))
    rows = COUNTED_INCIDENTS.rows(viewer).exclude(pk__in=linked.values("incident"))
    for level in ("cercle", "region"):
        if (area := getattr(dialogue, f"{level}_id")) is not None:
            rows = rows.filter(**{level: area})
            break
    return incident_rows(viewer, rows)


def incident_rows(viewer: Viewer, rows: QuerySet[Incident]) -> list[dict[str, Any]]:
    """A few incidents in words, each as this viewer may read it."""
    columns = columns_for(INCIDENTS, INCIDENT, viewer, only=_INCIDENT_FIELDS)
    found: list[dict[str, Any]] = [*map(dict, rows.order_by("-occurred_on", "-pk").values("pk", **columns)[:MOST])]
    kinds = {kind.code: kind for kind in IncidentType.objects.all()} if found else {}
    areas = words_for_areas(finest_area(row) for row in found)
    return [
        {**_bare(row), "kind": kinds.get(row["shown_type_id"] or ""), "area": areas[finest_area(row)]} for row in found
    ]


def dialogues_of(viewer: Viewer, incident: Incident) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The processes and the sessions that answer an incident, as far as this viewer may see them."""
    links = ANSWERED.rows(viewer).filter(incident=incident)
    return (
        _processes(viewer, PROCESSES.rows(viewer).filter(pk__in=links.values("process"))),
        _sessions(viewer, SESSIONS.rows(viewer).filter(pk__in=links.values("session"))),
    )


def dialogues_to_link(viewer: Viewer, incident: Incident) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The viewer's own processes and sessions that are not linked to an incident yet."""
    links = ANSWERED.rows(viewer).filter(incident=incident)
    in_processes = links.filter(process__isnull=False).values("process")
    in_sessions = links.filter(session__isnull=False).values("session")
    processes = PROCESSES.rows_as(viewer, *WRITERS).exclude(pk__in=in_processes)
    sessions = SESSIONS.rows_as(viewer, *WRITERS).exclude(pk__in=in_sessions)
    return _processes(viewer, processes), _sessions(viewer, sessions)


def patterns_of(viewer: Viewer, process: Process) -> list[dict[str, Any]]:
    """What a process takes up of the conduct of forces, for whoever may read both."""
    taken = TAKEN_UP.rows(viewer).filter(process=process)
    return _patterns(viewer, CONDUCT_PATTERNS.rows(viewer).filter(pk__in=taken.values("pattern")))


def patterns_to_take_up(viewer: Viewer, process: Process) -> list[dict[str, Any]]:
    """What the viewer may read and the process does not take up yet."""
    taken = TAKEN_UP.rows(viewer).filter(process=process)
    return _patterns(viewer, CONDUCT_PATTERNS.rows(viewer).exclude(pk__in=taken.values("pattern")))


def section(viewer: Viewer, incident: Incident) -> Section | None:
    """On the page of an incident: the dialogues that answer it, and the way to begin one."""
    audience = INCIDENTS.audience(viewer, incident)
    if audience is None:
        return None
    processes, sessions = dialogues_of(viewer, incident)
    shown = INCIDENT.show(incident, audience)
    pcode = shown["cercle_pcode"] or shown["region_pcode"]
    may_begin = may_record(viewer) and incident.exercise_id is None
    if not (processes or sessions or may_begin):
        return None
    data = {
        "processes": processes,
        "sessions": sessions,
        "may_begin": may_begin,
        "ref": incident.ref,
        "area": area_address(pcode or ""),
    }
    return Section("dialogues", _("Dialogues that answer it"), "dialogues/processes/incident_section.html", data)


def loop_of(viewer: Viewer, dialogue: Process | Session) -> dict[str, Any]:
    """For the page of a process or a session: ``dialogues/processes/answers.html`` reads it as ``loop``."""
    is_process = isinstance(dialogue, Process)
    kind = "processes" if is_process else "sessions"
    return {
        "incidents": incidents_of(viewer, dialogue),
        "patterns": patterns_of(viewer, dialogue) if isinstance(dialogue, Process) else [],
        "address": f"/dialogues/{kind}/{dialogue.uid}/links/" if may_edit(viewer, dialogue) else "",
    }


def _end(dialogue: Process | Session) -> dict[str, Process | Session]:
    return {"process": dialogue} if isinstance(dialogue, Process) else {"session": dialogue}


def _processes(viewer: Viewer, rows: QuerySet[Process]) -> list[dict[str, Any]]:
    found = _shown(viewer, PROCESSES, PROCESS, rows.order_by("-pk"), _PROCESS_FIELDS)
    return [{**row, "url": process_address(row["uid"])} for row in found]


def _sessions(viewer: Viewer, rows: QuerySet[Session]) -> list[dict[str, Any]]:
    found = _shown(viewer, SESSIONS, SESSION, rows.order_by("-held_on", "-pk"), _SESSION_FIELDS)
    return [{**row, "url": session_address(row["uid"])} for row in found]


def _patterns(viewer: Viewer, rows: QuerySet[ConductPattern]) -> list[dict[str, Any]]:
    ordered = rows.order_by("-to_on", "-pk")
    return _shown(viewer, CONDUCT_PATTERNS, CONDUCT_PATTERN, ordered, tuple(CONDUCT_PATTERN.cells))


def _shown(
    viewer: Viewer, policy: Policy[Any], table: Any, rows: QuerySet[Any], fields: tuple[str, ...]
) -> list[dict[str, Any]]:
    columns = columns_for(policy, table, viewer, only=fields)
    return [_bare(row) for row in rows.values("pk", **columns)[:MOST]]


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("shown_"): value for name, value in row.items()}
