"""The worker's part of an import of sessions: one at a time, going on where another one died; and forgetting."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dialogues.access import MACHINE, may_import_sessions
from dialogues.models import (
    IMPORT_AT_WORK,
    SessionImport,
    SessionImportState,
    SessionRowOutcome,
)
from dialogues.services import import_applying, import_reading, import_undoing
from dialogues.services.import_progress import Progress
from incidents.services.steps import note
from orgs.access import viewer_for
from orgs.imports.beacon import Show, Stopped, WorkerStopping
from orgs.messaging.drain import DATABASE_GONE
from orgs.policy import Viewer
from orgs.services.import_working import alone

log = logging.getLogger(__name__)

LOST = timedelta(seconds=60)
"""After how long without a word from its worker an import is taken up by another."""
KEPT = timedelta(days=30)
"""How long the lines of a file are kept; numbers stay."""
_WORK_LOCK = 0x5E5


def wake(job: SessionImport) -> None:
    """Call a worker once the transaction commits; what a command brought the command does itself."""
    if not job.is_machine:
        transaction.on_commit(lambda: _call(job.pk), robust=True)


def _call(job_id: int) -> None:
    from dialogues.tasks import work_on_session_import

    try:
        work_on_session_import.apply_async((job_id,), retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker raises: the look for lost imports finds it again
        log.warning("The broker does not answer (%s): an import waits.", type(error).__name__)


def resume_lost() -> int:
    """Call workers for imports from which nothing was heard; how many."""
    silent = Q(touched_at__isnull=True) | Q(touched_at__lt=timezone.now() - LOST)
    lost = SessionImport.objects.filter(silent, state__in=IMPORT_AT_WORK, is_machine=False)
    numbers = list(lost.values_list("pk", flat=True))
    for number in numbers:
        _call(number)
    return len(numbers)


def work(job_id: int, show: Show | None = None) -> None:
    """Do what an import waits for. Several workers at once do no harm."""
    with alone(job_id, lock=_WORK_LOCK) as is_alone:
        found = SessionImport.objects.select_related("uploaded_by")
        job = found.filter(pk=job_id, state__in=IMPORT_AT_WORK).first()
        if not is_alone or job is None:
            return
        language = job.uploaded_by.language if job.uploaded_by else translation.get_language() or "fr"
        with translation.override(language):
            _work(job, show)


def _work(job: SessionImport, show: Show | None) -> None:
    viewer = MACHINE if job.is_machine else viewer_for(job.uploaded_by)
    try:
        _do(job, viewer, Progress(job.pk, show))
    except Stopped:
        _stopped(job)
    except WorkerStopping:
        wake(job)
    except DATABASE_GONE:
        raise  # nothing can be written down now: the import is found again
    except Exception as error:
        log.exception("Import of sessions %s stopped.", job.pk) if settings.DEBUG else log.error(
            "Import of sessions %s stopped: %s", job.pk, type(error).__name__
        )
        _failed(
            job, _("A fault of the product stopped it. Nothing that came in before is lost. Tell your administrator.")
        )
    else:
        _done(job, viewer)


def _do(job: SessionImport, viewer: Viewer, progress: Progress) -> None:
    if job.state == SessionImportState.UNDOING:
        import_undoing.undo(job=job, viewer=viewer, progress=progress)
    elif not may_import_sessions(viewer):
        raise Stopped
    elif job.state == SessionImportState.READING:
        import_reading.read(job=job, viewer=viewer, progress=progress)
    else:
        import_applying.apply(job=job, viewer=viewer, progress=progress)


_AFTER: dict[str, str] = {
    SessionImportState.READING: SessionImportState.READY,
    SessionImportState.APPLYING: SessionImportState.DONE,
    SessionImportState.UNDOING: SessionImportState.UNDONE,
}


def _done(job: SessionImport, viewer: Viewer) -> None:
    doing = job.state
    facts: dict[str, Any] = {"state": _AFTER[doing], "counts": counts_of(job), "touched_at": timezone.now()}
    if doing == SessionImportState.APPLYING:
        facts["applied_at"] = timezone.now()
    elif doing == SessionImportState.UNDOING:
        facts["undone_at"] = timezone.now()
    with transaction.atomic():
        SessionImport.objects.filter(pk=job.pk).update(**facts)
        if doing != SessionImportState.READING:
            verb = "applied_sessions" if doing == SessionImportState.APPLYING else "took_back_sessions"
            note(viewer, job, verb, **facts["counts"]["outcomes"])


def _stopped(job: SessionImport) -> None:
    """Somebody asked to stop. What came in stays; what did not is left."""
    with transaction.atomic():
        held = SessionImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
        held.stop_asked, held.touched_at = False, timezone.now()
        if held.state == SessionImportState.READING:
            forget(held, state=SessionImportState.CANCELLED)
            return
        if held.state == SessionImportState.APPLYING:
            held.rows.filter(outcome=SessionRowOutcome.WAITING).update(outcome=SessionRowOutcome.LEFT)
            held.applied_at = timezone.now()
        held.state, held.counts = SessionImportState.DONE, counts_of(held)
        held.save()


def _failed(job: SessionImport, words: str) -> None:
    facts = {"state": SessionImportState.FAILED, "fault": words[:300], "counts": counts_of(job)}
    SessionImport.objects.filter(pk=job.pk).update(**facts, touched_at=timezone.now())


def counts_of(job: SessionImport) -> dict[str, dict[str, int]]:
    """How many lines there are of each sort, and what became of them."""
    rows = job.rows.order_by()
    return {
        "states": dict(rows.values_list("state").annotate(many=Count("pk"))),
        "outcomes": dict(rows.exclude(outcome="").values_list("outcome").annotate(many=Count("pk"))),
        "noted": {"lines": rows.exclude(problems=[]).count()},
    }


def forget(job: SessionImport, *, state: str) -> None:
    """Forget what the lines of an import said; sessions that came in are nobody's import any more."""
    job.rows.all().delete()
    job.state, job.columns, job.forgotten_at = state, [], timezone.now()
    job.save()


def forget_old() -> int:
    """Forget the lines of imports older than a month; how many."""
    old = SessionImport.objects.filter(created_at__lt=timezone.now() - KEPT, forgotten_at__isnull=True)
    old = old.exclude(state__in=IMPORT_AT_WORK)
    numbers = list(old.values_list("pk", flat=True))
    for number in numbers:
        with transaction.atomic():
            # Asked again under its lock: whoever has just started it would lose every line.
            job = old.select_for_update(of=("self",)).filter(pk=number).first()
            if job is None:
                continue
            is_open = job.state in (SessionImportState.COLUMNS, SessionImportState.READY)
            forget(job, state=SessionImportState.CANCELLED if is_open else job.state)
    return len(numbers)
