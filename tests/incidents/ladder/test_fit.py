"""Which ladder stands for which alert: a table."""

import pytest

from incidents.models import IncidentType, Ladder
from incidents.services import ladders
from orgs.models import Level
from tests.factories import area, country
from tests.incidents.alerts.conftest import Place
from tests.incidents.ladder.conftest import a_ladder

pytestmark = pytest.mark.django_db

# name: area, from severity, types
PLANS = {
    "country": ("Mali", "unknown", ()),
    "region": ("Bandiagara (région)", "unknown", ()),
    "koro": ("Koro", "unknown", ()),
    "koro-severe": ("Koro", "severe", ()),
    "koro-looting": ("Koro", "unknown", ("looting",)),
    "koro-severe-looting": ("Koro", "severe", ("looting",)),
    "gao": ("Gao", "unknown", ()),
}

TABLE = [
    # plans that stand, place, type, severity, the one that fits
    ("country region koro", "Koro", "looting", "minor", "koro"),
    ("country region", "Koro", "looting", "minor", "region"),
    ("country", "Koro", "looting", "minor", "country"),
    ("country", None, "looting", "minor", "country"),
    ("region koro", None, "looting", "minor", None),
    ("gao", "Koro", "looting", "minor", None),
    ("country gao", "Gao", "looting", "minor", "gao"),
    ("koro koro-severe", "Koro", "looting", "extreme", "koro-severe"),
    ("koro koro-severe", "Koro", "looting", "severe", "koro-severe"),
    ("koro koro-severe", "Koro", "looting", "moderate", "koro"),
    ("koro-severe", "Koro", "looting", "moderate", None),
    ("country koro-severe", "Koro", "looting", "moderate", "country"),
    ("koro koro-looting", "Koro", "looting", "minor", "koro-looting"),
    ("koro koro-looting", "Koro", "threat", "minor", "koro"),
    ("koro-looting", "Koro", "threat", "minor", None),
    # The severity weighs more than the type, the area more than both.
    ("koro-looting koro-severe", "Koro", "looting", "severe", "koro-severe"),
    ("koro-severe koro-severe-looting", "Koro", "looting", "severe", "koro-severe-looting"),
    ("koro region", "Koro", "looting", "extreme", "koro"),
    ("koro", "Koro", "looting", "unknown", "koro"),
    ("koro-severe", "Koro", "looting", "unknown", None),
]


def _area(name: str) -> object:
    if name == "Mali":
        return country()
    return area("Bandiagara", Level.REGION) if "région" in name else area(name)


@pytest.mark.parametrize("row", TABLE, ids=[" ".join(map(str, row)) for row in TABLE])
def test_the_one_that_fits_best(koro: Place, row: tuple[str, str | None, str, str, str | None]) -> None:
    plans, where, kind, severity, fits = row
    for name in plans.split():
        place, least, types = PLANS[name]
        chosen = list(IncidentType.objects.filter(pk__in=types))
        a_ladder(name=name, area=_area(place), severity=least, types=chosen)
    found = area(where) if where else None
    occasion = ladders.Occasion(
        kind,
        severity,
        found.region_id if found else None,
        found.cercle_id if found else None,
        found.commune_id if found else None,
    )
    best = ladders.proposed_for(occasion)
    assert (best.name if best else None) == fits


def test_one_out_of_use_stands_for_nothing(koro: Place) -> None:
    a_ladder()
    Ladder.objects.update(is_active=False)
    occasion = ladders.Occasion("looting", "severe", area("Koro").region_id, area("Koro").cercle_id)
    assert ladders.proposed_for(occasion) is None


def test_of_two_alike_the_older(koro: Place) -> None:
    first, _second = a_ladder(name="b"), a_ladder(name="a")
    occasion = ladders.Occasion("looting", "severe", area("Koro").region_id, area("Koro").cercle_id)
    assert ladders.proposed_for(occasion) == first
