"""Reading what a gateway tells us: receipts and incoming messages, each preset by its own names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orgs.messaging import reasons
from orgs.messaging.gateways.replies import found
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
    external_id: Sequence[str] = ("id", "message_id", "MessageSid")

    def receipt(self, data: Mapping[str, Any]) -> Receipt | None:
        """Read a receipt; ``None`` when it names no message."""
        reference = _first(data, self.reference)
        state, reason = state_of(_first(data, self.state))
        return Receipt(reference[:100], state, reason) if reference else None

    def received(self, data: Mapping[str, Any]) -> Received | None:
        """Read an incoming SMS; ``None`` when it names no sender."""
        sender = _first(data, self.sender)
        return Received(sender, _first(data, self.text), _first(data, self.external_id)[:100]) if sender else None


def _first(data: Mapping[str, Any], paths: Sequence[str]) -> str:
    for path in paths:
        value = data[path] if isinstance(data.get(path), str) else found(data, path)
        if value:
            # No database keeps a NUL in a text.
            return value.replace("\x00", "")
    return ""
