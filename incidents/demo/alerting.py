"""Playing the alerts of the story. Messages of the past are written down as sent: nothing of them leaves."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pgtrigger
from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents import safety_shown
from incidents.demo import ways
from incidents.demo.warnings import NUMBER, WARNINGS, Choice, Ended, Raised, Said, Updated
from incidents.models import (
    Alert,
    AlertClosing,
    AlertState,
    Delivery,
    Incident,
    LinkOpening,
    LinkState,
    Rendition,
    Reply,
    SafetyChoice,
    SafetyDecision,
    SafetyQuestion,
    SafetyReview,
    WhoChecks,
)
from incidents.safety.questions import SAFE
from incidents.services import alert_life, alerts, closing, replies
from incidents.services.safety_answers import Decided, Given, answer_safety
from orgs.demo import Stage
from orgs.messaging import reasons
from orgs.models import Area, Channel, Message, MessageState, Tlp
from orgs.policy import Viewer

Step = tuple[float, Callable[[], None]]
_SECONDS_TO_SEND = 40


def steps(stage: Stage) -> Iterator[Step]:
    """What is done with each alert, and when."""
    for warning in WARNINGS:
        yield warning.hours, partial(_prepare, stage, warning)
        if warning.released:
            yield warning.released, partial(_release, stage, warning)
        if warning.ended is not None:
            yield warning.ended.hours, partial(_end, stage, warning, warning.ended)
        for said in warning.answers:
            yield said.hours, partial(_answer, stage, warning, said)
        if warning.updated:
            yield warning.updated.hours, partial(_update, stage, warning, warning.updated)


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
        go_through(stage, alert, viewer, hours=warning.hours, because=warning.because, unsure=warning.case == "threat")
        alerts.propose_alert(viewer=viewer, alert=alert, version=alert.version)


def _line(stage: Stage, choice: Choice) -> alerts.Line:
    return alerts.Line(
        audience=choice.audience,
        area=Area.objects.current().get(pcode=choice.area) if choice.area else None,
        organisation=stage.organisations[choice.body] if choice.body else None,
        kind=choice.kind,
    )


def _release(stage: Stage, warning: Raised) -> None:
    alert = _alert(stage, warning)
    viewer = stage.viewer(warning.second or warning.by)
    go_through(stage, alert, viewer, hours=warning.released, because=warning.because, unsure=warning.case == "threat")
    alerts.release_alert(viewer=viewer, alert=alert, version=alert.version)
    messages = written_as_sent(stage, alert, warning.released)
    failed = Q(recipient__in=[stage.people[key] for key in warning.failed])
    messages.filter(failed).update(state=MessageState.FAILED, reason=reasons.NOT_DELIVERED, sent_at=None)
    ways.fell_back(stage, alert, stage.ago(warning.released))


def _update(stage: Stage, warning: Raised, updated: Updated) -> None:
    """Update and release at once; the link of one message was opened."""
    viewer = stage.viewer(warning.by)
    update = alert_life.update_alert(viewer=viewer, alert=_alert(stage, warning), instruction=updated.instruction)
    stage.made[f"alert {warning.case}"] = update.pk
    Alert.objects.filter(pk=update.pk).update(created_at=stage.ago(updated.hours))
    go_through(stage, update, viewer, hours=updated.hours)
    alerts.release_alert(viewer=viewer, alert=update, version=update.version)
    written_as_sent(stage, update, updated.hours)
    first = update.deliveries.order_by("pk").first()
    if first is not None:
        LinkOpening.objects.create(delivery=first, state=LinkState.OPEN, at=stage.ago(updated.hours - 1))


def written_as_sent(stage: Stage, alert: Alert, hours: float) -> QuerySet[Message]:
    """Write down that an alert went out so many hours ago, and its messages with it."""
    at = stage.ago(hours)
    Alert.objects.filter(pk=alert.pk).update(released_at=at)
    Rendition.objects.filter(alert=alert).update(frozen_at=at)
    # What waited for a digest or for the morning is long sent.
    Delivery.objects.filter(alert=alert).update(created_at=at, hold="", held_until=None)
    sent = stage.ago(hours - _SECONDS_TO_SEND / 3600)
    messages = Message.objects.filter(carriages__delivery__alert=alert)
    messages.update(created_at=at, state=MessageState.SENT, sent_at=sent, final_at=sent, attempts=1)
    by_sms = messages.filter(channel=Channel.SMS)
    by_sms.update(state=MessageState.DELIVERED)
    return messages


def go_through(
    stage: Stage, alert: Alert, viewer: Viewer, *, hours: float, because: str = "", unsure: bool = False
) -> None:
    """Answer the list as somebody careful would; what is found goes out for the reason that the story gives."""
    draft = safety_shown.alert_now(alert.pk)
    standing = safety_shown.standing_now(viewer, draft)
    rumour = standing.subject.is_rumour
    doubts: dict[str, Given] = {SafetyQuestion.SECOND_SOURCE: Given(SafetyChoice.UNSURE)} if unsure else {}
    decided = Decided(SafetyDecision.OVERRIDDEN, because) if because else Decided(SafetyDecision.MISTAKEN)
    review = answer_safety(
        viewer=viewer,
        alert=draft,
        version=draft.version,
        incident_version=draft.incident.version,
        words_hash=standing.subject.hash,
        answers={**{name: Given(answer) for name, answer in SAFE.items()}, **doubts},
        decisions={met.found.fingerprint: decided for met in standing.to_decide},
        who_checks=WhoChecks.LIAISON if rumour else "",
        check_by=timezone.now() + timedelta(days=1) if rumour else None,
    )
    _at(stage, hours, SafetyReview, review.pk)


def _at(stage: Stage, hours: float, model: type[SafetyReview | AlertClosing], pk: int) -> None:
    """Give a row that nobody may change the hour of the story: only here, in the transaction that makes it."""
    options: Any = model._meta
    with pgtrigger.ignore(f"{options.label}:{options.triggers[0].name}"):
        model._default_manager.filter(pk=pk).update(at=stage.ago(hours))


def _end(stage: Stage, warning: Raised, ended: Ended) -> None:
    """Cancel it if it still stands, and say what it turned out to be."""
    alert, viewer = _alert(stage, warning), stage.viewer(warning.by)
    if alert.state == AlertState.RELEASED and ended.cancelled:
        alert = alerts.cancel_alert(viewer=viewer, alert=alert)
        Message.objects.filter(carriages__delivery__alert=alert, purpose="cancel").update(
            state=MessageState.SENT, sent_at=stage.ago(ended.hours), final_at=stage.ago(ended.hours), attempts=1
        )
    if ended.truth:
        closing.close_alert(
            viewer=viewer, alert=alert, version=alert.version, truth=ended.truth, why=ended.why, word=ended.word
        )
        _at(stage, ended.hours, AlertClosing, alert.closings.get().pk)
        Alert.objects.filter(pk=alert.pk).update(closed_at=stage.ago(ended.hours))


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
