"""Dialogues as files, each as the reader may read it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from typing import IO, Any, cast
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.exports.sheets import Sheet, without_empty
from dialogues.services.exports import take_out
from orgs.access import viewer_of
from orgs.exports.writers import csv_lines, write_xlsx

IN_MEMORY = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

View = Callable[[HttpRequest], HttpResponseBase]
Lines = Any


def as_csv(sheet: Sheet) -> View:
    """The view of a file as CSV, written as it is read."""

    def answer(lines: Lines) -> HttpResponseBase:
        streamed = StreamingHttpResponse(csv_lines(lines), content_type="text/csv; charset=utf-8")
        streamed["Content-Disposition"] = f'attachment; filename="{_name(sheet, "csv")}"'
        return streamed

    return _view(sheet, "csv", answer)


def as_xlsx(sheet: Sheet) -> View:
    """The view of a file as an Excel workbook: whole or nothing, so it is written aside first."""

    def answer(lines: Lines) -> HttpResponseBase:
        file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 (the answer closes it)
        write_xlsx(file, str(sheet.title), lines)
        file.seek(0)
        return FileResponse(file, content_type=XLSX, as_attachment=True, filename=_name(sheet, "xlsx"))

    return _view(sheet, "xlsx", answer)


def _view(sheet: Sheet, ending: str, answer: Callable[[Lines], HttpResponseBase]) -> View:
    @require_safe
    @never_cache
    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method == "HEAD":
            return HttpResponse()
        try:
            lines = take_out(viewer=viewer_of(request), sheet=sheet, asked=request.GET, ending=ending)
        except ValidationError:
            words = _("One of the filters holds a value that cannot be.")
            return HttpResponse(words, content_type="text/plain; charset=utf-8", status=400)
        return answer(lines)

    return view


def _name(sheet: Sheet, ending: str) -> str:
    return f"{sheet.name}-{timezone.localdate().isoformat()}.{ending}"


def downloads(request: HttpRequest, name: str, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """The addresses of a file for the page of a list, with what the list is narrowed by; or with ``chosen`` instead."""
    asked = without_empty(request.GET)
    asked.pop("page", None)
    query = urlencode(chosen) if chosen is not None else asked.urlencode()
    query = f"?{query}" if query else ""
    return {ending: f"{reverse(f'export-{name}-{ending}')}{query}" for ending in ("csv", "xlsx")}
