"""What sessions proposed, as a file: one line a proposal, as it was said, with the priority it was put into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dialogues.access import PRIORITIES, PROCESSES, PROPOSALS, SESSIONS, that_may_leave
from dialogues.api.filters import ProposalFilters
from dialogues.disclosed_proposals import PROPOSAL
from dialogues.exports.sheets import Labels, Row, Sheet, SheetColumn, completed_rows, plain
from dialogues.models import Priority, Process, Session
from orgs.models import Vocabulary
from orgs.policy import Viewer

_FIELDS = ("id", "session_id", "session", "held_on", "words", "theme", "priority_id")


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    order = ("-session__held_on", "-session", "position", "pk")
    return completed_rows(
        viewer,
        asked,
        PROPOSALS,
        PROPOSAL,
        ProposalFilters,
        fields=_FIELDS,
        order=order,
        marking="session__tlp",
        complete=_completed,
    )


def _completed(viewer: Viewer, rows: Sequence[Row]) -> Sequence[Row]:
    """The names of what they belong to, where the viewer sees it; three queries a chunk."""
    sessions = SESSIONS.rows(viewer, Session.objects.filter(pk__in={row["session_id"] for row in rows}))
    of_session = {pk: (uid, process) for pk, uid, process in sessions.values_list("pk", "uid", "process_id")}
    known = Process.objects.filter(pk__in={process for _uid, process in of_session.values()})
    processes = dict(that_may_leave(PROCESSES.rows(viewer, known)).values_list("pk", "title"))
    grouped = Priority.objects.filter(pk__in={row["priority_id"] for row in rows})
    allowed = that_may_leave(PRIORITIES.rows(viewer, grouped), "process__tlp")
    priorities = dict(allowed.values_list("pk", "title"))
    for row in rows:
        uid, process = of_session.get(row["session_id"], (None, None))
        row["session_uid"] = uid
        row["process"] = processes.get(process, "")
        row["priority"] = priorities.get(row["priority_id"], "")
    return rows


def _theme(row: Mapping[str, Any], labels: Labels) -> str:
    return labels.terms(Vocabulary.THEME, [row["theme"]] if row["theme"] else [])


SHEET = Sheet(
    "proposals",
    _("Proposals"),
    (
        plain(_("Number"), "#activity+proposal+id", "id"),
        plain(_("What is proposed"), "#activity+proposal+name", "words"),
        SheetColumn(_("Theme"), "#sector+name", _theme),
        plain(_("Priority"), "#activity+priority+name", "priority"),
        plain(_("Process"), "#activity+process+name", "process"),
        plain(_("Number of the session"), "#activity+session+id", "session_uid"),
        plain(_("Session"), "#activity+session+name", "session"),
        plain(_("Day"), "#date+held", "held_on"),
    ),
    _rows,
)
