"""Who may see and do what in dialogues: the only place that says so. The mechanism is ``orgs.policy``."""

from dialogues.access.imports import MACHINE, SESSION_IMPORT_ROWS, SESSION_IMPORTS, may_import_sessions
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
    "MACHINE",
    "PROCESSES",
    "RECORDERS",
    "SESSIONS",
    "SESSION_IMPORTS",
    "SESSION_IMPORT_ROWS",
    "TEAM_ROLES",
    "WRITERS",
    "may_edit_process",
    "may_edit_session",
    "may_import_sessions",
    "may_open_names",
    "may_read_safety_notes",
    "may_record",
]
