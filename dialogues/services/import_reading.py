"""Reading the lines of a file of sessions: what each says, what is wrong with it, which sessions are known."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from dialogues.access import SESSIONS, WRITERS
from dialogues.imports.hooks import proposals_are_kept
from dialogues.imports.problems import problem
from dialogues.imports.processes import known_processes
from dialogues.imports.rows import Line, Understanding
from dialogues.models import Session, SessionImport, SessionImportRow, SessionRowOutcome, SessionRowState
from dialogues.said import said_of, to_json
from dialogues.services.import_progress import Progress
from orgs.models.areas import name_key
from orgs.policy import Viewer

BATCH = 100
_WRITTEN = (
    "said", "process_title", "process_kind", "proposals", "problems", "session_uid", "state", "session",
)  # fmt: skip


def read(*, job: SessionImport, viewer: Viewer, progress: Progress) -> None:
    """Read all lines that wait anew. Raises what ``Progress`` raises."""
    known = Understanding(job.columns, viewer)
    seen: dict[str, int] = {}
    done = 0
    for batch in _batches(job):
        known.prepare(row.cells for row in batch)
        lines = [known.read(row.cells, row.faulty) for row in batch]
        _match(viewer, batch, lines, known, seen)
        SessionImportRow.objects.bulk_update(batch, _WRITTEN)
        done += len(batch)
        progress.tell(_("Reading"), done, job.lines)


def _batches(job: SessionImport) -> Iterator[list[SessionImportRow]]:
    after = 0
    waiting = job.rows.filter(outcome=SessionRowOutcome.WAITING).order_by("pk")
    while batch := list(waiting.filter(pk__gt=after)[:BATCH]):
        yield batch
        after = batch[-1].pk


def _match(
    viewer: Viewer, batch: Sequence[SessionImportRow], lines: Sequence[Line], known: Understanding, seen: dict[str, int]
) -> None:
    processes = known_processes(viewer, {line.process for line in lines})
    for row, line in zip(batch, lines, strict=True):
        first = seen.setdefault(line.identity(), row.number)
        if first != row.number and not line.is_broken:
            line.problems.append(problem("session_twice", column=known.title_of("key"), given=str(first)))
        process = processes.get(name_key(line.process)) if line.process else None
        if process is not None and not process.is_own:
            column = known.title_of("process")
            line.problems.append(problem("session_process_not_yours", column=column, given=line.process))
        if line.proposals and not proposals_are_kept():
            line.problems.append(problem("session_proposals", column=known.title_of("proposals")))
        row.said = {**to_json(line.said), "process": process.uid if process is not None and process.is_own else ""}
        row.process_title, row.process_kind = line.process, line.process_kind
        row.proposals, row.problems = list(line.proposals), line.problems
    _compare(viewer, batch, lines, known)


def _compare(viewer: Viewer, batch: Sequence[SessionImportRow], lines: Sequence[Line], known: Understanding) -> None:
    """Which sessions are there already. One that the bringer does not see is not there: the line makes its own."""
    wanted = {row.pk: line.session_uid() for row, line in zip(batch, lines, strict=True)}
    taken = set(Session.objects.filter(uid__in=wanted.values()).values_list("uid", flat=True))
    visible = _visible(viewer, set(wanted.values()))
    own = {pk: uuid.uuid5(uid, f"for {viewer.user_id}") for pk, uid in wanted.items() if uid in taken - set(visible)}
    visible |= _visible(viewer, set(own.values()))
    for row, line in zip(batch, lines, strict=True):
        row.session_uid = own.get(row.pk, wanted[row.pk])
        found = visible.get(row.session_uid)
        row.session = found
        if found is not None and SESSIONS.audience(viewer, found) not in WRITERS:
            line.problems.append(problem("session_not_yours", column=known.title_of("title")))
            row.session = None
        row.state = _state_of(row, line)


def _visible(viewer: Viewer, uids: set[uuid.UUID]) -> dict[uuid.UUID, Session]:
    if not uids:
        return {}
    base = Session.objects.select_related("process", "region", "cercle", "commune").filter(uid__in=uids)
    return {session.uid: session for session in SESSIONS.rows(viewer, base)}


def _state_of(row: SessionImportRow, line: Line) -> str:
    if line.is_broken:
        return SessionRowState.ERROR
    if row.session is None:
        return SessionRowState.NEW
    is_same = to_json(said_of(row.session)) == row.said
    return SessionRowState.SAME if is_same else SessionRowState.CHANGES
