"""A report comes in once, whole, and says nothing of its sender where it may not."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import Addition, Door, Harm, HowKnown, PlacePrecision, Report, ReporterIdentity, ReportState
from incidents.said import Whereabouts, clean_words
from incidents.services.identities import Identity
from incidents.services.reports import Said, add_to_report, grouped, receive_report, report_by_code
from orgs.crypto import derived_digits, unseal
from orgs.models import AuditEntry, Level
from tests.factories import UserFactory, area
from tests.together import at_once

SAID = Said(
    type_code="looting",
    occurred_on=date(2026, 11, 20),
    place_text="Koro",
    narrative="Des hommes ont pris des vaches au marché.",
    harmed={Harm.KILLED: 0, Harm.INJURED: 3},
    how_known=HowKnown.SAW,
)
WHO = Identity(name="Awa Témoin", phone="+22370000001")


def receive(external_id: str = "form-1", said: Said = SAID, identity: Identity | None = None, **options: Any) -> Any:
    return receive_report(
        door=Door.WEB, external_id=external_id, said=said, identity=identity, language="fr", **options
    )


@pytest.mark.django_db
def test_a_report_is_kept_as_it_was_said() -> None:
    received = receive(identity=WHO)
    kept = Report.objects.get()
    assert received.created
    assert received.report.pk == kept.pk
    assert received.report.received_at == kept.received_at
    assert (kept.door, kept.external_id, kept.language, kept.state) == ("web", "form-1", "fr", ReportState.NEW)
    assert (kept.type_id, kept.occurred_on, kept.narrative) == ("looting", date(2026, 11, 20), SAID.narrative)
    assert kept.harmed == {"killed": 0, "injured": 3}
    assert kept.how_known == HowKnown.SAW
    assert kept.cercle_id == area("Koro").pk
    assert kept.region_id == area("Bandiagara", Level.REGION).pk
    assert unseal(ReporterIdentity.objects.get().sealed) == {"name": "Awa Témoin", "phone": "+22370000001"}


@pytest.mark.django_db
def test_it_takes_one_statement_when_the_door_resolved_the_place() -> None:
    said = Said(type_code="looting", narrative="x", whereabouts=Whereabouts())
    with CaptureQueriesContext(connection) as queries:
        receive(said=said, identity=WHO)
    assert len(queries) == 1


@pytest.mark.django_db
def test_the_code_is_sixteen_digits_and_only_its_hash_is_kept() -> None:
    received = receive()
    assert len(received.code) == 16
    assert received.code.isdigit()
    assert grouped(received.code).split() == [received.code[n : n + 4] for n in range(0, 16, 4)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM incidents_report r")
        assert received.code not in cursor.fetchone()[0]
    assert report_by_code(grouped(received.code)) == received.report
    assert report_by_code(f" {received.code[:8]}-{received.code[8:]} ") == received.report
    other = str((int(received.code[-1]) + 1) % 10)
    assert report_by_code(received.code[:-1] + other) is None
    assert report_by_code("") is None


@pytest.mark.django_db
def test_the_same_form_again_is_the_same_report_with_the_same_code() -> None:
    first, again = receive(identity=WHO), receive(identity=WHO)
    assert (again.created, again.addition) == (False, None)
    assert (again.report.pk, again.code) == (first.report.pk, first.code)
    assert Report.objects.count() == 1
    assert receive("form-2").code != first.code
    assert receive_report(door=Door.SMS, external_id="form-1", said=SAID, identity=None, language="fr").created


@pytest.mark.django_db
def test_the_same_form_with_other_words_is_an_addition_and_loses_nothing() -> None:
    first = receive()
    more = Said(
        type_code="attack",
        occurred_on=SAID.occurred_on,
        place_text="Koro, marché",
        narrative="Ils sont revenus.",
        harmed={Harm.INJURED: 5},
        how_known=HowKnown.SAW,
    )
    again = receive(said=more)
    assert again.addition is not None
    assert again.code == first.code
    text = again.addition.text
    for words in ("Attaque contre des personnes", "Koro, marché", "Ils sont revenus.", "5"):
        assert words in text
    assert Report.objects.get().narrative == SAID.narrative
    assert receive(said=more).addition is None
    assert receive().addition is None
    assert Addition.objects.count() == 1


@pytest.mark.django_db
def test_who_sent_it_may_come_with_the_second_sending() -> None:
    receive()
    receive(identity=Identity(phone="+22370000001"))
    receive(identity=Identity(phone="+22370000002", name="Awa"))
    known = unseal(ReporterIdentity.objects.get().sealed)
    assert known == {"phone": "+22370000002", "name": "Awa", "earlier": [{"phone": "+22370000001"}]}
    assert ReporterIdentity.objects.get().person_key == Identity(phone="+22370000001").person_key


@pytest.mark.django_db
def test_two_forms_whose_codes_collide_get_two_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "incidents.services.reports.derived_digits"
    monkeypatch.setattr(name, lambda p, v, n: derived_digits(p, v, n) if v.endswith("\0001") else "1" * 16)
    first, second = receive("form-1"), receive("form-2")
    assert first.code == "1" * 16
    assert second.created
    assert second.code != first.code
    assert (receive("form-1").code, receive("form-2").code) == (first.code, second.code)


@pytest.mark.django_db
def test_an_addition_sent_twice_is_one() -> None:
    report = receive().report
    assert add_to_report(report=report, text="Une moto aussi.") is not None
    assert add_to_report(report=report, text="  une moto   aussi. ") is None
    assert report.additions.count() == 1


@pytest.mark.django_db
def test_a_position_finds_the_area_and_stays_with_the_identity() -> None:
    koro = area("Koro")
    received = receive(said=Said(type_code="threat", lat=14.0713, lon=-3.0796, place_text=""))
    report = Report.objects.get()
    assert (report.cercle_id, report.place_precision) == (koro.pk, PlacePrecision.POINT)
    assert unseal(ReporterIdentity.objects.get().sealed) == {"lat": 14.0713, "lon": -3.0796}
    columns = {name: value for name, value in vars(received.report).items() if isinstance(value, float)}
    assert columns == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "precision", "cercle"),
    [
        ("Koro", PlacePrecision.CERCLE, "Koro"),
        ("  KORO ", PlacePrecision.CERCLE, "Koro"),
        ("cercle de Koro", PlacePrecision.CERCLE, "Koro"),
        ("Bandiagarra", PlacePrecision.UNKNOWN, None),
        ("derrière la mosquée", PlacePrecision.UNKNOWN, None),
        ("", PlacePrecision.UNKNOWN, None),
        ("😀", PlacePrecision.UNKNOWN, None),
    ],
)
def test_typed_words_place_a_report_only_where_they_mean_one_thing(text: str, precision: str, cercle: Any) -> None:
    receive(said=Said(type_code="threat", place_text=text))
    report = Report.objects.get()
    assert report.place_text == text.strip()
    assert report.place_precision == precision
    assert report.cercle_id == (area(cercle).pk if cercle else None)


@pytest.mark.django_db
def test_nothing_of_the_sender_stands_anywhere_in_plain() -> None:
    account = UserFactory.create(name="Compte Secret", phone="+22376543210")
    who = Identity(name="Awa Témoin", phone="+22370000001", user_id=account.pk)
    receive(identity=who, said=Said(type_code="threat", lat=14.0713, lon=-3.0796, narrative="mots"))
    with connection.cursor() as cursor:
        rows = []
        for table in ("incidents_reporteridentity", "incidents_report", "orgs_auditentry"):
            cursor.execute(f"SELECT to_jsonb(t)::text, t::text FROM {table} t")
            rows += [text for row in cursor.fetchall() for text in row]
        cursor.execute("SELECT encode(sealed, 'escape') FROM incidents_reporteridentity")
        rows.append(cursor.fetchone()[0])
    everything = "\n".join(rows)
    for secret in ("Awa", "Témoin", "70000001", "14.0713", "3.0796", "Compte Secret", "76543210"):
        assert secret not in everything
    assert ReporterIdentity.objects.get().person_key == Identity(user_id=account.pk).person_key


@pytest.mark.django_db
def test_the_audit_log_has_no_sender_and_no_words() -> None:
    account = UserFactory.create()
    report = receive(identity=Identity(user_id=account.pk)).report
    add_to_report(report=report, text="Une moto aussi.")
    entries = list(AuditEntry.objects.filter(object_type="report", object_id=str(report.pk)).order_by("id"))
    assert [(entry.verb, entry.actor_id) for entry in entries] == [("receive", None), ("add_to_report", None)]
    assert entries[0].facts == {"door": "web", "placed": "cercle"}


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_instant_are_one_report() -> None:
    results = at_once(*[lambda: receive(identity=WHO)] * 8, refusals=())
    assert sum(result.created for result in results) == 1
    assert len({result.code for result in results}) == 1
    assert (Report.objects.count(), ReporterIdentity.objects.count(), Addition.objects.count()) == (1, 1, 0)
    assert AuditEntry.objects.filter(verb="receive").count() == 1


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=400))
def test_any_words_come_back_as_they_were(text: str) -> None:
    received = receive(uuid.uuid4().hex, Said(type_code="other", narrative=text, place_text="Koro"))
    kept = Report.objects.get(pk=received.report.pk).narrative
    assert kept == clean_words(text)
    typed = "".join(sign for sign in text if sign.isprintable())
    assert "".join(sign for sign in kept if sign.isprintable()).strip() == typed.strip()


@pytest.mark.django_db
def test_a_number_lost_by_the_back_button_is_not_a_change_of_mind() -> None:
    receive(said=replace(SAID, may_call_back=True), identity=WHO)
    assert receive().addition is None
    assert Report.objects.get().may_call_back
    receive("form-2")
    added = receive("form-2", replace(SAID, may_call_back=True), WHO).addition
    assert added is not None
    assert added.text == "Peut être rappelé\xa0: oui"
