"""What was held comes in one message for each person and channel: once, and checked again."""

import threading
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone

from incidents import digests
from incidents.models import Alert, AlertState, Audience, Carriage, Delivery
from incidents.services import fanout
from incidents.services.joining import join_held
from orgs.messaging import purposes
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Message, Tlp, User
from tests.factories import ActorFactory, HeldResponsibleFactory
from tests.incidents.choice.conftest import MONDAY_NOON, Place, graded, line, told

pytestmark = pytest.mark.django_db

LATER = MONDAY_NOON + timedelta(days=2)


def composed(message: Message) -> Any:
    purpose = purposes.purpose_of(message.purpose)
    assert purpose is not None
    return purpose.compose([message])[message.pk]


def digest_of(user: User) -> Message:
    return Message.objects.get(recipient=user, purpose="digest")


class TestJoining:
    def test_one_message_carries_all_of_a_person(self, koro: Place) -> None:
        alerts = [told(graded("minor"), at=MONDAY_NOON + timedelta(minutes=n)) for n in range(3)]
        assert join_held(at=LATER) == 2, "one for each of the two liaisons"
        message = digest_of(koro.liaison)
        assert set(message.deliveries.values_list("alert", flat=True)) == {alert.pk for alert in alerts}
        assert not Delivery.objects.exclude(hold="").exists()
        assert join_held(at=LATER) == 0, "and never again"

    def test_nothing_before_its_time(self, koro: Place) -> None:
        told(graded("minor"))
        assert join_held(at=MONDAY_NOON + timedelta(hours=1)) == 0

    def test_quiet_hours_make_no_digest(self, koro: Place) -> None:
        User.objects.update(quiet_from=time(11), quiet_to=time(13))
        told(graded())
        join_held(at=LATER)
        assert set(Message.objects.values_list("purpose", flat=True)) == {"joined"}

    def test_what_was_cancelled_meanwhile_is_not_carried(self, koro: Place) -> None:
        alert = told(graded("minor"))
        Alert.objects.filter(pk=alert.pk).update(state=AlertState.CANCELLED)
        assert join_held(at=LATER) == 0
        assert not Message.objects.exists()

    def test_a_digest_counts_as_told_when_the_alert_is_cancelled(self, koro: Place) -> None:
        alert = told(graded("minor"))
        join_held(at=LATER)
        Message.objects.filter(recipient=koro.liaison).update(state="sent", sent_at=timezone.now())
        fanout.call_off(alert)
        assert Message.objects.get(purpose="cancel").recipient == koro.liaison

    def test_a_later_cap_counts_no_digest(self, koro: Place) -> None:
        for number in range(7):
            told(graded("minor"), at=MONDAY_NOON + timedelta(minutes=number))
        join_held(at=LATER)
        alert = told(graded(), at=MONDAY_NOON + timedelta(minutes=10))
        assert alert.deliveries.get(recipient=koro.liaison).hold == ""


class TestWords:
    def test_each_alert_with_its_code_and_link(self, koro: Place) -> None:
        for number in range(2):
            told(graded("minor", summary="Vol."), at=MONDAY_NOON + timedelta(minutes=number))
        join_held(at=LATER)
        words = composed(digest_of(koro.liaison))
        for delivery in Delivery.objects.filter(recipient=koro.liaison):
            assert delivery.code in words.text
            assert str(delivery.alert_id) in words.text
        assert "Koro" in words.text

    def test_what_is_closed_travels_without_content(self, koro: Place) -> None:
        """Also when it was marked more closed after it was released."""
        opened, closed = told(graded("minor")), told(graded("minor", tlp=Tlp.AMBER, type_id="abduction"))
        headline = closed.renditions.filter(audience=Audience.LIAISON, language="fr").get().headline
        join_held(at=LATER)
        words = composed(digest_of(koro.liaison))
        assert headline not in words.text
        assert opened.renditions.filter(audience=Audience.LIAISON, language="fr").get().headline in words.text
        opened.incident.tlp = Tlp.RED
        opened.incident.save()
        assert "Koro" not in composed(digest_of(koro.liaison)).text

    def test_access_is_asked_again_alert_by_alert(self, koro: Place) -> None:
        kept, gone = told(graded("minor")), told(graded("minor"))
        join_held(at=LATER)
        HeldResponsibleFactory.create(incident=gone.incident, actor=ActorFactory.create(organisation=koro.service))
        words = composed(digest_of(koro.liaison))
        assert str(kept.pk) in words.text
        assert str(gone.pk) not in words.text
        HeldResponsibleFactory.create(incident=kept.incident, actor=ActorFactory.create(organisation=koro.service))
        assert isinstance(composed(digest_of(koro.liaison)), Skip)

    def test_a_thread_is_one_entry_the_newest(self, koro: Place) -> None:
        first = told(graded("minor"))
        later = told(
            graded("minor"), at=MONDAY_NOON + timedelta(hours=1), kind="update", follows=first, thread=first.thread
        )
        join_held(at=LATER)
        words = composed(digest_of(koro.liaison))
        assert str(later.pk) in words.text
        assert str(first.pk) not in words.text

    def test_one_alone_reads_as_itself(self, koro: Place) -> None:
        alert = told(graded("minor"))
        join_held(at=LATER)
        words = composed(digest_of(koro.liaison))
        assert words.subject == alert.renditions.get(audience=Audience.LIAISON, language="fr").email_subject

    @pytest.mark.parametrize("count", [1, 2, 5, 40])
    def test_an_sms_never_costs_more_than_three_parts(self, koro: Place, count: int) -> None:
        from orgs.messaging.sms_text import segments

        User.objects.filter(pk=koro.liaison.pk).update(channel="sms")
        for number in range(count):
            told(graded("minor"), at=MONDAY_NOON + timedelta(minutes=number))
        join_held(at=LATER)
        words = composed(digest_of(koro.liaison))
        assert segments(words.text) <= 3
        if count == 40:
            assert "; +" in words.text, "it says how many more there are"

    def test_two_queries_for_a_group(self, koro: Place, django_assert_num_queries: Any) -> None:
        for number in range(6):
            told(graded("minor"), at=MONDAY_NOON + timedelta(minutes=number))
        join_held(at=LATER)
        messages = list(Message.objects.all())
        with django_assert_num_queries(2):
            digests.JoinedWords(is_digest=True).compose(messages)


class TestLeaving:
    def test_digests_say_how_to_leave_and_others_do_not(self, koro: Place) -> None:
        told(graded("minor"))
        join_held(at=LATER)
        words = composed(digest_of(koro.liaison))
        assert isinstance(words, Envelope)
        assert words.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = words.headers["List-Unsubscribe"].strip("<>")
        assert str(koro.liaison.public_id) not in link
        Message.objects.update(purpose="joined")
        assert "List-Unsubscribe" not in composed(Message.objects.filter(recipient=koro.liaison).get()).headers

    def test_asking_changes_nothing_and_posting_does(self, koro: Place, client: Any) -> None:
        from incidents.services.subscriptions import digest_token

        address = f"/alerts/digest/off/{digest_token(koro.liaison.pk)}/"
        assert client.get(address).status_code == 200
        koro.liaison.refresh_from_db()
        assert koro.liaison.wants_digest
        answer = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        koro.liaison.refresh_from_db()
        assert not koro.liaison.wants_digest
        assert koro.liaison.name not in answer.content.decode()

    @pytest.mark.parametrize("token", ["x", "gAAAA", "é", "a" * 300])
    def test_a_link_that_nobody_gave(self, client: Any, token: str) -> None:
        assert client.post(f"/alerts/digest/off/{token}/").status_code == 404


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_many_workers_write_each_message_once(self, koro: Place) -> None:
        for number in range(8):
            told(graded("minor"), at=MONDAY_NOON + timedelta(minutes=number))

        def work() -> None:
            join_held(at=LATER)
            connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert Message.objects.filter(purpose="digest").count() == 2
        assert Carriage.objects.count() == 16

    def test_a_worker_that_dies_loses_nothing(self, koro: Place) -> None:
        """The connection breaks between the statement and its commit: everything is held as before."""
        told(graded("minor"))

        def die() -> None:
            with transaction.atomic():
                assert join_held(at=LATER) == 2
                connection.connection.close()
                Message.objects.count()

        with pytest.raises((OperationalError, InterfaceError)):
            die()
        connection.close()
        assert not Message.objects.exists()
        assert Delivery.objects.exclude(hold="").count() == 2
        assert join_held(at=LATER) == 2


def test_both_channels_of_one_person_are_two_messages(koro: Place) -> None:
    told(graded("minor"), line())
    User.objects.filter(pk=koro.liaison.pk).update(channel="sms")
    told(graded("minor"), line(), at=MONDAY_NOON + timedelta(minutes=1))
    join_held(at=LATER)
    found = Message.objects.filter(recipient=koro.liaison).values_list("channel", flat=True)
    assert sorted(found) == ["email", "sms"]
