"""Statements on services of the State: who may say what, what is refused, two at once, taking back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.access import STATE_SERVICES, viewer_for
from orgs.disclosed import STATE_SERVICE
from orgs.listing import columns_for
from orgs.maps import state_services as shown
from orgs.models import AuditEntry, Level, Organisation, Presence, Role, StateService, StateServiceKind
from orgs.services.errors import NotAllowed
from orgs.services.state_services import Statement, restore_state_service, state_service, withdraw_state_service
from tests.factories import OrganisationFactory, UserFactory, area, person, signed_in
from tests.factories_directory import StateServiceFactory
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 15)


def statement(**fields: Any) -> Statement:
    given = {"area": area("Koro"), "kind": "school", "presence": "present", "as_of": TODAY, "source": "Radio locale"}
    return Statement(**{**given, **fields})


@pytest.fixture
def coordinator() -> Any:
    return person(Role.COORDINATOR, "Koro")


def test_a_coordinator_says_so_in_their_own_areas_alone(coordinator: Any) -> None:
    viewer = viewer_for(coordinator)
    made = state_service(viewer=viewer, statement=statement())
    assert made.entered_by == coordinator
    entry = AuditEntry.objects.get(verb="stated_service")
    assert entry.facts == {"area": area("Koro").pcode, "kind": "school", "presence": "present"}
    with pytest.raises(NotAllowed):
        state_service(viewer=viewer, statement=statement(area=area("Gao")))
    state_service(viewer=viewer_for(person(Role.ADMINISTRATOR)), statement=statement(area=area("Gao")))


@pytest.mark.parametrize("role", [role for role in Role.values if role not in (Role.COORDINATOR, Role.ADMINISTRATOR)])
def test_nobody_else_does(role: str) -> None:
    with pytest.raises(NotAllowed):
        state_service(viewer=viewer_for(person(role, "Koro")), statement=statement())


def test_forces_are_no_service() -> None:
    words = " ".join(f"{kind.value} {kind.label}" for kind in StateServiceKind).lower()
    for word in ("police", "gendarm", "arm", "garde", "checkpoint", "militaire"):
        assert word not in words.split(), word
    with pytest.raises(IntegrityError), transaction.atomic():
        StateServiceFactory.create(kind="police")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"note": "Les soldats sont à l’école."}, "note"),
        ({"source": "Patrouille militaire du matin"}, "source"),
        ({"note": "Appelez le +223 76 12 34 56."}, "note"),
        ({"note": "14.0750, -3.0790"}, "note"),
        ({"as_of": in_days(2)}, "as_of"),
        ({"as_of": date(1900, 1, 1)}, "as_of"),
        ({"since": TODAY + timedelta(days=1)}, "since"),
        ({"source": "  "}, "source"),
        ({"kind": "police"}, "kind"),
        ({"presence": "maybe"}, "presence"),
        ({"source": "x" * 201}, "source"),
    ],
)
def test_what_is_refused_is_said_at_its_field(coordinator: Any, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        state_service(viewer=viewer_for(coordinator), statement=statement(**by_now(fields)))
    assert wrong in refused.value.message_dict
    assert not StateService.objects.exists()


def test_the_country_as_a_whole_is_no_place_for_a_service() -> None:
    from tests.factories import country

    with pytest.raises(ValidationError):
        state_service(viewer=viewer_for(person(Role.ADMINISTRATOR)), statement=statement(area=country()))


def test_sent_twice_is_one_and_otherwise_on_the_same_day_is_refused(coordinator: Any) -> None:
    viewer = viewer_for(coordinator)
    first = state_service(viewer=viewer, statement=statement())
    assert state_service(viewer=viewer, statement=statement(source="RADIO  locale")) == first
    with pytest.raises(ValidationError):
        state_service(viewer=viewer, statement=statement(presence="absent"))
    assert StateService.objects.count() == 1


def test_the_last_of_each_source_counts_and_sources_that_disagree_both_show(coordinator: Any) -> None:
    viewer = viewer_for(coordinator)
    state_service(viewer=viewer, statement=statement(as_of=TODAY - timedelta(days=300)))
    state_service(viewer=viewer, statement=statement(presence="absent"))
    state_service(viewer=viewer, statement=statement(source="", seen_myself=True))
    found = shown.said(shown.rows_of(shown.latest(viewer), viewer), viewer)
    assert sorted((one.presence, one.disputed) for one in found) == [("absent", True), ("present", True)]


def test_taken_back_it_counts_no_more_and_can_stand_again(coordinator: Any) -> None:
    viewer = viewer_for(coordinator)
    made = state_service(viewer=viewer, statement=statement())
    assert withdraw_state_service(viewer=viewer, statement=made)
    assert not withdraw_state_service(viewer=viewer, statement=made)
    assert not shown.latest(viewer).exists()
    assert AuditEntry.objects.filter(verb="withdrew_service").count() == 1
    assert restore_state_service(viewer=viewer, statement=made)
    assert shown.latest(viewer).get() == made


def test_it_does_not_stand_again_where_another_took_its_place(coordinator: Any) -> None:
    viewer = viewer_for(coordinator)
    made = state_service(viewer=viewer, statement=statement())
    withdraw_state_service(viewer=viewer, statement=made)
    state_service(viewer=viewer, statement=statement(presence="absent"))
    with pytest.raises(ValidationError):
        restore_state_service(viewer=viewer, statement=made)


def test_the_organisation_that_said_so_is_named_only_to_those_who_may_see_it() -> None:
    kept = OrganisationFactory.create(visibility="coordinators", name="Discrète")
    StateServiceFactory.create(said_by=kept, source="Lettre", note="Du bureau")
    monitor, boss = viewer_for(person(Role.MONITOR, "Koro")), viewer_for(person(Role.COORDINATOR, "Gao"))
    (hidden,) = shown.said(shown.rows_of(shown.latest(monitor), monitor), monitor)
    assert (hidden.who, hidden.note) == ("une organisation", "")
    (open_,) = shown.said(shown.rows_of(shown.latest(boss), boss), boss)
    assert (open_.who, open_.note) == ("Discrète, Lettre", "Du bureau")


def test_an_organisation_that_one_may_not_see_cannot_be_named() -> None:
    gone = OrganisationFactory.create(name="Fusionnée")
    Organisation.objects.filter(pk=gone.pk).update(merged_into=OrganisationFactory.create())
    gone.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        state_service(viewer=viewer_for(person(Role.COORDINATOR, "Koro")), statement=statement(said_by=gone))
    assert "said_by" in refused.value.message_dict


# --- Pages -------------------------------------------------------------------------------------------------------


def test_the_form_saves_and_loses_nothing_when_it_refuses(coordinator: Any) -> None:
    client = signed_in(coordinator)
    OrganisationFactory.create(name="Radio Pirogue")
    typed = {
        "area": area("Koro").pk,
        "kind": "health",
        "presence": "partly",
        "since": "2022",
        "said_by": "radio PIROGUE",
        "as_of": "2026-01-15",
        "note": "Les militaires occupent le centre de santé.",
    }
    refused = client.post("/orgs/services/new/", typed)
    assert refused.status_code == 422
    assert "Les militaires occupent" in refused.content.decode()
    assert client.post("/orgs/services/new/", {**typed, "note": "Le matin."}).status_code == 302
    made = StateService.objects.get()
    assert (made.since, made.since_is_year, made.presence) == (date(2022, 1, 1), True, Presence.PARTLY)
    assert made.said_by is not None
    assert made.said_by.name == "Radio Pirogue"


@pytest.mark.parametrize("since", ["hier", "99/99/2022", "0000", "2022-13-01"])
def test_a_day_that_is_none_is_said(coordinator: Any, since: str) -> None:
    answer = signed_in(coordinator).post("/orgs/services/new/", {"since": since, "said_by": "Personne"})
    assert answer.status_code == 422
    assert "Écrivez une année" in answer.content.decode()
    assert "L’annuaire n’a pas d’organisation de ce nom" in answer.content.decode()


def test_only_own_areas_are_offered(coordinator: Any) -> None:
    page = signed_in(coordinator).get("/orgs/services/new/").content.decode()
    assert f'value="{area("Koro").pk}"' in page
    assert f'value="{area("Gao").pk}"' not in page
    foreign = {"area": area("Gao").pk, "kind": "health", "presence": "partly", "as_of": "2026-01-15", "source": "Radio"}
    assert signed_in(coordinator).post("/orgs/services/new/", foreign).status_code == 422


def test_taking_back_and_undoing_by_page(coordinator: Any) -> None:
    client, made = signed_in(coordinator), StateServiceFactory.create()
    elsewhere = StateServiceFactory.create(area=area("Gao"))
    assert client.post(f"/orgs/services/{elsewhere.pk}/withdraw/").status_code == 404
    client.post(f"/orgs/services/{made.pk}/withdraw/")
    assert f"/orgs/services/{made.pk}/restore/" in client.get("/orgs/services/?state=withdrawn").content.decode()
    assert made.source not in signed_in(person(Role.MONITOR, "Koro")).get("/orgs/services/").content.decode()
    client.post(f"/orgs/services/{made.pk}/restore/")
    assert StateService.objects.standing().count() == 2


def test_who_saw_it_is_never_named(coordinator: Any) -> None:
    StateServiceFactory.create(seen_by=UserFactory.create(name="Aminata Secrète"), source="", source_key="")
    for role in (Role.COORDINATOR, Role.MONITOR, Role.ANALYST):
        client = signed_in(person(role, "Koro"))
        for address in ("/orgs/services/", "/orgs/gaps/", "/orgs/gaps.csv"):
            assert "Secrète" not in client.get(address).content.decode()


def test_admin_lists_and_takes_back(coordinator: Any) -> None:
    made = StateServiceFactory.create()
    client = signed_in(person(Role.ADMINISTRATOR))
    assert client.get("/admin/orgs/stateservice/").status_code == 200
    client.post("/admin/orgs/stateservice/", {"action": "take_back", "_selected_action": [made.pk]})
    assert not StateService.objects.standing().exists()
    assert signed_in(coordinator).get(f"/admin/orgs/stateservice/{made.pk}/change/").status_code == 200


# --- One rule, three answers -------------------------------------------------------------------------------------


def test_who_sees_a_statement_is_answered_alike_three_times() -> None:
    people = [person(role, where) for role in Role.values for where in ("Koro", "Gao")]
    rows = [
        StateServiceFactory.create(),
        StateServiceFactory.create(withdrawn_at=timezone.now()),
        StateServiceFactory.create(area=area("Bandiagara", Level.REGION)),
    ]
    for user in people:
        viewer = viewer_for(user)
        listed = set(STATE_SERVICES.rows(viewer).values_list("pk", flat=True))
        columns = columns_for(STATE_SERVICES, STATE_SERVICE, viewer)
        for row in rows:
            audience = STATE_SERVICES.audience(viewer, row)
            assert (audience is not None) == (row.pk in listed) == (user in STATE_SERVICES.people(row))
            if audience is not None:
                read = STATE_SERVICES.rows(viewer).filter(pk=row.pk).values(**columns).get()
                shown_in_python = STATE_SERVICE.show(row, audience)
                assert {name.removeprefix("shown_"): value for name, value in read.items()} == shown_in_python
