"""The door of other servers: what they send as JSON becomes a report, as a mapping kept in admin says.

A mapping is ``{"fields": {ours: path}, "values": {ours: {their value: ours}}}``. A path names a key as it is
("group/field", as KoboToolbox writes groups), or goes down by dots or slashes; a number takes one of a list; several
paths, in a list, are joined.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from incidents.intake.odk import CLOCK_AHEAD, OLDEST, phone_in, place_in, point_in
from incidents.models import Door, Harm, HowKnown, IncidentType, WebhookSource
from incidents.said import EARLIEST, LONGEST_PLACE, LONGEST_TEXT, MOST_HARMED, Said, clean_words
from incidents.services.identities import Identity
from incidents.services.reports import Received, receive_report

HARM = tuple(str(kind) for kind in Harm)
OURS = (
    "id",
    "type",
    "occurred_on",
    "place_text",
    "region",
    "cercle",
    "lat",
    "lon",
    "point",
    "narrative",
    *HARM,
    "how_known",
    "may_call_back",
    "name",
    "phone",
    "sent_at",
)
"""The fields that a mapping may fill."""
NEEDED = ("id", "narrative")
MOST_PATHS = 10
LONGEST_PATH = 200
LONGEST_ID = 60
DEEPEST = 12
KOBO = {
    "fields": {"id": "_id", "narrative": "words", "point": "_geolocation", "sent_at": "_submission_time"},
    "values": {},
}
"""A beginning for KoboToolbox, where ``_id`` stays when a form is edited and ``_uuid`` does not."""
_YES = frozenset({"yes", "oui", "true", "1", "y", "o"})
_MISSING = object()


class NotUnderstood(Exception):
    """What could not be read, by our field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("not understood")
        self.problems = problems


@dataclass
class Reading:
    """What a payload says by a mapping: for each of our fields their value and ours, what is wrong, what is unused."""

    found: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)

    @property
    def is_understood(self) -> bool:
        """Whether this would become a report."""
        return not self.problems


def problems_of(mapping: Any) -> list[str]:
    """What is wrong with a mapping, in words; nothing when it can be used."""
    if not isinstance(mapping, dict) or set(mapping) - {"fields", "values"}:
        return [_("A mapping has “fields” and, if need be, “values”, and nothing else.")]
    fields, values = mapping.get("fields"), mapping.get("values", {})
    if not isinstance(fields, dict) or not isinstance(values, dict):
        return [_("“fields” and “values” are objects.")]
    wrong = []
    for ours, path in fields.items():
        paths = path if isinstance(path, list) else [path]
        if ours not in OURS:
            wrong.append(_("There is no field “%(field)s” here.") % {"field": ours[:40]})
        elif not 1 <= len(paths) <= MOST_PATHS or not all(
            isinstance(one, str) and 0 < len(one) <= LONGEST_PATH for one in paths
        ):
            wrong.append(_("“%(field)s”: give a path, or a list of paths.") % {"field": ours})
    for ours, table in values.items():
        if ours not in OURS or not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            wrong.append(_("“values” of “%(field)s”: give their value and ours.") % {"field": str(ours)[:40]})
    wrong += [_("Say where “%(field)s” is found.") % {"field": needed} for needed in NEEDED if needed not in fields]
    return wrong


def receive_from_server(source: WebhookSource, payload: Any) -> Received:
    """Take in what a server sent. Raises ``NotUnderstood`` by field; then nothing is kept."""
    reading = read(source.mapping, payload)
    if not reading.is_understood:
        raise NotUnderstood(reading.problems)
    said, identity = _said(reading.values), _identity(reading.values)
    return receive_report(
        door=Door.WEBHOOK,
        external_id=f"{source.pk}:{reading.values['id']}",
        said=said,
        identity=identity,
        language="fr",
        sent_at=reading.values.get("sent_at"),
        is_demo=source.is_demo,
    )


def read(mapping: dict[str, Any], payload: Any) -> Reading:
    """Read a payload, field by field; never raises."""
    reading = Reading()
    if not isinstance(payload, dict):
        reading.problems["body"] = _("What was sent is not a JSON object.")
        return reading
    tables = mapping.get("values", {})
    for ours, path in mapping.get("fields", {}).items():
        theirs = _joined([_found(payload, one) for one in (path if isinstance(path, list) else [path])])
        if theirs is _MISSING or theirs is None or theirs == "":
            continue
        reading.found[ours] = theirs
        try:
            reading.values[ours] = _READERS[ours](_translated(theirs, tables.get(ours, {})))
        except ValueError as error:
            reading.problems[ours] = str(error) or _("This cannot be read.")
    for needed in NEEDED:
        if needed not in reading.values:
            reading.problems.setdefault(needed, _("This is missing."))
    reading.unused = _unused(mapping, payload)
    return reading


# --- Finding -----------------------------------------------------------------------------------------------------


def _found(payload: Any, path: str) -> Any:
    """What stands at a path: a key of that very name first, then down by dots and slashes."""
    if isinstance(payload, dict) and path in payload:
        return payload[path]
    here = payload
    for step in re.split(r"[./]", path)[:DEEPEST]:
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and step.isascii() and step.isdecimal() and int(step[:6]) < len(here):
            here = here[int(step[:6])]
        else:
            return _MISSING
    return here


def _joined(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    words = [str(part) for part in parts if part is not _MISSING and part not in (None, "")]
    return "\n".join(words) if words else _MISSING


def _translated(theirs: Any, table: dict[str, str]) -> Any:
    return table.get(theirs if isinstance(theirs, str) else str(theirs), theirs) if table else theirs


def _unused(mapping: dict[str, Any], payload: dict[str, Any]) -> list[str]:
    used = {
        step
        for path in mapping.get("fields", {}).values()
        for one in (path if isinstance(path, list) else [path])
        for step in (one, re.split(r"[./]", one)[0])
    }
    return sorted(key for key in map(str, payload) if key not in used)[:100]


# --- Reading one value -------------------------------------------------------------------------------------------


def _words(longest: int) -> Any:
    def reader(value: Any) -> str:
        if not isinstance(value, str | int | float):
            raise ValueError(_("These are no words."))
        text = clean_words(str(value))
        if len(text) > longest:
            raise ValueError(_("This text is too long."))
        return text

    return reader


def _id(value: Any) -> str:
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST_ID}}}", text):
        raise ValueError(_("This is no number that could be known again."))
    return text


def _type(value: Any) -> str:
    code = value if isinstance(value, str) else ""
    if not re.fullmatch(r"[-\w]{1,30}", code) or not IncidentType.objects.filter(pk=code).exists():
        raise ValueError(_("There is no type of incident of this code here. Put it in the table of values."))
    return code


def _day(value: Any) -> date:
    try:
        day = parse_date(value[:10]) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("This is no day. Write it like this: 2026-11-28."))
    if not EARLIEST <= day <= timezone.localdate():
        raise ValueError(_("This day lies in the future, or too far back."))
    return day


def _moment(value: Any) -> datetime | None:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(_("This is no moment. Write it like this: 2026-11-28T10:30:00Z."))
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.get_default_timezone())
        now = timezone.now()
        return moment if now - OLDEST < moment < now + CLOCK_AHEAD else None
    except OverflowError:
        return None


def _count(value: Any) -> int:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"\d{1,9}", text) or int(text) > MOST_HARMED:
        raise ValueError(_("Write a whole number of people."))
    return int(text)


def _how(value: Any) -> str:
    if not isinstance(value, str) or value not in HowKnown.values:
        raise ValueError(_("Put this answer in the table of values: saw, told, heard or unknown."))
    return value


def _yes(value: Any) -> bool:
    return value is True or (isinstance(value, str | int) and str(value).strip().casefold() in _YES)


def _degree(value: Any) -> float:
    try:
        degrees = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        degrees = math.nan
    if not abs(degrees) <= 180:
        raise ValueError(_("This is no position."))
    return degrees


def _point(value: Any) -> tuple[float, float, float | None]:
    """A position as ODK writes it, or as KoboToolbox's ``[lat, lon]``."""
    text = " ".join(str(part) for part in value[:4]) if isinstance(value, list) else str(value)
    lat, lon, accuracy = point_in(text)
    if lat is None or lon is None:
        raise ValueError(_("This is no position."))
    return lat, lon, accuracy


_READERS: dict[str, Any] = {
    "id": _id,
    "type": _type,
    "occurred_on": _day,
    "place_text": _words(LONGEST_PLACE),
    "region": _words(LONGEST_PLACE),
    "cercle": _words(LONGEST_PLACE),
    "lat": _degree,
    "lon": _degree,
    "point": _point,
    "narrative": _words(LONGEST_TEXT),
    **dict.fromkeys(HARM, _count),
    "how_known": _how,
    "may_call_back": _yes,
    "name": _words(100),
    "phone": _words(30),
    "sent_at": _moment,
}


def _said(values: dict[str, Any]) -> Said:
    lat, lon, _accuracy = values.get("point") or (values.get("lat"), values.get("lon"), None)
    if lat is None or lon is None or abs(lat) > 90:
        lat = lon = None
    place, cercle, region = (values.get(name, "") for name in ("place_text", "cercle", "region"))
    return Said(
        type_code=values.get("type"),
        occurred_on=values.get("occurred_on"),
        place_text=place or cercle or region,
        lat=lat,
        lon=lon,
        narrative=values["narrative"],
        harmed={kind: values[kind] for kind in HARM if kind in values},
        how_known=values.get("how_known", HowKnown.UNKNOWN),
        may_call_back=values.get("may_call_back", False),
        whereabouts=place_in({"where": place, "cercle": cercle, "region": region}, lat, lon),
    )


def _identity(values: dict[str, Any]) -> Identity:
    point = values.get("point")
    return Identity(
        name=values.get("name", ""),
        phone=phone_in(values.get("phone", "")),
        accuracy_m=point[2] if point else None,
    )
