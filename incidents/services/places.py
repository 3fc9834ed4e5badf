"""Setting the place of a report or an incident by hand, where the words alone did not say it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import Incident, PlacePrecision, Report
from incidents.services import steps
from orgs.models import Area, AreaColumns, Level, Place
from orgs.policy import Viewer

_PRECISIONS: dict[str, str] = {
    Level.REGION: PlacePrecision.REGION,
    Level.CERCLE: PlacePrecision.CERCLE,
    Level.ARRONDISSEMENT: PlacePrecision.CERCLE,
    Level.COMMUNE: PlacePrecision.COMMUNE,
}


@dataclass(frozen=True)
class ChosenPlace:
    """A place picked among candidates: its columns in today's division, and how exact it is."""

    columns: AreaColumns
    precision: str
    place_id: int | None = None


def chosen_place(kind: str, number: int) -> ChosenPlace:
    """What a candidate of ``orgs.areas.search.find_places`` means (its ``kind`` and ``id``).

    Raises ``ValidationError`` for ``place`` where it is unknown, is the whole country, or lies nowhere in today's
    division.
    """
    found = _area(number) if kind == "area" else _place(number) if kind == "place" else None
    if found is None or found.columns.region_id is None:
        raise ValidationError({"place": _("Choose a place of the list, or look for another.")})
    return found


def place_report(*, viewer: Viewer, report: Report, version: int, chosen: ChosenPlace) -> Report:
    """Put a report in its area. What its reporter said of the place stays as it was said."""
    with transaction.atomic():
        held = steps.hold_report(viewer, report, version=version)
        held.state = steps.state_after(held, "place")
        _put(viewer, held, chosen)
    return held


def place_incident(*, viewer: Viewer, incident: Incident, version: int, chosen: ChosenPlace) -> Incident:
    """Put an incident in its area."""
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "place")
        _put(viewer, held, chosen)
    return held


def _put(viewer: Viewer, row: Report | Incident, chosen: ChosenPlace) -> None:
    before = row.cercle_id or row.region_id
    row.region_id, row.cercle_id, row.commune_id = chosen.columns
    row.place_id = chosen.place_id
    row.place_precision = chosen.precision
    facts = {"area": [before, row.cercle_id or row.region_id], "precision": chosen.precision}
    steps.keep(viewer, row, "placed", "region", "cercle", "commune", "place", "place_precision", **facts)


def _area(number: int) -> ChosenPlace | None:
    area = Area.objects.with_names().select_related("successor").filter(pk=number).first()
    if area is None:
        return None
    today = area if area.edition.is_current else area.successor
    if today is None:
        return None
    return ChosenPlace(today.ancestry_ids, _PRECISIONS.get(area.level, PlacePrecision.UNKNOWN))


def _place(number: int) -> ChosenPlace | None:
    place = (
        Place.objects.with_names()
        .select_related("region__successor", "cercle__successor", "commune__successor")
        .filter(pk=number)
        .first()
    )
    if place is None:
        return None
    if place.edition.is_current:
        return ChosenPlace(place.ancestry_ids, PlacePrecision.PLACE, place.pk)
    around = (place.commune, place.cercle, place.region)
    today = next((area.successor for area in around if area is not None and area.successor is not None), None)
    return None if today is None else ChosenPlace(today.ancestry_ids, PlacePrecision.PLACE, place.pk)
