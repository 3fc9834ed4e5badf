"""One person of the story whose first way led nowhere: their old phone. The next way was taken by itself."""

from datetime import datetime, timedelta

from incidents.models import Alert, Carriage, Delivery, FallBack, WhyNext
from orgs.demo import Stage
from orgs.messaging import reasons
from orgs.models import Address, AddressEnd, Channel, Message, MessageState

WHOSE = "officer"
_NEXT_TAKEN_AFTER = timedelta(seconds=75)


def fell_back(stage: Stage, alert: Alert, at: datetime) -> None:
    """Write down how the alert reached this person, where they are among those who were told."""
    person = stage.people[WHOSE]
    delivery = Delivery.objects.filter(alert=alert, recipient=person, channel=Channel.PUSH).first()
    if delivery is None:
        return
    first = Message.objects.filter(deliveries=delivery)
    first.update(state=MessageState.FAILED, reason=reasons.UNKNOWN_ADDRESS, sent_at=None)
    Address.objects.filter(person=person, channel=Channel.PUSH, ended_at=None).update(
        ended_at=at, end=AddressEnd.GONE, failed_at=at, failure=reasons.UNKNOWN_ADDRESS, failures=1
    )
    later = at + _NEXT_TAKEN_AFTER
    second = Message.objects.create(
        purpose="alert",
        channel=Channel.EMAIL,
        recipient=person,
        language=person.language,
        state=MessageState.SENT,
        attempts=1,
        created_at=later,
        sent_at=later,
        final_at=later,
    )
    Carriage.objects.create(delivery=delivery, message=second)
    FallBack.objects.create(
        delivery=delivery, before=Channel.PUSH, channel=Channel.EMAIL, why=WhyNext.FAILED, message=second, at=later
    )
