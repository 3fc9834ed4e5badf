"""A person's ways and the messages to them, in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.messaging import reasons
from orgs.models import Address, Channel, Message, MessageState, User
from orgs.services.channels import ways_of

Words = str | Promise
PURPOSES: dict[str, Promise] = {
    "alert": gettext_lazy("Alert"),
    "cancel": gettext_lazy("Cancellation of an alert"),
    "test": gettext_lazy("A try"),
    "account": gettext_lazy("About your account"),
    "digest": gettext_lazy("Digest"),
}
TONES = {
    MessageState.PENDING: "new",
    MessageState.SENDING: "doing",
    MessageState.SENT: "done",
    MessageState.DELIVERED: "done",
    MessageState.FAILED: "stopped",
    MessageState.SKIPPED: "stopped",
}


@dataclass(frozen=True)
class ShownWay:
    """One way of a person: whether it leads somewhere, and where that is set."""

    channel: str
    label: Words
    leads: bool
    where: str


@dataclass(frozen=True)
class ShownMessage:
    """What became of one message, and why."""

    channel: Words
    purpose: str
    state: Words
    tone: str
    why: Words
    at: datetime
    maybe_double: bool


def shown_ways(person: User, addresses: Sequence[Address]) -> list[ShownWay]:
    """The person's ways in their order."""
    live = {address.channel for address in addresses}
    return [_way(person, way, live) for way in ways_of(person)]


def _way(person: User, way: str, live: set[str]) -> ShownWay:
    if way == Channel.EMAIL:
        leads, where = bool(person.email), person.email or ""
    elif way in (Channel.SMS, Channel.CALL):
        leads, where = bool(person.phone), person.phone or ""
    else:
        leads, where = way == Channel.INBOX or way in live, ""
    return ShownWay(way, Channel(way).label, leads, where)


def shown_messages(messages: Iterable[Message]) -> list[ShownMessage]:
    """Messages with their state in words."""
    return [
        ShownMessage(
            channel=message.get_channel_display(),
            purpose=str(PURPOSES.get(message.purpose, _("Message"))),
            state=state_words(message),
            tone=TONES[MessageState(message.state)],
            why=reasons.words(message.reason) if message.state != MessageState.SENT else "",
            at=message.final_at or message.created_at,
            maybe_double=message.maybe_double,
        )
        for message in messages
    ]


def state_words(message: Message) -> str:
    """The state of a message as somebody who waits for it would say it."""
    if message.state == MessageState.SENT and message.channel not in (Channel.EMAIL, Channel.SMS):
        return _("Taken by the other side")
    if message.state == MessageState.PENDING and message.attempts:
        return _("Tried again soon (%(n)s)") % {"n": message.attempts}
    return str(message.get_state_display())
