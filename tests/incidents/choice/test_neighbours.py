"""Which areas lie beside each other, from their shapes."""

import pytest
import shapely

from orgs.models import Area, AreaNeighbour, Edition
from orgs.services.area_neighbours import link_neighbours
from tests.factories import area

pytestmark = pytest.mark.django_db


def shaped(one: Area, west: float, east: float) -> None:
    box = shapely.box(west, 14.0, east, 15.0)
    Area.objects.filter(pk=one.pk).update(geometry=shapely.to_wkb(box))


def beside(one: Area) -> set[int]:
    return set(AreaNeighbour.objects.filter(area=one).values_list("neighbour", flat=True))


def test_areas_that_touch_and_those_above_them() -> None:
    koro, bankass, gao = area("Koro"), area("Bankass"), area("Gao")
    shaped(koro, -4.0, -3.0)
    shaped(bankass, -3.001, -2.0)
    shaped(gao, -1.99, -1.0)
    edition = Edition.objects.get(is_current=True)
    link_neighbours(edition)
    assert beside(koro) == {bankass.pk}
    assert beside(bankass) == {koro.pk}
    assert beside(gao) == set(), "a kilometre away is not beside"
    shaped(gao, -2.0, -1.0)
    link_neighbours(edition)
    assert beside(bankass) == {koro.pk, gao.pk}
    assert koro.region is not None
    assert gao.region is not None
    assert beside(gao.region) == {koro.region.pk}, "régions whose cercles touch"
    Area.objects.update(geometry=None)
    assert link_neighbours(edition) == 0
