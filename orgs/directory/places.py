"""Where somebody is needed: an area or a town, the areas around it, and the point that distances are measured from."""

from __future__ import annotations

from dataclasses import dataclass

from orgs.areas.search import Candidate, find_places
from orgs.directory.words import area_of
from orgs.models import Area, Level, Place

MOST_CHOICES = 6


@dataclass(frozen=True)
class Spot:
    """Where somebody is needed, in today's division."""

    label: str
    area_id: int | None = None
    """What is asked about: the finest area that is known."""
    level: str = Level.COUNTRY
    town_id: int | None = None
    commune_id: int | None = None
    cercle_id: int | None = None
    region_id: int | None = None
    country_id: int | None = None
    lat: float | None = None
    lon: float | None = None

    @property
    def query(self) -> dict[str, str]:
        """How an address names it."""
        if self.town_id is not None:
            return {"town": str(self.town_id)}
        return {"area": str(self.area_id)}


def spot_of_area(said: str) -> Spot | None:
    """An area by its number or P-code; an area of an older edition stands for its area of today."""
    area = area_of(said)
    if area is None:
        return None
    return _spot(area.label(), area)


def spot_of_town(number: str) -> Spot | None:
    """A town or village by its number."""
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    place = Place.objects.with_names().filter(pk=int(number)).first()
    area = None if place is None else place.commune or place.cercle or place.region
    if place is None or area is None:
        return None
    found = area_of(str(area.pk))
    return None if found is None else _spot(place.label(), found, town=place)


def spots_named(words: str) -> list[Candidate]:
    """What a typed place may mean, the best first; only what lies in today's division."""
    return [one for one in find_places(words, limit=MOST_CHOICES) if any(one.columns) or one.level == Level.COUNTRY]


def spot_of(candidate: Candidate) -> Spot | None:
    """The place that a candidate names."""
    return spot_of_town(str(candidate.id)) if candidate.kind == "place" else spot_of_area(str(candidate.id))


def _spot(label: str, area: Area, *, town: Place | None = None) -> Spot:
    today = area_of(str(area.successor_id)) if area.successor_id is not None else None
    today = today or area
    country = Area.objects.filter(edition=today.edition_id, level=Level.COUNTRY).values_list("pk", flat=True).first()
    lat, lon = (town.lat, town.lon) if town is not None else (None, None)
    centres = [one for one in (today, today.commune, today.cercle, today.region) if one and one.centre_lat is not None]
    if lat is None and centres:
        lat, lon = centres[0].centre_lat, centres[0].centre_lon
    return Spot(
        label=label,
        area_id=today.pk,
        level=today.level,
        town_id=None if town is None else town.pk,
        commune_id=today.commune_id,
        cercle_id=today.cercle_id,
        region_id=today.region_id,
        country_id=country,
        lat=lat,
        lon=lon,
    )
