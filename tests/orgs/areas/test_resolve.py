"""A point is placed in the finest area that is known, and what is not known is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from orgs.areas.resolve import Precision, ancestry, in_country, resolve_point
from orgs.models.areas import Area, Edition, Level, Place
from orgs.services.areas import EditionDetails, import_areas
from tests.orgs.areas.conftest import feature, square

pytestmark = pytest.mark.django_db

KORO = (14.064, -3.07539)
AROUND_KORO = (-3.5, 13.8, -2.5, 14.5)
TODAY = EditionDetails(code="2025")


def cercle(pcode: str) -> Area:
    return Area.objects.current().get(level=Level.CERCLE, pcode=pcode)


@pytest.mark.parametrize(
    ("lat", "lon", "words"),
    [
        (0, 0, "n’a pas trouvé où il est"),
        (0.001, -0.002, "n’a pas trouvé où il est"),
        (48.85, 2.35, "hors du Mali"),
        (12.37, -1.53, "hors du Mali"),
        (14.69, -17.45, "hors du Mali"),
        (95, 0, "Cette position"),
        (14, 200, "Cette position"),
        (float("nan"), -3, "Cette position"),
        (float("inf"), -3, "Cette position"),
        (-3.07, 14.06, "hors du Mali"),
    ],
)
def test_points_that_cannot_be_placed_say_why(lat: float, lon: float, words: str) -> None:
    found = resolve_point(lat, lon)
    assert found.columns == (None, None, None)
    assert found.area is None
    assert found.precision == Precision.NOWHERE
    assert words in found.reason
    assert not in_country(lat, lon)


def test_every_shipped_town_is_in_the_country_and_leads_to_its_cercle() -> None:
    for town in Place.objects.filter(edition__is_current=True):
        assert town.lat is not None
        assert town.lon is not None
        found = resolve_point(town.lat, town.lon)
        assert found.columns == town.ancestry_ids, town.name
        assert found.precision == Precision.NEAR_TOWN


def test_without_shapes_a_point_near_a_town_takes_its_cercle_and_says_so() -> None:
    found = resolve_point(14.1, -3.1)
    assert found.columns == (cercle("ML1902").region_id, cercle("ML1902").pk, None)
    assert found.precision == Precision.NEAR_TOWN
    assert found.area is not None
    assert found.area.label() == "cercle de Koro, région de Bandiagara"


def test_without_shapes_a_point_far_from_towns_is_in_the_country_only() -> None:
    found = resolve_point(20.5, -2.0)
    assert found.columns == (None, None, None)
    assert found.precision == Precision.COUNTRY
    assert found.area is not None
    assert found.area.name == "Mali"
    assert "choisissez un lieu par son nom" in found.reason


def test_shapes_are_used_as_soon_as_they_are_loaded(geojson: Callable[..., Path]) -> None:
    assert resolve_point(*KORO).precision == Precision.NEAR_TOWN
    path = geojson(feature(square(AROUND_KORO), ADM2_PCODE="ML1903", ADM2_FR="Bankass"))
    import_areas(None, path=path, level="cercle", edition=TODAY)
    found = resolve_point(*KORO)
    assert found.columns == (cercle("ML1903").region_id, cercle("ML1903").pk, None)
    assert found.precision == Precision.SHAPE


def test_an_undone_import_leaves_no_shapes_in_memory(geojson: Callable[..., Path]) -> None:
    path = geojson(feature(square(AROUND_KORO), ADM2_PCODE="ML1903", ADM2_FR="Atlantide"))
    with pytest.raises(Exception, match="Rien n’a été chargé"):
        import_areas(None, path=path, level="cercle", edition=TODAY)
    assert resolve_point(*KORO).precision == Precision.NEAR_TOWN


def test_approximate_shapes_say_so(geojson: Callable[..., Path]) -> None:
    path = geojson(feature(square(AROUND_KORO), ADM2_PCODE="ML1902", ADM2_FR="Koro"))
    import_areas(None, path=path, level="cercle", edition=EditionDetails(code="2025", is_official=False))
    assert resolve_point(*KORO).precision == Precision.APPROXIMATE


def test_a_point_just_outside_every_shape_takes_the_nearest(geojson: Callable[..., Path]) -> None:
    path = geojson(feature(square(AROUND_KORO), ADM2_PCODE="ML1903", ADM2_FR="Bankass"))
    import_areas(None, path=path, level="cercle", edition=TODAY)
    assert resolve_point(14.52, -3.0).cercle_id == cercle("ML1903").pk
    assert resolve_point(14.75, -3.0).cercle_id != cercle("ML1903").pk


def test_older_communes_lead_to_todays_cercle(geojson: Callable[..., Path]) -> None:
    path = geojson(feature(square(AROUND_KORO), ADM3_PCODE="ML050301", ADM3_FR="Bankass"))
    import_areas(None, path=path, level="commune", edition=EditionDetails(code="2015"))
    found = resolve_point(*KORO)
    assert found.cercle_id == cercle("ML1903").pk
    assert found.precision == Precision.FORMER
    old = resolve_point(*KORO, edition=Edition.objects.get(code="2015"))
    assert old.commune_id == Area.objects.get(pcode="ML050301").pk


def test_a_lookup_costs_one_small_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    resolve_point(*KORO)
    with django_assert_num_queries(1):
        resolve_point(*KORO)


def test_ancestry_of_each_level() -> None:
    koro = cercle("ML1902")
    assert ancestry(koro) == (koro.region_id, koro.pk, None)
    region = Area.objects.current().get(level=Level.REGION, pcode="ML19")
    assert ancestry(region) == (region.pk, None, None)
    assert ancestry(Area.objects.current().get(level=Level.COUNTRY)) == (None, None, None)


def test_without_any_edition_nothing_breaks() -> None:
    Edition.objects.update(is_current=False)
    assert "Aucun découpage" in resolve_point(*KORO).reason


def test_real_villages_are_nearly_all_placed(real: Callable[[str], Path]) -> None:
    files = {"mli_adm3_communes701_2015.geojson": "commune"}
    for name, level in files.items():
        import_areas(None, path=real(name), level=level, edition=EditionDetails(code="2015"))
    import_areas(None, path=real("mli_settlements18769_2015.csv"), level="village", edition=EditionDetails(code="2015"))
    positions = list(Place.objects.filter(edition__code="2015").order_by("pk").values_list("lat", "lon")[::40])
    placed = [resolve_point(lat or 0, lon or 0) for lat, lon in positions]
    assert sum(found.region_id is not None for found in placed) == len(placed)
    assert sum(found.cercle_id is not None for found in placed) >= 0.99 * len(placed)
