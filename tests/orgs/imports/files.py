"""Made-up files."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]


def workbook(sheets: Rows | Mapping[str, Rows], merge: Sequence[str] = ()) -> bytes:
    """An .xlsx of one or more sheets; ``merge`` are ranges of the first."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"Feuil1": sheets}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for area in merge:
        book.worksheets[0].merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_file(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode(encoding)
