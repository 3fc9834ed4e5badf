"""Reporters are told by the way they came, in words that tell others nothing, once a step, unless they said no."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from incidents.intake.sms import report_by_sms
from incidents.models import Feedback, Finding, HeldResponsible, Report
from incidents.services import feedback
from incidents.services.erasure import erase_report
from incidents.services.incidents import close_incident
from incidents.services.reports import Identity, Said, receive_report
from incidents.services.triage import attach_report, reject_report, reopen_report
from orgs.messaging import drain, reasons, sms_text
from orgs.messaging.inbound import IncomingSms
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import AuditEntry, Channel, Message, Role, User
from tests.factories import ActorFactory, IncidentFactory, OrganisationFactory, person, viewer

pytestmark = pytest.mark.django_db
PHONE = "+22377665544"


def sent(
    identity: Identity | None = Identity(name="Nafoulissa", phone=PHONE),  # noqa: B008
    *,
    door: str = "web",
    language: str = "fr",
    **said: Any,
) -> Report:
    words = {"type_code": "looting", "narrative": "On a pris des vaches.", "place_text": "cercle de Koro"}
    return receive_report(
        door=door,
        external_id=uuid.uuid4().hex,
        said=Said(**{**words, "may_call_back": bool(identity and identity.phone), **said}),
        identity=identity,
        language=language,
    ).report


def reject(report: Report) -> Report:
    report.refresh_from_db()
    return reject_report(
        viewer=viewer(Role.COORDINATOR, "Koro"), report=report, version=report.version, reason="unclear"
    )


def composed() -> list[Envelope | Skip]:
    waiting = list(Message.objects.filter(purpose=feedback.PURPOSE, state="pending").order_by("pk"))
    words = drain.compose(waiting)
    return [words[message.pk] for message in waiting]  # type: ignore[misc]


def test_somebody_who_may_be_called_gets_one_short_sms_that_says_nothing_of_what_was_said() -> None:
    report = sent()
    reject(report)
    day = timezone.localtime(report.received_at).strftime("%d/%m")
    (envelope,) = composed()
    assert isinstance(envelope, Envelope)
    assert envelope.address == PHONE
    assert envelope.text == f"Votre message du {day} a été lu. Pour ne plus rien recevoir : STOP"
    assert sms_text.segments(envelope.text) == 1
    assert sms_text.is_gsm7(envelope.text)
    message = Message.objects.get()
    assert (message.channel, message.sealed, message.recipient_id) == (Channel.SMS, None, None)
    opened = AuditEntry.objects.get(verb="open_identity_to_send")
    assert (opened.object_id, opened.actor_id) == (str(report.pk), None)
    assert PHONE not in str(opened.facts)


def test_it_is_in_the_language_of_the_report() -> None:
    reject(sent(language="en"))
    (envelope,) = composed()
    assert isinstance(envelope, Envelope)
    assert envelope.text.startswith("Your message of ")


@pytest.mark.parametrize(
    ("identity", "said", "door", "told"),
    [
        (Identity(phone=PHONE), {}, "web", 1),
        (Identity(phone=PHONE), {"wants_feedback": False}, "web", 0),
        (Identity(phone=PHONE), {"may_call_back": False}, "api", 0),
        (Identity(phone=PHONE), {"may_call_back": False}, "sms", 1),
        (Identity(phone=PHONE), {}, "proxy", 1),
        (Identity(name="Sans numéro"), {}, "web", 0),
        (None, {}, "odk", 0),
    ],
)
def test_who_is_told(identity: Identity | None, said: dict[str, Any], door: str, told: int) -> None:
    reject(sent(identity, door=door, **said))
    assert Feedback.objects.count() == Message.objects.filter(purpose=feedback.PURPOSE).count() == told


def test_a_step_is_told_once_however_often_it_is_taken() -> None:
    report, coordinator = sent(), viewer(Role.COORDINATOR, "Koro")
    for _ in range(3):
        rejected = reject(report)
        reopen_report(viewer=coordinator, report=rejected, version=rejected.version)
    assert Message.objects.count() == 1


def test_an_outcome_is_told_to_all_behind_an_incident_with_as_many_questions_for_ten_as_for_two(
    django_assert_max_num_queries: Any,
) -> None:
    incident, coordinator = IncidentFactory.create(where="Koro"), viewer(Role.COORDINATOR, "Koro")
    for number in range(10):
        report = sent(Identity(phone=f"+2237000000{number}"))
        attach_report(viewer=coordinator, report=report, incident=incident, version=report.version)
    incident.refresh_from_db()
    with django_assert_max_num_queries(16):
        close_incident(viewer=coordinator, incident=incident, version=incident.version, finding=Finding.TRUE)
    assert Feedback.objects.filter(step="outcome").count() == 10
    texts = {words.text for words in composed() if isinstance(words, Envelope)}
    assert any("a eu une suite" in text for text in texts)
    assert not any(incident.ref in text or "vaches" in text for text in texts)


def test_one_person_gets_four_a_day_at_most() -> None:
    for _ in range(7):
        reject(sent())
    assert Message.objects.count() == feedback.MOST_A_DAY


def test_a_signed_in_reporter_is_told_by_the_channel_of_their_account() -> None:
    account = person(Role.MONITOR, "Koro")
    for channel, told in ((Channel.EMAIL, 1), (Channel.INBOX, 1)):
        User.objects.filter(pk=account.pk).update(channel=channel)
        reject(sent(Identity(user_id=account.pk)))
        assert Message.objects.count() == told
    (envelope,) = composed()
    assert isinstance(envelope, Envelope)
    assert envelope.address == account.email
    assert "a été lu" in envelope.subject


def test_people_of_the_service_held_responsible_are_not_told() -> None:
    service = OrganisationFactory.create()
    account = person(Role.MONITOR, "Koro", organisation=service)
    report, incident = sent(Identity(user_id=account.pk)), IncidentFactory.create(where="Koro")
    User.objects.filter(pk=account.pk).update(channel=Channel.EMAIL)
    attach_report(viewer=viewer(Role.COORDINATOR, "Koro"), report=report, incident=incident, version=report.version)
    HeldResponsible.objects.create(incident=incident, actor=ActorFactory.create(organisation=service))
    assert composed() == [Skip(reasons.NO_LONGER_ALLOWED)]


def test_what_waits_is_called_off_when_it_is_erased_or_no_longer_wanted() -> None:
    erased, stopped = sent(), sent(Identity(phone="+22370000009"))
    reject(erased)
    reject(stopped)
    erase_report(report=erased)
    assert feedback.stop_feedback(phone="+22370000009") == 1
    assert composed() == [Skip(reasons.CANCELLED), Skip(reasons.CANCELLED)]
    assert not AuditEntry.objects.filter(verb="open_identity_to_send").exists()


def test_stop_by_sms_stops_it_for_all_reports_of_the_number_and_for_nobody_else() -> None:
    mine, other = [sent(), sent()], sent(Identity(phone="+22370000009"))
    stop = IncomingSms("generic", uuid.uuid4().hex, PHONE, " Stop. ", timezone.now())
    assert report_by_sms(stop)
    later = sent()
    for report in (*mine, later, other):
        reject(report)
    assert list(Feedback.objects.values_list("report", flat=True)) == [other.pk]


def test_a_decision_that_is_rolled_back_tells_nobody() -> None:
    report = sent()
    stale = report.version + 1
    with pytest.raises(Exception, match="changed"):
        reject_report(viewer=viewer(Role.COORDINATOR, "Koro"), report=report, version=stale, reason="unclear")
    assert not Message.objects.exists()


def test_a_tick_on_the_form_is_enough(client: Any) -> None:
    form = {
        "form_id": uuid.uuid4().hex, "what": "looting", "where": "cercle de Koro", "when": "today",
        "words": "Vol.", "phone": "76 12 34 56", "no_contact": "on",
    }  # fmt: skip
    assert client.post("/report/", form).status_code == 303
    report = Report.objects.get()
    assert (report.may_call_back, report.wants_feedback) == (True, False)
    reject(report)
    assert not Message.objects.exists()
