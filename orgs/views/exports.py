"""The directory as files, for everybody, each as they may read it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.access import viewer_of
from orgs.exports import answers, writers
from orgs.exports.rows import Export, chosen


@require_safe
@never_cache
def organisations_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The directory as CSV or as an Excel workbook."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    return answers.table_file(export.lines(), name=_name(), ending=ending, title=_("Organisations"))


@require_safe
@never_cache
def organisations_geojson(request: HttpRequest) -> HttpResponseBase:
    """The directory as points of a map, without contacts."""
    export = _export(request)
    if isinstance(export, HttpResponse):
        return export
    return answers.streamed(writers.geojson(export.features()), "application/geo+json", f"{_name()}.geojson")


def _export(request: HttpRequest) -> Export | HttpResponse:
    viewer = viewer_of(request)
    try:
        return Export(viewer, chosen(viewer, request.GET))
    except ValidationError:
        words = _("One of the filters holds a value that cannot be.")
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=400)


def _name() -> str:
    return f"organisations-{timezone.localdate().isoformat()}"
