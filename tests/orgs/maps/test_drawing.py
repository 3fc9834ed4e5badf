"""How maps are drawn: well-formed SVG, every area in its place, shades in steps, limits where they are known."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from django.test import Client

from orgs.maps import drawing, shapes
from orgs.maps.narrowing import division
from orgs.models import Area, Edition, Level
from tests.factories import OrganisationFactory, area

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """What a test drew of an edition that is undone is no other's."""
    shapes.forget()
    yield
    shapes.forget()


def give_limits(*names: str) -> None:
    """Squares around the chief towns, as an import would leave them; those of neighbours overlap."""
    for name in names:
        one = area(name)
        lon, lat = one.centre_lon or 0, one.centre_lat or 0
        square = shapely.box(lon - 0.3, lat - 0.3, lon + 0.3, lat + 0.3)
        Area.objects.filter(pk=one.pk).update(geometry=shapely.to_wkb(square))
    edition = Edition.objects.get(is_current=True)
    edition.version += 1
    edition.save()


def svg(client: Client, address: str) -> Any:
    page = client.get(address).content.decode()
    found = re.search(r'<svg class="map areas-map".*?</svg>\n<|<svg class="map areas-map".*?\n</svg>', page, re.DOTALL)
    assert found, page[:2000]
    return ET.fromstring(found[0].removesuffix("<"))  # noqa: S314 (our own page)


def test_without_limits_each_region_is_a_circle_with_its_number(client: Client) -> None:
    for name in ("Koro", "Koro", "Gao"):
        OrganisationFactory.create(visibility="public", areas=[name])
    links = svg(client, "/orgs/map/").findall(".//a")
    assert [one.get("aria-label") for one in links] == ["Bandiagara : 2", "Gao : 1"]
    assert all(one.find("circle") is not None for one in links)
    assert links[0].get("href") == f"?area={area('Bandiagara', Level.REGION).pcode}"


def test_with_limits_cercles_are_shaded_and_a_region_is_one_touch(client: Client) -> None:
    give_limits("Koro", "Bankass", "Gao")
    OrganisationFactory.create(visibility="public", areas=["Koro"])
    drawn = svg(client, "/orgs/map/")
    regions = {one.get("aria-label"): one for one in drawn.findall(".//a")}
    assert set(regions) == {"Bandiagara : 1", "Gao : 0"}
    shades = sorted(path.get("class") for path in regions["Bandiagara : 1"].findall(".//path"))
    assert shades == ["shade-0", "shade-4"]


def test_a_region_comes_closer_and_shows_its_cercles(client: Client) -> None:
    give_limits("Koro", "Bankass")
    OrganisationFactory.create(visibility="public", areas=["Koro"])
    drawn = svg(client, f"/orgs/map/?area={area('Bandiagara', Level.REGION).pcode}&kind=association")
    labels = {one.get("aria-label"): one.get("href") for one in drawn.findall(".//a")}
    assert labels["Koro : 1"] == f"?kind=association&area={area('Koro').pcode}"
    assert "Bankass : 0" in labels


def test_an_import_is_drawn_at_once(client: Client) -> None:
    OrganisationFactory.create(visibility="public", areas=["Koro"])
    assert svg(client, "/orgs/map/").findall(".//a/circle")
    give_limits("Koro")
    assert svg(client, "/orgs/map/").findall(".//a/g/path")


def test_the_background_is_the_same_for_everybody_and_may_be_kept(client: Client) -> None:
    give_limits("Koro")
    answer = client.get("/orgs/map/outlines.geojson")
    assert answer["Cache-Control"] == "public, max-age=86400"
    layers = [one["properties"]["layer"] for one in answer.json()["features"]]
    assert layers.count("cercle") == 1
    assert layers.count("land") == 9


def test_every_region_has_a_frame() -> None:
    areas, stamp = division(), shapes.stamp()
    for region in areas.regions:
        from orgs.maps.counting import frame_for

        frame = frame_for(areas, stamp, region)
        assert frame.west < frame.east
        assert 100 < frame.height < 900, region


@pytest.mark.parametrize(
    ("totals", "steps"),
    [
        ([], [(0, 0, 0)]),
        ([0, 0], [(0, 0, 0)]),
        ([0, 5], [(0, 0, 0), (4, 1, 5)]),
        ([1, 1, 2, 3, 9, 12], [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 9), (4, 10, 12)]),
    ],
)
def test_classes_cover_every_count(totals: list[int], steps: list[tuple[int, int, int]]) -> None:
    legend = drawing.legend_of(totals)
    assert [(one.shade, one.low, one.high) for one in legend] == steps
    for total in totals:
        assert any(one.low <= total <= one.high for one in legend)
