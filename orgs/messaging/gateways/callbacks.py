"""Reading what a gateway tells us: receipts and incoming messages, each preset by its own names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orgs.messaging import reasons
from orgs.messaging.gateways.parts import Part, part_of
from orgs.messaging.gateways.replies import found
from orgs.messaging.gateways.times import moment
from orgs.models import MessageState


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message. ``reference`` is our key or the gateway's number; ``state`` is empty on the way."""

    reference: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An SMS as the gateway gives it: nothing is checked yet."""

    sender: str
    text: str
    external_id: str = ""
    sent_at: datetime | None = None
    part: Part | None = None


DELIVERED = frozenset({"delivered", "delivrd", "success", "read", "sms:delivered", "deliveredtoterminal", "1"})
FAILED = frozenset(
    {"failed", "undelivered", "undeliv", "rejected", "rejectd", "expired", "sms:failed", "deliveryimpossible"}
    | {"2", "16", "error", "blocked"}
)


def state_of(word: str) -> tuple[str, str]:
    """State and reason that a gateway's word stands for; both empty while the message is on its way."""
    word = word.strip().lower()
    if word in DELIVERED:
        return MessageState.DELIVERED, ""
    return (MessageState.FAILED, reasons.NOT_DELIVERED) if word in FAILED else ("", "")


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names a gateway gives what. Several: the first that is there counts; dots step into JSON."""

    reference: Sequence[str] = ("key", "id", "message_id")
    state: Sequence[str] = ("status", "state", "event")
    sender: Sequence[str] = ("from", "sender", "From", "phoneNumber")
    text: Sequence[str] = ("text", "message", "Body", "content")
    external_id: Sequence[str] = ("id", "message_id", "MessageSid", "SmsSid", "SmsMessageSid")
    sent_at: Sequence[str] = ("date", "time", "ts", "timestamp", "sent_at", "sentStamp")
    part_reference: Sequence[str] = ("ref", "part_ref")
    part_number: Sequence[str] = ("part", "part_number")
    part_total: Sequence[str] = ("parts", "part_total", "total")
    header: Sequence[str] = ("udh",)
    event: Sequence[str] = ()
    """What a call to ``incoming`` is about, where a gateway calls one address for everything."""

    def receipt(self, data: Mapping[str, Any]) -> Receipt | None:
        """Read a receipt; ``None`` when it names no message."""
        reference = _first(data, self.reference)
        state, reason = state_of(_first(data, self.state))
        return Receipt(reference[:100], state, reason) if reference else None

    def received(self, data: Mapping[str, Any]) -> Received | None:
        """Read an incoming SMS; ``None`` when it names no sender."""
        sender = _first(data, self.sender)
        if not sender:
            return None
        part = part_of(
            header=_first(data, self.header, clean=False),
            reference=_first(data, self.part_reference),
            number=_first(data, self.part_number),
            total=_first(data, self.part_total),
        )
        number, sent_at = _first(data, self.external_id)[:100], moment(_first(data, self.sent_at))
        return Received(sender, _first(data, self.text), number, sent_at, part)

    def is_about_an_sms(self, data: Mapping[str, Any]) -> bool:
        """Whether a call brings an SMS: not where the gateway says that it is about something else."""
        return _first(data, self.event) in ("", "sms:received")


def _first(data: Mapping[str, Any], paths: Sequence[str], *, clean: bool = True) -> str:
    for path in paths:
        value = data[path] if isinstance(data.get(path), str) else found(data, path)
        if value:
            # No database keeps a NUL in a text, nor half a character.
            return value.replace("\x00", "").encode("utf-8", "ignore").decode() if clean else value
    return ""
