"""Posting, claiming, booking: the outbox on a real database, without servers."""

import contextlib
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from orgs.messaging import ledger, outbox, outcomes, purposes, reasons, sweep
from orgs.messaging.drain import drain
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Channel, Message, MessageState, User

pytestmark = pytest.mark.django_db


def post(number: int = 1, **changes: Any) -> Message:
    fields: dict[str, Any] = {"purpose": "single", "channel": Channel.EMAIL, "address": f"p{number}@example.org"}
    return outbox.post(**{**fields, "subject": "Essai", "text": f"Bonjour {number}", **changes})


def test_a_posted_message_goes_out_to_its_one_recipient() -> None:
    message = post(text="Réunion à Koro")
    assert b"Koro" not in bytes(message.sealed or b"")
    assert drain(Channel.EMAIL, hands=0) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.maybe_double) == (MessageState.SENT, 1, False)
    assert message.sent_at
    assert message.final_at
    [sent] = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == (["p1@example.org"], [], [])
    assert str(message.key) in sent.extra_headers["Message-ID"]
    assert "Koro" in sent.body


def test_a_persons_address_is_looked_up_when_the_message_is_sent() -> None:
    person = User.objects.create_user(email="old@example.org", name="A")
    post(recipient=person, address="")
    User.objects.filter(pk=person.pk).update(email="new@example.org")
    drain(Channel.EMAIL, hands=0)
    assert mail.outbox[0].to == ["new@example.org"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_active": False}, reasons.INACTIVE), ({"email": None, "phone": "+22370000001"}, reasons.NO_ADDRESS)],
)
def test_who_may_no_longer_be_told_is_skipped_and_says_why(change: dict[str, Any], reason: str) -> None:
    person = User.objects.create_user(email="a@example.org", name="A")
    message = post(recipient=person, address="")
    User.objects.filter(pk=person.pk).update(**change)
    drain(Channel.EMAIL, hands=0)
    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.SKIPPED, reason)
    assert not mail.outbox


@pytest.mark.parametrize(
    "address", ["nobody", "a@b@c.org", "a b@example.org", "a@example.org\nBcc: b@example.org", "é@example.org"]
)
def test_an_impossible_address_fails_at_once_and_stops_nobody_else(address: str) -> None:
    bad, good = post(address=address), post(2)
    drain(Channel.EMAIL, hands=0)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.reason, good.state) == (MessageState.FAILED, reasons.BAD_ADDRESS, MessageState.SENT)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("wrong", [{"address": ""}, {"channel": Channel.INBOX}, {"channel": Channel.CALL}])
def test_a_message_to_nobody_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs a recipient|nothing is sent"):
        post(**wrong)


def test_what_is_rolled_back_is_not_sent() -> None:
    try:
        with transaction.atomic():
            post()
            raise RuntimeError
    except RuntimeError:
        pass
    assert drain(Channel.EMAIL, hands=0) == 0
    assert not Message.objects.exists()


def test_the_urgent_go_first_and_no_more_than_a_group_is_held() -> None:
    for number in range(15):
        post(number)
    urgent = post(99, priority=0)
    group = ledger.claim(Channel.EMAIL)
    assert group.messages[0].pk == urgent.pk
    assert len(group.messages) == ledger.GROUP == Message.objects.filter(state=MessageState.SENDING).count()


def test_booking_and_claiming_hold_one_group_at_most() -> None:
    for number in range(25):
        post(number)
    group, seen = ledger.claim(Channel.EMAIL), set()
    while group.messages:
        assert Message.objects.filter(state=MessageState.SENDING).count() == len(group.messages) <= ledger.GROUP
        seen |= {message.pk for message in group.messages}
        group = ledger.book_and_claim(group, {message.pk: outcomes.sent() for message in group.messages}, Channel.EMAIL)
    assert len(seen) == 25 == Message.objects.filter(state=MessageState.SENT).count()


def test_a_worker_given_up_for_lost_does_not_book_over_its_successor() -> None:
    message = post()
    lost = ledger.claim(Channel.EMAIL)
    Message.objects.update(state=MessageState.PENDING, claimed_at=None)
    Message.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    again = ledger.claim(Channel.EMAIL)
    Message.objects.update(claimed_at=timezone.now())
    ledger.book(lost, {message.pk: outcomes.refused(reasons.REFUSED)})
    message.refresh_from_db()
    assert message.state == MessageState.SENDING
    assert [one.pk for one in again.messages] == [message.pk]
    # But what it did send is sent.
    ledger.book(lost, {message.pk: outcomes.sent()})
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_booking_twice_changes_nothing() -> None:
    message = post()
    group = ledger.claim(Channel.EMAIL)
    ledger.book(group, {message.pk: outcomes.sent("gw:1")})
    before = Message.objects.values().get()
    ledger.book(group, {message.pk: outcomes.later(reasons.BUSY)})
    assert Message.objects.values().get() == before


def test_pauses_grow_and_the_last_attempt_is_final(settings: Any) -> None:
    settings.MESSAGE_PAUSES = [5.0, 60.0]
    message = post()
    waits = []
    for _ in range(3):
        Message.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        group = ledger.claim(Channel.EMAIL)
        ledger.book(group, {message.pk: outcomes.later(reasons.BUSY)})
        message.refresh_from_db()
        waits.append(round((message.next_attempt_at - timezone.now()).total_seconds()))
    assert waits[:2] == [5, 60]
    assert (message.state, message.reason, message.attempts) == (MessageState.FAILED, reasons.BUSY, 3)


def test_an_outage_uses_up_no_attempts_but_time_ends_it(settings: Any) -> None:
    message = post()
    for _ in range(20):
        Message.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        ledger.book(ledger.claim(Channel.EMAIL), {message.pk: outcomes.released(reasons.NO_CONNECTION, 10)})
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.PENDING, 0)
    Message.objects.update(
        next_attempt_at=timezone.now() - timedelta(seconds=1),
        created_at=timezone.now() - timedelta(seconds=settings.MESSAGE_MAX_AGE + 1),
    )
    ledger.book(ledger.claim(Channel.EMAIL), {message.pk: outcomes.released(reasons.NO_CONNECTION, 10)})
    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.FAILED, reasons.NO_CONNECTION)


def test_an_uncertain_send_is_tried_again_and_marked_for_ever() -> None:
    message = post()
    ledger.book(ledger.claim(Channel.EMAIL), {message.pk: outcomes.uncertain()})
    Message.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    drain(Channel.EMAIL, hands=0)
    message.refresh_from_db()
    assert (message.state, message.maybe_double, message.attempts) == (MessageState.SENT, True, 2)


def test_the_sweep_puts_back_claims_of_the_dead_and_marks_them(settings: Any) -> None:
    lost, fresh = post(1), post(2)
    ledger.claim(Channel.EMAIL)
    Message.objects.filter(pk=lost.pk).update(claimed_at=timezone.now() - timedelta(seconds=settings.MESSAGE_LEASE + 1))
    assert sweep.sweep() == 1
    assert sweep.sweep() == 0
    lost.refresh_from_db()
    fresh.refresh_from_db()
    assert (lost.state, lost.maybe_double, lost.claimed_at) == (MessageState.PENDING, True, None)
    assert (fresh.state, fresh.maybe_double) == (MessageState.SENDING, False)


def test_a_purpose_gives_words_for_a_group_and_may_change_its_mind() -> None:
    asked: list[int] = []

    class Words:
        def compose(self, messages: Any) -> dict[int, Envelope | Skip]:
            asked.append(len(messages))
            first, *others = messages
            words: dict[int, Envelope | Skip] = {
                one.pk: Envelope(address="a@example.org", subject="S", text="T") for one in others[1:]
            }
            return {**words, first.pk: Skip(reasons.NO_LONGER_ALLOWED)}

    purposes.register("test words", Words())
    made = Message.objects.bulk_create([Message(purpose="test words", channel=Channel.EMAIL) for _ in range(4)])
    drain(Channel.EMAIL, hands=0)
    states = {message.pk: (message.state, message.reason) for message in Message.objects.all()}
    assert asked == [4]
    assert states[made[0].pk] == (MessageState.SKIPPED, reasons.NO_LONGER_ALLOWED)
    assert states[made[1].pk] == (MessageState.SKIPPED, reasons.NO_WORDS)
    assert [states[one.pk][0] for one in made[2:]] == [MessageState.SENT] * 2


def test_words_that_fail_for_one_do_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    class Words:
        def compose(self, messages: Any) -> dict[int, Envelope | Skip]:
            if any(one.pk == bad.pk for one in messages):
                raise KeyError("secret narrative")
            return {one.pk: Envelope(address="a@example.org", text="T") for one in messages}

    purposes.register("failing", Words())
    bad, *good = Message.objects.bulk_create([Message(purpose="failing", channel=Channel.EMAIL) for _ in range(3)])
    drain(Channel.EMAIL, hands=0)
    bad.refresh_from_db()
    assert (bad.state, bad.reason, bad.attempts) == (MessageState.PENDING, reasons.NO_WORDS, 1)
    assert Message.objects.filter(state=MessageState.SENT).count() == len(good)


def test_a_group_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    person = User.objects.create_user(email="a@example.org", name="A")
    for number in range(20):
        post(number, recipient=person, address="")
    drain(Channel.EMAIL, hands=0)  # the way out is known
    for number in range(20):
        post(number, recipient=person, address="")
    # The way out; the people of two groups; a claim, a claim with bookings, a booking.
    with django_assert_max_num_queries(6):
        drain(Channel.EMAIL, hands=0)


@pytest.mark.django_db(transaction=True)
def test_waking_never_waits_for_a_broker_that_is_gone(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    from celery import current_app

    before = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1/0"
    outbox._broker.is_silent = False
    try:
        with caplog.at_level(logging.WARNING, logger="orgs.messaging.outbox"):
            began = timezone.now()
            for number in range(3):
                post(number)
            assert (timezone.now() - began).total_seconds() < 2
    finally:
        current_app.conf.broker_url = before
        current_app.pool.force_close_all()
    assert Message.objects.filter(state=MessageState.PENDING).count() == 3
    assert len([record for record in caplog.records if record.name == "orgs.messaging.outbox"]) == 1


def test_two_claims_never_take_the_same_message() -> None:
    assert connection.vendor == "postgresql"
    for number in range(12):
        post(number)
    first, second = ledger.claim(Channel.EMAIL), ledger.claim(Channel.EMAIL)
    assert not {one.pk for one in first.messages} & {one.pk for one in second.messages}
    assert len(first.messages) + len(second.messages) == 12


def test_a_transaction_calls_once_for_each_channel_and_a_step_that_is_undone_takes_its_call_along(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as calls:
        with contextlib.suppress(KeyError), transaction.atomic():
            post(1)
            raise KeyError
        post(2)
        with transaction.atomic():
            post(3)
            post(4, channel=Channel.SMS, address="+22370000001")
        outbox.wake("email", "sms")
    assert len(calls) == 2
