"""What goes both ways in the story: a question and its answer, what came of an alert, advisories."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from incidents.demo import alerting
from incidents.models import (
    Advisory,
    AdvisoryKind,
    AdvisoryWording,
    Alert,
    AlertQuestion,
    Audience,
    Delivery,
    Did,
    Helped,
    HoldReason,
    Incident,
    Missing,
    OutcomeDecision,
    QuestionAnswer,
    Reply,
    ReplyKind,
    Severity,
    Verdict,
)
from incidents.services import advisories, alerts, outcomes_told, questions, replies
from incidents.services.advisories import Told
from incidents.services.alerts import Line
from incidents.services.notices import PURPOSE
from orgs.demo import Stage
from orgs.models import Area, Message, MessageState, Tlp

Step = tuple[float, Callable[[], None]]
_KORO = "koro"
_CATTLE, _ROAD, _MARKET = "vols", "route", "marché"
PASSED_ON = (_ROAD,)
"""Those that became an incident and an alert."""


def steps(stage: Stage) -> Iterator[Step]:
    """What is asked, answered, told and given, and when."""
    yield 50, partial(_give, stage, _CATTLE, 50)
    yield 47, partial(_hold, stage, _CATTLE, 47)
    yield 30, partial(_give, stage, _ROAD, 30)
    yield 28, partial(_pass_on, stage, _ROAD, 28)
    yield 18, partial(_ask, stage, 18)
    yield 17.5, partial(_answer, stage, 17.5)
    yield 16, partial(_need_more, stage, 16)
    yield 11, partial(_tell, stage, 11)
    yield 10, partial(_accept, stage, 10)
    yield 8, partial(_give, stage, _MARKET, 8)


_TOLD = {
    _CATTLE: (
        "liaison", "ML1903", "looting", Tlp.AMBER, Severity.MINOR,
        "Des bêtes volées ont été vues à vendre. Leurs acheteurs sont connus.",
        "Ne les achetez pas et dites-le à la coordination.",
    ),
    _ROAD: (
        "liaison", "ML1902", "threat", Tlp.GREEN, Severity.MODERATE,
        "Des attaques de voyageurs par des bandits sont à craindre les jours de foire, le soir surtout.",
        "Voyagez en groupe et de jour. N’emportez pas d’argent.",
    ),
    _MARKET: (
        "police", "ML0501", "rumour", Tlp.CLEAR, Severity.MINOR,
        "Un message annonce la fermeture du marché. Il est faux : le marché reste ouvert.",
        "Ne faites pas circuler ce message. Demandez à la mairie en cas de doute.",
    ),
}  # fmt: skip


def _give(stage: Stage, key: str, hours: float) -> None:
    person, area, kind, tlp, severity, words, instruction = _TOLD[key]
    viewer = stage.viewer(person)
    body = "gendarmerie" if person == "liaison" else "commissariat"
    given = advisories.give_advisory(
        viewer=viewer,
        organisation=stage.organisations[body],
        told=Told(
            kind=AdvisoryKind.INCIDENT if kind == "looting" else AdvisoryKind.THREAT,
            type_code=kind,
            areas=[Area.objects.current().get(pcode=area)],
            starts_at=stage.ago(hours),
            ends_at=stage.ago(-72),
            severity=severity,
            tlp=tlp,
            words=words,
            instruction=instruction,
        ),
    )
    Advisory.objects.filter(pk=given.pk).update(given_at=stage.ago(hours))
    AdvisoryWording.objects.filter(advisory=given).update(written_at=stage.ago(hours))
    stage.made[f"advisory {key}"] = given.pk
    _quiet(stage, hours)


def _advisory(stage: Stage, key: str) -> Advisory:
    return Advisory.objects.get(pk=stage.made[f"advisory {key}"])


def _hold(stage: Stage, key: str, hours: float) -> None:
    row = _advisory(stage, key)
    note = "Nous demandons d’abord aux éleveurs. Dire que les acheteurs sont connus peut mener à une vengeance."
    advisories.hold_advisory(
        viewer=stage.viewer("coordinator"), advisory=row, version=row.version, reason=HoldReason.INFLAMES, note=note
    )
    Advisory.objects.filter(pk=row.pk).update(decided_at=stage.ago(hours))
    _quiet(stage, hours)


def _pass_on(stage: Stage, key: str, hours: float) -> None:
    row, viewer = _advisory(stage, key), stage.viewer("coordinator")
    alert = advisories.pass_on_advisory(
        viewer=viewer,
        advisory=row,
        version=row.version,
        words="Des voyageurs pourraient être volés les jours de foire, le soir surtout.",
        instruction="Voyagez en groupe et de jour. N’emportez pas d’argent.",
        tlp=row.tlp,
        severity=row.severity,
        lines=[Line(Audience.NETWORK, area=row.areas.get())],
    )
    alerting.go_through(stage, alert, viewer, hours=hours)
    alerts.release_alert(viewer=viewer, alert=alert, version=alert.version)
    alerting.written_as_sent(stage, alert, hours)
    at = stage.ago(hours)
    Alert.objects.filter(pk=alert.pk).update(created_at=at)
    Incident.objects.filter(pk=alert.incident_id).update(created_at=at, updated_at=at)
    Advisory.objects.filter(pk=row.pk).update(decided_at=at)
    AdvisoryWording.objects.filter(advisory=row, side="desk").update(written_at=at)
    _quiet(stage, hours)


def _delivery(stage: Stage, person: str) -> Delivery:
    return Delivery.objects.get(alert=stage.made[f"alert {_KORO}"], recipient=stage.people[person])


def _ask(stage: Stage, hours: float) -> None:
    text = "Les blessés peuvent-ils venir au centre de santé, ou faut-il aller les chercher ?"
    asked = questions.ask(viewer=stage.viewer("liaison"), delivery=_delivery(stage, "liaison"), text=text)
    AlertQuestion.objects.filter(pk=asked.pk).update(asked_at=stage.ago(hours))
    stage.made["question"] = asked.pk
    _quiet(stage, hours)


def _answer(stage: Stage, hours: float) -> None:
    answer = questions.answer_question(
        viewer=stage.viewer("coordinator"),
        question=AlertQuestion.objects.get(pk=stage.made["question"]),
        text="Ils peuvent voyager assis. Le centre de santé les attend et envoie une charrette.",
        to_all=True,
        confirmed=True,
    )
    QuestionAnswer.objects.filter(pk=answer.pk).update(written_at=stage.ago(hours))
    _quiet(stage, hours)


def _need_more(stage: Stage, hours: float) -> None:
    delivery = _delivery(stage, "officer")
    reply = replies.answer(
        viewer=stage.viewer("officer"),
        delivery=delivery,
        kind=ReplyKind.NEED_MORE,
        missing=[Missing.PEOPLE, Missing.DO],
    )
    _replied(stage, reply, hours)
    AlertQuestion.objects.filter(reply=reply).update(asked_at=stage.ago(hours))
    _quiet(stage, hours)


def _tell(stage: Stage, hours: float) -> None:
    reply = replies.answer(
        viewer=stage.viewer("rescuer"),
        delivery=_delivery(stage, "rescuer"),
        kind=ReplyKind.OUTCOME,
        did=[Did.MEDICAL],
        helped=Helped.YES,
        text="Trois personnes soignées, une est restée au centre.",
    )
    _replied(stage, reply, hours)
    stage.made["outcome"] = reply.pk
    _quiet(stage, hours)


def _accept(stage: Stage, hours: float) -> None:
    reply = Reply.objects.get(pk=stage.made["outcome"])
    outcomes_told.decide_on_outcome(viewer=stage.viewer("coordinator"), reply=reply, verdict=Verdict.ACCEPTED)
    OutcomeDecision.objects.filter(reply=reply).update(decided_at=stage.ago(hours))


def _replied(stage: Stage, reply: Reply, hours: float) -> None:
    at = stage.ago(hours)
    Reply.objects.filter(pk=reply.pk).update(at=at)
    Delivery.objects.filter(pk=reply.delivery_id, answered_at__gt=at).update(answered_at=at)


def _quiet(stage: Stage, hours: float) -> None:
    """What was written to people of the story is written down as sent: nothing of it leaves."""
    at, sent = stage.ago(hours), stage.ago(hours) + timedelta(seconds=40)
    waiting = Message.objects.filter(purpose=PURPOSE, state=MessageState.PENDING, recipient__is_demo=True)
    waiting.update(created_at=at, state=MessageState.SENT, sent_at=sent, final_at=sent, attempts=1)
