"""Who may see and do what in dialogues: the only place that says so. The mechanism is ``orgs.policy``."""

from dialogues.access.proposals import PRIORITIES, PROPOSALS, ROUNDS, may_group, may_propose
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
    "PRIORITIES",
    "PROCESSES",
    "PROPOSALS",
    "RECORDERS",
    "ROUNDS",
    "SESSIONS",
    "TEAM_ROLES",
    "WRITERS",
    "may_edit_process",
    "may_edit_session",
    "may_group",
    "may_open_names",
    "may_propose",
    "may_read_safety_notes",
    "may_record",
]
