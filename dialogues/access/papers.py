"""Who may print what. What is RED is read in the product alone, so nothing of it leaves as a file."""

from typing import Any

from django.db.models import QuerySet

from dialogues.access.sessions import PROCESSES, SESSIONS, may_edit_process, may_edit_session
from dialogues.models import Process, Session
from orgs.access import may_keep_accounts
from orgs.models import Tlp
from orgs.policy import Viewer


def may_print_sheets(viewer: Viewer, row: Session | Process) -> bool:
    """Print the sheets for a session: those who write it down afterwards."""
    return may_edit_session(viewer, row) if isinstance(row, Session) else may_edit_process(viewer, row)


def report_audience(viewer: Viewer, row: Session | Process) -> str | None:
    """As which audience this viewer reads the report; ``None`` for nobody's business."""
    return SESSIONS.audience(viewer, row) if isinstance(row, Session) else PROCESSES.audience(viewer, row)


def may_take_report(viewer: Viewer, row: Session | Process) -> bool:
    """Take the report away as a file."""
    return row.tlp != Tlp.RED and report_audience(viewer, row) is not None


def that_may_leave(rows: QuerySet[Any], marking: str = "tlp") -> QuerySet[Any]:
    """Of rows that somebody may see, those that a file may hold; ``marking`` is the path to what they are marked."""
    return rows.exclude(**{marking: Tlp.RED})


def may_keep_paper_texts(viewer: Viewer) -> bool:
    """Write the words of papers in languages that the product does not speak."""
    return may_keep_accounts(viewer)
