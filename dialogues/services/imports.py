"""The steps of an import of sessions: bring a file, look, bring its lines in, take them back.

Each step checks who may and whether it follows; the long ones are done by a worker (``import_working``).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import MACHINE, SESSION_IMPORTS, may_import_sessions
from dialogues.imports.columns import MOST_ASKED, chosen, problems_of
from dialogues.imports.fields import BODY, SESSIONS, label_of
from dialogues.models import (
    IMPORT_AT_WORK,
    SessionImport,
    SessionImportRow,
    SessionImportState,
    SessionRowOutcome,
)
from dialogues.services.import_applying import ABLE
from dialogues.services.import_working import forget, wake
from incidents.services.steps import note
from orgs.imports.files import FILE_LIMIT, FileRefused, Line, Sheet, open_file
from orgs.imports.headers import Found, look_at
from orgs.models.areas import name_key
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

MOST_LINES = 2_000
"""Lines of one file: three years of a large process."""
MOST_SHEETS = 30
BATCH = 500
TO_BE_CHECKED = (SessionImportState.COLUMNS, SessionImportState.READY)
"""A person looks at it: columns can be said, and it can be given up."""


def bring_file(*, viewer: Viewer, name: str, chunks: Iterable[bytes], sheet: str = "") -> SessionImport:
    """Keep the lines of a file; a worker then reads them. Raises ``ValidationError`` (``file``, ``sheet``).

    ``sheet`` is the name of the one to take of a workbook; empty: the one with the most columns that we know.
    """
    if not may_import_sessions(viewer):
        raise NotAllowed
    try:
        with tempfile.NamedTemporaryFile() as file:
            digest = _store(file, chunks)
            sheets = open_file(Path(file.name)).sheets[:MOST_SHEETS]
            taken, found = _sheet_of(sheets, sheet, may_ask=viewer != MACHINE)
            lines = _lines_of(taken, found)
    except FileRefused as refused:
        raise ValidationError({"file": str(refused)}) from None
    with transaction.atomic():
        job = SessionImport.objects.create(
            uploaded_by_id=viewer.user_id,
            is_machine=viewer == MACHINE,
            file_name=Path(name).name[:200] or "?",
            sheet=found.name[:100],
            other_sheets=[one.name[:100] for one in sheets if one is not taken],
            sha256=digest,
            columns=[asdict(column) for column in found.columns],
            lines=len(lines),
            total=len(lines),
            state=SessionImportState.READING if found.is_usable else SessionImportState.COLUMNS,
        )
        SessionImportRow.objects.bulk_create(
            (
                SessionImportRow(job=job, number=line.number, cells=line.cells, faulty=list(line.faulty))
                for line in lines
            ),
            batch_size=BATCH,
        )
        note(viewer, job, "brought_sessions", lines=len(lines))
        if found.is_usable:
            wake(job)
    return job


def _store(file: Any, chunks: Iterable[bytes]) -> str:
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        if size > FILE_LIMIT:
            limit = FILE_LIMIT // (1024 * 1024)
            raise FileRefused(_("The file is larger than %(size)d MB. Cut it into several files.") % {"size": limit})
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    return digest.hexdigest()


def _lines_of(sheet: Sheet, found: Found) -> list[Line]:
    lines: list[Line] = []
    for line in sheet.lines():
        if line.number < found.first or line.is_blank:
            continue
        lines.append(line)
        if len(lines) > MOST_LINES:
            raise FileRefused(_("More than %(most)d lines. Cut the file into several.") % {"most": MOST_LINES})
    if not lines:
        raise FileRefused(_("No line stands under the titles: there is nothing to bring in."))
    return lines


def _sheet_of(sheets: Sequence[Sheet], name: str, *, may_ask: bool) -> tuple[Sheet, Found]:
    """The sheet that is asked for, or the best one."""
    wanted = name_key(name)
    if not wanted:
        return _best_sheet(sheets, may_ask=may_ask)
    named = [sheet for sheet in sheets if name_key(sheet.name) == wanted]
    if not named:
        names = " ; ".join(sheet.name for sheet in sheets) or "–"
        words = _("The file has no sheet “%(name)s”. It has: %(names)s.")
        raise ValidationError({"sheet": words % {"name": name, "names": names}})
    return _best_sheet(named, may_ask=may_ask)


def _best_sheet(sheets: Sequence[Sheet], *, may_ask: bool) -> tuple[Sheet, Found]:
    """The sheet with the most columns that we know: workbooks often begin with a page of explanations.

    Where no sheet has a title that we know, the one with the most columns, if a person can be asked what they hold.
    """
    looked = [(sheet, look_at(sheet, SESSIONS)) for sheet in sheets]
    able = [(sheet, found) for sheet, found in looked if found.is_usable]
    tables = [(sheet, found) for sheet, found in looked if 2 <= len(found.columns) <= MOST_ASKED]
    if not able and tables and may_ask:
        return max(tables, key=lambda each: len(each[1].columns))
    if not able:
        names = ", ".join(label_of(code) for code in BODY)
        raise FileRefused(
            _("No column is called %(names)s: these are not sessions, or the titles are missing. Take the example.")
            % {"names": names}
        )
    return max(able, key=lambda each: sum(bool(column.guess) for column in each[1].columns))


def choose_columns(*, viewer: Viewer, job: SessionImport, fields: Mapping[int, str]) -> SessionImport:
    """Say what columns hold, by place (empty: left out); a worker then reads all lines again. No line is lost.

    Raises ``ValidationError`` by ``column-<place>``, and ``NotAllowed`` where the import has gone on.
    """
    with transaction.atomic():
        held = _hold(viewer, job, *TO_BE_CHECKED)
        columns = chosen(held.columns, fields)
        if wrong := problems_of(columns):
            named = {"__all__" if place is None else f"column-{place}": words for place, words in wrong.items()}
            raise ValidationError(named)
        held.columns = columns
        _begin(held, SessionImportState.READING)
        note(viewer, held, "chose_columns", columns=len(fields))
        wake(held)
    return held


def start(*, viewer: Viewer, job: SessionImport) -> None:
    """Bring in the lines that are in order. Raises ``ValidationError`` where there is none."""
    with transaction.atomic():
        held = _hold(viewer, job, SessionImportState.READY)
        if not held.rows.filter(state__in=ABLE, outcome=SessionRowOutcome.WAITING).exists():
            raise ValidationError(_("No line can come in."))
        _begin(held, SessionImportState.APPLYING)
        note(viewer, held, "started_sessions")
        wake(held)


def stop(*, viewer: Viewer, job: SessionImport) -> SessionImport:
    """Give an import up, or ask the worker to stop: what has come in stays."""
    with transaction.atomic():
        held = _hold(viewer, job, *TO_BE_CHECKED, *IMPORT_AT_WORK)
        if held.state in TO_BE_CHECKED:
            forget(held, state=SessionImportState.CANCELLED)
            note(viewer, held, "gave_up_sessions")
        else:
            held.stop_asked = True
            held.save(update_fields=["stop_asked"])
    return held


def reopen(*, viewer: Viewer, job: SessionImport) -> None:
    """After a fault, read the lines that wait again. What came in stays in."""
    with transaction.atomic():
        held = _hold(viewer, job, SessionImportState.FAILED)
        held.fault = ""
        _begin(held, SessionImportState.READING)
        wake(held)


def take_back(*, viewer: Viewer, job: SessionImport) -> None:
    """Remove the sessions that this import added and that nobody has worked on since."""
    with transaction.atomic():
        held = _hold(viewer, job, SessionImportState.DONE, SessionImportState.CANCELLED)
        if not may_take_back(held):
            raise NotAllowed
        _begin(held, SessionImportState.UNDOING)
        note(viewer, held, "asked_to_take_back_sessions")
        wake(held)


def may_take_back(job: SessionImport) -> bool:
    """Whether something came in that is not forgotten."""
    is_over = job.state in (SessionImportState.DONE, SessionImportState.CANCELLED)
    return is_over and not job.is_forgotten and job.rows.filter(outcome=SessionRowOutcome.CREATED).exists()


def _begin(held: SessionImport, state: str) -> None:
    held.state, held.stop_asked, held.touched_at = state, False, None
    held.done = held.total = 0
    held.save()


def _hold(viewer: Viewer, job: SessionImport, *states: str) -> SessionImport:
    """The import, locked, if this viewer may see it and it is in one of these states."""
    locked = SessionImport.objects.select_for_update(of=("self",))
    seen = locked.filter(is_machine=True) if viewer == MACHINE else SESSION_IMPORTS.rows(viewer, locked)
    held = seen.filter(pk=job.pk).first()
    if held is None or held.state not in states or held.is_forgotten:
        raise NotAllowed(_("This import has gone on in the meantime."))
    return held
