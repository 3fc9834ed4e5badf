"""The phone's door: a small JSON package, written perhaps days ago, becomes an edit of a session.

Unlike a report, a package that cannot be true is refused, with words by field: its writer has an account, is told on
the phone, and has the words there to put them right.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialogues.said import SessionSaid, from_json
from incidents.intake.offline import BadPackage
from incidents.said import clean_words

LARGEST_PACKAGE = 512 * 1024
"""Bytes of a package; minutes, agenda and all lines at their longest fit in French or Bamanankan."""
LARGEST_NUMBER = 2**31 - 1
LARGEST_SESSION_NUMBER = 32_767
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Written:
    """An edit as it left the phone. ``writer`` tells whose phone page it was (``services.offline.writer_of``)."""

    uid: uuid.UUID
    edit_key: uuid.UUID
    base_version: int
    said: SessionSaid
    safety_note: str = ""
    writer: str = ""
    language: str = ""


def read_package(body: bytes) -> Written:
    """What a package says, without asking the database anything.

    Raises ``BadPackage`` when it is none of ours, ``ValidationError`` by field of ``SessionSaid``.
    """
    if len(body) > LARGEST_PACKAGE:
        raise BadPackage("large")
    try:
        data = _sendable(json.loads(body, parse_constant=_no_number))
        written = _read(data)
    except _UNREADABLE:
        raise BadPackage("unreadable") from None
    if written.said.number is not None and not 0 < written.said.number <= LARGEST_SESSION_NUMBER:
        raise ValidationError({"number": _("From 1 to %(n)d.") % {"n": LARGEST_SESSION_NUMBER}})
    return written


def _read(data: Mapping[str, Any]) -> Written:
    said = from_json(_object(data["said"]))
    if any(moment is not None and moment.tzinfo for moment in (said.starts_at, said.ends_at)):
        raise ValueError("an hour of the clock on the wall")
    base_version = int(data.get("base_version") or 0)
    if not all(0 <= number <= LARGEST_NUMBER for number in (base_version, *_numbers(said))):
        raise ValueError("a number past all counting")
    return Written(
        uid=uuid.UUID(str(data["uid"])),
        edit_key=uuid.UUID(str(data["edit_key"])),
        base_version=base_version,
        said=said,
        safety_note=_text(data, "safety_note"),
        writer=_text(data, "writer")[:64],
        language=_text(data, "lang")[:2],
    )


def _numbers(said: SessionSaid) -> tuple[int, ...]:
    """Every number there: written as a text ("9999999999"), one can be larger than JSON numbers may be."""
    bodies = (*said.facilitators, *said.present, said.led_by or 0)
    return (*bodies, abs(said.people), abs(said.spectators), *(abs(one.count) for one in said.attendance))


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("an object")
    return value


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name) or ""
    if not isinstance(value, str):
        raise TypeError("a text")
    return value


def _sendable(value: Any) -> Any:
    """The same without what no database keeps: NUL, halves of letters, numbers past all counting."""
    if isinstance(value, str):
        return clean_words(value)
    if isinstance(value, list):
        return [_sendable(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _sendable(one) for name, one in value.items()}
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError("a whole number")
    if isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        raise ValueError("a number past all counting")
    return value
