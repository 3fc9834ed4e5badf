"""Tables as files that a browser keeps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, Any, cast

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from orgs.exports.writers import csv_lines, write_xlsx

IN_MEMORY = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Lines = Iterable[Iterable[Any]]


def table_file(lines: Lines, *, name: str, ending: str, title: str) -> HttpResponseBase:
    """A table as ``name.csv`` or ``name.xlsx``; ``title`` is the name of the workbook's sheet."""
    if ending == "csv":
        return streamed(csv_lines(lines), "text/csv; charset=utf-8", f"{name}.csv")
    # A workbook is whole or nothing: it is written aside first, unnamed, and goes with the answer.
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 (the answer closes it)
    write_xlsx(file, title, lines)
    file.seek(0)
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=f"{name}.xlsx")


def streamed(parts: Iterable[str | bytes], content_type: str, name: str) -> StreamingHttpResponse:
    """A file that is sent while it is written."""
    answer = StreamingHttpResponse(parts, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
