"""What the database adds to the words of an SMS: its place (one slip forgiven in the short form), its kind, its day."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from incidents.intake.sms_words import Words, slips
from incidents.models import IncidentType, PlacePrecision, Report
from incidents.said import Whereabouts
from incidents.services.locating import understand
from orgs.areas.search import Candidate, known_names
from orgs.messaging.inbound import IncomingSms
from orgs.models import Area, Place, name_key
from orgs.models.areas import level_words

GUESSES = 3
"""Names looked up by likeness, one query each."""
SHORTEST_SLIP = 4
_EXACT = 1.0
NOWHERE = Whereabouts()


@dataclass(frozen=True)
class Found:
    """A place as written, what it was resolved to, and what else it may mean."""

    text: str = ""
    whereabouts: Whereabouts = NOWHERE
    candidates: tuple[Candidate, ...] = ()


def place_in(words: Words) -> Found:
    """The place of a message. Two queries where its name is known, at most five where it is not."""
    known = known_names([key for _written, key in words.places])
    for written, key in words.places:
        if key in known:
            return place_named(written)
    if not words.is_structured:
        return Found()
    for written, _key in words.places[:GUESSES]:
        near = place_nearly_named(written)
        if near is not None:
            return near
    return Found(words.places[0][0] if words.places and words.has_keyword else "")


def place_named(text: str) -> Found:
    """What a typed place means; the région alone where its meanings share no more than that."""
    understood = understand(text)
    certain = understood.certain or _shared_region(understood.candidates)
    return Found(text, certain or Whereabouts(), tuple(understood.candidates))


def place_nearly_named(text: str) -> Found | None:
    """A place whose name is one slip away, where only one name is. What was typed stays as it was typed."""
    key = name_key(text)
    if len(key) < SHORTEST_SLIP:
        return None
    near = {one.name for one in understand(text).candidates if one.is_current and slips(name_key(one.name), key)}
    if len({name_key(name) for name in near}) != 1:
        return None
    return replace(place_named(near.pop()), text=text)


def place_words(report: Report) -> str:
    """The place of a report in a few words, as it was understood: "Dinangourou", "cercle de Koro"; "" for none."""
    if report.place_id is not None and report.place_precision == PlacePrecision.PLACE:
        return Place.objects.filter(pk=report.place_id).values_list("name", flat=True).first() or ""
    number = report.commune_id or report.cercle_id or report.region_id
    found = Area.objects.filter(pk=number).values_list("level", "name").first() if number else None
    return level_words(*found) if found else ""


def known_kind(kinds: tuple[str, ...]) -> str | None:
    """The first of these kinds that is in use."""
    if not kinds:
        return None
    used = set(IncidentType.objects.filter(pk__in=kinds, is_active=True).values_list("pk", flat=True))
    return next((kind for kind in kinds if kind in used), None)


def day_of(sms: IncomingSms) -> date:
    """The day on which it was sent, where it was sent: "hier" is counted from there."""
    return timezone.localtime(sms.sent_at or sms.received_at).date()


def _shared_region(candidates: list[Candidate]) -> Whereabouts | None:
    exact = [one for one in candidates if one.score >= _EXACT and one.is_current]
    regions = {one.region_id for one in exact}
    if len(regions) != 1 or None in regions:
        return None
    return Whereabouts(regions.pop(), precision=PlacePrecision.REGION)
