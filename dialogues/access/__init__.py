"""Who may see and do what in dialogues: the only place that says so. The mechanism is ``orgs.policy``."""

from dialogues.access.processes import (
    ANSWERED,
    COARSELY,
    TAKEN_UP,
    TOLD_ABSENT,
    TOLD_GROUPS,
    may_answer,
    may_edit,
    may_keep_calendar,
    may_take_up,
)
from dialogues.access.sessions import (
    PROCESSES,
    RECORDERS,
    SESSIONS,
    TEAM_ROLES,
    WRITERS,
    may_edit_process,
    may_edit_session,
    may_open_names,
    may_read_safety_notes,
    may_record,
)

__all__ = [
    "ANSWERED",
    "COARSELY",
    "PROCESSES",
    "RECORDERS",
    "SESSIONS",
    "TAKEN_UP",
    "TEAM_ROLES",
    "TOLD_ABSENT",
    "TOLD_GROUPS",
    "WRITERS",
    "may_answer",
    "may_edit",
    "may_edit_process",
    "may_edit_session",
    "may_keep_calendar",
    "may_open_names",
    "may_read_safety_notes",
    "may_record",
    "may_take_up",
]
