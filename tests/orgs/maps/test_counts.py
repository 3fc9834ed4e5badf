"""What maps count: what the viewer may see, each area with everything inside it."""

from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from orgs.access import ANYONE, ORGANISATIONS, viewer_for
from orgs.maps import clusters, counting
from orgs.maps.narrowing import Narrowing, division, narrow
from orgs.models import Area, Level, Organisation, OrganisationKind, OrganisationState, Place, PlaceKind, Role
from orgs.policy import Viewer
from tests.factories import OrganisationFactory, area, country, person

pytestmark = pytest.mark.django_db
ALL = clusters.View(-13, 9, 5, 26, 5)


def asked(viewer: Viewer, query: str = "") -> Narrowing:
    return narrow(viewer, QueryDict(query), division())


def counted(viewer: Viewer, query: str = "") -> dict[str, int]:
    found = counting.overview(asked(viewer, query), division())
    return {one.name: one.total for one in found.counts if one.total}


@pytest.fixture
def directory() -> dict[str, Organisation]:
    hidden = OrganisationFactory.create(visibility="public", areas=["Koro"])
    Organisation.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    kept = OrganisationFactory.create(visibility="public", areas=["Koro"])
    merged = OrganisationFactory.create(visibility="public", areas=["Koro"])
    Organisation.objects.filter(pk=merged.pk).update(merged_into=kept)
    return {
        "public": kept,
        "partners": OrganisationFactory.create(visibility="partners", areas=["Koro", "Bankass"]),
        "coordinators": OrganisationFactory.create(visibility="coordinators", areas=["Bankass"]),
        "hidden": hidden,
        "merged": merged,
        "region": OrganisationFactory.create(visibility="public", areas=[area("Bandiagara", Level.REGION)]),
        "country": OrganisationFactory.create(visibility="public", areas=[country()]),
        "retired": OrganisationFactory.create(visibility="public", areas=["Koro"], state=OrganisationState.RETIRED),
    }


@pytest.mark.parametrize(
    ("role", "region", "cercles"),
    [
        (None, 2, {"Koro": 1}),
        (Role.MONITOR, 3, {"Koro": 2, "Bankass": 1}),
        (Role.LIAISON, 3, {"Koro": 2, "Bankass": 1}),
        (Role.COORDINATOR, 5, {"Koro": 3, "Bankass": 2}),
        (Role.ADMINISTRATOR, 5, {"Koro": 3, "Bankass": 2}),
    ],
)
def test_each_viewer_counts_what_they_may_see(
    directory: dict[str, Organisation], role: str | None, region: int, cercles: dict[str, int]
) -> None:
    viewer = ANYONE if role is None else viewer_for(person(role, "Gao"))
    assert counted(viewer) == {"Bandiagara": region}
    assert counted(viewer, f"area={area('Bandiagara', Level.REGION).pcode}") == cercles


@pytest.mark.parametrize("role", [None, *Role.values])
def test_a_count_is_the_number_of_rows_of_the_policy(directory: dict[str, Organisation], role: str | None) -> None:
    viewer = ANYONE if role is None else viewer_for(person(role, "Koro"))
    rows = ORGANISATIONS.rows(viewer).exclude(state=OrganisationState.RETIRED)
    totals = counting.totals_by_area(asked(viewer).rows)
    for one in Area.objects.current():
        assert totals.get(one.pk, 0) == rows.filter(reach__contains=[one.pk]).count(), one


def test_the_whole_country_and_whole_regions_are_said_apart(directory: dict[str, Organisation]) -> None:
    found = counting.overview(asked(ANYONE, f"area={area('Koro').pcode}"), division())
    assert (found.nationwide, found.regionwide, found.total, found.everywhere) == (1, 1, 1, 3)


def test_without_an_area_or_with_an_unknown_one_nothing_is_narrowed(directory: dict[str, Organisation]) -> None:
    for query in ("area=ML9999", "area=", "area=%00", "area=99999999999999999999999", "area=²", "kind=nonsense"):
        assert counted(ANYONE, query) == {"Bandiagara": 2}, query


def test_areas_are_understood_by_number_too(directory: dict[str, Organisation]) -> None:
    assert counted(ANYONE, f"area={area('Koro').pk}") == {"Koro": 1}


def test_filters_of_the_list_narrow_the_map(directory: dict[str, Organisation]) -> None:
    OrganisationFactory.create(visibility="public", kind=OrganisationKind.WOMEN, areas=["Gao"])
    assert counted(ANYONE, "kind=women") == {"Gao": 1}
    narrowing = asked(ANYONE, f"kind=women&area={area('Gao').pcode}&page=x&at=1,2,3")
    assert narrowing.query() == f"area={area('Gao').pcode}&kind=women"
    assert narrowing.query(None) == "kind=women"
    assert narrowing.query("ML05") == "area=ML05&kind=women"


# --- Points ------------------------------------------------------------------------------------------------------


def points(viewer: Viewer, view: clusters.View = ALL, query: str = "") -> list[dict[str, Any]]:
    return clusters.clusters(asked(viewer, query).rows, view, viewer)


def test_security_services_never_become_a_point() -> None:
    OrganisationFactory.create(visibility="public", kind=OrganisationKind.SECURITY, areas=["Koro"])
    assert points(ANYONE) == []
    administrator = viewer_for(person(Role.ADMINISTRATOR))
    assert [one for one in points(administrator) if one["n"]] == []


def test_a_seat_is_the_town_or_the_centre_of_its_area_and_never_finer() -> None:
    koro = area("Koro")
    town = Place.objects.filter(cercle=koro, kind=PlaceKind.TOWN).first()
    village = Place.objects.create(
        edition=koro.edition, kind=PlaceKind.VILLAGE, name="Hameau", name_key="hameau", lat=14.4, lon=-3.3,
        region_id=koro.region_id, cercle=koro,
    )  # fmt: skip
    assert town is not None
    in_town = OrganisationFactory.create(visibility="public", seat_place=town, seat=koro)
    in_village = OrganisationFactory.create(visibility="public", seat_place=village, seat=koro)
    by_area = OrganisationFactory.create(visibility="public", seat=area("Bankass"))
    only = OrganisationFactory.create(visibility="public", areas=["Gao"])
    nowhere = OrganisationFactory.create(visibility="public", areas=["Gao", "Koro"])
    rows = {one.pk: (one.at_lat, one.at_lon) for one in clusters.placed(Organisation.objects.all())}  # type: ignore[attr-defined]
    assert rows[in_town.pk] == (town.lat, town.lon)
    assert rows[in_village.pk] == (koro.centre_lat, koro.centre_lon)
    assert rows[by_area.pk] == (area("Bankass").centre_lat, area("Bankass").centre_lon)
    assert rows[only.pk] == (area("Gao").centre_lat, area("Gao").centre_lon)
    assert rows[nowhere.pk] == (None, None)


def test_clusters_part_as_one_comes_closer() -> None:
    for name in ("Koro", "Koro", "Bankass", "Gao"):
        OrganisationFactory.create(visibility="public", seat=area(name))
    far = points(ANYONE, clusters.View(-13, 9, 5, 26, 4))
    near = points(ANYONE, clusters.View(-13, 9, 5, 26, 11))
    assert sum(one["n"] for one in far) == sum(one["n"] for one in near) == 4
    assert len(far) < len(near) == 3
    koro = next(one for one in near if one["n"] == 2)
    assert koro["together"]
    assert len(koro["who"]) == 2


def test_only_few_are_named_and_only_to_those_who_may_see_them() -> None:
    for number in range(clusters.FEW + 1):
        OrganisationFactory.create(visibility="public", name=f"Ouverte {number}", seat=area("Gao"))
    OrganisationFactory.create(visibility="coordinators", name="Discrète", seat=area("Koro"))
    assert [(one["n"], one["who"]) for one in points(ANYONE)] == [(clusters.FEW + 1, [])]
    named = [who["name"] for one in points(viewer_for(person(Role.COORDINATOR, "Gao"))) for who in one["who"]]
    assert named == ["Discrète"]


def test_what_is_outside_the_view_is_not_sent() -> None:
    OrganisationFactory.create(visibility="public", seat=area("Gao"))
    assert points(ANYONE, clusters.View(-12, 10, -8, 15, 8)) == []


def test_counting_is_two_statements_and_points_are_one(django_assert_num_queries) -> None:
    for name in ("Koro", "Bankass", "Gao"):
        OrganisationFactory.create(visibility="public", seat=area(name), areas=[name])
    areas = division()
    narrowing = narrow(ANYONE, QueryDict(), areas)
    with django_assert_num_queries(2):
        counting.overview(narrowing, areas)
    with django_assert_num_queries(1):
        clusters.clusters(narrowing.rows, ALL, ANYONE)
