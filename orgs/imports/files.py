"""Opening the file that somebody brings: what it is by its content, whether it is safe to read, its sheets and lines.

Every reader gives the same: sheets that stream their lines as texts. What cannot be read is refused in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

FILE_LIMIT = 20 * 1024 * 1024
"""Bytes of a file as it is brought."""
LINES_LIMIT = 100_000
"""Lines of a sheet, blank ones included."""
COLUMNS_LIMIT = 200
CELL_LIMIT = 4000
"""Characters of a cell that are kept."""


class FileRefused(Exception):
    """The file cannot be read; the text says why and what to do about it."""


@dataclass(frozen=True)
class Line:
    """One line of a sheet, as the spreadsheet numbers it. ``faulty`` are columns whose formula has no result."""

    number: int
    cells: list[str]
    faulty: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)


class Sheet(Protocol):
    """A table in a file."""

    @property
    def name(self) -> str:
        """What it is called; empty for the one table of a CSV."""

    def lines(self) -> Iterator[Line]:
        """Its lines from the first, one after the other; blank ones may be left out."""


@dataclass(frozen=True)
class Opened:
    """A file that may be read."""

    format: str
    sheets: list[Sheet]


_MEGABYTE = 1024 * 1024
_OTHER_FILES = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "old"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)


def open_file(path: Path) -> Opened:
    """Tell what a file is, by its content and not by its name, and open it. Raises ``FileRefused``."""
    from orgs.imports import delimited, workbooks

    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise FileRefused(_("The file cannot be opened: %(why)s") % {"why": error.strerror or ""}) from error
    if size > FILE_LIMIT:
        limit = FILE_LIMIT // _MEGABYTE
        raise FileRefused(_("The file is larger than %(size)d MB. Cut it into several files.") % {"size": limit})
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise FileRefused(_("The file is empty."))
    if head.startswith(b"PK"):
        return Opened("xlsx", workbooks.sheets_of(path))
    _refuse_others(head)
    return Opened("csv", [delimited.sheet_of(path)])


def _refuse_others(head: bytes) -> None:
    kind = next((kind for start, kind in _OTHER_FILES if head.startswith(start)), "")
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if not kind and text.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"{\\rtf")):
        kind = "page"
    if not kind and text.startswith((b'{"', b"[{")):
        kind = "page"
    if kind == "old":
        raise FileRefused(
            _(
                "This is an old Excel file (.xls), or one that is locked by a password. Open it, remove the password, "
                "and save it as “Excel workbook (.xlsx)” or as CSV."
            )
        )
    if kind:
        raise FileRefused(
            _("This file is not a table, whatever its name says. Bring an Excel file (.xlsx) or a CSV file.")
        )


def clean(text: str) -> str:
    """A text that can be kept: no control signs but line ends, no broken letters, no space around it."""
    kept = "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text[: CELL_LIMIT * 2])
    return kept.encode("utf-8", "ignore").decode()[:CELL_LIMIT].strip()
