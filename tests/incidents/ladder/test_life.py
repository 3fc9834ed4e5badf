"""Whatever is answered, whatever dies, however many climb at once: each step at most once, in order, none skipped."""

import contextlib
import os
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from incidents.models import Alert, DeclineReason, Delivery, Escalation, Ladder, ReplyKind
from incidents.services import alerts, climbing, fanout, replies
from orgs.access import viewer_for
from orgs.models import AuditEntry, Message
from tests.incidents.alerts.conftest import Place, koro, released, verified
from tests.incidents.ladder.conftest import a_ladder, climb, states
from tests.together import at_once

__all__ = ["koro"]
ROUNDS = 60 if os.environ.get("FAULTS") == "long" else 8


class Crash(Exception):
    """A worker dies before its transaction is over."""


def check(alert: Alert) -> None:
    """What must hold at every moment."""
    rows = list(Escalation.objects.filter(alert=alert).order_by("step"))
    # In order: nothing done behind something that is not.
    done = [row.state == "done" for row in rows]
    assert done == sorted(done, reverse=True), [row.state for row in rows]
    # At most once: one note of the climb a step (in order, whatever the clock said), one delivery a person.
    notes = AuditEntry.objects.filter(object_type="escalation", verb="climbed").order_by("id")
    assert [note.facts["step"] for note in notes] == [row.step for row in rows if row.state == "done"]
    told = list(alert.deliveries.values_list("recipient", flat=True))
    assert len(told) == len(set(told))
    assert set(alert.deliveries.values_list("step", flat=True)) <= {1, *(row.step for row in rows if row.done_at)}
    assert Message.objects.filter(purpose="alert").count() == alert.deliveries.filter(channel="email").count()
    # None skipped: a step that is not done waits, rests or was ended, with what came after it.
    ended = [row.state == "ended" for row in rows]
    assert ended == sorted(ended)


class Life:
    """One alert and its ladder, to which things happen."""

    def __init__(self, place: Place, patch: pytest.MonkeyPatch, dice: random.Random) -> None:
        self.place, self.patch, self.dice = place, patch, dice
        a_ladder(resume_after=dice.choice([None, 2]))
        self.alert = released(place, verified())
        assert self.alert.released_at is not None
        self.at = self.alert.released_at

    def wait(self) -> None:
        self.at += timedelta(minutes=self.dice.choice([-90, 0, 1, 10, 16, 25, 40, 130]))

    def climb(self) -> None:
        climb(self.at)

    def answer(self) -> None:
        delivery = self.dice.choice(list(self.alert.deliveries.select_related("recipient").order_by("pk")))
        kind = self.dice.choice([ReplyKind.ACKNOWLEDGE, ReplyKind.ACT, ReplyKind.DECLINE, ReplyKind.DECLINE])
        reason = DeclineReason.NO_MEANS if kind == ReplyKind.DECLINE else ""
        replies.answer(viewer=viewer_for(delivery.recipient), delivery=delivery, kind=kind, reason=reason)

    def crash(self) -> None:
        """A worker dies when all is written but not committed."""
        write = fanout.write_messages

        def dies(*given: Any, **named: Any) -> int:
            write(*given, **named)
            raise Crash

        self.patch.setattr(fanout, "write_messages", dies)
        self.climb()
        self.patch.undo()

    def lost(self) -> None:
        """A whole pass is rolled back at its end, as when the database dies before the commit."""
        with contextlib.suppress(Crash), transaction.atomic():
            self.climb()
            raise Crash

    def by_hand(self) -> None:
        row = Escalation.objects.filter(alert=self.alert, state__in=climbing.OPEN).order_by("step").first()
        if row is not None:
            climbing.step_now(viewer=self.place.author_view, alert=self.alert, step=row.step)

    def something(self) -> None:
        """One of these, by the dice."""
        self.dice.choice([self.answer, self.crash, self.lost, self.climb, self.climb, self.climb, self.by_hand])()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_random_lives(koro: Place, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    life = Life(koro, monkeypatch, random.Random(seed))
    alert = life.alert
    for _turn in range(14):
        life.wait()
        life.something()
        check(alert)
        before = states(alert).count("done")
        life.climb()
        assert states(alert).count("done") - before <= 1
        check(alert)
    if seed % 2:
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        life.climb()
        assert not set(states(alert)) & {"waiting", "paused"}
        return
    # Left alone without an answer, it comes to its end, every step.
    Delivery.objects.filter(alert=alert).update(answer="", answered_at=None)
    life.at = max(life.at, *Escalation.objects.filter(alert=alert).values_list("due_at", flat=True))
    for _turn in range(20):
        life.at += timedelta(hours=1)
        life.climb()
    assert states(alert) == ["done"] * 3


@pytest.mark.django_db(transaction=True)
def test_many_climbers_at_once(koro: Place) -> None:
    a_ladder()
    made = [released(koro, verified()) for _number in range(6)]
    at = max(alert.released_at for alert in made if alert.released_at) + timedelta(minutes=15)
    at_once(*[lambda: climb(at)] * 4, refusals=())
    climb(at)
    for alert in made:
        assert states(alert) == ["done", "waiting", "waiting"]
        assert alert.deliveries.filter(step=2).count() == 1
    assert AuditEntry.objects.filter(verb="climbed").count() == len(made)


@pytest.mark.django_db(transaction=True)
def test_by_hand_and_by_the_clock_at_once(koro: Place) -> None:
    a_ladder()
    alert = released(koro, verified())
    assert alert.released_at is not None
    at = alert.released_at + timedelta(minutes=15)
    now = lambda: climbing.step_now(viewer=koro.author_view, alert=alert, step=2)  # noqa: E731
    at_once(now, now, lambda: climb(at), refusals=())
    assert alert.deliveries.filter(step=2).count() == 1
    assert AuditEntry.objects.filter(verb="climbed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_climbing_at_once(koro: Place, ladder: Ladder) -> None:
    alert = released(koro, verified())
    assert alert.released_at is not None
    at = alert.released_at + timedelta(minutes=15)
    at_once(
        lambda: climb(at),
        lambda: alerts.cancel_alert(viewer=koro.author_view, alert=alert),
        lambda: climb(at),
        refusals=(),
    )
    climb(at)
    assert not set(states(alert)) & {"waiting", "paused"}
    # Either the step went first and its message was called off, or it never went.
    assert not Message.objects.filter(purpose="alert", state="pending").exists()
