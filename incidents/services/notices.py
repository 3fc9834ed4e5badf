"""Writing the messages by which people are told of questions, answers, outcomes and advisories.

Two statements for any number of people. The words are given when a message leaves (``incidents.notice_words``).
"""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from incidents.access import ADVISORIES, ALERTS
from incidents.models import Advisory, Delivery, Notice, NoticeKind, QuestionAnswer
from orgs.messaging import outbox
from orgs.messaging.purposes import address_of
from orgs.models import Channel, Message, User

PURPOSE = "twoway_notice"
PRIORITIES: dict[str, int] = {NoticeKind.ANSWERED: 2, NoticeKind.ASKED: 3}
USUAL_PRIORITY = 5


def tell_coordinators(delivery: Delivery, kind: str) -> int:
    """Tell those who prepared and released an alert, as long as they work on it; else every coordinator of its area."""
    alert = delivery.alert
    working = ALERTS.people_as(alert, ("coordinator",)).exclude(pk=delivery.recipient_id)
    theirs = [pk for pk in (alert.created_by_id, alert.released_by_id) if pk is not None]
    people = list(working.filter(pk__in=theirs)) or list(working)
    return _write(kind, [(person, delivery) for person in people])


def tell_answer(answer: QuestionAnswer, delivery: Delivery) -> int:
    """Tell the asker, or every recipient of the alert, each by their own channel; those who are called are not."""
    told: QuerySet[Delivery] = Delivery.objects.filter(pk=delivery.pk)
    if answer.to_all:
        told = (
            Delivery.objects.filter(alert=delivery.alert_id).order_by("recipient_id", "step").distinct("recipient_id")
        )
    pairs = [(one.recipient, one) for one in told.select_related("recipient")]
    return _write(NoticeKind.ANSWERED, pairs, answer=answer)


def tell_of_advisory(advisory: Advisory, kind: str, people: Iterable[User] | None = None) -> int:
    """Tell the coordinators of the areas of an advisory, or the people given."""
    if people is None:
        people = ADVISORIES.people_as(advisory, ("coordinator",)).exclude(pk=advisory.given_by_id)
    return _write(kind, [(person, None) for person in people], advisory=advisory)


def _write(
    kind: str,
    people: Sequence[tuple[User, Delivery | None]],
    *,
    answer: QuestionAnswer | None = None,
    advisory: Advisory | None = None,
) -> int:
    reached = [(person, delivery, channel) for person, delivery in people if (channel := channel_of(person))]
    messages = Message.objects.bulk_create(
        Message(
            purpose=PURPOSE,
            channel=channel,
            recipient=person,
            language=person.language,
            priority=PRIORITIES.get(kind, USUAL_PRIORITY),
        )
        for person, _delivery, channel in reached
    )
    Notice.objects.bulk_create(
        Notice(kind=kind, message=message, delivery=delivery, answer=answer, advisory=advisory)
        for message, (_person, delivery, _channel) in zip(messages, reached, strict=True)
    )
    outbox.wake(*sorted({channel for _person, _delivery, channel in reached}))
    return len(reached)


def channel_of(person: User) -> str:
    """By which channel a person gets a notice; empty for those who look by themselves, or are called."""
    if person.channel in (Channel.INBOX, Channel.CALL):
        return ""
    first, second = (Channel.SMS, Channel.EMAIL) if person.channel == Channel.SMS else (Channel.EMAIL, Channel.SMS)
    return next((str(channel) for channel in (first, second) if address_of(person, channel)), "")
