"""The steps of an import: bring a file, choose its columns, decide about its lines, bring them in, take them back.

Each step checks who may and whether it follows; the long ones are done by a worker (``work``), one at a time for an
import, which goes on where another one died.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.imports.beacon import Beacon, Show, Stopped, WorkerStopping
from orgs.imports.fields import BY_CODE, NAMING
from orgs.imports.files import FILE_LIMIT, FileRefused, open_file
from orgs.imports.headers import look_at
from orgs.messaging.drain import DATABASE_GONE
from orgs.models import AT_WORK, ImportJob, ImportMode, ImportRow, ImportState, RowState
from orgs.policy import Viewer
from orgs.services import import_applying, import_reading, import_undoing
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""How long lines and files are kept; numbers stay."""
LOST = timedelta(seconds=60)
"""After how long without a word from its worker an import is taken up by another."""
MOST_SHEETS = 30
MOST_COLUMNS = 800
"""Of all sheets together: each is a question on one page."""
OPEN = (ImportState.COLUMNS, ImportState.READY)
BROUGHT = (ImportState.DONE, ImportState.CANCELLED)
_WORK_LOCK = 0x1A9


def folder() -> Path:
    """Where files are kept until they are forgotten: nobody but the product reads there."""
    path = Path(settings.VAR_DIR) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


# --- Bringing a file ---------------------------------------------------------------------------------------------


def bring_file(
    *, viewer: Viewer, name: str, chunks: Iterable[bytes], source: str = "", fills_only: bool = False
) -> ImportJob:
    """Keep a file, find its sheets and columns. Raises ``ValidationError`` (field ``file``) for what cannot be read."""
    if not access.may_import(viewer):
        raise NotAllowed
    path = folder() / secrets.token_hex(20)
    try:
        size, digest = _store(path, chunks)
        opened = open_file(path)
        sheets = [look_at(sheet) for sheet in opened.sheets[:MOST_SHEETS]]
        sheets = [sheet for sheet in sheets if sheet.columns]
        if not sheets:
            raise FileRefused(_("Nothing stands in this file."))
        if sum(len(sheet.columns) for sheet in sheets) > MOST_COLUMNS:
            raise FileRefused(_("This file has too many sheets and columns. Keep those with organisations."))
    except FileRefused as refused:
        path.unlink(missing_ok=True)
        raise ValidationError({"file": str(refused)}) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    usable = [sheet for sheet in sheets if sheet.is_usable]
    with transaction.atomic():
        job = ImportJob.objects.create(
            uploaded_by=actor_of(viewer),
            is_machine=viewer == access.MACHINE,
            file_name=Path(name).name[:200] or "?",
            stored=path.name,
            size=size,
            sha256=digest,
            format=opened.format,
            sheets=[sheet.as_json() for sheet in sheets],
            mapping={
                sheet.name: {str(column.place): column.guess for column in sheet.columns if column.guess}
                for sheet in usable
            },
            source=source.strip()[:200],
            fills_only=fills_only,
        )
        audit.record(actor_of(viewer), "brought_import", job, sheets=len(sheets), size=size)
    return job


def _store(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > FILE_LIMIT:
                limit = FILE_LIMIT // (1024 * 1024)
                raise FileRefused(
                    _("The file is larger than %(size)d MB. Cut it into several files.") % {"size": limit}
                )
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


# --- Choosing columns, deciding about lines ------------------------------------------------------------------------


def choose_columns(
    *, viewer: Viewer, job: ImportJob, mapping: Mapping[str, Mapping[str, str]], source: str, fills_only: bool
) -> None:
    """Say which sheets count and what each column holds; a worker then reads the file.

    Raises ``ValidationError``, and ``NotAllowed`` where the import has gone on.
    """
    clean = _checked(job, mapping)
    with transaction.atomic():
        held = hold(viewer, job, *OPEN)
        held.mapping, held.source, held.fills_only = clean, source.strip()[:200], fills_only
        held.state, held.counts, held.stop_asked = ImportState.READING, {}, False
        held.done = held.total = 0
        held.touched_at = None
        held.save()
        wake(held)


def _checked(job: ImportJob, mapping: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    sheets = {sheet["name"]: sheet for sheet in job.sheets}
    clean: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    for name, columns in mapping.items():
        if name not in sheets:
            continue
        places = {str(column["place"]) for column in sheets[name]["columns"]}
        chosen = {place: code for place, code in columns.items() if place in places and code in BY_CODE}
        label = name or _("the file")
        if not set(chosen.values()) & set(NAMING):
            wrong.append(_("Say which column of “%(sheet)s” holds the name of the organisation.") % {"sheet": label})
        twice = sorted({code for code in chosen.values() if _is_twice(code, chosen)})
        wrong += [
            _("In “%(sheet)s” two columns are chosen as “%(field)s”: choose one.")
            % {"sheet": label, "field": BY_CODE[code].label}
            for code in twice
        ]
        clean[name] = chosen
    if not clean:
        wrong.append(_("Choose at least one sheet."))
    if wrong:
        raise ValidationError(wrong)
    return clean


def _is_twice(code: str, chosen: Mapping[str, str]) -> bool:
    return not BY_CODE[code].several and list(chosen.values()).count(code) > 1


def start(*, viewer: Viewer, job: ImportJob, mode: str) -> None:
    """Bring the lines in, as they were decided. Raises ``ValidationError`` where all are asked and some cannot."""
    with transaction.atomic():
        held = hold(viewer, job, ImportState.READY)
        if mode not in ImportMode.values:
            raise ValidationError(_("Choose how the lines come in."))
        wrong = held.rows.filter(state=RowState.ERROR).count()
        if mode == ImportMode.ALL and wrong:
            raise ValidationError(
                _("%(count)d lines cannot come in, so not all can. Put the file right, or take the others only.")
                % {"count": wrong}
            )
        if not import_applying.waiting(held).exists():
            raise ValidationError(_("No line can come in."))
        held.mode, held.state, held.stop_asked = mode, ImportState.APPLYING, False
        held.done = held.total = 0
        held.touched_at = None
        held.save()
        audit.record(actor_of(viewer), "started_import", held, mode=mode)
        wake(held)


def stop(*, viewer: Viewer, job: ImportJob) -> str:
    """Give an import up, or ask the worker to stop; the state it is in then."""
    with transaction.atomic():
        held = hold(viewer, job, *OPEN, ImportState.READING, ImportState.APPLYING)
        if held.state in OPEN:
            _give_up(held)
            audit.record(actor_of(viewer), "gave_up_import", held)
        else:
            ImportJob.objects.filter(pk=held.pk).update(stop_asked=True)
        return held.state


def interrupted(*, job: ImportJob) -> str:
    """A command was interrupted: what is half done of all or nothing is given up; the state it is in then."""
    with transaction.atomic():
        held = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk, is_machine=True)
        goes_on = held.state == ImportState.APPLYING and held.mode == ImportMode.VALID
        if held.state in OPEN or (held.is_at_work and not goes_on):
            _give_up(held)
        return held.state


def _give_up(job: ImportJob) -> None:
    job.rows.all().delete()
    forget(job, state=ImportState.CANCELLED)


def reopen(*, viewer: Viewer, job: ImportJob) -> None:
    """After a fault: back to where a person can go on. What came in stays in, the rest waits."""
    with transaction.atomic():
        held = hold(viewer, job, ImportState.FAILED)
        is_compared = held.rows.exists() and not held.rows.filter(state=RowState.READ).exists()
        held.state, held.fault = ImportState.READY if is_compared else ImportState.COLUMNS, ""
        held.save()


def take_back(*, viewer: Viewer, job: ImportJob) -> None:
    """Take a whole import back, apart from what somebody has changed since."""
    with transaction.atomic():
        held = hold(viewer, job, *BROUGHT)
        if not may_take_back(held):
            raise NotAllowed
        held.state, held.stop_asked, held.touched_at = ImportState.UNDOING, False, None
        held.done = held.total = 0
        held.save()
        audit.record(actor_of(viewer), "asked_to_take_back_import", held)
        wake(held)


def may_take_back(job: ImportJob) -> bool:
    """Whether something came in that is not forgotten."""
    result = job.counts.get("result", {})
    return job.state in BROUGHT and not job.is_forgotten and bool(result.get("created") or result.get("updated"))


def hold(viewer: Viewer, job: ImportJob, *states: str) -> ImportJob:
    """The import, locked, if this viewer may see it and it is in one of these states."""
    held = access.IMPORTS.rows(viewer, ImportJob.objects.select_for_update(of=("self",))).filter(pk=job.pk).first()
    if viewer == access.MACHINE:
        held = ImportJob.objects.select_for_update(of=("self",)).filter(pk=job.pk).first()
    if held is None or held.state not in states or held.is_forgotten:
        raise NotAllowed(_("This import has gone on in the meantime."))
    return held


# --- The worker's part -------------------------------------------------------------------------------------------


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
def _alone(job_id: int) -> Iterator[bool]:
    """Whether nobody else works on this import; the database lets go when this worker dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_WORK_LOCK, job_id])
        (got,) = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_WORK_LOCK, job_id])


def work(job_id: int, show: Show | None = None) -> None:
    """Do what an import waits for. Several workers at once do no harm."""
    with _alone(job_id) as alone:
        job = ImportJob.objects.select_related("uploaded_by").filter(pk=job_id, state__in=AT_WORK).first()
        if not alone or job is None:
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
                import_reading.read(job=job, path=folder() / job.stored, viewer=viewer, beacon=beacon)
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


# --- Forgetting --------------------------------------------------------------------------------------------------


def forget_old() -> int:
    """Forget the lines and files of imports older than a month; how many."""
    old = ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT, forgotten_at__isnull=True)
    jobs = list(old.exclude(state__in=AT_WORK))
    for job in jobs:
        with transaction.atomic():
            job.rows.all().delete()
            forget(job, state=ImportState.CANCELLED if job.state in OPEN else job.state)
    return len(jobs)


def forget(job: ImportJob, *, state: str) -> None:
    """Forget the file and what is known of its columns."""
    stored = job.stored
    job.state, job.stored, job.sheets, job.mapping = state, "", [], {}
    job.forgotten_at = timezone.now()
    job.save()
    if stored:
        transaction.on_commit((folder() / stored).unlink if (folder() / stored).exists() else lambda: None, robust=True)
