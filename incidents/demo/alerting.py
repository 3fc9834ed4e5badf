"""Playing the alerts of the story. Messages of the past are written down as sent: nothing of them leaves."""

from collections.abc import Callable, Iterator
from functools import partial

from django.db.models import Q

from incidents.demo import ways
from incidents.demo.warnings import NUMBER, WARNINGS, Choice, Raised, Said
from incidents.models import Alert, AlertState, Delivery, Incident, Rendition, Reply
from incidents.services import alerts, replies
from orgs.demo import Stage
from orgs.messaging import reasons
from orgs.models import Area, Channel, Message, MessageState, Tlp

Step = tuple[float, Callable[[], None]]
_SECONDS_TO_SEND = 40


def steps(stage: Stage) -> Iterator[Step]:
    """What is done with each alert, and when."""
    for warning in WARNINGS:
        yield warning.hours, partial(_prepare, stage, warning)
        if warning.released:
            yield warning.released, partial(_release, stage, warning)
        for said in warning.answers:
            yield said.hours, partial(_answer, stage, warning, said)


def remember(stage: Stage, key: str, made: Incident) -> None:
    """Keep an incident under the name that it has in the story."""
    stage.made[f"incident {key}"] = made.pk


def incident(stage: Stage, key: str) -> Incident:
    """An incident of the story as it is now."""
    return Incident.objects.get(pk=stage.made[f"incident {key}"])


def _alert(stage: Stage, warning: Raised) -> Alert:
    return Alert.objects.get(pk=stage.made[f"alert {warning.case}"])


def _prepare(stage: Stage, warning: Raised) -> None:
    """Prepare; where a second person must agree, propose at once."""
    about, viewer = incident(stage, warning.case), stage.viewer(warning.by)
    alert = alerts.prepare_alert(
        viewer=viewer,
        incident=about,
        lines=[_line(stage, choice) for choice in warning.choices],
        instruction=warning.instruction,
        call_number="" if Tlp(about.tlp).carries_content else NUMBER,
    )
    Alert.objects.filter(pk=alert.pk).update(created_at=stage.ago(warning.hours))
    stage.made[f"alert {warning.case}"] = alert.pk
    if warning.second or not warning.released:
        alerts.propose_alert(viewer=viewer, alert=alert, version=alert.version)


def _line(stage: Stage, choice: Choice) -> alerts.Line:
    return alerts.Line(
        audience=choice.audience,
        area=Area.objects.current().get(pcode=choice.area) if choice.area else None,
        organisation=stage.organisations[choice.body] if choice.body else None,
        kind=choice.kind,
    )


def _release(stage: Stage, warning: Raised) -> None:
    alert, at = _alert(stage, warning), stage.ago(warning.released)
    viewer = stage.viewer(warning.second or warning.by)
    alerts.release_alert(viewer=viewer, alert=alert, version=alert.version, confirmed=True)
    Alert.objects.filter(pk=alert.pk).update(released_at=at)
    Rendition.objects.filter(alert=alert).update(frozen_at=at)
    Delivery.objects.filter(alert=alert).update(created_at=at)
    sent = stage.ago(warning.released - _SECONDS_TO_SEND / 3600)
    messages = Message.objects.filter(carriages__delivery__alert=alert)
    messages.update(created_at=at, state=MessageState.SENT, sent_at=sent, final_at=sent, attempts=1)
    by_sms = messages.filter(channel=Channel.SMS)
    by_sms.update(state=MessageState.DELIVERED)
    failed = Q(recipient__in=[stage.people[key] for key in warning.failed])
    messages.filter(failed).update(state=MessageState.FAILED, reason=reasons.NOT_DELIVERED, sent_at=None)
    ways.fell_back(stage, alert, at)


def _answer(stage: Stage, warning: Raised, said: Said) -> None:
    alert, at = _alert(stage, warning), stage.ago(said.hours)
    assert alert.state == AlertState.RELEASED
    delivery = Delivery.objects.get(alert=alert, recipient=stage.people[said.person])
    first = delivery.answered_at is None
    if said.channel == Channel.CALL:
        replies.tick_call(viewer=stage.viewer(warning.by), delivery=delivery, result=said.kind, reason=said.reason)
        Delivery.objects.filter(pk=delivery.pk).update(called_at=at)
    else:
        replies.answer(
            viewer=stage.viewer(said.person),
            delivery=delivery,
            kind=said.kind,
            reason=said.reason,
            text=said.text,
            channel=said.channel,
        )
        if said.channel == Channel.INBOX:
            Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=at)
    last = Reply.objects.filter(delivery=delivery).order_by("-pk").first()
    if last is not None:
        Reply.objects.filter(pk=last.pk).update(at=at)
    if first:
        Delivery.objects.filter(pk=delivery.pk).update(answered_at=at)
