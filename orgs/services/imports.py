"""The steps of an import: bring a file, choose its columns, decide about its lines, bring them in, take them back.

Each step checks who may and whether it follows; the long ones are done by a worker (``import_working``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.imports.fields import BY_CODE, NAMING
from orgs.imports.files import FileRefused, open_file
from orgs.imports.headers import look_at
from orgs.models import ImportJob, ImportMode, ImportState, RowState
from orgs.policy import Viewer
from orgs.services import import_applying, import_files
from orgs.services.errors import NotAllowed
from orgs.services.import_files import OPEN, forget
from orgs.services.import_working import wake
from orgs.services.memberships import actor_of

MOST_SHEETS = 30
MOST_COLUMNS = 800
"""Of all sheets together: each is a question on one page."""
BROUGHT = (ImportState.DONE, ImportState.CANCELLED)


# --- Bringing a file ---------------------------------------------------------------------------------------------


def bring_file(
    *, viewer: Viewer, name: str, chunks: Iterable[bytes], source: str = "", fills_only: bool = False
) -> ImportJob:
    """Keep a file, find its sheets and columns. Raises ``ValidationError`` (field ``file``) for what cannot be read."""
    if not access.may_import(viewer):
        raise NotAllowed
    path = import_files.folder() / secrets.token_hex(20)
    try:
        size, digest = import_files.store(path, chunks)
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
