"""Lists cut into pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from orgs.paging import BadToken, Order, Page, keyset
from orgs.views.steps import address_of_page

PAGE = 30


def page_or_404(request: HttpRequest, rows: QuerySet[Any, Any], order: Order, size: int = PAGE) -> Page[Any]:
    """The page of a list that is asked for; 404 for one whose name was made up."""
    try:
        return keyset(rows, order=order, after=request.GET.get("page"), size=size)
    except BadToken as error:
        raise Http404 from error


def around(request: HttpRequest, page: Page[Any]) -> dict[str, str]:
    """The addresses of the pages before and behind it, as ``parts/pager.html`` reads them."""
    return {"previous": address_of_page(request, page.previous), "next": address_of_page(request, page.next)}
