"""The views of the API: a list and one row of a ``Resource``."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    ValidationError,
)
from rest_framework.views import APIView

from orgs.access import ANYONE
from orgs.api.authentication import TokenAuthentication, viewer_by_token
from orgs.api.resources import DEFAULT_PAGE, LARGEST_PAGE, Resource
from orgs.paging import BadToken, fields_of, read_token, write_token
from orgs.policy import Viewer

Parts = Mapping[str, serializers.Field[Any, Any, Any, Any]]
Rows = list[dict[str, Any]]


class ResourceView(APIView):
    """What the list and the single row of a resource share.

    By token, in JSON; reads only, unless a view says otherwise. Of what DRF does around a view, only asking who it is
    and answering refusals is left. Choosing parsers, renderers, throttles and permissions where there is one of each
    took twice the time of the page itself (docs/decisions/0005-api-lists.md).
    """

    resource: ClassVar[Resource[Any]]
    is_public: ClassVar[bool] = False
    methods: ClassVar[tuple[str, ...]] = ("GET", "HEAD")
    parts: ClassVar[Parts] = {}
    """How the schema describes what ``completed`` adds."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a request."""
        asks_for_language = "HTTP_ACCEPT_LANGUAGE" in request.META
        translation.activate(get_language_from_request(request) if asks_for_language else settings.LANGUAGE_CODE)
        try:
            if request.method not in self.methods:
                raise MethodNotAllowed(request.method or "")
            viewer = viewer_by_token(request)
            if viewer is None and not self.is_public:
                raise NotAuthenticated
            if request.method == "POST":
                return self.take(request, viewer or ANYONE)
            return self.answer(request, viewer or ANYONE, **kwargs)
        except APIException as refusal:
            return _refusal(refusal)

    def answer(self, request: HttpRequest, viewer: Viewer, **kwargs: Any) -> HttpResponse:
        """What this viewer may read of what is asked for."""
        raise MethodNotAllowed("GET")

    def take(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        """What becomes of something sent in; for views that have ``POST`` among their ``methods``."""
        raise MethodNotAllowed("POST")

    def completed(self, viewer: Viewer, rows: Rows) -> Rows:
        """Add what hangs on the rows of a page, or on the one that is asked for; overridden where something does."""
        return rows


class ResourceList(ResourceView):
    """A page of rows: ``{"next", "previous", "results"}``."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Read a page."""
        return self.dispatch(request)

    def answer(self, request: HttpRequest, viewer: Viewer, **kwargs: Any) -> HttpResponse:
        """Read a page."""
        asked = {name: request.GET.getlist(name) for name in request.GET}
        size = _page_size(asked.pop("page_size", [])[:1])
        token = next(iter(asked.pop("page", [])), "")
        backwards, position = self._position(token)
        try:
            statement = self.resource.statement(viewer, asked, size=size, after=bool(token), backwards=backwards)
            rows = statement.run(position)
        except DataError:
            raise ValidationError({"detail": [_("One of the filters holds a value that cannot be.")]}) from None
        page = self._page(request, rows, size=size, token=token, backwards=backwards)
        return answer_with({**page, "results": self.completed(viewer, page["results"])})

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
        address = _address_without_page(request)
        return {
            "next": address + write_token(rows[-1][-width:], backwards=False) if rows and onwards else None,
            "previous": address + write_token(rows[0][-width:], backwards=True) if rows and back else None,
            "results": [dict(zip(names, row, strict=False)) for row in rows],
        }


class ResourceOne(ResourceView):
    """One row, found by its key."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Read the row; 404 both when it is not there and when it may not be seen."""
        return self.dispatch(request, key=key)

    def answer(self, request: HttpRequest, viewer: Viewer, **kwargs: Any) -> HttpResponse:
        """Read the row; 404 both when it is not there and when it may not be seen."""
        key = kwargs["key"]
        try:
            shown = self.resource.one(viewer, key)
        except (DjangoValidationError, ValueError, DataError):
            shown = None
        if shown is None:
            raise NotFound
        return answer_with(self.completed(viewer, [shown])[0])


def views_of(
    resource: Resource[Any],
    *,
    public: bool = False,
    one: type[ResourceOne] = ResourceOne,
    many: type[ResourceList] = ResourceList,
) -> tuple[Any, Any]:
    """The two views of a resource, described for the schema. ``public`` lets in requests without an account."""
    fields = {published.name: published.schema for published in resource.published}
    row = inline_serializer(resource.name.capitalize(), {**fields, **one.parts})
    in_list = (
        type(row)(many=True)  # a second description of the same name would be taken for another one
        if one.parts.keys() == many.parts.keys()
        else inline_serializer(f"{resource.name.capitalize()}Row", {**fields, **many.parts}, many=True)
    )
    page = inline_serializer(
        f"{resource.name.capitalize()}Page",
        {
            "next": serializers.URLField(allow_null=True, help_text="Address of the next page."),
            "previous": serializers.URLField(allow_null=True, help_text="Address of the page before."),
            "results": in_list,
        },
    )
    guard = {"is_public": public, "authentication_classes": [TokenAuthentication], "resource": resource}
    listed = type(f"{resource.name.capitalize()}List", (many,), {**guard, "__doc__": many.__doc__})
    single = type(f"{resource.name.capitalize()}One", (one,), {**guard, "__doc__": one.__doc__})
    parameters = [
        OpenApiParameter("page", str, description="Token of a page, as given by next and previous."),
        OpenApiParameter("page_size", int, description=f"Rows a page: {DEFAULT_PAGE}, at most {LARGEST_PAGE}."),
        *(OpenApiParameter(name, str, description=str(each.label or "")) for name, each in filters_of(resource)),
    ]
    tag = [resource.name]
    # extend_schema on the inherited method itself would describe every resource by the last one.
    of_list = extend_schema(operation_id=f"{resource.name}_list", parameters=parameters, responses=page, tags=tag)
    of_one = extend_schema(operation_id=f"{resource.name}_one", responses=row, tags=tag)
    listed, single = extend_schema_view(get=of_list)(listed), extend_schema_view(get=of_one)(single)
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


def _address_without_page(request: HttpRequest) -> str:
    """The address asked for, up to where the name of another page goes. Such names need no escaping."""
    asked = [part for part in request.META["QUERY_STRING"].split("&") if part and not part.startswith("page=")]
    return f"{request.scheme}://{request.get_host()}{request.path}?{'&'.join([*asked, 'page='])}"


def _refusal(refusal: APIException) -> HttpResponse:
    detail = refusal.detail if isinstance(refusal.detail, dict | list) else {"detail": refusal.detail}
    answer = answer_with(detail, status=refusal.status_code)
    if refusal.status_code == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = TokenAuthentication.scheme
    return answer


def answer_with(body: Any, status: int = HTTPStatus.OK) -> HttpResponse:
    """An answer in JSON, which nobody on the way keeps."""
    answer = HttpResponse(orjson.dumps(body, default=str), content_type="application/json", status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer
