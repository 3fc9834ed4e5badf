"""How the API's description tells what hangs on a session, an agreement or a committee."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework.fields import BooleanField, CharField, DateField, Field, IntegerField, ListField


def _text(help_text: str) -> CharField:
    return CharField(allow_null=True, help_text=help_text)


def _number(help_text: str) -> IntegerField:
    return IntegerField(allow_null=True, help_text=help_text)


def _day(help_text: str) -> DateField:
    return DateField(allow_null=True, help_text=help_text)


def _codes(help_text: str) -> ListField:
    return ListField(child=CharField(), allow_null=True, help_text=help_text)


def _lines(name: str, fields: dict[str, Any]) -> Any:
    return inline_serializer(name, fields, many=True)


SESSION_PARTS: dict[str, Field[Any, Any, Any, Any]] = {
    "attendance": _lines(
        "AttendanceLine",
        {
            "sex": _text("f, m or u (not recorded)."),
            "age_band": _text("0-14, 15-35, 36-60, 61+ or u (not recorded)."),
            "group": _text("Code of the group."),
            "count": _number("How many; null where a small number is kept back."),
        },
    ),
    "issues": _lines(
        "IssueLine",
        {
            "words": _text("What was raised."),
            "needs": _codes("Codes of needs."),
            "themes": _codes("Codes of themes."),
        },
    ),
    "points": _lines(
        "PointLine",
        {"kind": _text("agreement or disagreement."), "words": _text("What was agreed, or was not.")},
    ),
}

PROVISION_PARTS: dict[str, Field[Any, Any, Any, Any]] = {
    "provisions": _lines(
        "Provision",
        {
            "number": _text("As in the text: 3, 3.2, annexe 1."),
            "words": _text("What was promised."),
            "benchmark": _text("By what one sees that it is kept."),
            "due_on": _day("By when; null where no day was said."),
            "assessments": _lines(
                "ProvisionAssessment",
                {
                    "assessor": _text("Address of the organisation that assessed it; null where it is not shown."),
                    "verdict": _text("kept, partly, broken or not_begun: the latest of this assessor."),
                    "as_of": _day("The day of which it speaks."),
                    "words": _text("Why."),
                    "evidence": _text("By what it is known."),
                },
            ),
        },
    )
}

_INSIDE = "For those inside."
COMMITTEE_PARTS: dict[str, Field[Any, Any, Any, Any]] = {
    "seats": _number("Seats that there are."),
    "held": _number(f"Seats that somebody holds today. {_INSIDE}"),
    "vacant": _number(f"Seats that nobody holds. {_INSIDE}"),
    "meetings_held": _number("Meetings that were held and whose session you may see."),
    "last_held": _day(f"Day of the last meeting. {_INSIDE}"),
    "next_planned": _day(f"Day of the next meeting that is planned. {_INSIDE}"),
    "next_due": _day(f"By when it should meet again. {_INSIDE}"),
    "standing": _text(f"overdue, planned or due; empty where it rests or has ended. {_INSIDE}"),
    "women": _number(f"Women among those who hold a seat. {_INSIDE}"),
    "women_of": _number(f"Of how many holders the sex is known. {_INSIDE}"),
    "women_reach": BooleanField(
        allow_null=True, help_text="Whether women hold at least 30 %; outside only from five known holders on."
    ),
    "youth": _number(f"People of 15 to 35 among those who hold a seat. {_INSIDE}"),
    "youth_of": _number(f"Of how many holders the age is known. {_INSIDE}"),
    "youth_reach": BooleanField(
        allow_null=True, help_text="Whether people of 15 to 35 hold at least 30 %; outside only from five on."
    ),
    "decisions_open": _number(f"Decisions that are to be done. {_INSIDE}"),
    "decisions_late": _number(f"Of these, those whose day has passed. {_INSIDE}"),
}
