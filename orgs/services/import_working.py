"""The worker's part of an import: one at a time for an import, going on where another one died."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.imports.beacon import Beacon, Show, Stopped, WorkerStopping
from orgs.imports.files import FileRefused
from orgs.messaging.drain import DATABASE_GONE
from orgs.models import AT_WORK, ImportJob, ImportRow, ImportState
from orgs.services import import_applying, import_files, import_reading, import_undoing

log = logging.getLogger(__name__)

LOST = timedelta(seconds=60)
"""After how long without a word from its worker an import is taken up by another."""
_WORK_LOCK = 0x1A9


def wake(job: ImportJob) -> None:
    """Call a worker once the transaction commits. Never raises: what nobody was woken for is found again.

    What a command brought the command does itself, and goes on with itself when it is run again.
    """
    if job.is_machine:
        return
    transaction.on_commit(lambda: _call(job.pk), robust=True)


def _call(job_id: int) -> None:
    from orgs.imports.tasks import work_on_import

    try:
        work_on_import.apply_async((job_id,), retry=False, ignore_result=True)
    except Exception as error:
        log.warning("The broker does not answer (%s): an import waits.", type(error).__name__)


def resume_lost() -> int:
    """Call workers for imports from which nothing was heard; how many."""
    silent = Q(touched_at__isnull=True) | Q(touched_at__lt=timezone.now() - LOST)
    lost = list(ImportJob.objects.filter(silent, state__in=AT_WORK, is_machine=False).values_list("pk", flat=True))
    for job_id in lost:
        _call(job_id)
    return len(lost)


@contextmanager
def alone(job_id: int, *, lock: int = _WORK_LOCK) -> Iterator[bool]:
    """Whether nobody else works on this import; the database lets go when this worker dies.

    ``lock`` is a number of its own for each sort of import.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [lock, job_id])
        (got,) = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock, job_id])


def work(job_id: int, show: Show | None = None) -> None:
    """Do what an import waits for. Several workers at once do no harm."""
    with alone(job_id) as is_alone:
        job = ImportJob.objects.select_related("uploaded_by").filter(pk=job_id, state__in=AT_WORK).first()
        if not is_alone or job is None:
            return
        language = job.uploaded_by.language if job.uploaded_by else translation.get_language() or "fr"
        with translation.override(language):
            _work(job, show)


def _work(job: ImportJob, show: Show | None) -> None:
    doing = job.state
    try:
        with Beacon(job.pk, show) as beacon:
            viewer = access.MACHINE if job.is_machine else access.viewer_for(job.uploaded_by)
            if not access.may_import(viewer):
                raise FileRefused(_("Who brought this file may not bring files any more."))
            if doing == ImportState.READING:
                import_reading.read(job=job, path=import_files.folder() / job.stored, viewer=viewer, beacon=beacon)
            elif doing == ImportState.APPLYING:
                import_applying.apply(job=job, viewer=viewer, beacon=beacon)
            else:
                import_undoing.undo(job=job, beacon=beacon)
    except Stopped:
        _stopped(job)
    except WorkerStopping:
        wake(job)
    except FileRefused as refused:
        _failed(job, str(refused))
    except DATABASE_GONE:
        raise  # nothing can be written down now: the import is found again
    except Exception as error:
        log.exception("Import %s stopped.", job.pk) if settings.DEBUG else log.error(
            "Import %s stopped: %s", job.pk, type(error).__name__
        )
        _failed(
            job, _("A fault of the product stopped it. Nothing that came in before is lost. Tell your administrator.")
        )
    else:
        _done(job)


def _done(job: ImportJob) -> None:
    after = {
        ImportState.READING: ImportState.READY,
        ImportState.APPLYING: ImportState.DONE,
        ImportState.UNDOING: ImportState.UNDONE,
    }
    doing = ImportState(job.state)
    with transaction.atomic():
        facts: dict[str, Any] = {"state": after[doing], "counts": counts_of(job), "touched_at": timezone.now()}
        if doing == ImportState.APPLYING:
            facts["applied_at"] = timezone.now()
        if doing == ImportState.UNDOING:
            facts["undone_at"] = timezone.now()
        ImportJob.objects.filter(pk=job.pk).update(**facts)
        if doing != ImportState.READING:
            verb = "applied_import" if doing == ImportState.APPLYING else "took_back_import"
            audit.record(job.uploaded_by, verb, job, **facts["counts"].get("result", {}))


def _stopped(job: ImportJob) -> None:
    """Somebody asked to stop: the lines are looked at again, or what came in stays and the rest does not."""
    with transaction.atomic():
        state: str = ImportState.COLUMNS
        if job.state == ImportState.UNDOING:
            state = ImportState.DONE
        elif job.state == ImportState.APPLYING:
            came_in = job.rows.exclude(outcome="").exists()
            state = ImportState.CANCELLED if came_in else ImportState.READY
            if came_in:
                import_applying.finish(job)
        ImportJob.objects.filter(pk=job.pk).update(state=state, stop_asked=False, counts=counts_of(job))


def _failed(job: ImportJob, words: str) -> None:
    with transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(
            state=ImportState.FAILED, fault=words[:300], counts=counts_of(job), touched_at=timezone.now()
        )


def counts_of(job: ImportJob) -> dict[str, Any]:
    """How many lines there are of each sort, and what became of them (by organisation)."""
    rows = ImportRow.objects.filter(job=job).order_by()
    first = rows.filter(leader__isnull=True)
    states = dict(first.values_list("state").annotate(many=Count("pk")))
    outcomes = dict(first.exclude(outcome="").values_list("outcome").annotate(many=Count("pk")))
    return {
        "lines": rows.count(),
        "organisations": first.count(),
        "noted": rows.exclude(problems=[]).count(),
        "states": states,
        "result": outcomes,
    }
