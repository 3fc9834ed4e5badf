"""The fuse of a way out as a table of its states, and limits that several workers keep together."""

import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from orgs.messaging import channels, ledger, limits, outbox, outcomes, reasons, ways_out
from orgs.messaging.drain import drain
from orgs.messaging.limits import bucket
from orgs.messaging.outcomes import ServerDown
from orgs.models import Breaker, Channel, Message, MessageState, WayOut

pytestmark = pytest.mark.django_db
EMAIL = Channel.EMAIL


class Door:
    """A sender whose mood the test sets: works, busy, away."""

    def __init__(self) -> None:
        self.mood = "works"
        self.tried = 0

    def prepare(self, messages: Any) -> None:
        pass

    def send(self, message: Any, words: Any, following: Any = None) -> outcomes.Outcome:
        self.tried += 1
        if self.mood == "away":
            raise ServerDown(reasons.NO_CONNECTION)
        if self.mood == "busy":
            return outcomes.later(reasons.BUSY, trouble=True)
        return outcomes.sent()

    def close(self) -> None:
        pass


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Door:
    from contextlib import closing

    made = Door()
    monkeypatch.setattr(channels, "open_sender", lambda channel: closing(made))
    settings.BREAKER_TROUBLES, settings.BREAKER_PAUSE, settings.BREAKER_LONGEST_PAUSE = 3, 30.0, 100.0
    return made


def post(count: int = 1) -> None:
    for _ in range(count):
        outbox.post(purpose="single", channel=EMAIL, address="a@example.org", subject="S", text="T")


def passes(count: int = 1) -> None:
    for _ in range(count):
        Message.objects.filter(state="pending").update(next_attempt_at=timezone.now())
        drain(EMAIL, hands=0)


def way() -> WayOut:
    return WayOut.objects.get(channel=EMAIL)


def time_is_over() -> None:
    WayOut.objects.update(next_try_at=timezone.now())


# mood, passes, whether the pause is over before them -> state, troubles, sends tried in these passes
STEPS = """
works  1 -  closed     0 2
away   1 -  closed     1 1
works  1 -  closed     0 2
away   2 -  closed     2 2
away   1 -  open       3 1
works  3 -  open       3 0
away   1 o  open       4 1
works  1 -  open       4 0
busy   1 o  open       5 1
works  1 o  closed     0 2
busy   1 -  closed     1 2
"""


def test_the_fuse_step_by_step(door: Door) -> None:
    for line in STEPS.strip().splitlines():
        mood, count, pause, state, troubles, tried = line.split()
        Message.objects.all().delete()
        post(2)
        door.mood, door.tried = mood, 0
        if pause == "o":
            time_is_over()
        passes(int(count))
        now = way()
        assert (now.state, now.troubles, door.tried) == (state, int(troubles), int(tried)), line
        assert (now.opened_at is None) is (state == "closed"), line


def test_an_open_way_uses_up_no_attempt_and_says_why(door: Door) -> None:
    post(2)
    door.mood = "away"
    passes(3)
    assert way().trouble == reasons.NO_CONNECTION
    passes(5)
    assert set(Message.objects.values_list("state", "attempts")) == {(MessageState.PENDING, 0)}


def test_each_pause_is_longer_up_to_a_limit(door: Door) -> None:
    post()
    door.mood = "away"
    passes(3)
    pauses = []
    for _ in range(4):
        now = way()
        assert now.next_try_at is not None
        assert now.trouble_at is not None
        pauses.append(round((now.next_try_at - now.trouble_at).total_seconds()))
        time_is_over()
        passes()
    assert pauses == [30, 60, 100, 100]


def test_one_message_tries_a_way_before_the_others_follow(door: Door) -> None:
    post(5)
    door.mood = "away"
    passes(3)
    time_is_over()
    door.tried = 0
    passes()
    assert door.tried == 1
    time_is_over()
    door.mood = "works"
    passes()
    assert way().state == Breaker.CLOSED
    assert not Message.objects.exclude(state="sent").exists()


def test_only_one_worker_tries_a_way_and_its_death_frees_it(door: Door) -> None:
    post()
    door.mood = "away"
    passes(3)
    time_is_over()
    assert ways_out.enter(EMAIL) is not None
    assert ways_out.enter(EMAIL) is None
    assert way().state == Breaker.HALF_OPEN
    time_is_over()
    assert ways_out.enter(EMAIL) is not None


def test_a_way_without_messages_is_not_left_half_open(door: Door) -> None:
    post()
    door.mood = "away"
    passes(3)
    Message.objects.all().delete()
    time_is_over()
    passes()
    assert way().state == Breaker.OPEN
    post()
    door.mood = "works"
    passes()
    assert way().state == Breaker.CLOSED


def test_a_refused_recipient_is_no_trouble_of_the_way(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    post(6)
    monkeypatch.setattr(door, "send", lambda *args: outcomes.refused(reasons.UNKNOWN_ADDRESS))
    passes()
    assert way().troubles == 0


@pytest.mark.parametrize("per_minute", [1, 2, 5, 6, 7, 10, 60, 600])
def test_no_minute_sees_more_than_the_limit(per_minute: int) -> None:
    """Simulated: who asks at every moment gets no more in any sixty seconds, and not much less over an hour."""
    size, flow = bucket(per_minute)
    tokens, taken = size, []
    step = 0.05
    for tick in range(int(3600 / step)):
        tokens = min(size, tokens + step * flow) if tick else tokens
        whole = int(tokens + 1e-9)
        taken += [tick * step] * whole
        tokens -= whole
    for place, at in enumerate(taken):
        assert sum(1 for later in taken[place : place + per_minute + 1] if later < at + 60) <= per_minute
    assert len(taken) >= per_minute * 60 * 0.8


def test_a_limit_is_obeyed_and_the_rest_waits(door: Door) -> None:
    post(30)
    passes()
    Message.objects.all().delete()
    WayOut.objects.update(per_minute=60)
    post(30)
    door.tried = 0
    passes(3)
    assert door.tried == 10
    assert Message.objects.filter(state="pending", attempts=0).count() == 20


@pytest.fixture
def two_connections(transactional_db: None) -> None:
    """What one connection commits the other sees."""


def test_two_workers_together_keep_the_limit(two_connections: None) -> None:
    WayOut.objects.create(channel=EMAIL, per_minute=120)
    post(200)
    began = time.monotonic()
    taken: list[int] = []
    both = threading.Barrier(2)

    def work() -> None:
        found = ways_out.enter(EMAIL)
        assert found is not None
        both.wait()
        while time.monotonic() < began + 2.5:
            group = limits.claim(found, EMAIL)
            taken.extend(message.pk for message in group.messages)
            ledger.book(group, {message.pk: outcomes.sent() for message in group.messages})
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    size, flow = bucket(120)
    seconds = time.monotonic() - began
    assert len(taken) == len(set(taken))
    assert size <= len(taken) <= size + flow * seconds + 1


def test_the_page_of_those_who_run_it_shows_and_changes(door: Door, client: Any) -> None:
    from tests.factories import person, signed_in

    post(4)
    door.mood = "away"
    passes(3)
    operator = signed_in(person("operator", name="O"))
    page = operator.get("/health/ways/")
    assert page.status_code == 200
    shown = page.content.decode()
    assert str(reasons.words(reasons.NO_CONNECTION)) in shown or "serveur" in shown
    door.mood = "works"
    operator.post(f"/health/ways/{way().pk}/again/")
    assert way().state == Breaker.CLOSED
    assert operator.post(f"/health/ways/{way().pk}/", {"per_minute": "30"}).status_code == 302
    assert way().per_minute == 30
    assert operator.post(f"/health/ways/{way().pk}/", {"per_minute": "0"}).status_code == 422
    assert way().per_minute == 30


def test_metrics_tell_of_ways_in_trouble(door: Door, client: Any) -> None:
    post()
    door.mood = "away"
    passes(3)
    lines = client.get("/metrics").content.decode()
    assert 'passerelle_way_out_in_trouble{channel="email",gateway=""} 1' in lines
    assert 'passerelle_way_out_troubles{channel="email",gateway=""} 3' in lines
