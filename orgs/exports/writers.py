"""Writing tables as CSV, XLSX and GeoJSON, so that no cell is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO, Any

import openpyxl
import orjson
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

BOM = "\ufeff"
"""Without it Excel takes a CSV for Windows' letters and breaks every accent."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BATCH = 200
LONGEST_CELL = 32_000
"""Characters that fit into a cell of Excel."""


def text_of(value: Any) -> str:
    """A value as text."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def guarded(text: str) -> str:
    """A text that a spreadsheet shows and does not reckon: an apostrophe stands before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(lines: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV, some hundred lines at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    for number, line in enumerate(lines, start=1):
        writer.writerow([guarded(text_of(value)) for value in line])
        if number % BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_xlsx(file: IO[bytes], title: str, lines: Iterable[Iterable[Any]]) -> None:
    """A workbook of one sheet, every cell a text; written line by line."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for line in lines:
        sheet.append([_cell(sheet, text_of(value)) for value in line])
    book.save(file)


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value="")
    # Set after the value: openpyxl would make a formula of what begins with "=".
    cell._value = ILLEGAL_CHARACTERS_RE.sub(" ", text)[:LONGEST_CELL]
    cell.data_type = "s"
    return cell


def geojson(features: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A FeatureCollection, feature by feature."""
    yield b'{"type":"FeatureCollection","features":[\n'
    for number, feature in enumerate(features):
        yield (b",\n" if number else b"") + orjson.dumps(feature, default=text_of)
    yield b"\n]}\n"
