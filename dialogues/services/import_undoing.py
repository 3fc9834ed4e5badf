"""Taking an import of sessions back: what nobody has worked on since goes, everything else stays and is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import ForeignObjectRel, Model
from django.utils.translation import gettext as _

from dialogues.models import (
    Attendance,
    Issue,
    Point,
    Process,
    Proposal,
    Session,
    SessionEdit,
    SessionImport,
    SessionImportRow,
    SessionRowOutcome,
)
from dialogues.services.import_progress import Progress
from dialogues.services.proposals import words_key
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.policy import Viewer

CHUNK = 50
_OF_THE_IMPORT: tuple[type[Model], ...] = (Attendance, Issue, Point, Proposal, SessionEdit, SessionImportRow)
"""What an import itself writes beside a session. Anything else that hangs on it is somebody's work."""
_OWN_LISTS = (Session, Process, SessionImport)


def undo(*, job: SessionImport, viewer: Viewer, progress: Progress) -> None:
    """Remove what this import added. Raises what ``Progress`` raises."""
    rows = list(job.rows.filter(outcome=SessionRowOutcome.CREATED).order_by("pk"))
    done = 0
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        with transaction.atomic():
            _remove(viewer, chunk)
        done += len(chunk)
        progress.tell(_("Being taken back"), done, len(rows))
    _remove_processes(job)


def _remove(viewer: Viewer, rows: Sequence[SessionImportRow]) -> None:
    numbers = [row.session_id for row in rows if row.session_id]
    held = Session.objects.select_for_update(of=("self",)).filter(pk__in=numbers).in_bulk()
    touched = _worked_on(held) | _proposals_worked_on(rows)
    gone: list[int] = []
    for row in rows:
        session = held.get(row.session_id or 0)
        if session is not None and (session.version != row.version or session.pk in touched):
            row.outcome = SessionRowOutcome.KEPT
        else:
            row.outcome = SessionRowOutcome.REMOVED
            gone += [session.pk] if session is not None else []
    for pk in gone:
        note(viewer, held[pk], "removed_with_import")
    Proposal.objects.filter(session__in=gone).delete()
    Session.objects.filter(pk__in=gone).delete()
    for row in rows:
        row.session_id = None if row.outcome == SessionRowOutcome.REMOVED else row.session_id
    SessionImportRow.objects.bulk_update(rows, ["outcome", "session"])


def _worked_on(sessions: dict[int, Session]) -> set[int]:
    """Sessions on which more hangs than the import wrote: a paper, a note, a commitment, a second edit."""
    touched = _with_more(Session, sessions)
    edits = SessionEdit.objects.filter(session__in=sessions).values_list("session_id", "version")
    return touched | {pk for pk, version in edits if version != sessions[pk].version}


def _proposals_worked_on(rows: Sequence[SessionImportRow]) -> set[int]:
    """Sessions with a proposal that is grouped, or that the file did not bring."""
    brought = {row.session_id: {words_key(clean_words(line)) for line in row.proposals} for row in rows}
    found = Proposal.objects.filter(session__in=[pk for pk in brought if pk])
    return {
        session
        for session, priority, key in found.values_list("session_id", "priority_id", "words_key")
        if priority is not None or key not in brought[session]
    }


def _with_more(model: type[Model], numbers: Iterable[int]) -> set[int]:
    """The rows on which something hangs that an import does not write; a query for each model that could."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        # Lists of many are asked by the table between, which points here itself.
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        source = relation.related_model
        if source in _OF_THE_IMPORT or source._meta.auto_created in _OWN_LISTS:  # type: ignore[comparison-overlap]
            continue
        name = relation.field.name
        rows = source._default_manager.filter(**{f"{name}__in": list(numbers)})
        found |= set(rows.values_list(f"{name}_id", flat=True))
    return found


def _remove_processes(job: SessionImport) -> None:
    """Processes that the import began, where nothing hangs on them and nobody has changed them."""
    with transaction.atomic():
        begun = list(
            Process.objects.select_for_update(of=("self",)).filter(pk__in=job.processes.values("pk"), version=1)
        )
        kept = _with_more(Process, [process.pk for process in begun])
        Process.objects.filter(pk__in=[process.pk for process in begun if process.pk not in kept]).delete()
