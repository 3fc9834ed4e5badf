"""Organisations in the API: the fields of the directory, the filters of its page, and no contacts."""

import pytest
from django.test import Client
from django.utils import timezone

from orgs.access import ANYONE, ORGANISATIONS, viewer_for
from orgs.disclosed import ORGANISATION
from orgs.listing import columns_for
from orgs.models import Organisation, OrganisationName, OrganisationVisibility, Role
from tests.factories import ContactFactory, OrganisationFactory, area, person
from tests.orgs.directory.pages import browser

pytestmark = pytest.mark.django_db
PUBLIC = {"visibility": OrganisationVisibility.PUBLIC}
ADDRESS = "/api/v1/organisations/"


def slugs(**asked):
    answer = Client().get(ADDRESS, asked)
    assert answer.status_code == 200, answer.content
    return [row["slug"] for row in answer.json()["results"]]


@pytest.fixture
def women():
    found = OrganisationFactory.verified(
        slug="femmes", name="Femmes de Koro", kind="women", founded=2001, themes=["mediation"], spoken=["dogon"],
        served=["women"], capacities=["radio"], description_en="In English.", links=["https://example.org/"],
        seat=area("Koro"), areas=["Koro", "Bankass"], legal_number="N°77", **PUBLIC,
    )  # fmt: skip
    OrganisationName.objects.create(organisation=found, name="Yaa Koro", kind="translation")
    ContactFactory.create(organisation=found, phone="+22370000003", visibility="partners", is_emergency=True)
    OrganisationFactory.create(slug="autre", name="Autre", kind="youth", areas=["Gao"], **PUBLIC)
    return found


def test_its_fields_are_those_of_the_page(women):
    row = next(row for row in Client().get(ADDRESS).json()["results"] if row["slug"] == "femmes")
    assert row == Client().get(f"{ADDRESS}femmes/").json()
    assert row["areas"] == ["ML1902", "ML1903"]
    assert row["other_names"] == ["Yaa Koro"]
    assert (row["state"], row["freshness"], row["founded"]) == ("verified", 100, 2001)
    assert (row["themes"], row["served"], row["spoken"], row["capacities"]) == (
        ["mediation"], ["women"], ["dogon"], ["radio"],
    )  # fmt: skip
    assert row["description_en"] == "In English."
    assert row["links"] == ["https://example.org/"]
    assert {"phone", "contacts", "legal_number", "hidden_at", "agreed_on"} & set(row) == set()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"theme": "mediation"}, ["femmes"]),
        ({"kind": ["women", "youth"]}, ["autre", "femmes"]),
        ({"area": "ML1902"}, ["femmes"]),
        ({"area": "ML19"}, ["femmes"]),
        ({"covering": "ML1902"}, ["femmes"]),
        ({"covering": "ML19"}, []),
        ({"area": "ML99"}, []),
        ({"spoken": "dogon", "served": "women", "capacity": "radio"}, ["femmes"]),
        ({"state": "verified"}, ["femmes"]),
        ({"words": "femme korro"}, ["femmes"]),
        ({"words": "yaa"}, []),
        ({"emergency": "any"}, []),
        ({"words": "!!"}, []),
    ],
)
def test_its_filters_are_those_of_the_page(women, asked, expected):
    assert slugs(**asked) == expected


@pytest.mark.parametrize("query", ["theme=zz", "kind=zz", "state=zz", "emergency=zz", "nothing=1"])
def test_what_is_not_understood_is_said(women, query):
    assert Client().get(f"{ADDRESS}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["words=%00", "area=%00", "area=99999999999999999999", "covering=x", "words=%27"])
def test_strange_values_are_no_fault_of_ours(women, query):
    assert Client().get(f"{ADDRESS}?{query}").status_code in (200, 400)


def test_the_two_readers_of_the_table_agree(women):
    """What a list says of an organisation is what its own page says."""
    OrganisationFactory.create(hidden_at=timezone.now())
    OrganisationFactory.create(visibility=OrganisationVisibility.COORDINATORS, agreed_on=timezone.localdate())
    viewers = [ANYONE]
    viewers += [viewer_for(person(role, "Koro")) for role in (Role.REPORTER, Role.COORDINATOR, Role.ADMINISTRATOR)]
    viewers.append(viewer_for(person(Role.EDITOR, "Koro", organisation=women)))
    for viewer in viewers:
        rows = ORGANISATIONS.rows(viewer).values("pk", **columns_for(ORGANISATIONS, ORGANISATION, viewer))
        assert rows
        for row in rows:
            one = Organisation.objects.get(pk=row["pk"])
            shown = ORGANISATION.show(one, ORGANISATIONS.audience(viewer, one) or "")
            assert {name.removeprefix("shown_"): value for name, value in row.items() if name != "pk"} == shown


def test_a_member_of_the_browser_reads_no_more_by_cookie(women):
    client = browser(person(Role.COORDINATOR, "Koro"))
    assert [row["slug"] for row in client.get(ADDRESS).json()["results"]] == ["autre", "femmes"]
