"""Support is entered, changed, withdrawn and put back by those who keep it; people are counted once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from orgs.access import viewer_for
from orgs.models import (
    Attendance,
    AuditEntry,
    GrantReport,
    Measure,
    NeedState,
    Organisation,
    Programme,
    ProgrammeCount,
    Qualifier,
    Role,
    SubGrant,
    Training,
)
from orgs.services import support as services
from orgs.services.errors import NotAllowed
from orgs.services.support_counts import Period, set_attendance, set_programme_counts
from orgs.services.support_grants import expect_report, receive_report
from orgs.support_lists import people_reached, people_trained
from tests.factories import OrganisationFactory, area, person, signed_in
from tests.factories_directory import NeedFactory, ProgrammeFactory, SubGrantFactory, TrainingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ajcet() -> Organisation:
    return OrganisationFactory.create(name="Association AJCET", acronym="AJCET", areas=["Mopti"])


def coordinator(where: str = "Mopti") -> Client:
    return signed_in(person(Role.COORDINATOR, where))


# --- Entering ----------------------------------------------------------------------------------------------------


def test_a_coordinator_enters_a_programme_and_its_people(ajcet: Organisation) -> None:
    """AJCET in Mopti: over 100 young people trained and reintegrated, over 50 volunteer, self-financed since 2015."""
    client = coordinator()
    given = {
        "title": "Réinsertion des jeunes",
        "organisation": "ajcet",
        "kind": "reintegration",
        "area": area("Mopti").pk,
        "self_financed_since": "2015",
        "source": "Peace Direct, 2018",
    }
    done = client.post("/orgs/support/programmes/new/", given)
    programme = Programme.objects.get()
    assert done["Location"] == f"/orgs/support/programmes/{programme.pk}/"
    assert (programme.organisation, programme.cercle, programme.self_financed_since) == (ajcet, area("Mopti"), 2015)
    period = {"starts_on": "2015-01-01", "ends_on": "2018-06-30", "qualifier": "at_least"}
    for measure, number in (("trained", "100"), ("volunteering", "50")):
        answer = client.post(
            f"/orgs/support/programmes/{programme.pk}/counts/",
            {**period, "measure": measure, "n_unknown_youth": number},
        )
        assert answer.status_code == 302, answer.content.decode()
    reached = people_reached(Programme.objects.all())
    assert (reached["trained"].total, reached["trained"].qualifier) == (100, Qualifier.AT_LEAST)
    assert reached["volunteering"].total == 50
    text = client.get(done["Location"]).content.decode()
    assert "au moins" in text
    assert "2015" in text


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(ajcet: Organisation) -> None:
    client = coordinator()
    given = {
        "recipient": "Association inconnue",
        "funder": "Un fonds",
        "amount": "-5",
        "currency": "francs",
        "starts_on": "2026-02-01",
        "ends_on": "2026-01-01",
        "purpose": "Des motos pour les médiateurs",
        "status": "running",
    }
    answer = client.post("/orgs/support/grants/new/", given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Des motos pour les médiateurs" in text
    assert "Association inconnue" in text
    assert "pas d’organisation de ce nom" in text
    answer = client.post("/orgs/support/grants/new/", {**given, "recipient": "AJCET", "amount": "5", "currency": "XOF"})
    assert "La fin est avant le début" in answer.content.decode()
    assert not SubGrant.objects.exists()
    for nonsense in ({}, {"recipient": "\x00", "amount": "1e400", "starts_on": "hier", "area": "x" * 5000}):
        assert client.post("/orgs/support/grants/new/", nonsense).status_code == 422


def test_the_database_itself_refuses_what_makes_no_sense(ajcet: Organisation) -> None:
    for wrong in ({"amount": 0}, {"currency": "xof"}, {"funder_text": ""}, {"ends_on": date(2000, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubGrantFactory.create(recipient=ajcet, **wrong)


def test_an_editor_enters_for_the_own_organisation_only(ajcet: Organisation) -> None:
    client = signed_in(person(Role.EDITOR, "Mopti", organisation=ajcet))
    other = OrganisationFactory.create(areas=["Mopti"])
    given = {"kind": "transport", "words": "Deux motos", "stated_on": "2026-01-05"}
    assert client.post("/orgs/support/needs/new/", {**given, "organisation": other.pk}).status_code == 422
    assert client.post("/orgs/support/needs/new/", {**given, "organisation": ajcet.pk}).status_code == 302
    assert client.get("/orgs/support/grants/new/").status_code == 403
    theirs = NeedFactory.create(organisation=other)
    viewer = viewer_for(person(Role.EDITOR, "Mopti", organisation=ajcet))
    with pytest.raises(NotAllowed):
        services.keep(viewer=viewer, row=theirs)
    with pytest.raises(NotAllowed):
        services.withdraw(viewer=viewer, row=theirs)


def test_nobody_takes_a_row_to_another_organisation_that_is_not_theirs(ajcet: Organisation) -> None:
    viewer = viewer_for(person(Role.COORDINATOR, "Mopti"))
    need = NeedFactory.create(organisation=ajcet)
    need.organisation = OrganisationFactory.create(areas=["Gao"])
    with pytest.raises(NotAllowed):
        services.keep(viewer=viewer, row=need)


# --- Changing ----------------------------------------------------------------------------------------------------


def test_two_people_who_change_a_row_at_once_both_see_it(ajcet: Organisation) -> None:
    need = NeedFactory.create(organisation=ajcet, words="Deux motos")
    client, address = coordinator(), f"/orgs/support/needs/{need.pk}/edit/"
    given = {"organisation": "AJCET", "kind": "transport", "stated_on": "2026-01-05", "version": "1"}
    assert client.post(address, {**given, "words": "Trois motos"}).status_code == 302
    late = coordinator().post(address, {**given, "words": "Quatre motos"})
    text = late.content.decode()
    assert late.status_code == 409
    assert "Trois motos" in text
    assert "Quatre motos" in text
    assert 'value="2"' in text
    need.refresh_from_db()
    assert need.words == "Trois motos"
    assert coordinator().post(address, {**given, "version": "2", "words": "Quatre motos"}).status_code == 302


def test_what_is_withdrawn_is_on_no_list_and_can_be_put_back(ajcet: Organisation) -> None:
    training = TrainingFactory.create(organiser=ajcet, title="Médiation au marché")
    client, partner = coordinator(), signed_in(person(Role.REPORTER, "Gao"))
    address = f"/orgs/support/trainings/{training.pk}/"
    assert partner.get(address).status_code == 200
    client.post(f"{address}state/", {"step": "withdraw"})
    assert partner.get(address).status_code == 404
    for reader in (client, partner):
        assert "Médiation au marché" not in reader.get("/orgs/support/trainings/").content.decode()
        assert "Médiation au marché" not in b"".join(reader.get("/orgs/support/trainings/file.csv")).decode()
    assert "Remettre" in client.get(address).content.decode()
    client.post(f"{address}state/", {"step": "put-back"})
    assert partner.get(address).status_code == 200
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"withdrew_training", "put_back_training"} <= verbs


def test_a_need_is_met_and_there_again(ajcet: Organisation) -> None:
    need = NeedFactory.create(organisation=ajcet)
    client = coordinator()
    for step, state in (("met", NeedState.MET), ("met", NeedState.MET), ("open", NeedState.OPEN)):
        client.post(f"/orgs/support/needs/{need.pk}/state/", {"step": step})
        need.refresh_from_db()
        assert need.state == state


def test_the_log_holds_no_words(ajcet: Organisation) -> None:
    viewer = viewer_for(person(Role.COORDINATOR, "Mopti"))
    need = NeedFactory.build(organisation=ajcet, words="Un secret bien gardé")
    services.keep(viewer=viewer, row=need)
    entry = AuditEntry.objects.get(verb="added_need")
    assert "secret" not in str(entry.facts)


# --- People ------------------------------------------------------------------------------------------------------


def test_everybody_who_came_is_counted_once(ajcet: Organisation) -> None:
    viewer = viewer_for(person(Role.ADMINISTRATOR))
    training = TrainingFactory.create(organiser=ajcet)
    for body, cells in ((ajcet, {("female", "youth"): 3, ("male", "adult"): 6}), (None, {("unknown", "unknown"): 2})):
        for _twice in range(2):
            set_attendance(viewer=viewer, training=training, organisation=body, cells=cells)
    people = people_trained(Training.objects.all())
    assert people.total == 11
    assert (people.women, people.youth) == (33, 33)
    assert Attendance.objects.count() == 3
    set_attendance(viewer=viewer, training=training, organisation=ajcet, cells={("female", "youth"): 0})
    assert people_trained(Training.objects.all()).total == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(training=training, organisation=None, sex="unknown", age="unknown", number=1)
    with pytest.raises(ValidationError):
        set_attendance(viewer=viewer, training=training, organisation=None, cells={("female", "youth"): -1})


def test_periods_that_overlap_are_refused(ajcet: Organisation) -> None:
    viewer = viewer_for(person(Role.ADMINISTRATOR))
    programme = ProgrammeFactory.create(organisation=ajcet)
    first = Period(Measure.TRAINED, date(2015, 1, 1), date(2018, 12, 31), Qualifier.AT_LEAST)
    set_programme_counts(viewer=viewer, programme=programme, period=first, cells={("male", "youth"): 100})
    inside = Period(Measure.TRAINED, date(2016, 1, 1), date(2016, 12, 31))
    with pytest.raises(ValidationError):
        set_programme_counts(viewer=viewer, programme=programme, period=inside, cells={("male", "youth"): 30})
    other = Period(Measure.REINTEGRATED, date(2016, 1, 1), date(2016, 12, 31))
    set_programme_counts(viewer=viewer, programme=programme, period=other, cells={("male", "youth"): 30})
    set_programme_counts(viewer=viewer, programme=programme, period=first, cells={("male", "youth"): 110})
    assert people_reached(Programme.objects.all())["trained"].total == 110
    assert ProgrammeCount.objects.count() == 2


# --- Reports of sub-grants ---------------------------------------------------------------------------------------


def test_a_report_that_is_late_is_seen(ajcet: Organisation) -> None:
    grant = SubGrantFactory.create(recipient=ajcet)
    user = person(Role.COORDINATOR, "Mopti")
    viewer, client = viewer_for(user), signed_in(user)
    yesterday = timezone.localdate() - timedelta(days=1)
    report = expect_report(viewer=viewer, grant=grant, due_on=yesterday)
    assert expect_report(viewer=viewer, grant=grant, due_on=yesterday) == report
    assert "1 rapport de subvention est en retard" in client.get("/orgs/support/").content.decode()
    assert "Un rapport est en retard" in client.get("/orgs/support/grants/").content.decode()
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    assert "en retard" not in away.get("/orgs/support/").content.decode()
    address = f"/orgs/support/grants/{grant.pk}/reports/"
    client.post(address, {"step": "came", "report": report.pk})
    assert "en retard" not in client.get("/orgs/support/").content.decode()
    client.post(address, {"step": "not-come", "report": report.pk})
    client.post(address, {"step": "forget", "report": report.pk})
    assert not GrantReport.objects.exists()
    with pytest.raises(ValidationError):
        receive_report(viewer=viewer, grant=grant, number=1, received_on=timezone.localdate() + timedelta(days=2))
    assert Decimal(grant.amount) > 0


def test_every_page_of_an_empty_product_helps(django_assert_max_num_queries: Any) -> None:
    client = coordinator()
    for key in ("trainings", "programmes", "needs", "calls", "grants"):
        page = client.get(f"/orgs/support/{key}/")
        assert page.status_code == 200
        assert f"/orgs/support/{key}/new/" in page.content.decode()
        form = client.get(f"/orgs/support/{key}/new/")
        assert form.status_code == 200
