"""Who may see and do what in dialogues: the only place that says so. The mechanism is ``orgs.policy``."""

from dialogues.access.agreements import (
    AGREEMENTS,
    ASSESSING_ROLES,
    assessing_organisations,
    may_assess,
    may_begin_agreement,
    may_edit_agreement,
    may_write_agreement_in,
)
from dialogues.access.committees import (
    COMMITTEES,
    INSIDE,
    KEEPERS_OF_COMMITTEES,
    may_begin_committee,
    may_begin_committee_in,
    may_edit_committee,
    may_open_holder_name,
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
    "AGREEMENTS",
    "ASSESSING_ROLES",
    "COMMITTEES",
    "INSIDE",
    "KEEPERS_OF_COMMITTEES",
    "PROCESSES",
    "RECORDERS",
    "SESSIONS",
    "TEAM_ROLES",
    "WRITERS",
    "assessing_organisations",
    "may_assess",
    "may_begin_agreement",
    "may_begin_committee",
    "may_begin_committee_in",
    "may_edit_agreement",
    "may_edit_committee",
    "may_edit_process",
    "may_edit_session",
    "may_open_holder_name",
    "may_open_names",
    "may_read_safety_notes",
    "may_record",
    "may_write_agreement_in",
]
