"""The directory: the list of organisations, its search and its filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.access import ORGANISATIONS, viewer_of
from orgs.directory import search
from orgs.directory.filters import DirectoryFilters
from orgs.directory.listing import Listed, listed, rows_of
from orgs.directory.words import Terms, area_choices
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.views.steps import address_of_page

BY_NAME = (("name_key", "asc"), ("id", "asc"))
PAGE = 50


@require_safe
@never_cache
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations that this viewer may see: by name, or the best first where words are looked for."""
    viewer = viewer_of(request)
    terms = Terms.read()
    filters = DirectoryFilters(request.GET, queryset=ORGANISATIONS.rows(viewer), viewer=viewer, terms=terms)
    rows = filters.qs
    filters.offer_areas(area_choices(request.GET.get("area", "")[:20]))
    chosen = filters.chosen
    found = _best(filters, viewer, terms) if filters.said else _by_name(request, viewer, terms, rows)
    context = {
        "filters": filters,
        "form": filters.form,
        "chosen": chosen,
        "best": search.BEST,
        "near": search.near(viewer, filters.said) if filters.said and not found["rows"] else [],
        "signed_in": viewer.user_id is not None,
        **found,
    }
    return render(request, "orgs/directory/list.html", context)


def _by_name(request: HttpRequest, viewer: Viewer, terms: Terms, rows: Any) -> dict[str, Any]:
    shown = rows_of(rows, viewer)
    try:
        page = keyset(shown, order=BY_NAME, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(shown, order=BY_NAME, size=PAGE)
    return {
        "rows": listed(page.rows, terms),
        "total": rows.count(),
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }


def _best(filters: DirectoryFilters, viewer: Viewer, terms: Terms) -> dict[str, Any]:
    """The rows that fit the words best. Which of them may be seen is asked before the best are chosen."""
    ranks = filters.ranks
    seen = sorted(filters.qs.order_by().values_list("pk", flat=True), key=lambda pk: (-ranks.get(pk, 0), pk))
    best = rows_of(search.among(ORGANISATIONS.rows(viewer), seen[: search.BEST]), viewer)
    rows: list[Listed] = sorted(listed(best, terms), key=lambda row: (-ranks.get(row.pk, 0), row.name, row.pk))
    return {"rows": rows, "total": len(seen)}
