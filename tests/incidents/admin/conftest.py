"""One of everything, in Koro and elsewhere, for the content models in admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from incidents.models import (
    Advisory,
    AdvisoryWording,
    AlertLadder,
    AlertQuestion,
    AlertState,
    Carriage,
    Door,
    Escalation,
    Notice,
    OdkSubmission,
    OutcomeDecision,
    QuestionAnswer,
    Reply,
    ReplyKind,
    Verdict,
)
from incidents.services.media import take_in
from orgs.crypto import seal
from orgs.models import Channel, Message, Role
from tests import factories
from tests.incidents.media.samples import jpeg

Maker = Callable[..., Model]


def _report(where: str = "Koro") -> Model:
    report = factories.ReportFactory.create(where=where, narrative="RECIT-MARQUE", place_text="LIEU-MARQUE")
    factories.IdentityFactory.create(report=report, person_key="cle-marquee")
    return report


def _addition(where: str = "Koro") -> Model:
    return factories.AdditionFactory.create(report=factories.ReportFactory.create(where=where), text="AJOUT-MARQUE")


def _word(where: str = "Koro") -> Model:
    report = factories.ReportFactory.create(where=where)
    writer = factories.UserFactory.create(name="REDACTRICE-MARQUEE")
    return factories.WordToReporterFactory.create(report=report, text="MOT-MARQUE", written_by=writer)


def _proxy(where: str = "Koro") -> Model:
    return factories.ProxyEntryFactory.create(report=factories.ReportFactory.create(where=where))


def _feedback(where: str = "Koro") -> Model:
    return factories.FeedbackFactory.create(report=factories.ReportFactory.create(where=where))


def _attachment(where: str = "Koro") -> Model:
    return take_in(report=factories.ReportFactory.create(where=where), data=jpeg())


def _identity(where: str = "Koro") -> Model:
    report = factories.ReportFactory.create(where=where)
    return factories.IdentityFactory.create(report=report, said={"name": "NOM-MARQUE"}, person_key="cle-marquee")


def _incident(where: str = "Koro") -> Model:
    return factories.IncidentFactory.create(where=where, narrative="RECIT-MARQUE", summary="RESUME-MARQUE")


def _figure(where: str = "Koro") -> Model:
    return factories.FigureFactory.create(incident=_incident(where), source="SOURCE-MARQUEE")


def _responsible(where: str = "Koro") -> Model:
    return factories.HeldResponsibleFactory.create(incident=_incident(where))


def _alert(where: str = "Koro") -> Any:
    return factories.AlertFactory.create(
        incident=_incident(where), state=AlertState.DRAFT, instruction="CONSIGNE-MARQUEE"
    )


def _audience(where: str = "Koro") -> Model:
    area = factories.area("Koro")
    return factories.AlertAudienceFactory.create(
        alert=_alert(where), area=area, organisation=factories.OrganisationFactory.create()
    )


def _rendition(where: str = "Koro") -> Model:
    return factories.RenditionFactory.create(alert=_alert(where), body="CORPS-MARQUE")


def _delivery(where: str = "Koro") -> Any:
    alert = factories.AlertFactory.released(incident=_incident(where))
    recipient = factories.UserFactory.create(name="DESTINATAIRE-MARQUE")
    owner = factories.OrganisationFactory.create()
    return factories.DeliveryFactory.create(alert=alert, recipient=recipient, organisation=owner)


def _carriage(where: str = "Koro") -> Model:
    delivery = _delivery(where)
    message = Message.objects.create(purpose="alert", channel=Channel.EMAIL, recipient=delivery.recipient)
    return Carriage.objects.create(delivery=delivery, message=message)


def _reply(where: str = "Koro") -> Model:
    return Reply.objects.create(delivery=_delivery(where), kind=ReplyKind.ACT, text="REPONSE-MARQUEE")


def _odk_submission(where: str = "Koro") -> Model:
    report = factories.ReportFactory.create(where=where, door=Door.ODK)
    return OdkSubmission.objects.create(report=report, instance_id=f"uuid:{report.pk}", sha256="0", sealed=seal({}))


def _alert_ladder(where: str = "Koro") -> Model:
    return AlertLadder.objects.create(alert=_alert(where), left_out=True, reason="RAISON-MARQUEE")


def _escalation(where: str = "Koro") -> Model:
    return Escalation.objects.create(
        alert=_alert(where),
        step=2,
        wait=15,
        call_name="Garde de la nuit",
        call_phone="+22376000088",
        due_at=timezone.now(),
    )


def _question(where: str = "Koro") -> AlertQuestion:
    return AlertQuestion.objects.create(delivery=_delivery(where), text="QUESTION-MARQUEE")


def _question_answer(where: str = "Koro") -> Model:
    return QuestionAnswer.objects.create(question=_question(where), text="ANSWER-MARQUEE")


def _outcome_decision(where: str = "Koro") -> Model:
    reply = Reply.objects.create(delivery=_delivery(where), kind=ReplyKind.OUTCOME, did=["medical"], helped="yes")
    return OutcomeDecision.objects.create(reply=reply, verdict=Verdict.KEPT)


def _advisory(where: str = "Koro") -> Advisory:
    giver = factories.person(Role.LIAISON, where)
    service = giver.memberships.get().organisation
    assert service is not None
    found = factories.area(where)
    now = timezone.now()
    given = Advisory.objects.create(
        given_by=giver, organisation=service, kind="threat", type_id="threat", tlp="green", severity="minor",
        starts_at=now, ends_at=now + timedelta(days=1), **factories.columns_of(where),
        incident=factories.IncidentFactory.create(where=where),
    )  # fmt: skip
    given.areas.set([found])
    return given


def _wording(where: str = "Koro") -> Model:
    return AdvisoryWording.objects.create(advisory=_advisory(where), side="service", words="MOTS", instruction="MOTS")


def _notice(where: str = "Koro") -> Model:
    message = Message.objects.create(purpose="twoway_notice", channel="email")
    return Notice.objects.create(kind="asked", message=message, delivery=_delivery(where))


MAKERS: dict[str, Maker] = {
    "alertquestion": _question,
    "questionanswer": _question_answer,
    "outcomedecision": _outcome_decision,
    "advisory": _advisory,
    "advisorywording": _wording,
    "notice": _notice,
    "odksubmission": _odk_submission,
    "report": _report,
    "addition": _addition,
    "wordtoreporter": _word,
    "proxyentry": _proxy,
    "feedback": _feedback,
    "attachment": _attachment,
    "reporteridentity": _identity,
    "incident": _incident,
    "figure": _figure,
    "heldresponsible": _responsible,
    "alert": _alert,
    "alertaudience": _audience,
    "rendition": _rendition,
    "delivery": _delivery,
    "carriage": _carriage,
    "reply": _reply,
    "alertladder": _alert_ladder,
    "escalation": _escalation,
}


@pytest.fixture(params=sorted(MAKERS))
def model(request: pytest.FixtureRequest, db: None) -> str:
    """The name of each content model in turn."""
    name: str = request.param
    return name
