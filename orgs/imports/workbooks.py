"""Reading Excel workbooks (.xlsx): line by line, results and never formulas, nothing that grows beyond its limits."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from orgs.imports.files import COLUMNS_LIMIT, LINES_LIMIT, FileRefused, Line, Sheet, clean
from orgs.imports.words import SHEET_ERRORS

PART_LIMIT = 150 * 1024 * 1024
"""Bytes of one part of a workbook once unpacked."""
WHOLE_LIMIT = 300 * 1024 * 1024
WORDS_LIMIT = 60 * 1024 * 1024
"""Bytes of the list of words that all sheets share: openpyxl holds it in memory."""
PARTS_LIMIT = 2000
MERGES_LIMIT = 50_000
BLOWN_UP = 300
"""How many times larger than packed a part may be, once it is larger than 10 MB."""
_CHUNK = 1024 * 1024
_OVERLAP = 4096
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass
class Noticed:
    """What is seen of a sheet's XML while its size is checked: cells that are one, formulas without a result."""

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """First line -> (column, last line) of what was merged downwards."""
    without_result: dict[int, set[int]] = field(default_factory=dict)
    """Line -> columns."""


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of a workbook that people see. Raises ``FileRefused``."""
    with _in_words():
        noticed = _examine(path)
        with _book(path) as book:
            sheets: list[Sheet] = [
                WorkbookSheet(path, sheet.title, noticed.get(_part_of(sheet), Noticed()))
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            ]
    if not sheets:
        raise FileRefused(_("This workbook has no sheet that can be read."))
    return sheets


@contextmanager
def _book(path: Path) -> Iterator[Any]:
    """The workbook, open: by its content, since openpyxl would ask for the ending of its name."""
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _part_of(sheet: Any) -> str:
    return str(sheet._worksheet_path).lstrip("/")


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever is wrong with a workbook, the person reads a sentence."""
    try:
        yield
    except FileRefused:
        raise
    except MemoryError:
        raise FileRefused(_("This file unpacks to more than can be read here.")) from None
    except Exception as error:  # openpyxl raises whatever its parts raise: there is no list of it
        raise FileRefused(
            _("This Excel file is damaged. Open it in Excel or LibreOffice, save it anew, and bring it again.")
        ) from error


# --- Is it safe? -------------------------------------------------------------------------------------------------


def _examine(path: Path) -> dict[str, Noticed]:
    """Refuse what is not a plain workbook or unpacks to too much; note merged cells and formulas without a result."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        _refuse_kinds({part.filename for part in parts}, archive)
        _refuse_sizes(parts)
        noticed: dict[str, Noticed] = {}
        whole = 0
        for part in parts:
            is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
            seen = noticed.setdefault(part.filename, Noticed()) if is_sheet else None
            whole += _unpacked(archive, part, seen)
            if whole > WHOLE_LIMIT:
                raise FileRefused(_too_large())
    return noticed


def _refuse_kinds(names: set[str], archive: zipfile.ZipFile) -> None:
    if "xl/workbook.bin" in names:
        raise FileRefused(_("This is an .xlsb workbook. Save it as “Excel workbook (.xlsx)” or as CSV."))
    if "xl/workbook.xml" not in names:
        if "content.xml" in names:
            raise FileRefused(_("This is a LibreOffice file. Save it as “Excel (.xlsx)” or as CSV."))
        raise FileRefused(
            _("This file is not a table, whatever its name says. Bring an Excel file (.xlsx) or a CSV file.")
        )
    types = b""
    if "[Content_Types].xml" in names:
        with archive.open("[Content_Types].xml") as file:
            types = file.read(200_000)
    if b"macroenabled" in types.lower() or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(
            _(
                "This workbook holds macros: small programs that can harm a computer. It was not opened. Save it as "
                "“Excel workbook (.xlsx)”, without macros, and bring it again."
            )
        )


def _too_large() -> str:
    return _("This file is small but unpacks to more than %(size)d MB. It was not opened.") % {
        "size": PART_LIMIT // (1024 * 1024)
    }


def _refuse_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > WHOLE_LIMIT:
        raise FileRefused(_too_large())
    for part in parts:
        limit = WORDS_LIMIT if part.filename == "xl/sharedStrings.xml" else PART_LIMIT
        is_blown = part.file_size > 10 * _CHUNK and part.file_size > BLOWN_UP * max(part.compress_size, 1)
        if part.file_size > limit or is_blown:
            raise FileRefused(_too_large())
        if part.flag_bits & 1:
            raise FileRefused(_("This file is locked by a password. Remove it and bring the file again."))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, seen: Noticed | None) -> int:
    """How large a part really is; stops at the limit, whatever the archive declares."""
    size, before, is_first = 0, b"", True
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > PART_LIMIT:
                raise FileRefused(_too_large())
            if is_first:
                _refuse_entities(chunk)
                is_first = False
            if seen is not None:
                _notice(before + chunk, seen)
                before = chunk[-_OVERLAP:]
    return size


def _refuse_entities(head: bytes) -> None:
    """A workbook declares no entities; an XML bomb does."""
    start = head[:4096].replace(b"\x00", b"")
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise FileRefused(_("This Excel file holds things that a table does not need. It was not opened."))


def _notice(xml: bytes, seen: Noticed) -> None:
    for found in _MERGE.finditer(xml):
        first_column, first, _last_column, last = range_boundaries(found[1].decode())
        if last > first and (first_column, last) not in seen.merged.setdefault(first, []):
            seen.merged[first].append((first_column, last))
    if len(seen.merged) > MERGES_LIMIT:
        raise FileRefused(_("This sheet has too many merged cells. Save it as CSV and bring it again."))
    if len(seen.without_result) < MERGES_LIMIT:
        for found in _NO_RESULT.finditer(xml):
            letters, number = coordinate_from_string(found[1].decode())
            seen.without_result.setdefault(number, set()).add(column_index_from_string(letters))


# --- Reading -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet; opened anew for each reading, so that nothing is held between."""

    path: Path
    name: str
    noticed: Noticed

    def lines(self) -> Iterator[Line]:
        """Its lines. A cell that was merged downwards says the same in each line that says something else besides."""
        with _in_words():
            yield from self._lines()

    def _lines(self) -> Iterator[Line]:
        with _book(self.path) as book:
            sheet = book[self.name]
            sheet.reset_dimensions()
            spread: dict[int, tuple[str, int]] = {}
            rows = sheet.iter_rows(max_col=COLUMNS_LIMIT, values_only=True)
            for number, values in enumerate(rows, start=1):
                if number > LINES_LIMIT:
                    raise FileRefused(
                        _("The sheet %(sheet)s has more than %(most)d lines. Cut it into several files.")
                        % {"sheet": self.name, "most": LINES_LIMIT}
                    )
                cells = [text_of(value) for value in values]
                while cells and not cells[-1]:
                    cells.pop()
                if number in self.noticed.merged:
                    spread |= self._spread(number, cells)
                if cells:
                    yield self._line(number, cells, spread)

    def _spread(self, number: int, cells: list[str]) -> dict[int, tuple[str, int]]:
        return {
            column: (cells[column - 1], last)
            for column, last in self.noticed.merged[number]
            if column <= len(cells) and cells[column - 1]
        }

    def _line(self, number: int, cells: list[str], spread: dict[int, tuple[str, int]]) -> Line:
        for column, (text, last) in list(spread.items()):
            if number > last:
                del spread[column]
            elif column <= COLUMNS_LIMIT:
                cells.extend([""] * (column - len(cells)))
                cells[column - 1] = cells[column - 1] or text
        faulty = self.noticed.without_result.get(number, set()) | {
            place for place, text in enumerate(cells, start=1) if text in SHEET_ERRORS
        }
        for column in faulty:
            if column <= len(cells):
                cells[column - 1] = ""
        return Line(number, cells, tuple(sorted(column - 1 for column in faulty)))


def _of_number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _of_moment(value: datetime) -> str:
    return value.date().isoformat()


_TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "oui" if value else "non"),
    (int, str),
    (float, _of_number),
    (datetime, _of_moment),
    (date, date.isoformat),
    (time, time.isoformat),
    (timedelta, str),
)


def text_of(value: Any) -> str:
    """A cell's value as a person would have typed it."""
    if value is None:
        return ""
    read = next((read for kind, read in _TEXTS if isinstance(value, kind)), str)
    return clean(read(value))
