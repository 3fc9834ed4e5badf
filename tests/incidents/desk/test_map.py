"""The small map of incidents by région."""

import pytest

from incidents.access import INCIDENTS
from incidents.listing import counts_by_region
from incidents.maps import HEIGHT, WIDTH, map_of
from incidents.models import Incident
from orgs.models import Area, Level, Role
from tests.factories import IncidentFactory, area, country, viewer

pytestmark = pytest.mark.django_db


def test_every_region_has_its_place_on_the_map() -> None:
    for region in Area.objects.current().filter(level=Level.REGION):
        IncidentFactory.create(where=region)
    drawn = map_of(counts_by_region(Incident.objects.all()))
    assert drawn is not None
    assert len(drawn.dots) == 20
    for dot in drawn.dots:
        assert dot.radius <= dot.x <= WIDTH - dot.radius, dot
        assert dot.radius <= dot.y <= HEIGHT - dot.radius, dot
    kayes, kidal = (next(dot for dot in drawn.dots if dot.count.name == name) for name in ("Kayes", "Kidal"))
    assert kayes.x < kidal.x
    assert kayes.y > kidal.y


def test_a_page_draws_only_what_its_reader_may_see() -> None:
    IncidentFactory.create(where=area("Gao", Level.REGION), state="verified", tlp="green")
    IncidentFactory.create(where="Koro")
    here = counts_by_region(INCIDENTS.rows(viewer(Role.MONITOR, country())))
    assert [(count.name, count.total) for count in here] == [("Gao", 1)]


def test_nothing_is_drawn_of_nothing() -> None:
    assert map_of([]) is None
    IncidentFactory.create(where=None)
    assert map_of(counts_by_region(Incident.objects.all())) is None


def test_larger_counts_have_larger_circles_in_proportion_of_area() -> None:
    for _ in range(9):
        IncidentFactory.create(where="Koro")
    IncidentFactory.create(where=area("Gao", Level.REGION))
    drawn = map_of(counts_by_region(Incident.objects.all()))
    assert drawn is not None
    large, small = drawn.dots
    assert (large.count.total, small.count.total) == (9, 1)
    assert large.radius > small.radius
    assert sum(len(path) for path in drawn.outlines) < 6_000
