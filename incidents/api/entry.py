"""Sending reports in by program: one, or up to two hundred at once."""

from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from incidents.access import may_report_for_others
from incidents.intake.api import key_of, receive_from_program
from incidents.models import HowKnown, TimePrecision
from incidents.services.reports import OtherContent
from orgs.api.authentication import TokenAuthentication
from orgs.api.views import ResourceList, ResourceView, answer_with
from orgs.models import Language
from orgs.policy import Viewer

MOST_AT_ONCE = 200
HEADER = "Idempotency-Key"
_HEADER_IN_META = "HTTP_IDEMPOTENCY_KEY"


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class _Reporter(serializers.Serializer[Any]):
    """Who reports, as it is sent; described only, never used to read."""

    name = serializers.CharField(required=False, max_length=100)
    phone = serializers.CharField(required=False, help_text="As people write it, or E.164.")


def _fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """A report as it is sent, for the description of the API."""
    return {
        "what": serializers.CharField(help_text="Code of a type of incident: threat, looting, attack ..."),
        "where": serializers.CharField(
            required=False, max_length=200, help_text="Place in words. Needed without area and lat, lon."
        ),
        "area": serializers.CharField(required=False, help_text="P-code of an area of today's division."),
        "lat": serializers.FloatField(required=False, help_text="Degrees, WGS 84. Kept sealed with the reporter."),
        "lon": serializers.FloatField(required=False, help_text="Degrees, WGS 84. Kept sealed with the reporter."),
        "occurred_on": serializers.DateField(required=False, help_text="Day it happened or began."),
        "precision": serializers.ChoiceField(choices=TimePrecision.values, required=False),
        "harmed": serializers.DictField(
            child=serializers.IntegerField(), required=False, help_text="killed, injured, abducted, displaced."
        ),
        "words": serializers.CharField(required=False, max_length=10_000, help_text="What was said."),
        "how_known": serializers.ChoiceField(choices=HowKnown.values, required=False),
        "may_call_back": serializers.BooleanField(required=False),
        "wants_feedback": serializers.BooleanField(
            required=False, help_text="false: nothing is ever sent to the reporter."
        ),
        "reporter": _Reporter(
            required=False,
            allow_null=True,
            help_text="Who reports: sealed at once. null: unknown. Left out: the account itself.",
        ),
        "language": serializers.ChoiceField(choices=Language.values, required=False),
        "sent_at": serializers.DateTimeField(required=False, help_text="When it was sent from where it was written."),
    }


_RECEIPT = inline_serializer(
    "Receipt",
    {
        "id": serializers.IntegerField(help_text="Number of the report."),
        "code": serializers.CharField(help_text="Receipt of 16 digits, for the reporter alone. Never log it."),
    },
)
_ERRORS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


class ReportEntry(ResourceList):
    """Read reports by page, and send one in."""

    methods: ClassVar[tuple[str, ...]] = ("GET", "HEAD", "POST")

    @extend_schema(
        operation_id="reports_send",
        tags=["reports"],
        parameters=[
            OpenApiParameter(
                HEADER, str, OpenApiParameter.HEADER, required=True, description="New for each report, 1 to 200 signs."
            )
        ],
        request=inline_serializer("ReportToSend", _fields()),
        responses={201: _RECEIPT, 200: _RECEIPT, 400: _ERRORS, 409: _ERRORS, 413: _ERRORS},
        description=(
            "Sends one report. The same key with the same report gives the same answer (200), with another report 409."
        ),
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """Send one report in."""
        return self.dispatch(request)

    def take(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        """Take the report in, or say field by field what is wrong."""
        _check_may_send(viewer)
        try:
            row = _json(request)
        except _Refused as refused:
            return answer_with({"detail": [refused.words]}, status=refused.status)
        key = request.META.get(_HEADER_IN_META, "")  # request.headers would make an object of every header
        try:
            key = key_of(key)
        except ValidationError as error:
            return answer_with({HEADER: error.message_dict["key"]}, status=HTTPStatus.BAD_REQUEST)
        status, body = _answer_for(row, key, viewer)
        return answer_with(body, status=status)


class ReportBatch(ResourceView):
    """Send up to two hundred reports at once."""

    authentication_classes = [TokenAuthentication]
    methods: ClassVar[tuple[str, ...]] = ("POST",)

    @extend_schema(
        operation_id="reports_send_batch",
        tags=["reports"],
        request=inline_serializer(
            "ReportsToSend",
            {
                "reports": inline_serializer(
                    "ReportOfBatch",
                    {"key": serializers.CharField(help_text="Idempotency key of this report."), **_fields()},
                    many=True,
                )
            },
        ),
        responses={
            200: inline_serializer(
                "BatchAnswer",
                {
                    "results": inline_serializer(
                        "BatchResult",
                        {
                            "key": serializers.CharField(allow_null=True),
                            "status": serializers.IntegerField(help_text="201, 200, 400 or 409, as for one report."),
                            "id": serializers.IntegerField(required=False),
                            "code": serializers.CharField(required=False),
                            "errors": serializers.DictField(required=False),
                        },
                        many=True,
                    )
                },
            ),
            400: _ERRORS,
            413: _ERRORS,
        },
        description="Each report is taken or refused on its own, in the order sent; a broken one spoils no other.",
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """Send several reports in."""
        return self.dispatch(request)

    def take(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        """Take in each report by itself."""
        _check_may_send(viewer)
        try:
            rows = _rows(_json(request))
        except _Refused as refused:
            return answer_with({"detail": [refused.words]}, status=refused.status)
        return answer_with({"results": [_result(row, viewer) for row in rows]})


def _check_may_send(viewer: Viewer) -> None:
    if not may_report_for_others(viewer):
        raise PermissionDenied(_("Your role does not send reports by program."))


def _json(request: HttpRequest) -> Any:
    try:
        return orjson.loads(request.body)
    except RequestDataTooBig as error:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("This is too much at once.")) from error
    except orjson.JSONDecodeError as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, _("This is not JSON in UTF-8.")) from error


def _rows(body: Any) -> list[Any]:
    rows = body.get("reports") if isinstance(body, dict) else body
    if not isinstance(rows, list) or not rows:
        raise _Refused(HTTPStatus.BAD_REQUEST, _("Give the reports as a list: {“reports”: [...]}."))
    if len(rows) > MOST_AT_ONCE:
        words = _("At most %(n)d reports at once.") % {"n": MOST_AT_ONCE}
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
    return rows


def _result(row: Any, viewer: Viewer) -> dict[str, Any]:
    key = row.get("key") if isinstance(row, dict) else None
    content = {name: value for name, value in row.items() if name != "key"} if isinstance(row, dict) else row
    status, body = _answer_for(content, key, viewer)
    shown_key = key if isinstance(key, str) else None
    if status in (HTTPStatus.OK, HTTPStatus.CREATED):
        return {"key": shown_key, "status": status, **body}
    return {"key": shown_key, "status": status, "errors": body}


def _answer_for(row: Any, key: Any, viewer: Viewer) -> tuple[HTTPStatus, dict[str, Any]]:
    try:
        received = receive_from_program(row, key=key, viewer=viewer, language=(get_language() or "fr")[:2])
    except ValidationError as error:
        return HTTPStatus.BAD_REQUEST, error.message_dict
    except OtherContent:
        return HTTPStatus.CONFLICT, {"key": [_("This key was used for a report that says something else.")]}
    status = HTTPStatus.CREATED if received.created else HTTPStatus.OK
    return status, {"id": received.number, "code": received.code}
