"""Other names and sources of facts in Django admin: through services, by those who may, with few queries."""

import pytest
from django.contrib.messages import get_messages

from orgs.models import AuditEntry, FactSource, Organisation, OrganisationName, Role
from tests.factories import OrganisationFactory, person
from tests.orgs.directory.pages import browser, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return browser(person(Role.ADMINISTRATOR))


def test_a_name_that_is_added_is_found_and_one_that_is_taken_away_is_not(administrator):
    one = OrganisationFactory.create(name="Femmes du puits", visibility="public")
    given = {"organisation": one.pk, "name": "Zanabugu", "kind": "spelling", "language": "bambara"}
    assert administrator.post("/admin/orgs/organisationname/add/", given).status_code == 302
    assert found("zanabugu") == ["Femmes du puits"]
    name = OrganisationName.objects.get()
    answer = administrator.post("/admin/orgs/organisationname/", {"action": "take_away", "_selected_action": [name.pk]})
    assert answer.status_code == 302, list(get_messages(answer.wsgi_request))
    assert found("zanabugu") == []
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"added_name", "removed_name"}
    assert "Zanabugu" not in str(list(AuditEntry.objects.values()))


def test_a_name_of_an_unknown_language_is_refused(administrator):
    one = OrganisationFactory.create()
    administrator.post(
        "/admin/orgs/organisationname/add/",
        {"organisation": one.pk, "name": "Nom", "kind": "spelling", "language": "klingon"},
    )
    assert not OrganisationName.objects.exists()


def test_a_source_of_a_fact(administrator):
    one = OrganisationFactory.create()
    given = {"organisation": one.pk, "field": "founded", "source": "Récépissé", "as_of": "2020-05-01"}
    assert administrator.post("/admin/orgs/factsource/add/", given).status_code == 302
    assert FactSource.objects.get().field == "founded"
    assert administrator.post("/admin/orgs/factsource/add/", {**given, "field": "hidden_at"}).status_code == 200
    assert FactSource.objects.count() == 1


@pytest.mark.parametrize("model", ["organisationname", "factsource"])
def test_coordinators_read_and_others_do_not_come_in(model):
    one = OrganisationFactory.create()
    OrganisationName.objects.create(organisation=one, name="Nom", kind="short")
    FactSource.objects.create(organisation=one, field="founded", source="Récépissé")
    coordinator = browser(person(Role.COORDINATOR, "Koro"))
    assert coordinator.get(f"/admin/orgs/{model}/").status_code == 200
    assert coordinator.get(f"/admin/orgs/{model}/add/").status_code == 403
    assert browser(person(Role.REPORTER, "Koro")).get(f"/admin/orgs/{model}/").status_code == 302


@pytest.mark.parametrize("model", ["organisationname", "factsource"])
def test_lists_ask_no_more_for_more_rows(model, administrator, django_assert_max_num_queries):
    for n in range(12):
        one = OrganisationFactory.create()
        OrganisationName.objects.create(organisation=one, name=f"Nom {n}", kind="short")
        FactSource.objects.create(organisation=one, field="founded", source="Récépissé")
    assert Organisation.objects.count() >= 12
    with django_assert_max_num_queries(12):
        assert administrator.get(f"/admin/orgs/{model}/").status_code == 200
