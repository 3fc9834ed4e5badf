"""Lists of the API: every row once, in both directions, and never more than a viewer may see."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from incidents.models import Incident, IncidentState
from orgs.access import viewer_for
from orgs.models import Area, Level, Organisation, OrganisationVisibility, Role, Tlp
from orgs.services.tokens import make_token
from tests.factories import IncidentFactory, OrganisationFactory, ReportFactory, area, columns_of, person, signed_in

pytestmark = pytest.mark.django_db


def _client(*args: Any) -> Client:
    user = person(*args)
    signed_in(user)  # gives the second factor that the role needs
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    return Client(headers={"authorization": f"Bearer {key}"})


def _walk(client: Client, address: str) -> list[list[dict[str, Any]]]:
    pages = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json()["results"])
        address = answer.json()["next"]
    return pages


def _walk_back(client: Client, address: str) -> list[list[dict[str, Any]]]:
    page = client.get(address).json()
    while page["next"]:
        page = client.get(page["next"]).json()
    pages = [page["results"]]
    while page["previous"]:
        page = client.get(page["previous"]).json()
        pages.append(page["results"])
    return pages


def test_ten_thousand_incidents_of_one_day_are_each_read_once() -> None:
    client = _client(Role.COORDINATOR, "Koro")
    columns = columns_of("Koro")
    Incident.objects.bulk_create(
        Incident(type_id="looting", occurred_on=date(2026, 3, 1), tlp=Tlp.GREEN, **columns) for _ in range(10_000)
    )
    forwards = _walk(client, "/api/v1/incidents/?page_size=200")
    refs = [row["ref"] for page in forwards for row in page]
    assert len(refs) == len(set(refs)) == 10_000
    backwards = _walk_back(client, "/api/v1/incidents/?page_size=200")
    assert [row["ref"] for page in reversed(backwards) for row in page] == refs


def test_the_first_page_has_nothing_before_it_and_the_last_nothing_behind() -> None:
    client = _client(Role.COORDINATOR, "Koro")
    for day in range(1, 6):
        IncidentFactory.create(occurred_on=date(2026, 1, day))
    first = client.get("/api/v1/incidents/?page_size=2").json()
    assert [row["occurred_on"] for row in first["results"]] == ["2026-01-05", "2026-01-04"]
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert [row["occurred_on"] for row in third["results"]] == ["2026-01-01"]
    assert third["next"] is None
    again = client.get(third["previous"]).json()
    assert again["results"] == second["results"]
    back = client.get(again["previous"]).json()
    assert back["results"] == first["results"]
    assert back["previous"] is None


def test_each_role_reads_the_fields_that_are_due_to_it() -> None:
    IncidentFactory.create(tlp=Tlp.GREEN, state=IncidentState.VERIFIED, narrative="secret", summary="Vol de bétail.")
    coordinator = _client(Role.COORDINATOR, "Koro").get("/api/v1/incidents/").json()["results"]
    reporter = _client(Role.REPORTER, "Koro").get("/api/v1/incidents/").json()["results"]
    stranger = _client(Role.REPORTER, "Gao").get("/api/v1/incidents/").json()["results"]
    assert [row["narrative"] for row in coordinator] == ["secret"]
    assert [(row["narrative"], row["summary"]) for row in reporter] == [(None, "Vol de bétail.")]
    assert stranger == []


def test_the_list_and_the_single_row_say_the_same() -> None:
    client = _client(Role.REPORTER, "Koro")
    IncidentFactory.create(tlp=Tlp.GREEN, state=IncidentState.VERIFIED)
    (row,) = client.get("/api/v1/incidents/").json()["results"]
    one = client.get(f"/api/v1/incidents/{row['ref']}/").json()
    assert one.pop("figures") == []
    assert one == row


def test_a_row_that_may_not_be_seen_and_one_that_is_not_there_look_the_same() -> None:
    incident = IncidentFactory.create()
    client = _client(Role.REPORTER, "Koro")
    hidden, absent = client.get(f"/api/v1/incidents/{incident.ref}/"), client.get("/api/v1/incidents/AAAA-AAAA/")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)


def test_filters_by_area_type_and_day() -> None:
    client = _client(Role.COORDINATOR, "Koro", "Gao")
    here = IncidentFactory.create(where="Koro", occurred_on=date(2026, 2, 1), type_id="threat")
    IncidentFactory.create(where="Gao", occurred_on=date(2026, 2, 1))
    assert here.cercle is not None
    assert here.region is not None
    for asked, expected in {
        f"area={here.cercle.pcode}": [here.ref],
        f"area={here.region.pcode}&type=threat": [here.ref],
        "occurred_after=2026-03-01": [],
        "area=ML9999": [],
        "state=open&type=threat": [here.ref],
    }.items():
        assert [row["ref"] for row in client.get(f"/api/v1/incidents/?{asked}").json()["results"]] == expected, asked


@pytest.mark.parametrize(
    "asked",
    ["page=x", "page=" + "A" * 50, "page_size=0", "page_size=201", "page_size=x", "state=nothing", "nonsense=1",
     "occurred_after=yesterday", "page=WyJuIiwieCIsInkiXQ", "page=bnVsbA"],
)  # fmt: skip
def test_nonsense_is_refused_with_a_reason(asked: str) -> None:
    answer = _client(Role.COORDINATOR, "Koro").get(f"/api/v1/incidents/?{asked}")
    assert answer.status_code == 400
    assert answer.json()


def test_anyone_reads_public_organisations_and_nothing_else() -> None:
    for visibility in OrganisationVisibility.values:
        OrganisationFactory.create(name=visibility, slug=visibility, visibility=visibility)
    shown = Client().get("/api/v1/organisations/").json()["results"]
    assert {row["slug"] for row in shown if row["slug"] in OrganisationVisibility.values} == {"public"}
    assert all(row["visibility"] is None for row in shown)
    assert Client().get("/api/v1/organisations/partners/").status_code == 404
    for name in ("reports", "incidents", "alerts", "deliveries"):
        assert Client().get(f"/api/v1/{name}/").status_code in (401, 403)
    assert Organisation.objects.filter(slug="partners").exists()


def test_areas_are_there_for_anyone() -> None:
    first = Client().get("/api/v1/areas/?level=region&current=true&page_size=200").json()["results"]
    assert len(first) == 20
    assert {"Ségou", "Gao"} <= {row["name"] for row in first}


def test_queries_do_not_grow_with_rows(django_assert_num_queries: Any) -> None:
    client = _client(Role.COORDINATOR, "Koro")
    for _ in range(12):
        IncidentFactory.create()
    client.get("/api/v1/incidents/")
    with django_assert_num_queries(2):  # who asks, and the list
        assert len(client.get("/api/v1/incidents/").json()["results"]) == 12


def test_what_was_said_of_people_harmed_is_an_object() -> None:
    ReportFactory.create(harmed={"injured": 2})
    (row,) = _client(Role.COORDINATOR, "Koro").get("/api/v1/reports/").json()["results"]
    assert row["harmed"] == {"injured": 2}


def test_a_cookie_opens_nothing() -> None:
    assert signed_in(person(Role.COORDINATOR, "Koro")).get("/api/v1/incidents/").status_code == 401


def test_who_is_not_shown_the_commune_finds_nothing_by_it() -> None:
    cercle = area("Koro")
    commune = Area.objects.create(
        edition=cercle.edition, level=Level.COMMUNE, pcode=f"{cercle.pcode}01", name="Dougouténé", parent=cercle,
        region=cercle.region, cercle=cercle,
    )  # fmt: skip
    Area.objects.filter(pk=commune.pk).update(commune=commune)
    commune.refresh_from_db()
    IncidentFactory.create(where=commune, tlp=Tlp.CLEAR, state=IncidentState.VERIFIED)
    found = {
        role: len(_client(role, "Koro").get(f"/api/v1/incidents/?area={commune.pcode}").json()["results"])
        for role in (Role.COORDINATOR, Role.REPORTER, Role.ANALYST, Role.OPERATOR)
    }
    assert found == {Role.COORDINATOR: 1, Role.REPORTER: 1, Role.ANALYST: 0, Role.OPERATOR: 0}
