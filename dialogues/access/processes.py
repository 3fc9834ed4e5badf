"""Who sees what a dialogue answers: only whoever sees both ends of a link.

The accused do not see the incident, and so learn nothing from the dialogue that answers it: neither the link nor a
number that counts it.
"""

from dataclasses import dataclass

from django.db.models import Q

from dialogues.access.sessions import PROCESSES, SESSIONS, may_edit_process, may_edit_session
from dialogues.models import Answered, Process, Session, TakenUp
from incidents.access import INCIDENTS
from incidents.access.conduct import CONDUCT_PATTERNS
from incidents.models import ConductPattern, Incident
from orgs.policy import Everywhere, Grant, Policy, SeenWith, Viewer


@dataclass(frozen=True)
class SeenWithItsDialogue:
    """A barrier: a link is never shown more widely than the process or the session that it belongs to."""

    def hidden(self, viewer: Viewer) -> Q | None:
        processes = PROCESSES.rows(viewer).order_by().values("pk")
        sessions = SESSIONS.rows(viewer).order_by().values("pk")
        return ~(Q(process__isnull=False, process__in=processes) | Q(session__isnull=False, session__in=sessions))

    def hides(self, viewer: Viewer, row: Answered) -> bool:
        if row.process is not None:
            return not PROCESSES.sees(viewer, row.process)
        return row.session is None or not SESSIONS.sees(viewer, row.session)

    def excluded(self, row: Answered) -> Q | None:
        if row.process is not None:
            return ~Q(pk__in=PROCESSES.people(row.process).values("pk"))
        assert row.session is not None
        return ~Q(pk__in=SESSIONS.people(row.session).values("pk"))


ANSWERED: Policy[Answered] = Policy(
    Answered, [Grant("reader", Everywhere())], [SeenWith(INCIDENTS, "incident"), SeenWithItsDialogue()]
)

TAKEN_UP: Policy[TakenUp] = Policy(
    TakenUp, [Grant("reader", Everywhere())], [SeenWith(CONDUCT_PATTERNS, "pattern"), SeenWith(PROCESSES, "process")]
)


def may_edit(viewer: Viewer, dialogue: Process | Session) -> bool:
    """Change a process or a session."""
    if isinstance(dialogue, Process):
        return may_edit_process(viewer, dialogue)
    return may_edit_session(viewer, dialogue)


def may_answer(viewer: Viewer, incident: Incident, dialogue: Process | Session) -> bool:
    """Say that a dialogue answers an incident, or take that back: whoever sees the one and may change the other."""
    return INCIDENTS.sees(viewer, incident) and may_edit(viewer, dialogue)


def may_take_up(viewer: Viewer, pattern: ConductPattern, process: Process) -> bool:
    """Say that a process takes up what is seen again and again in the conduct of forces, or take that back."""
    return CONDUCT_PATTERNS.sees(viewer, pattern) and may_edit_process(viewer, process)


def may_keep_calendar(viewer: Viewer) -> bool:
    """Have sessions in one's own calendar: everybody with an account."""
    return viewer.user_id is not None


TOLD_GROUPS = ("coordinator", "team", "room", "analyst")
"""The audiences of a session to whom it is told which groups were in the room."""

TOLD_ABSENT = (*TOLD_GROUPS, "network")
"""The audiences to whom it is told which groups were invited and did not come."""

COARSELY = ("analyst", "network", "public")
"""The audiences that get no small counts."""
