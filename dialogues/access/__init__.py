"""Who may see and do what in dialogues: the only place that says so. The mechanism is ``orgs.policy``."""

from dialogues.access.session_parts import IN_THE_ROOM, edits_of, edits_to_settle, papers_of
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
    "IN_THE_ROOM",
    "PROCESSES",
    "RECORDERS",
    "SESSIONS",
    "TEAM_ROLES",
    "WRITERS",
    "edits_of",
    "edits_to_settle",
    "may_edit_process",
    "may_edit_session",
    "may_open_names",
    "may_read_safety_notes",
    "may_record",
    "papers_of",
]
