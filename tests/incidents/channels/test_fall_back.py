"""The next way of a person when one leads nowhere: a table of chains, races, and that it always ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from incidents.models import Alert, AlertState, Carriage, Delivery, DeliveryAnswer, FallBack, Severity
from incidents.services import alerts, fanout
from incidents.services.falling_back import fall_back
from orgs import crypto
from orgs.messaging import reasons
from orgs.models import Address, Channel, Message, MessageState, User, WayOut
from tests.incidents.alerts.conftest import Place, drafted, verified
from tests.together import at_once

pytestmark = pytest.mark.django_db
PUSH, SMS, EMAIL = Channel.PUSH, Channel.SMS, Channel.EMAIL


def with_push(person: User, *ways: str) -> User:
    Address.objects.create(person=person, channel=PUSH, label="T", mark=f"m{person.pk}", sealed=crypto.seal({}))
    person.ways = list(ways or (PUSH, SMS, EMAIL))
    person.save()
    return person


def released(place: Place, severity: str = Severity.MODERATE) -> Delivery:
    alert = drafted(place, verified(severity=severity))
    version = alert.version
    if severity in (Severity.SEVERE, Severity.EXTREME):
        version = alerts.propose_alert(viewer=place.author_view, alert=alert, version=version).version
    alerts.release_alert(viewer=place.second_view, alert=alert, version=version)
    return Delivery.objects.get(alert=alert, recipient=place.liaison)


def last(delivery: Delivery) -> Message:
    found = Message.objects.filter(deliveries=delivery, purpose="alert").order_by("-id").first()
    assert found is not None
    return found


def became(delivery: Delivery, state: str, reason: str = "", *, minutes: float = 0) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    fields: dict[str, Any] = {"state": state, "reason": reason, "created_at": at}
    fields["claimed_at"] = at if state == "sending" else None
    Message.objects.filter(pk=last(delivery).pk).update(**fields)


def ways(delivery: Delivery) -> list[str]:
    return list(
        Carriage.objects.filter(delivery=delivery, message__purpose="alert")
        .order_by("message_id")
        .values_list("message__channel", flat=True)
    )


# severity, what becomes of each message in turn (state[:reason][@minutes]), the ways that were taken at the end
CHAINS = """
moderate  failed:unknown_address                                   push sms
moderate  failed:unknown_address  failed:not_delivered             push sms email
moderate  failed:unknown_address  failed:blocked  failed:refused   push sms email
moderate  skipped:no_address                                       push sms
moderate  skipped:not_set_up                                       push sms
moderate  skipped:no_longer_allowed                                push
moderate  skipped:inactive                                         push
moderate  skipped:cancelled                                        push
moderate  sent@600                                                 push
moderate  pending@600                                              push
moderate  delivered@600                                            push
severe    sent@5                                                   push
severe    sent@11                                                  push sms
extreme   sent@11  delivered@11                                    push sms
extreme   sent@11  sent@11                                         push sms email
extreme   pending@11                                               push sms
extreme   sending@11                                               push sms
moderate  pending:resting@3                                        push sms
moderate  pending:resting@1                                        push
"""


@pytest.mark.parametrize("line", CHAINS.strip().splitlines())
def test_chains(koro: Place, line: str) -> None:
    severity, *rest = line.split()
    with_push(koro.liaison)
    delivery = released(koro, severity)
    expected = [word for word in rest if word in (PUSH, SMS, EMAIL)]
    for step in (word for word in rest if word not in (PUSH, SMS, EMAIL)):
        state, _, minutes = step.partition("@")
        state, _, reason = state.partition(":")
        became(delivery, state, reason, minutes=float(minutes or 0))
        fall_back()
        fall_back()
    assert ways(delivery) == expected


def test_a_chain_ends_after_the_last_way_and_never_starts_again(koro: Place) -> None:
    with_push(koro.liaison)
    delivery = released(koro)
    for _ in range(10):
        became(delivery, "failed", reasons.REFUSED)
        fall_back()
    assert ways(delivery) == [PUSH, SMS, EMAIL]


def test_a_way_in_trouble_for_long_is_passed_by(koro: Place) -> None:
    with_push(koro.liaison)
    delivery = released(koro)
    now = timezone.now()
    way = WayOut.objects.create(
        channel=PUSH, state="open", opened_at=now - timedelta(seconds=60), next_try_at=now, troubles=5
    )
    assert fall_back() == {}
    WayOut.objects.filter(pk=way.pk).update(opened_at=now - timedelta(seconds=121))
    assert fall_back() == {SMS: 1}
    assert FallBack.objects.get().why == "in_trouble"
    assert last(delivery).channel == SMS


def test_a_gateway_that_was_replaced_is_nobodys_trouble(koro: Place) -> None:
    koro.liaison.ways = [SMS, EMAIL]
    koro.liaison.save()
    released(koro)
    long_ago = timezone.now() - timedelta(hours=1)
    WayOut.objects.create(channel=SMS, gateway="oldone", state="open", opened_at=long_ago, next_try_at=long_ago)
    assert fall_back() == {}


@pytest.mark.parametrize("change", ["answered", "opened", "called", "cancelled", "expired", "closed", "old"])
def test_nobody_is_told_again_who_need_not(koro: Place, change: str) -> None:
    with_push(koro.liaison)
    delivery = released(koro, Severity.SEVERE)
    became(delivery, "failed", reasons.REFUSED, minutes=30)
    now, alert = timezone.now(), Alert.objects.filter(pk=delivery.alert_id)
    mine = Delivery.objects.filter(pk=delivery.pk)
    {
        "answered": lambda: mine.update(answer=DeliveryAnswer.ACKNOWLEDGED, answered_at=now),
        "opened": lambda: mine.update(opened_at=now),
        "called": lambda: mine.update(called_at=now),
        "cancelled": lambda: alert.update(state=AlertState.CANCELLED),
        "expired": lambda: alert.update(expires_at=now - timedelta(minutes=1)),
        "closed": lambda: User.objects.filter(pk=koro.liaison.pk).update(is_active=False),
        "old": lambda: alert.update(released_at=now - timedelta(hours=25)),
    }[change]()
    assert fall_back() == {}


def test_a_way_without_an_address_is_passed_over(koro: Place) -> None:
    koro.liaison.ways = [Channel.WEBHOOK, PUSH, EMAIL]
    koro.liaison.save()
    delivery = released(koro)
    assert ways(delivery) == [EMAIL]
    became(delivery, "failed", reasons.REFUSED)
    assert fall_back() == {}


def test_who_set_no_order_goes_on_by_the_other_of_mail_and_sms(koro: Place) -> None:
    delivery = released(koro)
    first = ways(delivery)
    became(delivery, "failed", reasons.REFUSED)
    fall_back()
    assert sorted(ways(delivery)) == sorted([EMAIL, SMS])
    assert ways(delivery)[0] == first[0]


@pytest.mark.parametrize("channel", [Channel.INBOX, Channel.CALL])
def test_who_wants_no_messages_gets_none(koro: Place, channel: str) -> None:
    User.objects.filter(pk=koro.liaison.pk).update(channel=channel)
    delivery = released(koro, Severity.SEVERE)
    assert ways(delivery) == []
    assert fall_back() == {}


def test_a_message_of_a_chain_has_its_own_key_and_the_alerts_priority(koro: Place) -> None:
    with_push(koro.liaison)
    delivery = released(koro, Severity.EXTREME)
    first = last(delivery)
    became(delivery, "failed", reasons.REFUSED)
    fall_back()
    second = last(delivery)
    assert (second.priority, second.language, second.recipient_id) == (1, koro.liaison.language, koro.liaison.pk)
    assert second.key != first.key


def test_whoever_got_it_by_two_ways_is_told_of_the_cancellation_by_both(koro: Place) -> None:
    with_push(koro.liaison)
    delivery = released(koro, Severity.SEVERE)
    became(delivery, "sent", minutes=11)
    fall_back()
    became(delivery, "sent")
    alerts.cancel_alert(viewer=koro.author_view, alert=delivery.alert)
    told = Message.objects.filter(deliveries=delivery, purpose=fanout.CANCEL)
    assert sorted(told.values_list("channel", flat=True)) == [PUSH, SMS]


def test_a_cancellation_goes_by_the_way_that_worked_only(koro: Place) -> None:
    with_push(koro.liaison)
    delivery = released(koro)
    became(delivery, "failed", reasons.UNKNOWN_ADDRESS)
    fall_back()
    became(delivery, "sent")
    alerts.cancel_alert(viewer=koro.author_view, alert=delivery.alert)
    told = Message.objects.filter(deliveries=delivery, purpose=fanout.CANCEL)
    assert list(told.values_list("channel", flat=True)) == [SMS]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_message(koro: Place) -> None:
    with_push(koro.liaison)
    delivery = released(koro)
    became(delivery, "failed", reasons.REFUSED)
    at_once(fall_back, fall_back)
    assert ways(delivery) == [PUSH, SMS]
    assert FallBack.objects.count() == 1
    assert Message.objects.filter(purpose="alert", channel=SMS, recipient=koro.liaison).count() == 1


def test_many_cost_one_statement(koro: Place, django_assert_num_queries: Any) -> None:
    delivery = released(koro)
    Message.objects.update(state=MessageState.FAILED, reason=reasons.REFUSED)
    # A savepoint, the one statement, and its release.
    with django_assert_num_queries(3):
        written = fall_back()
    assert sum(written.values()) == Delivery.objects.filter(alert=delivery.alert_id).count()
    assert not FallBack.objects.filter(before=F("channel")).exists()
