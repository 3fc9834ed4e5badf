"""The pages of the map: what may not be seen is not in them, bad input does no harm, queries do not grow with rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.models import Organisation, OrganisationKind, Role
from tests.factories import ContactFactory, OrganisationFactory, area, person, signed_in
from tests.factories_directory import StateServiceFactory

pytestmark = pytest.mark.django_db
BOX = "bbox=-13,9,5,26&zoom=5"
ADDRESSES = ("/orgs/map/", f"/orgs/map/clusters.json?{BOX}", "/orgs/gaps/", "/orgs/gaps.csv", "/orgs/services/")
NO_VIEWS = (
    "",
    "bbox=1,2,3",
    "bbox=a,b,c,d&zoom=5",
    "bbox=5,9,-13,26&zoom=5",
    "bbox=nan,0,1,2&zoom=5",
    "bbox=0,0,1,inf&zoom=5",
    "bbox=-13,9,5,26&zoom=x",
    "bbox=-13,9,5,26",
)
# Statements of a page for anyone; with an account come the session, the person, the second factor, their posts and what
# waits for their tasks.
MAP, CLUSTERS = 6, 4
GAPS_SIGNED_IN, SERVICES_SIGNED_IN = 11, 8


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def fill(number: int) -> None:
    for _ in range(number):
        made = OrganisationFactory.create(visibility="public", seat=area("Koro"), areas=["Koro", "Gao"])
        ContactFactory.create(organisation=made, is_emergency=True)
        StateServiceFactory.create(said_by=made)


@pytest.mark.parametrize(
    ("address", "due"),
    [
        ("/orgs/map/", MAP),
        ("/orgs/map/?area=ML05", MAP),
        (f"/orgs/map/clusters.json?{BOX}", CLUSTERS),
    ],
)
def test_what_a_page_asks_does_not_grow_with_rows(client: Client, address: str, due: int) -> None:
    fill(2)
    assert queries(client, address) == due
    fill(8)
    assert queries(client, address) == due


@pytest.mark.parametrize(("address", "due"), [("/orgs/gaps/", GAPS_SIGNED_IN), ("/orgs/services/", SERVICES_SIGNED_IN)])
def test_what_a_coordinators_page_asks_does_not_grow_with_rows(address: str, due: int) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    fill(2)
    assert queries(client, address) == due
    fill(8)
    assert queries(client, address) == due


def test_what_may_not_be_seen_is_nowhere() -> None:
    hidden = OrganisationFactory.create(visibility="public", name="Menacée du puits", seat=area("Koro"), areas=["Koro"])
    Organisation.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    OrganisationFactory.create(visibility="coordinators", name="Discrète du puits", seat=area("Koro"))
    contact = ContactFactory.create(organisation=hidden, is_emergency=True)
    StateServiceFactory.create(said_by=hidden, source="Lettre de la Menacée", note="Dit par la présidente")
    for client in (Client(), signed_in(person(Role.MONITOR, "Koro")), signed_in(person(Role.ANALYST, "Koro"))):
        for address in ADDRESSES:
            page = client.get(address).content.decode()
            for word in ("Menac", "Discr", hidden.slug, contact.phone, "présidente"):
                assert word not in page, address
        points = client.get(f"/orgs/map/clusters.json?{BOX}").json()
        assert (points["total"], points["clusters"], points["list"]) == (0, [], [])
    coordinator = signed_in(person(Role.COORDINATOR, "Gao"))
    assert "Menacée du puits" in coordinator.get("/orgs/map/").content.decode()
    assert coordinator.get(f"/orgs/map/clusters.json?{BOX}").json()["total"] == 2


def test_security_services_are_in_no_point_and_no_list_of_points() -> None:
    OrganisationFactory.create(visibility="public", kind=OrganisationKind.SECURITY, name="Brigade", areas=["Koro"])
    answer = signed_in(person(Role.ADMINISTRATOR)).get(f"/orgs/map/clusters.json?{BOX}").json()
    assert answer == {"clusters": [], "total": 0, "list": []}


@pytest.mark.parametrize("query", NO_VIEWS)
def test_a_view_that_is_none_is_refused_in_words(client: Client, query: str) -> None:
    answer = client.get(f"/orgs/map/clusters.json?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_any_zoom_is_held_within_bounds(client: Client) -> None:
    OrganisationFactory.create(visibility="public", seat=area("Koro"))
    for zoom in ("-5", "0", "99"):
        assert client.get(f"/orgs/map/clusters.json?bbox=-13,9,5,26&zoom={zoom}").json()["total"] == 1


def test_the_page_works_without_scripts_and_carries_the_disclaimer(client: Client) -> None:
    OrganisationFactory.create(visibility="public", name="Ouverte", areas=["Koro"])
    page = client.get("/orgs/map/?kind=association").content.decode()
    assert "Ouverte" in page
    assert "<svg" in page
    assert "Bandiagara" in page
    assert "reconnaissance" in page
    assert '<div id="moving" hidden>' in page
    assert "/orgs/?kind=association" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_nothing_to_see_is_said(client: Client) -> None:
    assert "Il n’y a pas d’organisation" in client.get("/orgs/map/").content.decode()
    OrganisationFactory.create(visibility="public", areas=["Koro"])
    assert "Rien ne correspond" in client.get("/orgs/map/?kind=donor").content.decode()


def test_the_map_belongs_to_its_viewer_and_no_proxy_keeps_it(client: Client) -> None:
    for address in ("/orgs/map/", f"/orgs/map/clusters.json?{BOX}"):
        assert "no-store" in client.get(address)["Cache-Control"]
