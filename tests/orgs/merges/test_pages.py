"""The pages of merging: compare, choose, merge, undo; likely duplicates."""

from typing import Any

import pytest
from django.test import Client

from orgs.access import viewer_for
from orgs.duplicates import likely_duplicates
from orgs.models import Merge, NotDuplicate, Organisation, OrganisationKind, Role
from orgs.sections_merges import merge_section
from tests.factories import ContactFactory, MembershipFactory, OrganisationFactory, person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> Client:
    return signed_in(person(Role.COORDINATOR, "Koro"))


def pair(**fields: Any) -> tuple[Organisation, Organisation]:
    first = OrganisationFactory.create(name="Association des jeunes de Koro", areas=["Koro"])
    second = OrganisationFactory.create(name="Assoc. des jeunes de Koro", areas=["Koro"], **fields)
    return first, second


def test_from_two_names_to_one_entry_and_back(coordinator: Client) -> None:
    kept, gone = pair(founded=2015)
    MembershipFactory.create(organisation=gone, role=Role.REPORTER)
    found = coordinator.get("/orgs/merge/", {"find": "1", "keep": kept.name, "gone": gone.slug})
    assert found.status_code == 302
    page = coordinator.get(found["Location"])
    assert page.status_code == 200
    assert "1 personne" in page.content.decode()
    refused = coordinator.post(found["Location"], {"same": "on", "part_name": "gone"})
    assert refused.status_code == 422
    assert not Merge.objects.exists()
    done = coordinator.post(
        found["Location"], {"same": "on", "people": "on", "part_name": "gone", "part_founded": "gone"}
    )
    merge = Merge.objects.get()
    assert done["Location"] == f"/orgs/merges/{merge.pk}/"
    kept.refresh_from_db()
    assert (kept.name, kept.founded) == ("Assoc. des jeunes de Koro", 2015)
    assert coordinator.get("/orgs/merges/").status_code == 200
    assert coordinator.get(done["Location"]).status_code == 200
    coordinator.post(f"/orgs/merges/{merge.pk}/undo/")
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert kept.name == "Association des jeunes de Koro"
    assert gone.merged_into_id is None


def test_what_cannot_be_merged_is_said(coordinator: Client) -> None:
    kept, _ = pair()
    service = OrganisationFactory.create(kind=OrganisationKind.SECURITY, areas=["Koro"])
    address = f"/orgs/merge/?keep={kept.slug}&gone={service.slug}"
    assert coordinator.get(address).status_code == 403
    assert coordinator.post(address, {"same": "on", "people": "on"}).status_code == 403
    assert coordinator.get("/orgs/merge/?keep=nobody&gone=nothing").status_code == 404
    assert not Merge.objects.exists()


def test_likely_duplicates_are_proposed_and_dismissed(coordinator: Client) -> None:
    first, second = pair()
    third = OrganisationFactory.create(name="Femmes de Macina", areas=["Koro"])
    fourth = OrganisationFactory.create(name="Radio Dogon", areas=["Koro"])
    for one in (third, fourth):
        ContactFactory.create(organisation=one, phone="+22376111111")
    far = OrganisationFactory.create(name="Association des jeunes de Koro", areas=["Gao"])
    text = coordinator.get("/orgs/duplicates/").content.decode()
    assert first.name in text
    assert third.name in text
    assert f"/orgs/{far.slug}/" not in text
    assert "+22376111111" not in text
    coordinator.post("/orgs/duplicates/dismiss/", {"first": first.slug, "second": second.slug})
    assert NotDuplicate.objects.count() == 1
    viewer = viewer_for(person(Role.COORDINATOR, "Koro"))
    assert {(one.first.pk, one.second.pk) for one in likely_duplicates(viewer)[0]} == {(third.pk, fourth.pk)}
    coordinator.post("/orgs/duplicates/dismiss/", {"first": second.slug, "second": first.slug, "step": "again"})
    assert not NotDuplicate.objects.exists()


def test_pages_cost_the_same_however_many_rows(coordinator: Client, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    pair()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as heard:
            coordinator.get("/orgs/duplicates/")
        counts.append(len(heard))
        for _ in range(5):
            pair()
    assert counts[0] == counts[1]


def test_the_page_of_an_entry_leads_to_merging_it_for_those_who_decide(coordinator: Client) -> None:
    kept, _ = pair()
    assert merge_section(viewer_for(person(Role.COORDINATOR, "Koro")), kept) is not None
    assert merge_section(viewer_for(person(Role.COORDINATOR, "Gao")), kept) is None
    assert f'value="{kept.slug}"' in coordinator.get(f"/orgs/merge/?keep={kept.slug}").content.decode()
