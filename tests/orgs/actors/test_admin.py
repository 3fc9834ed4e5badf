"""The actor map and networks in Django admin: who reads, how it is written, that lists take few queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.models import Actor, ActorRole, ActorSector, AuditEntry, OrganisationLink, Role
from tests.factories import ActorFactory, OrganisationFactory, area, country, person, signed_in
from tests.factories_directory import ActorRoleFactory, ActorViewFactory, OrganisationLinkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    """An administrator at work."""
    return signed_in(person(Role.ADMINISTRATOR))


# Typed by hand: list of roles, of ties, of what organisations say.
READS = {
    Role.ADMINISTRATOR: (200, 200, 403),
    Role.COORDINATOR: (200, 200, 200),
    Role.OVERSIGHT: (403, 403, 403),
    Role.OPERATOR: (403, 403, 403),
    Role.EDITOR: (302, 302, 302),
    Role.ANALYST: (302, 302, 302),
}


@pytest.mark.parametrize("role", READS)
def test_who_reads_what(role: str) -> None:
    client = signed_in(person(role, "Koro"))
    pages = ("actorrole", "organisationlink", "actorview")
    assert tuple(client.get(f"/admin/orgs/{page}/").status_code for page in pages) == READS[Role(role)]


def test_coordinators_change_nothing_in_admin() -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    for page, row in (("actorrole", ActorRoleFactory.create()), ("organisationlink", OrganisationLinkFactory.create())):
        assert client.get(f"/admin/orgs/{page}/{row.pk}/change/").status_code == 200
        assert client.post(f"/admin/orgs/{page}/{row.pk}/change/", {"source": "x"}).status_code == 403
        assert client.get(f"/admin/orgs/{page}/add/").status_code == 403


def test_a_role_is_written_through_the_service(administrator: Client) -> None:
    actor = ActorFactory.create()
    given = {
        "actor": actor.pk, "area": area("Koro").pk, "role": "gbv", "office": "", "phone": "17", "email": "",
        "source": "Mairie", "as_of": "2026-01-05",
    }  # fmt: skip
    answer = administrator.post("/admin/orgs/actorrole/add/", {**given, "office": "14.512, -3.221"}, follow=True)
    assert "point" in answer.content.decode() or "numéro" in answer.content.decode()
    assert not ActorRole.objects.exists()
    administrator.post("/admin/orgs/actorrole/add/", given)
    assert ActorRole.objects.get().role == "gbv"
    assert AuditEntry.objects.filter(verb="added_actor_role").count() == 1
    act = {"action": "end", "_selected_action": [ActorRole.objects.get().pk]}
    administrator.post("/admin/orgs/actorrole/", act)
    assert ActorRole.objects.get().ended_at is not None
    administrator.post("/admin/orgs/actorrole/", {**act, "action": "resume"})
    assert ActorRole.objects.get().ended_at is None


def test_a_tie_is_written_through_the_service(administrator: Client) -> None:
    a, b = OrganisationFactory.create(), OrganisationFactory.create()
    given = {"organisation": a.pk, "other": b.pk, "kind": "member", "starts_on": "", "ends_on": "", "source": ""}
    administrator.post("/admin/orgs/organisationlink/add/", given)
    link = OrganisationLink.objects.get()
    again = administrator.post("/admin/orgs/organisationlink/add/", given, follow=True)
    assert again.status_code == 200
    assert OrganisationLink.objects.count() == 1
    administrator.post(
        f"/admin/orgs/organisationlink/{link.pk}/change/", {"source": "Statuts", "ends_on": "2026-01-01"}
    )
    link.refresh_from_db()
    assert (link.source, str(link.ends_on)) == ("Statuts", "2026-01-01")
    administrator.post("/admin/orgs/organisationlink/", {"action": "remove", "_selected_action": [link.pk]})
    assert not OrganisationLink.objects.exists()


def test_an_actor_that_becomes_an_armed_group_loses_its_contact_first(administrator: Client) -> None:
    actor = ActorFactory.create(civil_contact="17")
    given = {"name": actor.name, "level": "local", "sector": "armed_group", "mandate": "", "civil_contact": "17"}
    administrator.post(f"/admin/orgs/actor/{actor.pk}/change/", given, follow=True)
    assert Actor.objects.get(pk=actor.pk).sector == ActorSector.SECURITY
    administrator.post(f"/admin/orgs/actor/{actor.pk}/change/", {**given, "civil_contact": ""})
    assert Actor.objects.get(pk=actor.pk).sector == ActorSector.ARMED_GROUP


MAKERS: list[tuple[str, Callable[[], Any]]] = [
    ("actorrole", lambda: ActorRoleFactory.create(ended_at=timezone.now())),
    ("organisationlink", OrganisationLinkFactory.create),
    ("actorview", ActorViewFactory.create),
]


@pytest.mark.parametrize(("page", "make"), MAKERS)
def test_lists_are_searched_and_their_queries_do_not_grow(page: str, make: Callable[[], Any]) -> None:
    client = signed_in(person(Role.COORDINATOR, country()))
    address = f"/admin/orgs/{page}/?q=a"
    make()
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    for _ in range(15):
        make()
    with CaptureQueriesContext(connection) as many:
        answer = client.get(address)
    assert len(answer.context["cl"].result_list) >= 15
    assert len(many) <= len(few) <= 16
