"""Sessions as files, each as the reader may read it."""

from __future__ import annotations

import tempfile
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.exports.rows import Export, chosen
from orgs.access import viewer_of
from orgs.exports.writers import csv_lines, write_xlsx

IN_MEMORY = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@never_cache
def sessions_csv(request: HttpRequest) -> HttpResponseBase:
    """Sessions as CSV, with a line of HXL tags."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    answer = StreamingHttpResponse(csv_lines(export.lines()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name("csv")}"'
    return answer


@require_safe
@never_cache
def sessions_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Sessions as an Excel workbook: whole or nothing, so it is written aside first."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 (the answer closes it)
    write_xlsx(file, pgettext("dialogues", "Sessions"), export.lines())
    file.seek(0)
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=_name("xlsx"))


def _export(request: HttpRequest) -> Export | HttpResponse:
    viewer = viewer_of(request)
    try:
        return Export(viewer, chosen(viewer, request.GET))
    except ValidationError:
        words = _("One of the filters holds a value that cannot be.")
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=400)


def _name(ending: str) -> str:
    return f"sessions-{timezone.localdate().isoformat()}.{ending}"
