"""From what a reporter says of the place to the areas that their report carries.

A position goes before a picked candidate, and that before typed words. Words alone are believed only where they can
mean one thing; otherwise the report stays unplaced, with its words, for a coordinator to place.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from incidents.models import PlacePrecision
from incidents.said import Said, Whereabouts
from incidents.services.places import chosen_place
from orgs.areas.resolve import resolve_point
from orgs.areas.search import Candidate, find_places
from orgs.models import Level, name_key

_PRECISION = {
    Level.REGION: PlacePrecision.REGION,
    Level.CERCLE: PlacePrecision.CERCLE,
    Level.ARRONDISSEMENT: PlacePrecision.CERCLE,
    Level.COMMUNE: PlacePrecision.COMMUNE,
}
_CERTAIN = 1.0


@dataclass(frozen=True)
class Understood:
    """What typed words may mean: one thing (``certain``), or one of the ``candidates``, or nothing known."""

    certain: Whereabouts | None
    candidates: list[Candidate]


def locate(said: Said) -> Whereabouts:
    """The place of a report. Never raises: what cannot be placed is unplaced."""
    if said.lat is not None and said.lon is not None:
        found = at_position(said.lat, said.lon)
        if found is not None:
            return found
    kind, number = ("place", said.place_id) if said.place_id is not None else ("area", said.area_id)
    picked = picked_place(kind, number) if number is not None else None
    if picked is not None:
        return picked
    return (understand(said.place_text).certain if said.place_text else None) or Whereabouts()


def at_position(lat: float, lon: float) -> Whereabouts | None:
    """The areas of a position in degrees; ``None`` when it is abroad, nowhere, or in no known area."""
    found = resolve_point(lat, lon)
    if found.region_id is None:
        return None
    return Whereabouts(found.region_id, found.cercle_id, found.commune_id, precision=PlacePrecision.POINT)


def picked_place(kind: str, number: int) -> Whereabouts | None:
    """What somebody picked among candidates, in today's areas; ``None`` when it is not there (any more)."""
    try:
        chosen = chosen_place(kind, number)
    except ValidationError:
        return None
    return Whereabouts(*chosen.columns, place_id=chosen.place_id, precision=chosen.precision)


def understand(text: str) -> Understood:
    """What a typed place means. One query."""
    candidates = find_places(text)
    return Understood(_certain(text, candidates), candidates)


def _certain(text: str, candidates: list[Candidate]) -> Whereabouts | None:
    exact = [one for one in candidates if one.score >= _CERTAIN]
    exact = [one for one in exact if one.is_current] or exact
    named = [one for one in exact if _is_said_in_full(one, text)]
    meant = named if len(named) == 1 else exact
    if not meant or any(one.region_id is None for one in meant):
        return None
    if len(meant) == 1:
        return _whereabouts(meant[0])
    # A town and the cercle of its name: the cercle is sure, the town is not.
    cercles = {one.cercle_id for one in meant}
    if len(cercles) > 1 or None in cercles:
        return None
    first = meant[0]
    return Whereabouts(first.region_id, first.cercle_id, precision=PlacePrecision.CERCLE)


def _is_said_in_full(candidate: Candidate, text: str) -> bool:
    """Whether the words name the level too: "cercle de Koro"."""
    return candidate.kind == "area" and name_key(candidate.label.split(",")[0].split(" – ")[0]) == name_key(text)


def _whereabouts(candidate: Candidate) -> Whereabouts:
    if candidate.kind == "place":
        return Whereabouts(*candidate.columns, place_id=candidate.id, precision=PlacePrecision.PLACE)
    precision = _PRECISION.get(Level(candidate.level), PlacePrecision.UNKNOWN)
    return Whereabouts(*candidate.columns, precision=precision)
