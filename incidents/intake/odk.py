"""The door of ODK Collect and KoboCollect: a filled-in form becomes a report."""

import math
import re
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from incidents.forms.reports import HARM_FIELDS
from incidents.models import HowKnown, IncidentType
from incidents.openrosa.definition import FORM_ID, PHOTOS, VOICE
from incidents.openrosa.instances import BadForm, Instance
from incidents.said import EARLIEST, LONGEST_TEXT, MOST_HARMED, Said, Whereabouts
from incidents.services.identities import Identity
from incidents.services.locating import at_position, understand
from incidents.services.places import place_of_pcode
from orgs.kept import kept
from orgs.phones import normal_phone

LANGUAGE = "fr"
CLOCK_AHEAD = timedelta(minutes=10)
OLDEST = timedelta(days=366)
LONGEST_NAME = 100
_WAYS_TO_KNOW = frozenset(HowKnown.values)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}")


def said_in(instance: Instance) -> Said:
    """What a form says. Raises ``BadForm`` for what our own form would not have let through."""
    if instance.form_id != FORM_ID:
        raise BadForm(_("There is no form of this name here. Get the form anew."), 404)
    answers = instance.answers
    narrative = answers.get("words", "")
    if len(narrative) > LONGEST_TEXT:
        raise BadForm(_("This text is too long."))
    lat, lon, _accuracy = point_in(answers.get("point", ""))
    return Said(
        type_code=_type_code(answers.get("what", "")),
        occurred_on=_day(answers.get("when", "")),
        place_text=answers.get("where", ""),
        lat=lat,
        lon=lon,
        narrative=narrative,
        harmed=_harmed(answers),
        how_known=_how(answers.get("how", "")),
        may_call_back=answers.get("call_back", "").strip() == "yes",
        whereabouts=place_in(answers, lat, lon),
    )


def identity_in(instance: Instance, user_id: int | None) -> Identity:
    """Who sends a form, as far as they say so, or the device is one person's."""
    lat, _lon, accuracy = point_in(instance.answers.get("point", ""))
    return Identity(
        name=instance.answers.get("name", "").strip()[:LONGEST_NAME],
        phone=phone_in(instance.answers.get("phone", "")),
        user_id=user_id,
        accuracy_m=accuracy if lat is not None else None,
    )


def sent_at_in(instance: Instance) -> datetime | None:
    """When the form was finished, by the phone's clock; ``None`` where that clock cannot be right."""
    try:
        moment = parse_datetime(instance.answers.get("end", "").strip())
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None:
        return None
    now = timezone.now()
    try:
        return moment.astimezone(UTC) if now - OLDEST < moment < now + CLOCK_AHEAD else None
    except OverflowError:
        return None


def files_named_in(instance: Instance) -> list[str]:
    """The files that belong to a form, in order."""
    names = [instance.answers.get(question, "").strip() for question in (*PHOTOS, VOICE)]
    return list(dict.fromkeys(name for name in names if name))


# --- One answer --------------------------------------------------------------------------------------------------


def _type_code(code: str) -> str | None:
    """A kind; one that was retired since the phone got its form still counts, one that never was does not."""
    code = code.strip()
    if not code or code in _codes():
        return code or None
    return code if IncidentType.objects.filter(pk=code[:30]).exists() else None


@kept()
def _codes() -> frozenset[str]:
    return frozenset(IncidentType.objects.values_list("pk", flat=True))


def _day(text: str) -> date | None:
    """The day; a phone whose clock runs ahead means today, one whose clock was lost says nothing."""
    try:
        day = parse_date(text.strip()[:10])
    except ValueError:
        return None
    if day is None or day < EARLIEST:
        return None
    return min(day, timezone.localdate())


def _harmed(answers: dict[str, str]) -> dict[str, int]:
    given = {kind: answers.get(name, "").strip() for name, kind in HARM_FIELDS.items()}
    for text in given.values():
        if text and not (_WHOLE_NUMBER.fullmatch(text) and 0 <= int(text) <= MOST_HARMED):
            raise BadForm(_("A number of people must be a whole number, not below 0 and not above 100,000."))
    return {kind: int(text) for kind, text in given.items() if text}


def _how(value: str) -> str:
    return value.strip() if value.strip() in _WAYS_TO_KNOW else HowKnown.UNKNOWN


def phone_in(text: str) -> str:
    """A number in its one form; what cannot be read is kept as it was typed: somebody may make sense of it."""
    text = text.strip()[:30]
    if not text:
        return ""
    try:
        return normal_phone(text)
    except ValidationError:
        return text


def point_in(text: str) -> tuple[float | None, float | None, float | None]:
    """Latitude, longitude and accuracy of "lat lon altitude accuracy"."""
    try:
        numbers = [float(part) for part in text.split()[:4]]
    except ValueError:
        return None, None, None
    if len(numbers) < 2 or not all(map(math.isfinite, numbers)) or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        return None, None, None
    return numbers[0], numbers[1], numbers[3] if len(numbers) == 4 and numbers[3] >= 0 else None


def place_in(answers: dict[str, str], lat: float | None, lon: float | None) -> Whereabouts | None:
    """Where: a position goes before a cercle that was chosen, that before typed words, and those before a région.

    Our own form names cercle and région by P-code; other servers' forms may name them by words.
    """
    found = at_position(lat, lon) if lat is not None and lon is not None else None
    if found is not None:
        return found
    cercle, region = answers.get("cercle", "").strip(), answers.get("region", "").strip()
    if cercle and (chosen := place_of_pcode(cercle) or understand(cercle).certain) is not None:
        return chosen
    typed = understand(answers["where"]).certain if answers.get("where", "").strip() else None
    chosen = (place_of_pcode(region) or understand(region).certain) if region else None
    if typed is not None and (chosen is None or typed.region_id == chosen.region_id):
        return typed
    return chosen or Whereabouts()
