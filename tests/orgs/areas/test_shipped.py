"""The facts that come with the product: right names, whole tree, nothing in a neighbouring country."""

from __future__ import annotations

import pytest
import shapely
from django.db.models import F
from shapely.geometry import shape

from orgs.areas import shipped
from orgs.models.areas import Area, Edition, Level, Place, name_key

pytestmark = pytest.mark.django_db

REGIONS = {
    "ML01": "Kayes",
    "ML02": "Koulikoro",
    "ML03": "Sikasso",
    "ML04": "Ségou",
    "ML05": "Mopti",
    "ML06": "Tombouctou",
    "ML07": "Gao",
    "ML08": "Kidal",
    "ML09": "Taoudénit",
    "ML10": "Ménaka",
    "ML11": "Nioro",
    "ML12": "Kita",
    "ML13": "Dioïla",
    "ML14": "Nara",
    "ML15": "Bougouni",
    "ML16": "Koutiala",
    "ML17": "San",
    "ML18": "Douentza",
    "ML19": "Bandiagara",
    "ML20": "District de Bamako",
}


def test_todays_regions_have_their_french_names() -> None:
    found = Area.objects.current().at(Level.REGION).values_list("pcode", "name")
    assert dict(found) == REGIONS


def test_there_are_160_cercles_each_in_the_region_of_its_pcode() -> None:
    cercles = Area.objects.current().at(Level.CERCLE).select_related("parent", "region")
    assert cercles.count() == 160
    for cercle in cercles:
        assert cercle.parent is not None
        assert cercle.parent.pcode == cercle.pcode[:4]
        assert cercle.ancestry_ids == (cercle.parent_id, cercle.pk, None)


@pytest.mark.parametrize(
    ("pcode", "name"),
    [
        ("ML0401", "Ségou"),
        ("ML0503", "Ténenkou"),
        ("ML0605", "Gourma-Rharous"),
        ("ML0601", "Tombouctou"),
        ("ML0102", "Bafoulabé"),
        ("ML0802", "Abeïbara"),
        ("ML1606", "Konséguéla"),
        ("ML1603", "M’Pessoba"),
        ("ML1902", "Koro"),
    ],
)
def test_cercles_have_their_accents(pcode: str, name: str) -> None:
    assert Area.objects.current().get(level=Level.CERCLE, pcode=pcode).name == name


def test_the_country_is_the_root() -> None:
    root = Area.objects.current().get(level=Level.COUNTRY)
    assert (root.pcode, root.name, root.parent_id) == ("ML", "Mali", None)
    assert set(root.children.values_list("level", flat=True)) == {"region"}
    regions = Area.objects.current().at(Level.REGION)
    assert not regions.exclude(region_id=F("pk")).exists()


def test_every_town_stands_in_a_cercle_of_its_region_inside_the_outlines() -> None:
    towns = list(Place.objects.select_related("cercle", "region"))
    assert len(towns) == 89
    country = shapely.buffer(shapely.union_all([shape(f["geometry"]) for f in shipped.outlines()["features"]]), 0.1)
    for town in towns:
        assert town.cercle is not None
        assert town.cercle.region_id == town.region_id
        assert shapely.contains_xy(country, town.lon, town.lat), town.name


@pytest.mark.parametrize(
    ("town", "cercle"),
    [
        ("Koro", "Koro"),
        ("Sikasso", "Sikasso"),
        ("Niafunké", "Soumpi"),
        ("Aguelhoc", "Aguelhoc"),
        ("Ké-Macina", "Macina"),
        ("Kati", "Kati"),
    ],
)
def test_chief_towns_are_in_their_cercle(town: str, cercle: str) -> None:
    place = Place.objects.select_related("cercle").get(name=town)
    assert place.cercle is not None
    assert place.cercle.name == cercle


def test_every_region_has_the_position_of_its_chief_town() -> None:
    assert not Area.objects.current().at(Level.REGION).filter(centre_lat__isnull=True).exists()
    assert Area.objects.current().at(Level.CERCLE).filter(centre_lat__isnull=False).count() == 62


def test_loading_again_changes_nothing() -> None:
    before = (Edition.objects.count(), Area.objects.count(), Place.objects.count())
    assert shipped.load(Edition, Area, Place).code == "2025"
    assert (Edition.objects.count(), Area.objects.count(), Place.objects.count()) == before


def test_outlines_are_nine_valid_polygons_with_their_credit() -> None:
    outlines = shipped.outlines()
    assert "Natural Earth" in outlines["credit"]
    shapes = [shape(feature["geometry"]) for feature in outlines["features"]]
    assert len(shapes) == 9
    assert all(one.is_valid and one.area > 0 for one in shapes)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  Gourma-Rharous ", "gourma rharous"),
        ("KORO", "koro"),
        ("M’Pessoba", "mpessoba"),
        ("M'Pessoba", "mpessoba"),
        ("Ségou", "segou"),
        ("ŋɔrɔ", "ngoro"),
        ("😀\x00", ""),
        ("مالي", "مالي"),
    ],
)
def test_keys_ignore_accents_capitals_and_signs(text: str, key: str) -> None:
    assert name_key(text) == key


def test_labels_name_what_is_above_in_french() -> None:
    label = Area.objects.with_names().get(pcode="ML0703", edition__is_current=True).label()
    assert label == "cercle d’Ansongo, région de Gao"
    label = Area.objects.with_names().get(pcode="ML1902", edition__is_current=True).label()
    assert label == "cercle de Koro, région de Bandiagara"
    label = Area.objects.with_names().get(pcode="ML2001", edition__is_current=True).label()
    assert label == "Bamako, District de Bamako"
    town = Place.objects.with_names().get(name="Bamako")
    assert town.label() == "Bamako, District de Bamako"
