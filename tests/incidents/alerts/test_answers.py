"""Answers: on the page, by SMS from one's own number, and by a call that somebody ticks off."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from incidents.models import Alert, DeclineReason, Delivery, DeliveryAnswer, Reply, ReplyKind
from incidents.services import alerts, replies
from incidents.services.errors import NotAllowed
from incidents.services.replies import CallResult
from incidents.services.reply_sms import SmsAnswer, answer_by_sms, read_sms
from orgs.access import viewer_for
from orgs.messaging.inbound import IncomingSms
from orgs.models import AuditEntry, Channel, Role, User
from tests.factories import person
from tests.incidents.alerts.conftest import Place, released, verified

ACK, ACT, DONE, NO = ReplyKind.ACKNOWLEDGE, ReplyKind.ACT, ReplyKind.DONE, ReplyKind.DECLINE

READ = [
    ("1 12345", ACK),
    ("12345 1", ACK),
    ("1-12345", ACK),
    ("1.12345", ACK),
    ("112345", ACK),
    ("12345", ACK),
    ("12345 ok", ACK),
    ("OK 12345.", ACK),
    ("RECU 12345", ACK),
    ("Reçu 12345, merci", ACK),
    ("bien reçu 12345", ACK),
    ("recu12345", ACK),
    ("oui 12345", ACK),
    ("Bonjour, code 12345 reçu", ACK),
    ("2 12345", ACT),
    ("212345", ACT),
    ("j'agis 12345", ACT),
    ("J’AGIS 12345 !", ACT),
    ("j agis 12345", ACT),
    ("12345 on y va", ACT),
    ("12345 acting", ACT),
    ("3 12345", NO),
    ("12345 je ne peux pas", NO),
    ("non 12345", NO),
    ("12345 impossible", NO),
    ("ok mais je ne peux pas 12345", NO),
    ("4 12345", DONE),
    ("12345 c'est fait", DONE),
    ("1 12345 = reçu", ACK),
]

NOT_AN_ANSWER = [
    "",
    "ok",
    "1",
    "1234",
    "1 2 12345",
    "12345 23456",
    "00001",
    "12345 personnes ont fui Koro ce matin",
    "Des hommes armés au marché de Koro",
    "76123456",
    "1 12345 " + "a" * 100,
    "attaque 12345",
]


@pytest.mark.parametrize(("text", "kind"), READ)
def test_an_answer_is_read_forgivingly(text: str, kind: str) -> None:
    assert read_sms(text) == SmsAnswer(ReplyKind(kind), ("12345",))


@pytest.mark.parametrize("text", NOT_AN_ANSWER)
def test_other_messages_are_left_to_others(text: str) -> None:
    assert read_sms(text) is None


@pytest.fixture
def alert(koro: Place) -> Alert:
    return released(koro, verified())


@pytest.fixture
def delivery(alert: Alert) -> Delivery:
    return alert.deliveries.get()


def sms(text: str, sender: str = "+22376000010", number: str = "a1", gateway: str = "generic") -> IncomingSms:
    return IncomingSms(gateway, number, sender, text, datetime.now(UTC))


@pytest.mark.django_db
class TestBySms:
    NEUTRAL = "Réponse non comprise. Vérifiez le code, ou ouvrez Passerelle."

    def test_it_counts_and_is_confirmed(self, delivery: Delivery) -> None:
        said = answer_by_sms(sms(f"2 {delivery.code}"))
        assert said is not None
        assert said.startswith(f"Merci. Noté pour {delivery.code} : vous agissez.")
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.ACTING
        assert delivery.answered_at is not None
        reply = Reply.objects.get()
        assert (reply.channel, reply.external_id, reply.text) == (Channel.SMS, "generic:a1", "")
        entry = AuditEntry.objects.get(verb="answered")
        assert entry.actor_id == delivery.recipient_id
        assert entry.facts == {"kind": "act", "by": "sms", "alert": str(delivery.alert_id)}

    def test_the_same_message_twice_is_one_answer(self, delivery: Delivery) -> None:
        first = answer_by_sms(sms(f"2 {delivery.code}"))
        assert answer_by_sms(sms(f"2 {delivery.code}")) == first
        answer_by_sms(sms(f"3 {delivery.code}", number="a2"))
        answer_by_sms(sms(f"2 {delivery.code}"))  # the gateway brings the first one again, late
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.DECLINED
        assert [reply.kind for reply in Reply.objects.order_by("id")] == [ACT, NO]

    def test_a_wrong_code_a_wrong_number_and_a_stranger_read_the_same(self, koro: Place, delivery: Delivery) -> None:
        wrong = "54321" if delivery.code != "54321" else "54322"
        assert answer_by_sms(sms(f"1 {wrong}")) == self.NEUTRAL
        assert answer_by_sms(sms(f"1 {delivery.code}", sender=str(koro.monitor.phone))) == self.NEUTRAL
        assert answer_by_sms(sms(f"1 {delivery.code}", sender="+22370000000")) == self.NEUTRAL
        User.objects.filter(pk=koro.liaison.pk).update(is_active=False)
        assert answer_by_sms(sms(f"1 {delivery.code}")) == self.NEUTRAL
        assert not Reply.objects.exists()

    def test_after_cancellation_it_reads_the_same(self, koro: Place, alert: Alert, delivery: Delivery) -> None:
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        assert answer_by_sms(sms(f"1 {delivery.code}")) == self.NEUTRAL
        assert not Reply.objects.exists()

    def test_a_decline_has_a_reason(self, delivery: Delivery) -> None:
        answer_by_sms(sms(f"{delivery.code} non"))
        assert Reply.objects.get().reason == DeclineReason.OTHER

    def test_it_is_confirmed_in_the_persons_language(self, koro: Place, delivery: Delivery) -> None:
        User.objects.filter(pk=koro.liaison.pk).update(language="en")
        said = answer_by_sms(sms(f"4 {delivery.code}"))
        assert said == f"Thank you. Noted for {delivery.code}: done."

    def test_what_is_not_an_answer_is_not_ours(self, delivery: Delivery) -> None:
        assert answer_by_sms(sms("Des hommes armés au marché")) is None


@pytest.mark.django_db
class TestOnThePage:
    def test_only_the_recipient_answers(self, koro: Place, delivery: Delivery) -> None:
        strangers = (koro.author, koro.colleague, koro.monitor, person(Role.LIAISON, "Koro"))
        for other in strangers:
            with pytest.raises(NotAllowed):
                replies.answer(viewer=viewer_for(other), delivery=delivery, kind=ACT)
        assert not Reply.objects.exists()

    def test_a_later_acknowledgement_takes_nothing_back(self, koro: Place, delivery: Delivery) -> None:
        viewer = viewer_for(koro.liaison)
        replies.answer(viewer=viewer, delivery=delivery, kind=ACT)
        first = Delivery.objects.get().answered_at
        replies.answer(viewer=viewer, delivery=delivery, kind=ACK)
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.ACTING
        assert delivery.answered_at == first
        replies.answer(viewer=viewer, delivery=delivery, kind=DONE)
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.DONE

    def test_a_double_tap_is_one_answer(self, koro: Place, delivery: Delivery) -> None:
        for _ in range(2):
            replies.answer(viewer=viewer_for(koro.liaison), delivery=delivery, kind=ACT)
        assert Reply.objects.count() == 1

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"kind": "maybe"}, "kind"),
            ({"kind": NO}, "reason"),
            ({"kind": NO, "reason": "because"}, "reason"),
            ({"kind": ACT, "text": "a" * 501}, "text"),
            ({"kind": ACT, "text": "Nos soldats sont à Boni"}, "text"),
            ({"kind": ACT, "text": "Une patrouille de gendarmes part vers Koro"}, "text"),
        ],
    )
    def test_what_is_refused(self, koro: Place, delivery: Delivery, given: dict[str, str], field: str) -> None:
        with pytest.raises(ValidationError) as refused:
            replies.answer(viewer=viewer_for(koro.liaison), delivery=delivery, **given)
        assert list(refused.value.message_dict) == [field]
        assert not Reply.objects.exists()


@pytest.mark.django_db
class TestByCall:
    def test_what_a_called_person_answers_is_written_down_by_the_caller(self, koro: Place, delivery: Delivery) -> None:
        replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.ACTING)
        delivery.refresh_from_db()
        assert (delivery.answer, delivery.called_by) == (DeliveryAnswer.ACTING, koro.author)
        reply = Reply.objects.get()
        assert (reply.channel, reply.recorded_by) == (Channel.CALL, koro.author)

    def test_nobody_answered_changes_nothing_but_is_noted(self, koro: Place, delivery: Delivery) -> None:
        replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.NO_ANSWER)
        delivery.refresh_from_db()
        assert delivery.called_at is None
        assert AuditEntry.objects.get(verb="called").facts["result"] == "no_answer"

    def test_declining_needs_its_reason(self, koro: Place, delivery: Delivery) -> None:
        with pytest.raises(ValidationError):
            replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.DECLINED)
        replies.tick_call(
            viewer=koro.author_view, delivery=delivery, result=CallResult.DECLINED, reason=DeclineReason.NO_MEANS
        )
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.DECLINED

    def test_only_coordinators_of_the_area_tick_calls(self, koro: Place, delivery: Delivery) -> None:
        for other in (person(Role.COORDINATOR, "Gao"), koro.liaison, koro.monitor):
            with pytest.raises(NotAllowed):
                replies.tick_call(viewer=viewer_for(other), delivery=delivery, result=CallResult.ACTING)

    def test_after_cancellation_those_called_are_called_again(
        self, koro: Place, alert: Alert, delivery: Delivery
    ) -> None:
        with pytest.raises(NotAllowed):
            replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.RECALLED)
        replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.ACKNOWLEDGED)
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        with pytest.raises(NotAllowed):
            replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.ACTING)
        replies.tick_call(viewer=koro.author_view, delivery=delivery, result=CallResult.RECALLED)
        delivery.refresh_from_db()
        assert delivery.recalled_at is not None
