"""Climbing: while nobody answers a released alert, its next step goes out; exactly once, in order, one at a time.

Everything is decided by what stands in the database at that moment, under the lock of the alert, in one transaction a
step: deliveries, messages and "done" are written together or not at all. A step that is done stays done: ``done`` is a
state, so that neither a clock set back nor a second climber can bring it again. After a stop the late steps go one by
one: each gives its wait again, from the moment when it really went.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from incidents.access import may_climb, people_who_may_be_told
from incidents.models import (
    Alert,
    AlertLadder,
    AlertState,
    Delivery,
    DeliveryAnswer,
    Escalation,
    EscalationState,
    Incident,
    Why,
)
from incidents.services import fanout, ladders, steps
from incidents.services.errors import NotAllowed
from orgs import wording
from orgs.messaging import outbox
from orgs.models import Channel
from orgs.policy import Viewer

log = logging.getLogger(__name__)

OPEN = (EscalationState.WAITING, EscalationState.PAUSED)
MOST_A_PASS = 500
"""Alerts looked at in one pass; the next pass takes the others."""
LONGEST_REASON = 300
_PRODUCT = Viewer()
_HOLDING = (DeliveryAnswer.DONE, DeliveryAnswer.ACTING, DeliveryAnswer.ACKNOWLEDGED)
"""Answers that let a ladder rest, the strongest first."""
_REASONS = {
    DeliveryAnswer.DONE: Why.FINISHED,
    DeliveryAnswer.ACTING: Why.ACTING,
    DeliveryAnswer.ACKNOWLEDGED: Why.ACKNOWLEDGED,
}

# The first open step of each alert, if there is anything to do about it: its time has come, somebody answered, all who
# were told cannot act, those who let it rest do so no longer, or the alert is over. One alert, locked unless somebody
# else has it in hand (deliveries may still be written meanwhile: NO KEY).
_NEXT = """
    SELECT alert.id
      FROM incidents_alert AS alert
      JOIN LATERAL (
               SELECT due_at, state FROM incidents_escalation
                WHERE alert_id = alert.id AND state IN ('waiting', 'paused') ORDER BY step LIMIT 1) AS next ON true
     WHERE alert.id IN (SELECT alert_id FROM incidents_escalation WHERE state IN ('waiting', 'paused'))
       AND alert.id <> ALL (%(seen)s)
       AND (alert.state <> 'released' OR alert.expires_at <= %(now)s OR next.state = 'paused' OR next.due_at <= %(now)s
            OR EXISTS (SELECT 1 FROM incidents_delivery
                        WHERE alert_id = alert.id AND answer IN ('acknowledged', 'acting', 'done'))
            OR EXISTS (SELECT 1 FROM incidents_delivery WHERE alert_id = alert.id)
               AND NOT EXISTS (SELECT 1 FROM incidents_delivery
                                WHERE alert_id = alert.id AND answer <> 'declined'))
     ORDER BY CASE WHEN next.state = 'paused' THEN random() ELSE -1 END, next.due_at, alert.id
     LIMIT 1
       FOR NO KEY UPDATE OF alert SKIP LOCKED"""


@dataclass(frozen=True)
class Pass:
    """What one pass over the ladders did."""

    looked_at: int = 0
    climbed: int = 0


# --- The clock ---------------------------------------------------------------------------------------------------


def climb_due(*, now: datetime | None = None) -> Pass:
    """Look at every alert whose ladder asks for it, those due longest first; at most one step each.

    ``now`` stands for the database's clock, which is asked when it is not given: workers' clocks do not count. An
    alert that fails stops no other.
    """
    seen: list[UUID] = []
    climbed = 0
    while len(seen) < MOST_A_PASS:
        before = len(seen)
        try:
            with transaction.atomic():
                at = now or database_time()
                alert = _claim(seen, at)
                if alert is None:
                    break
                seen.append(alert.pk)
                climbed += _look_at(alert, at)
        except Exception:
            if len(seen) == before:  # the database, and no alert in particular
                raise
            log.exception("A ladder could not be climbed: %s", seen[-1])
    return Pass(len(seen), climbed)


def database_time() -> datetime:
    """The time by the database's clock, at the start of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
    return found


def _claim(seen: Sequence[UUID], now: datetime) -> Alert | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, {"seen": list(seen), "now": now})
        row = cursor.fetchone()
    return None if row is None else Alert.objects.select_related("incident", "ladder").get(pk=row[0])


def _look_at(alert: Alert, now: datetime) -> bool:
    """Decide about the next step of a locked alert; whether it went."""
    rows = _open(alert)
    if not rows:
        return False
    if alert.state != AlertState.RELEASED or (alert.expires_at is not None and alert.expires_at <= now):
        _end(_PRODUCT, rows, Why.OVER)
        return False
    verdict = _verdict(alert, rows[0], now)
    if verdict.rest is not None:
        _rest(rows[0], verdict.rest)
    elif verdict.go is not None:
        _go(_PRODUCT, alert, rows, verdict.go, now)
    elif rows[0].state == EscalationState.PAUSED:
        _wake(rows[0])
    return verdict.rest is None and verdict.go is not None


@dataclass(frozen=True)
class Verdict:
    """Why a step rests, or why it goes; neither while its time has not come."""

    rest: Why | None = None
    go: Why | None = None


def _verdict(alert: Alert, step: Escalation, now: datetime) -> Verdict:
    told = list(
        alert.deliveries.filter(step__lt=step.step)
        .select_related("rendition")
        .annotate(said_at=Max("replies__at"))
        .exclude(answer=DeliveryAnswer.NONE)
    )
    fresh, stale = _holders(alert, told, now)
    if fresh:
        return Verdict(rest=_REASONS[min(fresh, key=_HOLDING.index)])
    if told and not stale and not _others_wait(alert, step):
        return Verdict(go=Why.DECLINED)
    if step.due_at <= now:
        return Verdict(go=Why.STALE if stale else Why.EMPTY if _reached_nobody(alert, step) else Why.NOBODY)
    return Verdict()


def _others_wait(alert: Alert, step: Escalation) -> bool:
    """Whether somebody who was told has not said that they cannot act."""
    return alert.deliveries.filter(step__lt=step.step).exclude(answer=DeliveryAnswer.DECLINED).exists()


def _reached_nobody(alert: Alert, step: Escalation) -> bool:
    before = alert.escalations.filter(step=step.step - 1, state=EscalationState.DONE).first()
    return before is not None and not before.is_call and before.told == 0


def _holders(
    alert: Alert, told: Iterable[Delivery], now: datetime
) -> tuple[list[DeliveryAnswer], list[DeliveryAnswer]]:
    """The answers that let the ladder rest, and those that did so for too long. Only of people who may still answer."""
    answered = [one for one in told if one.answer in _HOLDING]
    allowed = _may_still_answer(alert, answered)
    hours = alert.ladder.resume_after if hasattr(alert, "ladder") else None
    fresh: list[DeliveryAnswer] = []
    stale: list[DeliveryAnswer] = []
    for one in answered:
        if one.recipient_id not in allowed:
            continue
        said_at = getattr(one, "said_at", None) or one.answered_at
        is_stale = (
            hours is not None
            and one.answer != DeliveryAnswer.DONE
            and said_at is not None
            and said_at + timedelta(hours=hours) <= now
        )
        (stale if is_stale else fresh).append(DeliveryAnswer(one.answer))
    return fresh, stale


def _may_still_answer(alert: Alert, answered: Sequence[Delivery]) -> set[int]:
    """One query for each audience in which somebody answered."""
    allowed: set[int] = set()
    for audience in {one.rendition.audience for one in answered}:
        people = [one.recipient_id for one in answered if one.rendition.audience == audience]
        may = people_who_may_be_told(alert.incident, tlp=alert.tlp, audience=audience).filter(pk__in=people)
        allowed |= set(may.order_by().values_list("pk", flat=True))
    return allowed


# --- What is written ---------------------------------------------------------------------------------------------


def _open(alert: Alert) -> list[Escalation]:
    """The steps that are still to come, in their order. The alert is locked: nobody else changes them."""
    rows = alert.escalations.filter(state__in=OPEN).select_related("area", "organisation", "person")
    return list(rows.defer("area__geometry").order_by("step"))


def _go(viewer: Viewer, alert: Alert, rows: Sequence[Escalation], why: Why, now: datetime) -> Escalation:
    """The first of the open steps goes out; those after it are due after their waits from now."""
    step, later = rows[0], rows[1:]
    if not step.is_call:
        # Nobody may be named responsible between the choice of people and the commit.
        incident = Incident.objects.select_for_update(of=("self",)).select_related("type").get(pk=alert.incident_id)
        step.told = fanout.write_deliveries(alert, incident, [ladders.as_line(step)], step=step.step)
        fanout.write_messages(alert, step=step.step)
        outbox.wake(Channel.EMAIL, Channel.SMS)
    step.state, step.done_at, step.why, step.done_by_id = EscalationState.DONE, now, why, viewer.user_id
    step.save(update_fields=["state", "done_at", "why", "done_by", "told"])
    _move(later, now, at_once=not step.is_call and step.told == 0)
    steps.note(viewer, step, "climbed", step=step.step, recipients=step.told, why=str(why), alert=str(alert.pk))
    return step


def _move(later: Sequence[Escalation], now: datetime, *, at_once: bool) -> None:
    """Every later step gives its wait again. After a step that reached nobody, nobody is waited for."""
    due = now
    for number, row in enumerate(later):
        due += timedelta(minutes=0 if at_once and number == 0 else row.wait)
        row.due_at = due
    Escalation.objects.bulk_update(later, ["due_at"])


def _rest(step: Escalation, why: Why) -> None:
    if step.state == EscalationState.PAUSED and step.why == why:
        return
    before = step.state
    step.state, step.why = EscalationState.PAUSED, why
    step.save(update_fields=["state", "why"])
    if before != EscalationState.PAUSED:
        steps.note(_PRODUCT, step, "paused", step=step.step, why=str(why), alert=str(step.alert_id))


def _wake(step: Escalation) -> None:
    step.state, step.why = EscalationState.WAITING, ""
    step.save(update_fields=["state", "why"])
    steps.note(_PRODUCT, step, "resumed", step=step.step, alert=str(step.alert_id))


def _end(viewer: Viewer, rows: Sequence[Escalation], why: Why) -> None:
    for row in rows:
        row.state, row.why = EscalationState.ENDED, why
    Escalation.objects.bulk_update(rows, ["state", "why"])
    steps.note(viewer, rows[0], "ended", step=rows[0].step, why=str(why), alert=str(rows[0].alert_id))


# --- By hand -----------------------------------------------------------------------------------------------------


def step_now(*, viewer: Viewer, alert: Alert, step: int) -> Escalation:
    """Do the next step without waiting. ``step`` is the one that was shown: a second tap finds it done."""
    with transaction.atomic():
        held = _hold(viewer, alert)
        done = held.escalations.filter(step=step, state=EscalationState.DONE).first()
        if done is not None:
            return done
        rows = _open(held)
        if not rows or rows[0].step != step:
            raise NotAllowed(_("This step is not the next one any more: look at the page again."))
        return _go(viewer, held, rows, Why.BY_HAND, database_time())


def stop_ladder(*, viewer: Viewer, alert: Alert, reason: str) -> AlertLadder:
    """Nobody else is told by this ladder. What was sent stays sent."""
    said = checked_reason(reason)
    with transaction.atomic():
        held = _hold(viewer, alert)
        ladder = AlertLadder.objects.filter(alert=held).first()
        if ladder is None or ladder.frozen_at is None:
            raise NotAllowed(_("This alert has no ladder."))
        rows = _open(held)
        if ladder.stopped_at is not None or not rows:
            return ladder
        ladder.stopped_at, ladder.stopped_by_id, ladder.stop_reason = database_time(), viewer.user_id, said
        ladder.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
        _end(viewer, rows, Why.STOPPED)
    return ladder


def checked_reason(reason: str) -> str:
    """A reason that people write, in a form that may be kept; raises ``ValidationError`` by the field ``reason``."""
    return checked_text("reason", reason, longest=LONGEST_REASON, needed=_("Say why, in a few words."))


def checked_text(name: str, text: str, *, longest: int, needed: str = "") -> str:
    """Free words of somebody: not too long, nothing in them that must not leave, given where they are needed."""
    said = text.strip()
    if needed and not said:
        raise ValidationError({name: needed})
    if len(said) > longest:
        raise ValidationError({name: _("At most %(n)s characters.") % {"n": longest}})
    if held := wording.held_words(said):
        raise ValidationError({name: held})
    return said


def _hold(viewer: Viewer, alert: Alert) -> Alert:
    held = Alert.objects.select_for_update(of=("self",), no_key=True).select_related("incident").get(pk=alert.pk)
    if not may_climb(viewer, held):
        raise NotAllowed(_("Only coordinators of the area may do this, while the alert stands."))
    return held
