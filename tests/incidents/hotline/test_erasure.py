"""A reporter erases what they said: everything goes, the counts and decisions stay true, nothing comes back."""

import html
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.test import Client

from incidents.models import Addition, Attachment, Incident, OdkSubmission, Report, ReporterIdentity, ReportState
from incidents.services.erasure import erase_report
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.reports import Identity, Said, add_to_report, receive_report
from incidents.services.triage import attach_report, reject_report, reopen_report
from orgs.crypto import seal
from orgs.models import AuditEntry, ReceivedSms, Role
from tests.factories import IncidentFactory, WordToReporterFactory, person, signed_in, viewer
from tests.incidents.media.samples import jpeg
from tests.incidents.openrosa.conftest import kept_files
from tests.incidents.openrosa.phone import Phone as OdkPhone
from tests.incidents.openrosa.phone import device, filled

pytestmark = pytest.mark.django_db
SAID = Said(
    type_code="looting", narrative="Zarbouline a pris des vaches.", place_text="Vlinchatou", harmed={"injured": 3}
)
WHO = Identity(name="Nafoulissa", phone="+22377665544", lat=14.08, lon=-3.07)
MARKS = ("Zarbouline", "Vlinchatou", "croustimène", "mot-marqué")


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def sent(number: str = "") -> tuple[Report, str]:
    received = receive_report(
        door="web", external_id=number or uuid.uuid4().hex, said=SAID, identity=WHO, language="fr"
    )
    add_to_report(report=received.report, text="croustimène")
    WordToReporterFactory.create(report=received.report, text="mot-marqué")
    return received.report, received.code


def everything_in_the_database() -> str:
    rows = [
        str(values)
        for model in apps.get_models()
        if model._meta.app_label in ("incidents", "orgs") and model._meta.model_name not in ("area", "place")
        for values in model._default_manager.values_list()
    ]
    return "\n".join(rows)


def page_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_it_asks_once_more_then_erases_everything() -> None:
    report, code = sent()
    client = Client()
    asked = page_of(client.post("/report/erase/", {"code": code}))
    assert "On ne peut pas revenir en arrière" in asked
    assert Report.objects.get().narrative == SAID.narrative
    unsure = page_of(client.post("/report/erase/", {"code": code, "confirm": "1"}))
    assert "Cochez la case" in unsure
    assert Report.objects.get().narrative == SAID.narrative
    done = page_of(client.post("/report/erase/", {"code": code, "confirm": "1", "sure": "on"}))
    assert "Vous l’avez effacé. Rien de ce qu’il disait n’est gardé." in done
    held = everything_in_the_database()
    assert not [mark for mark in MARKS if mark in held]
    assert not ReporterIdentity.objects.exists()
    kept = Report.objects.get(pk=report.pk)
    assert (kept.state, kept.reject_reason) == (ReportState.REJECTED, "erased")
    assert kept.erased_at is not None
    assert AuditEntry.objects.filter(verb="erased", object_id=str(report.pk), actor=None).count() == 1
    again = page_of(client.post("/report/follow-up/", {"code": code}))
    assert "Vous l’avez effacé" in again
    assert "Effacer mon signalement" not in again


def test_the_desk_says_that_its_author_erased_it_and_can_do_nothing_more() -> None:
    report, _ = sent()
    Report.objects.filter(pk=report.pk).update(cercle=None, region=None)
    erase_report(report=report)
    desk = signed_in(person(Role.COORDINATOR, "Koro"))
    assert "Effacé par son auteur" in page_of(desk.get(f"/desk/reports/{report.pk}/"))
    assert "Effacé par son auteur" in page_of(desk.get("/desk/?state=rejected"))
    report.refresh_from_db()
    coordinator = viewer(Role.COORDINATOR, "Koro")
    with pytest.raises(NotAllowed):
        reopen_report(viewer=coordinator, report=report, version=report.version)
    answer = desk.post(f"/desk/reports/{report.pk}/word/", {"text": "Êtes-vous là ?"})
    assert "personne ne lit" in page_of(answer)


def test_an_incident_that_stands_on_it_stays_and_its_author_is_told() -> None:
    report, code = sent()
    incident = IncidentFactory.create(where="Koro", narrative="Récit du bureau")
    Report.objects.filter(pk=report.pk).update(state=ReportState.ATTACHED, incident=incident)
    client = Client()
    assert "Votre signalement a déjà servi" in page_of(client.post("/report/erase/", {"code": code}))
    done = page_of(client.post("/report/erase/", {"code": code, "confirm": "1", "sure": "on"}))
    assert "L’événement lui-même reste" in done
    assert incident.ref not in done
    kept = Report.objects.get(pk=report.pk)
    assert (kept.state, kept.incident_id, kept.narrative) == (ReportState.ATTACHED, incident.pk, "")
    assert Incident.objects.get().narrative == "Récit du bureau"
    shown = page_of(signed_in(person(Role.COORDINATOR, "Koro")).get(f"/incidents/{incident.ref}/"))
    assert "Effacé par son auteur" in shown


def test_sending_the_form_again_brings_nothing_back() -> None:
    report, code = sent("formulaire-1")
    erase_report(report=report)
    again = receive_report(door="web", external_id="formulaire-1", said=SAID, identity=WHO, language="fr")
    assert (again.report.pk, again.code, again.addition) == (report.pk, code, None)
    with pytest.raises(ValidationError):
        add_to_report(report=report, text="croustimène")
    assert not [mark for mark in MARKS if mark in everything_in_the_database()]


def test_the_database_itself_keeps_an_erased_report_empty() -> None:
    report, _ = sent()
    erase_report(report=report)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(narrative="revenu")


def test_the_form_as_it_was_sent_its_files_and_the_sms_go_too(
    tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.VAR_DIR = tmp_path
    OdkPhone.of(device()).send(filled(instance="uuid:1", photo_1="a.jpg"), {"a.jpg": jpeg()})
    ReceivedSms.objects.create(gateway="generic", external_id="m1", sender_key="k", sealed=seal({"text": "Zarbouline"}))
    by_sms = receive_report(door="sms", external_id="generic:m1", said=SAID, identity=WHO, language="fr").report
    assert len(kept_files(tmp_path / "media" / "kept")) == 1
    with django_capture_on_commit_callbacks(execute=True):
        for report in Report.objects.all():
            erase_report(report=report)
    assert (bytes(OdkSubmission.objects.get().sealed), bytes(ReceivedSms.objects.get().sealed)) == (b"", b"")
    assert not Attachment.objects.exists()
    assert kept_files(tmp_path / "media" / "kept") == []
    assert OdkPhone.of(device()).send(filled(instance="uuid:1", photo_1="a.jpg"), {"a.jpg": jpeg()}).status_code != 500
    assert Report.objects.count() == 2
    by_sms.refresh_from_db()
    assert by_sms.narrative == ""


def test_a_wrong_code_erases_nothing() -> None:
    sent()
    answer = Client().post("/report/erase/", {"code": "1" * 16, "confirm": "1", "sure": "on"})
    assert "Aucun signalement" in page_of(answer)
    assert Report.objects.get().erased_at is None


def test_a_coordinator_who_decides_on_what_was_just_erased_is_told() -> None:
    report, _ = sent()
    erase_report(report=report)
    incident = IncidentFactory.create(where="Koro")
    coordinator = viewer(Role.COORDINATOR, "Koro")
    with pytest.raises(ChangedMeanwhile):
        attach_report(viewer=coordinator, report=report, incident=incident, version=report.version)
    with pytest.raises(ValidationError):
        reject_report(viewer=coordinator, report=report, version=report.version, reason="erased")


@pytest.mark.django_db(transaction=True)
def test_words_that_are_added_while_it_is_erased_do_not_stay() -> None:
    for _ in range(3):
        report, _code = sent()

        def add(report: Report = report) -> None:
            try:
                add_to_report(report=report, text="ajout pendant l’effacement")
            except ValidationError:
                pass
            finally:
                connections.close_all()

        def erase(report: Report = report) -> None:
            erase_report(report=report)
            connections.close_all()

        threads = [threading.Thread(target=add), threading.Thread(target=erase)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not Addition.objects.filter(report=report).exists()
