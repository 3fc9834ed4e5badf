"""The door of programs: a JSON object becomes a report, checked field by field, once for each idempotency key.

Checks are plain functions: a serializer for each of two hundred rows took longer than writing them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import Door, Harm, HowKnown, IncidentType, TimePrecision, Way
from incidents.said import EARLIEST, LONGEST_PLACE, LONGEST_TEXT, MOST_HARMED, Said, Whereabouts, clean_words
from incidents.services.places import place_of_pcode
from incidents.services.proxies import note_entry, one_transaction
from incidents.services.reports import Identity, Received, receive_report
from orgs.crypto import keyed_hash
from orgs.kept import kept
from orgs.models import Language
from orgs.phones import normal_phone
from orgs.policy import Viewer

LONGEST_KEY = 200
LONGEST_NAME = 100
FIELDS = frozenset(
    {
        "what", "where", "area", "lat", "lon", "occurred_on", "precision", "harmed", "words", "how_known",
        "may_call_back", "wants_feedback", "reporter", "language", "sent_at",
    }
)  # fmt: skip
_DAY_LIKE_THIS = gettext_lazy("Write the day like this: 2026-03-31.")
_TIME_LIKE_THIS = gettext_lazy("Write the time like this: 2026-03-31T17:05:00Z.")


@dataclass(frozen=True)
class Checked:
    """A row without mistakes."""

    said: Said
    identity: Identity
    language: str
    sent_at: datetime | None


def receive_from_program(row: Any, *, key: str, viewer: Viewer, language: str) -> Received:
    """Take in one row. Raises ``ValidationError`` with field names, and ``OtherContent`` where the key has been used
    for another row. The same key and row again give the same report.
    """
    checked = check(row, viewer=viewer, language=language)
    number = key_of(key)

    def receive() -> Received:
        return receive_report(
            door=Door.API,
            # Keys belong to the account: two programs may well count from 1.
            external_id=keyed_hash("api-key", f"{viewer.user_id}\0{number}"),
            said=checked.said,
            identity=checked.identity,
            language=checked.language,
            sent_at=checked.sent_at,
            request_key=keyed_hash("api-request", orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()),
        )

    if "reporter" not in row:
        return receive()
    with one_transaction():
        received = receive()
        if received.created:
            note_entry(viewer=viewer, report=received.report, way=Way.PROGRAM)
    return received


def key_of(key: Any) -> str:
    """An idempotency key; raises ``ValidationError`` on ``key``."""
    if not isinstance(key, str) or not key.strip() or len(key) > LONGEST_KEY:
        raise ValidationError({"key": _("Give a key of 1 to %(n)d signs, new for each report.") % {"n": LONGEST_KEY}})
    return key.strip()


def check(row: Any, *, viewer: Viewer, language: str) -> Checked:
    """Read a row. Without ``reporter`` the account itself reports; with it, only what is said there is known."""
    if not isinstance(row, dict):
        raise ValidationError({"detail": _("A report is a JSON object.")})
    reading = _Reading(row)
    for name in row.keys() - FIELDS:
        reading.problems[str(name)[:40]] = _("There is no such field.")
    lat, lon = reading.number("lat", 90), reading.number("lon", 180)
    place_text = reading.text("where", LONGEST_PLACE)
    reporter = reading.reporter()
    said = Said(
        type_code=reading.kind(),
        occurred_on=reading.day(),
        time_precision=reading.choice("precision", TimePrecision, TimePrecision.DAY),
        place_text=place_text,
        lat=lat,
        lon=lon,
        narrative=reading.text("words", LONGEST_TEXT),
        harmed=reading.harmed(),
        how_known=reading.choice("how_known", HowKnown, HowKnown.UNKNOWN),
        may_call_back=reading.yes_or_no("may_call_back", False),
        wants_feedback=reading.yes_or_no("wants_feedback", True),
        whereabouts=reading.area() if lat is None else None,
    )
    if (lat is None) != (lon is None):
        reading.problems.setdefault("lon" if lon is None else "lat", _("A position has both lat and lon."))
    if lat is None and not place_text and not row.get("area"):
        reading.problems.setdefault("where", _("Say where: in words, by the P-code of an area, or by lat and lon."))
    spoken = reading.choice("language", Language, language)
    sent_at = reading.moment("sent_at")
    if reading.problems:
        raise ValidationError(reading.problems)
    who = reporter if reporter is not None else Identity(user_id=viewer.user_id)
    return Checked(said, who, spoken, sent_at)


class _Reading:
    """Reads the fields of a row and gathers what is wrong with them."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.problems: dict[str, str] = {}

    def text(self, name: str, longest: int) -> str:
        value = self.row.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problems[name] = _("This must be a text.")
            return ""
        text = clean_words(value)
        if len(text) > longest:
            self.problems[name] = _("At most %(n)s characters.") % {"n": longest}
        return text

    def kind(self) -> str | None:
        value = self.row.get("what")
        if value is None or value == "":
            self.problems["what"] = _("Say what happened: the code of a type of incident.")
        elif not isinstance(value, str) or value not in _kinds():
            self.problems["what"] = _("There is no such type of incident.")
        else:
            return value
        return None

    def area(self) -> Whereabouts | None:
        value = self.row.get("area")
        if value is None or value == "":
            return None
        found = place_of_pcode(value.strip().upper(), of_today=True) if isinstance(value, str) else None
        if found is None:
            self.problems["area"] = _("There is no area of this P-code in today’s division.")
        return found

    def number(self, name: str, most: float) -> float | None:
        value = self.row.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.problems[name] = _("This must be a number, in degrees.")
        elif abs(value) > most:
            self.problems[name] = _("A number from -%(n)d to %(n)d.") % {"n": most}
        else:
            return float(value)
        return None

    def day(self) -> date | None:
        value: date | None = self._parsed("occurred_on", date.fromisoformat, _DAY_LIKE_THIS)
        if value is not None and not EARLIEST <= value <= timezone.localdate() + timedelta(days=1):
            words = _("Give a day that has come, not before %(year)d.")
            self.problems["occurred_on"] = words % {"year": EARLIEST.year}
        return value

    def moment(self, name: str) -> datetime | None:
        value: datetime | None = self._parsed(name, datetime.fromisoformat, _TIME_LIKE_THIS)
        if value is None:
            return None
        value = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        if not EARLIEST.year <= value.year < 9000 or value > timezone.now() + timedelta(days=1):
            self.problems[name] = _("This time has not come yet, or is too long ago.")
            return None
        return value

    def _parsed(self, name: str, parse: Callable[[str], Any], words: object) -> Any:
        value = self.row.get(name)
        if value is None or value == "":
            return None
        try:
            return parse(value)
        except (TypeError, ValueError):
            self.problems[name] = str(words)
            return None

    def choice(self, name: str, choices: Any, default: str) -> str:
        value = self.row.get(name)
        if value is None or value == "":
            return default
        if not isinstance(value, str) or value not in choices._value2member_map_:
            self.problems[name] = _("One of: %(choices)s.") % {"choices": ", ".join(choices.values)}
            return default
        return value

    def yes_or_no(self, name: str, default: bool) -> bool:
        value = self.row.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problems[name] = _("This must be true or false.")
            return default
        return value

    def harmed(self) -> dict[str, int]:
        value = self.row.get("harmed")
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problems["harmed"] = _("This must be an object: kind of harm and number of people.")
            return {}
        found: dict[str, int] = {}
        for kind, number in value.items():
            if kind not in Harm._value2member_map_:
                self.problems["harmed"] = _("One of: %(choices)s.") % {"choices": ", ".join(Harm.values)}
            elif isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_HARMED:
                self.problems["harmed"] = _("A number of people, from 0 to %(n)d.") % {"n": MOST_HARMED}
            else:
                found[kind] = number
        return found

    def reporter(self) -> Identity | None:
        """Who reports; ``None`` where the row does not speak of anybody."""
        if "reporter" not in self.row:
            return None
        value = self.row["reporter"]
        if value is None:
            return Identity()
        if not isinstance(value, dict) or value.keys() - {"name", "phone"}:
            self.problems["reporter"] = _("This must be an object with name and phone, or null for somebody unknown.")
            return Identity()
        within = _Reading(value)
        name, phone = within.text("name", LONGEST_NAME), within.text("phone", 40)
        if phone and not within.problems:
            try:
                phone = normal_phone(phone)
            except ValidationError as error:
                within.problems["phone"] = error.messages[0]
        self.problems |= {f"reporter.{field}": words for field, words in within.problems.items()}
        return Identity(name=name, phone=phone)


@kept()
def _kinds() -> frozenset[str]:
    return frozenset(IncidentType.objects.filter(is_active=True).values_list("code", flat=True))
