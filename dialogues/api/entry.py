"""Bringing sessions in by program: one at a time, each an edit with a key of its own."""

from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied

from dialogues.access import may_record
from dialogues.checking import LONGEST_LINE, LONGEST_TEXT, LONGEST_TITLE, MOST_LINES
from dialogues.intake import LARGEST_PACKAGE, LARGEST_SESSION_NUMBER
from dialogues.models import MOST_PEOPLE, AgeBand, Country, Group, Need, SessionKind, SessionState, Sex
from dialogues.said import Counted, Raised
from dialogues.services.programs import Brought, NotThere, OtherContent, keep_from_program
from dialogues.services.sessions import Kept
from incidents.api.entry import HEADER
from incidents.intake.api import key_of
from orgs.api.views import ResourceList, answer_with
from orgs.models import Tlp
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

LARGEST_VERSION = 2**31 - 1
MOST_BODIES = 200
OUTSIDE = {"people": "participants", "place_text": "place"}
"""Fields of ``SessionSaid`` that the API calls otherwise, as it does in its answers."""


def _codes(choices: Any, **options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=choices), max_length=len(choices), required=False, **options
    )


def _words(longest: int, help_text: str) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=longest, help_text=help_text)


class _Line(serializers.Serializer[Any]):
    sex = serializers.ChoiceField(choices=Sex.values, default=Sex.UNKNOWN)
    age_band = serializers.ChoiceField(choices=AgeBand.values, default=AgeBand.UNKNOWN)
    group = serializers.ChoiceField(choices=Group.values, default=Group.UNKNOWN)
    count = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE)


class _Issue(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=LONGEST_LINE)
    needs = _codes(Need.values)
    themes = serializers.ListField(child=serializers.CharField(max_length=30), max_length=50, required=False)


def _lines(help_text: str) -> serializers.ListField:
    line = serializers.CharField(max_length=LONGEST_LINE)
    return serializers.ListField(child=line, max_length=MOST_LINES, required=False, help_text=help_text)


def _groups(help_text: str) -> serializers.ListField:
    group = serializers.CharField(max_length=15)
    return serializers.ListField(child=group, max_length=len(Group), required=False, help_text=help_text)


class SessionToKeep(serializers.Serializer[Any]):
    """What a program says of a session. What is left out stays as it stood at ``base_version``."""

    id = serializers.UUIDField(required=False, help_text="Number of the session; left out, a new one gets one.")
    base_version = serializers.IntegerField(
        default=0, min_value=0, max_value=LARGEST_VERSION, help_text="The version that you had read; 0 for a new one."
    )
    title = _words(LONGEST_TITLE, "Title; a new session needs one.")
    kind = serializers.ChoiceField(choices=SessionKind.values, required=False)
    state = serializers.ChoiceField(choices=SessionState.values, required=False)
    process = serializers.UUIDField(required=False, allow_null=True, help_text="Number of its process.")
    number = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_SESSION_NUMBER, help_text="In the process."
    )
    held_on = serializers.DateField(required=False, help_text="Day; a new session needs one.")
    starts_at = serializers.TimeField(required=False, allow_null=True, help_text="From, local time.")
    ends_at = serializers.TimeField(required=False, allow_null=True, help_text="Until, local time.")
    country = serializers.ChoiceField(choices=Country.values, required=False)
    area = _words(20, "P-code of the smallest area of Mali that is known.")
    place = _words(LONGEST_TITLE, "Place in words.")
    spoken = serializers.ListField(child=serializers.CharField(max_length=30), max_length=50, required=False)
    interpreted = serializers.ListField(child=serializers.CharField(max_length=30), max_length=50, required=False)
    led_by = serializers.SlugField(
        required=False, allow_null=True, help_text="Address of the organisation that held it."
    )
    present = serializers.ListField(
        child=serializers.SlugField(), max_length=MOST_BODIES, required=False,
        help_text="Addresses of organisations in the room.",
    )  # fmt: skip
    participants = serializers.IntegerField(required=False, min_value=0, max_value=MOST_PEOPLE)
    spectators = serializers.IntegerField(required=False, min_value=0, max_value=MOST_PEOPLE)
    attendance = serializers.ListField(
        child=_Line(), max_length=len(Sex) * len(AgeBand) * len(Group), required=False,
        help_text="Who was counted, by sex, age band and group. Together they make the participants.",
    )  # fmt: skip
    invited = _groups("Codes of groups that were invited.")
    absent = _groups("Codes of groups that were invited and did not come.")
    agenda = _words(LONGEST_TEXT, "Agenda.")
    minutes = _words(LONGEST_TEXT, "Minutes.")
    issues = serializers.ListField(child=_Issue(), max_length=MOST_LINES, required=False)
    agreements = _lines("What was agreed, line by line.")
    disagreements = _lines("What was not.")
    tlp = serializers.ChoiceField(choices=Tlp.values, required=False)


_ANSWER = inline_serializer(
    "KeptSession",
    {
        "id": serializers.UUIDField(help_text="Number of the session."),
        "version": serializers.IntegerField(help_text="The version that stands now."),
        "state": serializers.ChoiceField(
            choices=["kept", "waits"],
            help_text="waits: two said different things, and a person settles it on the page.",
        ),
        "conflicts": serializers.ListField(child=serializers.CharField(), help_text="The parts that wait."),
    },
)
_ERRORS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


class SessionEntry(ResourceList):
    """Read sessions by page, and bring one in."""

    methods: ClassVar[tuple[str, ...]] = ("GET", "HEAD", "POST")

    @extend_schema(
        operation_id="sessions_keep",
        tags=["sessions"],
        parameters=[
            OpenApiParameter(
                HEADER, str, OpenApiParameter.HEADER, required=True, description="New for each edit, 1 to 200 signs."
            )
        ],
        request=SessionToKeep,
        responses={201: _ANSWER, 200: _ANSWER, 400: _ERRORS, 403: _ERRORS, 404: _ERRORS, 409: _ERRORS, 413: _ERRORS},
        description=(
            "Writes a session down (201), or what is to be changed in one (200). The same key with the same content is"
            " one edit, with another content 409. Nothing that somebody else wrote meanwhile is overwritten."
        ),
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """Bring one session in."""
        return self.dispatch(request)

    def take(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        """Take it in, or say field by field what is wrong."""
        if not may_record(viewer):
            raise PermissionDenied(_("Your role does not write sessions down."))
        try:
            body = _json(request)
        except RequestDataTooBig:
            return _refused("detail", _("This is too much at once."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except orjson.JSONDecodeError:
            return _refused("detail", _("This is not JSON in UTF-8."), HTTPStatus.BAD_REQUEST)
        try:
            kept = keep_from_program(viewer=viewer, brought=_read(request, body))
        except ValidationError as wrong:
            return answer_with(_by_field(wrong), status=HTTPStatus.BAD_REQUEST)
        except OtherContent:
            words = _("This key was used for an edit that says something else.")
            return _refused(HEADER, words, HTTPStatus.CONFLICT)
        except NotThere:
            raise NotFound from None
        except NotAllowed:
            raise PermissionDenied(_("You may not write in this session.")) from None
        return answer_with(_answer(kept), status=HTTPStatus.CREATED if kept.created else HTTPStatus.OK)


def _json(request: HttpRequest) -> Any:
    body = request.body
    if len(body) > LARGEST_PACKAGE:
        raise RequestDataTooBig
    return orjson.loads(body)


def _read(request: HttpRequest, body: Any) -> Brought:
    try:
        key = key_of(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    except ValidationError as wrong:
        raise ValidationError({HEADER: wrong.message_dict["key"]}) from wrong
    if not isinstance(body, dict):
        raise ValidationError({"detail": _("A session is a JSON object.")})
    reading = SessionToKeep(data=body)
    problems: dict[str, Any] = {
        name[:40]: [_("There is no such field.")] for name in body.keys() - reading.fields.keys()
    }
    if not reading.is_valid():
        problems |= {name: _flat(each) for name, each in reading.errors.items()}
    if problems:
        raise ValidationError(problems)
    said = dict(reading.validated_data)
    return Brought(key=key, uid=said.pop("id", None), base_version=said.pop("base_version"), given=_given(said))


def _flat(problem: Any) -> list[str]:
    """The words of a problem, however deep they stand."""
    if isinstance(problem, dict):
        return [words for each in problem.values() for words in _flat(each)]
    if isinstance(problem, list):
        return [words for each in problem for words in _flat(each)]
    return [str(problem)]


def _given(said: dict[str, Any]) -> dict[str, Any]:
    """By the names and in the kinds of ``SessionSaid``."""
    inside = {outside: name for name, outside in OUTSIDE.items()}
    given = {inside.get(name, name): tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    if "process" in given:
        given["process"] = str(given["process"] or "")
    if "attendance" in given:
        given["attendance"] = tuple(Counted(**line) for line in given["attendance"])
    if "issues" in given:
        given["issues"] = tuple(
            Raised(one["words"], tuple(one.get("needs", ())), tuple(one.get("themes", ()))) for one in given["issues"]
        )
    return given


def _by_field(wrong: ValidationError) -> dict[str, list[str]]:
    return {OUTSIDE.get(name, name): words for name, words in wrong.message_dict.items()}


def _refused(name: str, words: str, status: HTTPStatus) -> HttpResponse:
    return answer_with({name: [words]}, status=status)


def _answer(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.session.uid,
        "version": kept.session.version,
        "state": "waits" if kept.conflicts else "kept",
        "conflicts": kept.conflicts,
    }
