"""Dialogues as files, each as the reader may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.exports.sheets import Sheet, without_empty
from dialogues.services.exports import take_out
from orgs.access import viewer_of
from orgs.exports.addresses import ENDINGS
from orgs.exports.answers import table_file

View = Callable[[HttpRequest, str], HttpResponseBase]


def file_of(sheet: Sheet) -> View:
    """The view of a file, as CSV or as an Excel workbook."""

    @require_safe
    @never_cache
    def view(request: HttpRequest, ending: str) -> HttpResponseBase:
        if request.method == "HEAD":
            return HttpResponse()
        try:
            lines = take_out(viewer=viewer_of(request), sheet=sheet, asked=request.GET, ending=ending)
        except ValidationError:
            words = _("One of the filters holds a value that cannot be.")
            return HttpResponse(words, content_type="text/plain; charset=utf-8", status=400)
        name = f"{sheet.name}-{timezone.localdate().isoformat()}"
        return table_file(lines, name=name, ending=ending, title=str(sheet.title))

    return view


def downloads(request: HttpRequest, name: str, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """The addresses of a file for the page of a list, with what the list is narrowed by; or with ``chosen`` instead."""
    asked = without_empty(request.GET)
    asked.pop("page", None)
    query = urlencode(chosen) if chosen is not None else asked.urlencode()
    query = f"?{query}" if query else ""
    return {ending: f"{reverse(f'export-{name}-{ending}')}{query}" for ending in ENDINGS}
