"""Setting the place of a report or an incident by hand, where the words alone did not say it."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from incidents.models import Incident, PlacePrecision, Report
from incidents.said import Whereabouts
from incidents.services import steps
from orgs import prepared
from orgs.kept import kept
from orgs.models import AreaColumns, Level
from orgs.policy import Viewer

PCODE = re.compile(r"ML[-A-Z0-9]{0,14}")
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


# Plain statements, planned once a connection: a report comes in by here. The ORM took five times as long to write them,
# and planning the joins anew each time took most of the rest.
_AREA_TODAY = """
    SELECT area.level, t.region_id, t.cercle_id, t.commune_id, edition.is_current
    FROM orgs_area area
    JOIN orgs_edition edition ON edition.id = area.edition_id
    LEFT JOIN orgs_area t ON t.id = CASE WHEN edition.is_current THEN area.id ELSE area.successor_id END
    WHERE area.id = %s::bigint
"""
_PCODE_TODAY = (
    _AREA_TODAY.replace("area.id = %s::bigint", "area.pcode = %s") + "ORDER BY edition.is_current DESC, area.id LIMIT 1"
)
_PLACE_TODAY = """
    SELECT CASE WHEN edition.is_current THEN place.region_id ELSE t.region_id END,
           CASE WHEN edition.is_current THEN place.cercle_id ELSE t.cercle_id END,
           CASE WHEN edition.is_current THEN place.commune_id ELSE t.commune_id END
    FROM orgs_place place
    JOIN orgs_edition edition ON edition.id = place.edition_id
    LEFT JOIN orgs_area region ON region.id = place.region_id
    LEFT JOIN orgs_area cercle ON cercle.id = place.cercle_id
    LEFT JOIN orgs_area commune ON commune.id = place.commune_id
    LEFT JOIN orgs_area t ON t.id = COALESCE(commune.successor_id, cercle.successor_id, region.successor_id)
    WHERE place.id = %s::bigint
"""


def _area(number: int) -> ChosenPlace | None:
    row = _one(_AREA_TODAY, number)
    if row is None:
        return None
    level, *columns, _is_current = row
    return ChosenPlace(AreaColumns(*columns), _PRECISIONS.get(level, PlacePrecision.UNKNOWN))


def place_of_pcode(pcode: str, *, of_today: bool = False) -> Whereabouts | None:
    """The area of a P-code in today's areas: of today's division or an earlier one, or of today's alone (``of_today``).

    One query a minute.
    """
    found = _of_pcode(pcode) if PCODE.fullmatch(pcode) else None
    return None if found is None or (of_today and not found[1]) else found[0]


@kept(most=1024)
def _of_pcode(pcode: str) -> tuple[Whereabouts, bool] | None:
    """The area, and whether the P-code is one of today's division: where both know it, today's counts."""
    row = _one(_PCODE_TODAY, pcode)
    if row is None or row[1] is None:
        return None
    level, region, cercle, commune, is_current = row
    return Whereabouts(region, cercle, commune, precision=_PRECISIONS.get(level, PlacePrecision.UNKNOWN)), is_current


def _place(number: int) -> ChosenPlace | None:
    row = _one(_PLACE_TODAY, number)
    return None if row is None else ChosenPlace(AreaColumns(*row), PlacePrecision.PLACE, number)


def _one(statement: str, key: int | str) -> tuple[Any, ...] | None:
    with connection.wrap_database_errors:
        found = prepared.rows(statement, [key])
    return found[0] if found else None
