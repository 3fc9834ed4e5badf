"""A threatened organisation is hidden in one step, by those who know first, and shown again in another."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from orgs.access import viewer_for
from orgs.models import AuditEntry, Organisation, OrganisationVisibility, Role
from orgs.services import hiding
from orgs.services.errors import NotAllowed
from tests.factories import OrganisationFactory, person
from tests.orgs.directory.pages import browser

PUBLIC = {"visibility": OrganisationVisibility.PUBLIC}


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["member", "coordinator", "administrator"])
def test_one_step_hides_and_one_shows_again(who):
    found = OrganisationFactory.create(areas=["Koro"], **PUBLIC)
    role = Role.REPORTER if who == "member" else who
    client = browser(person(role, "Koro", **({"organisation": found} if who == "member" else {})))
    assert browser().get(f"/orgs/{found.slug}/").status_code == 200
    answer = client.post(f"/orgs/{found.slug}/hide/", follow=True)
    assert "Elle est cachée." in answer.content.decode()
    assert browser().get(f"/orgs/{found.slug}/").status_code == 404
    assert found.name not in browser(person(Role.LIAISON, "Koro")).get("/orgs/").content.decode()
    answer = client.post(f"/orgs/{found.slug}/show/", follow=True)
    assert "montrée de nouveau" in answer.content.decode()
    assert browser().get(f"/orgs/{found.slug}/").status_code == 200
    verbs = AuditEntry.objects.filter(object_id=str(found.pk), object_type="organisation").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["hid_organisation", "showed_organisation"]
    assert all(entry.facts == {} for entry in verbs)


@pytest.mark.django_db
def test_others_may_not():
    found = OrganisationFactory.create(areas=["Koro"], **PUBLIC)
    for role, where in ((Role.REPORTER, "Koro"), (Role.LIAISON, "Koro"), (Role.COORDINATOR, "Gao")):
        client = browser(person(role, where))
        assert client.post(f"/orgs/{found.slug}/hide/").status_code == 403
        with pytest.raises(NotAllowed):
            hiding.hide_organisation(viewer=viewer_for(person(role, where)), organisation=found)
    assert browser().post(f"/orgs/{found.slug}/hide/").status_code == 403
    assert Organisation.objects.get(pk=found.pk).hidden_at is None


@pytest.mark.django_db
def test_looking_hides_nothing():
    found = OrganisationFactory.create(areas=["Koro"])
    client = browser(person(Role.COORDINATOR, "Koro"))
    assert client.get(f"/orgs/{found.slug}/hide/").status_code == 405
    assert Organisation.objects.get(pk=found.pk).hidden_at is None


@pytest.mark.django_db(transaction=True)
def test_two_who_hide_at_once_are_one():
    found = OrganisationFactory.create(areas=["Koro"])
    viewers = [viewer_for(person(Role.COORDINATOR, "Koro")) for _ in range(4)]

    def hides(viewer):
        try:
            return hiding.hide_organisation(viewer=viewer, organisation=found)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(hides, viewers))
    assert sorted(done) == [False, False, False, True]
    assert AuditEntry.objects.filter(verb="hid_organisation").count() == 1
