"""The directory as files, for everybody, each as they may read it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.access import viewer_of
from orgs.exports import writers
from orgs.exports.rows import Export, chosen

IN_MEMORY = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@never_cache
def organisations_csv(request: HttpRequest) -> HttpResponseBase:
    """The directory as CSV."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    return _streamed(writers.csv_lines(export.lines()), "text/csv; charset=utf-8", "csv")


@require_safe
@never_cache
def organisations_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The directory as an Excel workbook."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    # A workbook is whole or nothing: it is written aside first, unnamed, and goes with the answer.
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 (the answer closes it)
    writers.write_xlsx(file, _("Organisations"), export.lines())
    file.seek(0)
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=_name("xlsx"))


@require_safe
@never_cache
def organisations_geojson(request: HttpRequest) -> HttpResponseBase:
    """The directory as points of a map, without contacts."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    return _streamed(writers.geojson(export.features()), "application/geo+json", "geojson")


def _export(request: HttpRequest) -> Export | HttpResponse:
    viewer = viewer_of(request)
    try:
        return Export(viewer, chosen(viewer, request.GET))
    except ValidationError:
        words = _("One of the filters holds a value that cannot be.")
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=400)


def _streamed(parts: Iterable[str | bytes], content_type: str, ending: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(parts, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{_name(ending)}"'
    return answer


def _name(ending: str) -> str:
    return f"organisations-{timezone.localdate().isoformat()}.{ending}"
