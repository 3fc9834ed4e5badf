"""The views of the API: a list and one row of a ``Resource``."""

from typing import Any, ClassVar

import orjson
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from orgs.access import ANYONE
from orgs.api.resources import DEFAULT_PAGE, LARGEST_PAGE, Resource
from orgs.paging import BadToken, fields_of, read_token, write_token
from orgs.policy import Viewer


class ResourceView(APIView):
    """What the list and the single row of a resource share."""

    resource: ClassVar[Resource[Any]]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[JSONRenderer, str]:
        """Answer JSON, whatever is asked for: there is nothing else to choose."""
        return JSONRenderer(), "application/json"

    def viewer(self, request: Request) -> Viewer:
        """Who asks, as the authentication found out."""
        viewer: Viewer = getattr(request._request, "_viewer", ANYONE)
        return viewer


class ResourceList(ResourceView):
    """A page of rows: ``{"next", "previous", "results"}``."""

    def get(self, request: Request) -> HttpResponse:
        """Read a page."""
        asked = {name: request.GET.getlist(name) for name in request.GET}
        size = _page_size(asked.pop("page_size", [])[:1])
        token = next(iter(asked.pop("page", [])), "")
        backwards, position = self._position(token)
        try:
            statement = self.resource.statement(
                self.viewer(request), asked, size=size, after=bool(token), backwards=backwards
            )
            rows = statement.run(position)
        except DataError:
            raise ValidationError({"detail": [_("One of the filters holds a value that cannot be.")]}) from None
        return _answer(self._page(request._request, rows, size=size, token=token, backwards=backwards))

    def _position(self, token: str) -> tuple[bool, list[Any]]:
        if not token:
            return False, []
        try:
            return read_token(token, fields_of(self.resource.policy.model, self.resource.order.columns))
        except BadToken:
            raise ValidationError({"page": [_("This page is not one of ours.")]}) from None

    def _page(
        self, request: HttpRequest, rows: list[tuple[Any, ...]], *, size: int, token: str, backwards: bool
    ) -> dict[str, Any]:
        more = len(rows) > size
        rows = rows[:size]
        if backwards:
            rows.reverse()
        names, width = self.resource.names, len(self.resource.order.columns)
        onwards = more if not backwards else True
        back = bool(token) and (more if backwards else True)
        return {
            "next": _link(request, rows[-1][-width:], backwards=False) if rows and onwards else None,
            "previous": _link(request, rows[0][-width:], backwards=True) if rows and back else None,
            "results": [dict(zip(names, row, strict=False)) for row in rows],
        }


class ResourceOne(ResourceView):
    """One row, found by its key."""

    def get(self, request: Request, key: str) -> HttpResponse:
        """Read the row; 404 both when it is not there and when it may not be seen."""
        try:
            shown = self.resource.one(self.viewer(request), key)
        except (DjangoValidationError, ValueError, DataError):
            shown = None
        if shown is None:
            raise NotFound
        return _answer(self.completed(request, key, shown))

    def completed(self, request: Request, key: str, shown: dict[str, Any]) -> dict[str, Any]:
        """Add what hangs on the row; overridden where something does."""
        return shown


def views_of(resource: Resource[Any], *, public: bool = False, one: type[ResourceOne] = ResourceOne) -> tuple[Any, Any]:
    """The two views of a resource, described for the schema. ``public`` lets in requests without an account."""
    fields = {published.name: published.schema for published in resource.published}
    row = inline_serializer(resource.name.capitalize(), fields)
    page = inline_serializer(
        f"{resource.name.capitalize()}Page",
        {
            "next": serializers.URLField(allow_null=True, help_text="Address of the next page."),
            "previous": serializers.URLField(allow_null=True, help_text="Address of the page before."),
            "results": inline_serializer(resource.name.capitalize(), fields, many=True),
        },
    )
    guard = {"permission_classes": [AllowAny if public else IsAuthenticated], "resource": resource}
    listed = type(f"{resource.name.capitalize()}List", (ResourceList,), {**guard, "__doc__": ResourceList.__doc__})
    single = type(f"{resource.name.capitalize()}One", (one,), {**guard, "__doc__": one.__doc__})
    parameters = [
        OpenApiParameter("page", str, description="Token of a page, as given by next and previous."),
        OpenApiParameter("page_size", int, description=f"Rows a page: {DEFAULT_PAGE}, at most {LARGEST_PAGE}."),
        *(OpenApiParameter(name, str, description=str(each.label or "")) for name, each in filters_of(resource)),
    ]
    tag = [resource.name]
    # extend_schema on the inherited method itself would describe every resource by the last one.
    in_list = extend_schema(operation_id=f"{resource.name}_list", parameters=parameters, responses=page, tags=tag)
    in_one = extend_schema(operation_id=f"{resource.name}_one", responses=row, tags=tag)
    listed, single = extend_schema_view(get=in_list)(listed), extend_schema_view(get=in_one)(single)
    return listed.as_view(), single.as_view()  # type: ignore[attr-defined]


def filters_of(resource: Resource[Any]) -> list[tuple[str, Any]]:
    """The filters of a list by name."""
    return sorted(resource.filters.base_filters.items())


def _page_size(given: list[str]) -> int:
    if not given:
        return DEFAULT_PAGE
    if not given[0].isascii() or not given[0].isdigit() or not 1 <= int(given[0][:9]) <= LARGEST_PAGE:
        raise ValidationError({"page_size": [_("A number from 1 to %(most)d.") % {"most": LARGEST_PAGE}]})
    return int(given[0])


def _link(request: HttpRequest, position: tuple[Any, ...], *, backwards: bool) -> str:
    query = request.GET.copy()
    query["page"] = write_token(position, backwards)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _answer(body: dict[str, Any]) -> HttpResponse:
    answer = HttpResponse(orjson.dumps(body), content_type="application/json")
    answer["Cache-Control"] = "private, no-store"
    return answer
