"""Areas in Django admin: few queries, found without accents, corrected through the service only."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orgs.models import AuditEntry, Role
from orgs.models.areas import Area, Edition, Place
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    return factories.signed_in(factories.person(Role.ADMINISTRATOR))


@pytest.mark.parametrize("page", ["area/", "place/", "edition/", "area/?q=segou", "area/?level__exact=cercle"])
def test_lists_take_few_queries(
    page: str, administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    administrator.get(f"/admin/orgs/{page}")
    with django_assert_max_num_queries(14):
        assert administrator.get(f"/admin/orgs/{page}").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"), [("segou", 2), ("SÉGOU", 2), ("M'Pessoba", 1), ("ml1902", 1), ("timbuktu", 2)]
)
def test_areas_are_found_without_accents_or_by_pcode(query: str, expected: int, administrator: Client) -> None:
    answer = administrator.get("/admin/orgs/area/", {"q": query})
    assert answer.context["cl"].result_count == expected


def test_names_are_corrected_and_audited(administrator: Client) -> None:
    koro = Area.objects.current().get(pcode="ML1902")
    page = f"/admin/orgs/area/{koro.pk}/change/"
    assert administrator.get(page).status_code == 200
    answer = administrator.post(page, {"name": "Kôro", "other_names": "Coro", "pcode": "ML9999", "level": "region"})
    assert answer.status_code == 302
    koro.refresh_from_db()
    assert (koro.name, koro.name_key, koro.other_key, koro.pcode) == ("Kôro", "koro", "/coro/", "ML1902")
    assert AuditEntry.objects.filter(verb="areas.name_corrected", object_id=str(koro.pk)).exists()


def test_nothing_is_added_or_removed(administrator: Client) -> None:
    assert administrator.get("/admin/orgs/area/add/").status_code == 403
    place = Place.objects.first()
    assert place is not None
    assert administrator.post(f"/admin/orgs/place/{place.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_edition_is_put_in_force(administrator: Client) -> None:
    old = Edition.objects.create(code="2015", title="Découpage de 2015")
    answer = administrator.post(
        "/admin/orgs/edition/", {"action": "put_in_force", "_selected_action": [str(old.pk)]}, follow=True
    )
    assert "Découpage de 2015 est maintenant en vigueur." in answer.content.decode()
    assert Edition.objects.current() == old
