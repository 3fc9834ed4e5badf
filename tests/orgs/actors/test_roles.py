"""Who to call for what: kept for whole areas, without any point, by whoever knows the area."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import viewer_for
from orgs.actor_map.calls import calls_from
from orgs.models import ActorRole, Area, CivilRole, Level, Organisation, Role
from orgs.sections import organisation_page
from orgs.services.actors import civil_phone, end_role, keep_role, resume_role
from orgs.services.errors import NotAllowed
from orgs.services.tokens import make_token
from tests.factories import ActorFactory, OrganisationFactory, area, country, person, signed_in, viewer
from tests.factories_directory import ActorRoleFactory, ActorViewFactory

pytestmark = pytest.mark.django_db


def new(**fields: Any) -> ActorRole:
    """A role that is not written yet."""
    given = {"role": CivilRole.COMPLAINTS, "source": "Mairie", "as_of": timezone.localdate(), **fields}
    return ActorRole(**{"actor": ActorFactory.create(), "area": area("Koro"), **given})


def test_an_actor_has_no_field_for_a_point() -> None:
    names = {field.name for field in ActorRole._meta.get_fields()}
    assert not names & {"lat", "lon", "latitude", "longitude", "geometry", "place", "address", "strength", "note"}


@pytest.mark.parametrize(
    "office",
    [
        "14.5123, -3.2211",
        "lat 14,51",
        "Porte 123",
        "76 12 34 56",
        "https://maps.example.org/x",
        "N 14°30",
        "///un.deux",
    ],
)
def test_an_office_with_a_point_or_a_number_is_refused(office: str) -> None:
    with pytest.raises(ValidationError) as refused:
        keep_role(viewer=viewer(Role.COORDINATOR, "Koro"), role=new(office=office))
    assert "office" in refused.value.message_dict


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("17", "17"),
        ("80 00 11 15", "80001115"),
        ("76 12 34 56", "+22376123456"),
        ("", ""),
        ("+221 77 123 45 67", "+221771234567"),
    ],
)
def test_numbers_for_civilians(typed: str, kept: str) -> None:
    assert civil_phone(typed) == kept


def test_a_phone_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        keep_role(viewer=viewer(Role.COORDINATOR, "Koro"), role=new(phone="appelez-nous"))


def test_a_place_below_the_cercle_is_refused_by_service_and_database() -> None:
    commune = Area.objects.create(
        edition=area("Koro").edition,
        level=Level.COMMUNE,
        pcode="ML190201",
        name="Koro commune",
        region=area("Koro").region,
        cercle=area("Koro"),
    )
    with pytest.raises(ValidationError):
        keep_role(viewer=viewer(Role.ADMINISTRATOR), role=new(area=commune))
    with pytest.raises(IntegrityError, match="cercles"), transaction.atomic():
        ActorRoleFactory.create(where=commune)


def test_tomorrow_is_not_a_day_of_which_it_is_true() -> None:
    with pytest.raises(ValidationError):
        keep_role(viewer=viewer(Role.ADMINISTRATOR), role=new(as_of=timezone.localdate() + timedelta(days=1)))


def test_coordinators_keep_their_own_areas_alone() -> None:
    keep_role(viewer=viewer(Role.COORDINATOR, "Koro"), role=new())
    for where in ("Gao", "Bankass"):
        with pytest.raises(NotAllowed):
            keep_role(viewer=viewer(Role.COORDINATOR, where), role=new())
    with pytest.raises(NotAllowed):
        keep_role(viewer=viewer(Role.COORDINATOR, "Koro"), role=new(area=country()))
    with pytest.raises(NotAllowed):
        keep_role(viewer=viewer(Role.EDITOR, "Koro"), role=new())


def test_a_role_is_not_moved_out_of_anothers_area() -> None:
    role = ActorRoleFactory.create(where="Gao")
    role.area = area("Koro")
    with pytest.raises(NotAllowed):
        keep_role(viewer=viewer(Role.COORDINATOR, "Koro"), role=role)


def test_the_same_is_not_said_twice() -> None:
    role = new()
    keep_role(viewer=viewer(Role.ADMINISTRATOR), role=role)
    again = new(actor=role.actor)
    with pytest.raises(ValidationError):
        keep_role(viewer=viewer(Role.ADMINISTRATOR), role=again)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_an_end_is_taken_back_unless_it_was_said_anew() -> None:
    keeper = viewer(Role.COORDINATOR, "Koro")
    role = ActorRoleFactory.create()
    end_role(viewer=keeper, role=role)
    assert calls_from(keeper, area("Koro")) == []
    resume_role(viewer=keeper, role=role)
    assert len(calls_from(keeper, area("Koro"))) == 1
    end_role(viewer=keeper, role=role)
    ActorRoleFactory.create(actor=role.actor)
    with pytest.raises(ValidationError):
        resume_role(viewer=keeper, role=role)


def test_the_nearest_come_first_and_those_of_elsewhere_not_at_all() -> None:
    for where in (country(), area("Bandiagara", Level.REGION), "Koro", "Bankass", "Gao"):
        ActorRoleFactory.create(where=where)
    asks = viewer(Role.REPORTER, "Koro")
    (purpose,) = calls_from(asks, area("Koro"))
    assert [call.role.area.level for call in purpose.calls] == [Level.CERCLE, Level.REGION, Level.COUNTRY]
    assert [call.role.area.level for call in calls_from(asks, None)[0].calls] == [Level.COUNTRY]


def test_a_liaison_sees_the_roles_of_their_own_service_alone() -> None:
    service = OrganisationFactory.create()
    own = ActorRoleFactory.create(actor=ActorFactory.create(organisation=service))
    other = ActorRoleFactory.create()
    client = signed_in(person(Role.LIAISON, "Koro", organisation=service))
    assert "Accueil des plaintes" in client.get(f"/actors/{own.actor_id}/").content.decode()
    assert client.get(f"/actors/{other.actor_id}/").status_code == 404
    assert client.get("/actors/").status_code == 403


def test_the_api_gives_roles_and_never_what_organisations_say() -> None:
    role = ActorRoleFactory.create()
    said = ActorViewFactory.create(actor=role.actor)
    ended = ActorRoleFactory.create(actor=role.actor, where="Gao", ended_at=timezone.now())
    user = person(Role.COORDINATOR, "Koro")
    signed_in(user)
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    client = signed_in(user)
    answer = client.get(f"/api/v1/actors/{role.actor_id}/", headers={"authorization": f"Bearer {key}"})
    (given,) = answer.json()["civil_roles"]
    assert given["area_pcode"] == role.area.pcode
    assert set(given) == {"role", "area_pcode", "area_name", "office", "phone", "email", "source", "as_of"}
    for word in (said.organisation.name, "reach", "trust", "wish", ended.area.name):
        assert word not in answer.content.decode()


@pytest.mark.parametrize("number", ["abc", "-1", "999999999", "9" * 40, "²"])
def test_an_area_that_is_none_is_not_found(number: str) -> None:
    client = signed_in(person(Role.REPORTER, "Koro"))
    assert client.get("/actors/call/", {"area": number}).status_code == 404
    assert client.get("/actors/", {"region": number}).status_code == 404


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed() -> None:
    actor = ActorFactory.create()
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    given = {
        "role": "complaints",
        "area": area("Koro").pk,
        "office": "Porte 1234",
        "source": "Mairie",
        "as_of": "2026-01-05",
    }
    answer = client.post(f"/actors/{actor.pk}/roles/add/", given)
    assert answer.status_code == 422
    assert "Porte 1234" in answer.content.decode()
    answer = client.post(f"/actors/{actor.pk}/roles/add/", {**given, "office": "Accueil", "phone": "17"})
    assert answer.status_code == 302
    assert ActorRole.objects.get().phone == "17"
    away = {**given, "office": "", "area": area("Gao").pk}
    assert client.post(f"/actors/{actor.pk}/roles/add/", away).status_code == 422


def test_the_number_of_queries_of_a_page_does_not_grow() -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    actor = ActorFactory.create()
    pages = (f"/actors/{actor.pk}/", f"/actors/call/?area={area('Koro').pk}")

    def counts() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            found.append(len(asked))
        return found

    ActorRoleFactory.create(actor=actor)
    counts()
    few = counts()
    for code in (CivilRole.GBV, CivilRole.RESCUE, CivilRole.LIAISON):
        ActorRoleFactory.create(actor=actor, role=code)
        ActorRoleFactory.create(role=code)
    assert counts() == few
    assert all(count <= 14 for count in few), few


def test_a_liaison_finds_their_own_service_from_their_organisations_page() -> None:
    service = OrganisationFactory.create()
    actor = ActorFactory.create(organisation=service)

    def shown(who: str, organisation: Organisation | None = None) -> list[str]:
        sections = organisation_page.of(viewer(who, "Koro", organisation=organisation), service)
        return [
            render_to_string(one.template, {"section": one, "organisation": service})
            for one in sections
            if one.key == "actors"
        ]

    (html,) = shown(Role.LIAISON, service)
    assert f"/actors/{actor.pk}/" in html
    assert "/actors/rate/" not in html
    # To which organisation an actor belongs is nobody else's business.
    assert shown(Role.LIAISON) == shown(Role.EDITOR) == shown(Role.ANALYST) == []
    assert "/actors/rate/" in shown(Role.EDITOR, service)[0]


def test_an_end_is_told_and_taken_back_on_the_page() -> None:
    role = ActorRoleFactory.create()
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    page = client.post(f"/actors/roles/{role.pk}/end/", follow=True).content.decode()
    assert f"/actors/roles/{role.pk}/resume/" in page
    client.post(f"/actors/roles/{role.pk}/resume/")
    role.refresh_from_db()
    assert role.ended_at is None
    # Those who only read see nothing of what has ended.
    client.post(f"/actors/roles/{role.pk}/end/")
    read = signed_in(person(Role.REPORTER, "Koro")).get(f"/actors/{role.actor_id}/").content.decode()
    assert role.office not in read
