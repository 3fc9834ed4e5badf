"""Who may see and do what in dialogues: the only place that says so. The mechanism is ``orgs.policy``."""

from dialogues.access.papers import may_keep_paper_texts, may_print_sheets, may_take_report, report_audience
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
    "PROCESSES",
    "RECORDERS",
    "SESSIONS",
    "TEAM_ROLES",
    "WRITERS",
    "may_edit_process",
    "may_edit_session",
    "may_keep_paper_texts",
    "may_open_names",
    "may_print_sheets",
    "may_read_safety_notes",
    "may_record",
    "may_take_report",
    "report_audience",
]
