"""The offline page's door: a small JSON package becomes a report.

The phone may have waited for days, and nobody may be there any more to put anything right. So a package that can be
read at all is taken: what does not fit its field is kept in words, or beside the identity, rather than refused.
"""

import json
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from incidents.forms.fields import PhoneField
from incidents.forms.reports import HARM_FIELDS
from incidents.models import Door, HowKnown, IncidentType, TimePrecision
from incidents.said import EARLIEST, LONGEST_PLACE, LONGEST_TEXT, MOST_HARMED, clean_words
from incidents.services.reports import Identity, Received, Said, receive_report
from orgs.models import Area

LARGEST_PACKAGE = 64 * 1024
"""Bytes of a package; 10,000 characters of any script fit."""


class BadPackage(Exception):
    """What came is no package of ours; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Opened:
    """A package that was opened and not read yet: its number, its ticket if it had to wait, and the rest."""

    number: str
    ticket: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Package:
    """A report as it left the phone."""

    number: str
    said: Said
    identity: Identity
    sent_at: datetime | None
    language: str


def receive_from_phone(opened: Opened) -> Received:
    """Take in a package. The same one again is the same report with the same code. Raises ``BadPackage``."""
    package = read_package(opened)
    return receive_report(
        door=Door.OFFLINE,
        external_id=package.number,
        said=package.said,
        identity=package.identity or None,
        language=package.language,
        sent_at=package.sent_at,
    )


def open_package(body: bytes) -> Opened:
    """Which package this is, without asking the database anything. Raises ``BadPackage`` when it is none."""
    if len(body) > LARGEST_PACKAGE:
        raise BadPackage("large")
    try:
        data = json.loads(body)
        number = uuid.UUID(str(data["id"])).hex
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadPackage("unreadable") from None
    return Opened(number, _text(data, "ticket"), data)


def read_package(opened: Opened) -> Package:
    """What a package says. Raises ``BadPackage`` when it says nothing at all."""
    number, data = opened.number, opened.data
    words = _text(data, "words")
    if len(words) > LONGEST_TEXT:
        raise BadPackage("long")
    said, left_over = _said(data, words)
    if left_over:
        said = replace(said, narrative="\n".join(filter(None, [words, *left_over]))[:LONGEST_TEXT])
    said_anything = said.type_code or said.narrative or said.place_text or said.harmed or data.get("files")
    if not said_anything:
        raise BadPackage("empty")
    return Package(number, said, _identity(data, said), _moment(data), _text(data, "lang")[:2])


def _text(data: dict[str, Any], name: str) -> str:
    """What is said under a name, in words that can be kept; nothing where there is neither a text nor a number."""
    value = data.get(name, "")
    return clean_words(str(value)) if isinstance(value, str | int | float) else ""


def _said(data: dict[str, Any], words: str) -> tuple[Said, list[str]]:
    left_over: list[str] = []
    place = _text(data, "where")
    if len(place) > LONGEST_PLACE:
        left_over.append(place)
    day, precision = _day(data, left_over)
    lat, lon = _degrees(data, "lat", 90), _degrees(data, "lon", 180)
    how = _text(data, "how")
    return (
        Said(
            type_code=_kind(_text(data, "what")),
            occurred_on=day,
            time_precision=precision,
            place_text=place[:LONGEST_PLACE],
            area_id=_cercle(_text(data, "cercle")),
            lat=lat if lon is not None else None,
            lon=lon if lat is not None else None,
            narrative=words,
            harmed=_harmed(data, left_over),
            how_known=how if how in HowKnown.values else HowKnown.UNKNOWN,
            may_call_back=bool(_text(data, "phone")),
        ),
        left_over,
    )


def _kind(code: str) -> str | None:
    """A kind that is known, also one retired while the phone was away."""
    return code if code and IncidentType.objects.filter(pk=code[:30]).exists() else None


def _cercle(pcode: str) -> int | None:
    if not pcode:
        return None
    return Area.objects.current().filter(pcode=pcode[:30]).values_list("pk", flat=True).first()


def _day(data: dict[str, Any], left_over: list[str]) -> tuple[date | None, str]:
    precision = TimePrecision.WEEK if data.get("within") == "week" else TimePrecision.DAY
    written = _text(data, "day")
    if not written:
        return None, TimePrecision.DAY
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    # A day ahead is a clock that is a little fast; more is a clock that was never set.
    if day is not None and EARLIEST <= day <= timezone.localdate() + timedelta(days=1):
        return min(day, timezone.localdate()), precision
    left_over.append(_("%(word)s: %(value)s") % {"word": _("When"), "value": written[:100]})
    return None, TimePrecision.DAY


def _harmed(data: dict[str, Any], left_over: list[str]) -> dict[str, int]:
    harmed = {}
    for name, kind in HARM_FIELDS.items():
        written = _text(data, name)
        if not written:
            continue
        if written.isdecimal() and len(written) < 10 and int(written) <= MOST_HARMED:
            harmed[str(kind)] = int(written)
        else:
            left_over.append(_("%(word)s: %(value)s") % {"word": kind.label, "value": written[:100]})  # type: ignore[attr-defined]
    return harmed


def _degrees(data: dict[str, Any], name: str, most: float) -> float | None:
    try:
        value = float(_text(data, name))
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _identity(data: dict[str, Any], said: Said) -> Identity:
    """A number that cannot be read is kept with the name: locked away, and somebody may still make sense of it."""
    name, written = _text(data, "name")[:100], _text(data, "phone")[:100]
    try:
        phone = PhoneField(required=False).clean(written)
    except ValidationError:
        phone, name = "", f"{name} {written}".strip()
    accuracy = None
    if said.lat is not None:
        accuracy = _degrees(data, "acc", 1_000_000)
    return Identity(name=name, phone=phone, accuracy_m=accuracy)


def _moment(data: dict[str, Any]) -> datetime | None:
    """When it was written, by the phone's clock; nothing where that clock cannot be right."""
    try:
        moment = parse_datetime(_text(data, "sent"))
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.date() < EARLIEST:
        return None
    return min(moment, timezone.now())
