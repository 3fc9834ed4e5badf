"""Reading CSV: whatever its delimiter and encoding, line by line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from orgs.imports.files import COLUMNS_LIMIT, LINES_LIMIT, FileRefused, Line, Sheet, clean

DELIMITERS = (";", ",", "\t", "|")
SAMPLE = 64 * 1024
_CHUNK = 1024 * 1024
_UNDEFINED_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SEP = re.compile(r"^sep=(.)\s*$", re.IGNORECASE)
_GUARDED = re.compile(r"^'(?=[=+\-@\t\r])")
"""The apostrophe that our exports (and careful people) put before what a spreadsheet would take for a formula."""
csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True)
class DelimitedSheet:
    """The one table of a CSV file."""

    path: Path
    encoding: str
    delimiter: str
    name: str = ""

    def lines(self) -> Iterator[Line]:
        """Its lines, numbered as a spreadsheet shows them: a text of several lines in quotes is in one."""
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            try:
                yield from self._lines(reader)
            except csv.Error:
                raise FileRefused(
                    _("Line %(line)d cannot be read: perhaps a quotation mark is opened there and never closed.")
                    % {"line": reader.line_num}
                ) from None

    def _lines(self, reader: Iterator[list[str]]) -> Iterator[Line]:
        for number, values in enumerate(reader, start=1):
            if number > LINES_LIMIT:
                raise FileRefused(
                    _("The file has more than %(most)d lines. Cut it into several files.") % {"most": LINES_LIMIT}
                )
            if number == 1 and _SEP.match(self.delimiter.join(values)):
                continue
            cells = [_GUARDED.sub("", clean(value)) for value in values[:COLUMNS_LIMIT]]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Line(number, cells)


def sheet_of(path: Path) -> Sheet:
    """The table of a file of text. Raises ``FileRefused`` for what is no text."""
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE)
    unprintable = sum(1 for sign in sample if not sign.isprintable() and sign not in "\r\n\t\ufeff")
    if unprintable > len(sample) // 50:
        raise FileRefused(
            _("This file is not a table, whatever its name says. Bring an Excel file (.xlsx) or a CSV file.")
        )
    return DelimitedSheet(path, encoding, _delimiter_of(sample))


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    # Every second byte nothing: plain letters in UTF-16, whose mark was lost.
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return "utf-8" if _is_utf8(path) else _western(path)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _western(path: Path) -> str:
    """Windows' letters (CP1252), unless a byte occurs that it does not have: then Latin-1, which has them all."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _UNDEFINED_IN_1252.search(chunk):
                return "latin-1"
    return "cp1252"


def _delimiter_of(sample: str) -> str:
    """The sign that cuts the first lines into the most columns, most evenly."""
    said = _SEP.match(sample.split("\n", 1)[0].lstrip("\ufeff"))
    if said:
        return said[1]
    return max(DELIMITERS, key=lambda sign: (_evenness(sample, sign), -DELIMITERS.index(sign)))


def _evenness(sample: str, delimiter: str) -> float:
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 40))
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return 0.0
    width, often = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
    return float((width > 1) * often / sum(widths.values()) * min(width, 30) ** 0.5)
