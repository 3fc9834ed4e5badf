"""What can become of one attempt to send."""

from dataclasses import dataclass

from orgs.messaging import reasons
from orgs.models import MessageState


class ServerDown(Exception):
    """The server as a whole cannot be used now; the message was certainly not sent. ``reason`` says why."""

    def __init__(self, reason: str = reasons.NO_CONNECTION) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's result. ``pending`` means that it is to be tried again.

    ``uncertain``: it may have gone out. ``counts``: it uses up one of the attempts. ``trouble``: the server is in
    trouble, not this message. ``pause``: seconds until the next attempt, where the usual one does not fit.
    """

    state: str
    reason: str = ""
    gateway_id: str = ""
    uncertain: bool = False
    counts: bool = True
    trouble: bool = False
    pause: float | None = None


_SENT = Outcome(MessageState.SENT)


def sent(gateway_id: str = "") -> Outcome:
    """The other side took it."""
    return Outcome(MessageState.SENT, gateway_id=gateway_id[:100]) if gateway_id else _SENT


def refused(reason: str) -> Outcome:
    """The other side will never take it."""
    return Outcome(MessageState.FAILED, reason)


def skipped(reason: str) -> Outcome:
    """Not to be sent."""
    return Outcome(MessageState.SKIPPED, reason)


def later(reason: str, *, trouble: bool = False) -> Outcome:
    """The other side did not take it now; certainly not sent."""
    return Outcome(MessageState.PENDING, reason, trouble=trouble)


def uncertain(reason: str = reasons.NO_ANSWER) -> Outcome:
    """It was handed over and no answer came: to be tried again, and marked."""
    return Outcome(MessageState.PENDING, reason, uncertain=True, trouble=True)


def released(reason: str = "", pause: float = 0) -> Outcome:
    """Claimed, but not tried."""
    return Outcome(MessageState.PENDING, reason, counts=False, pause=pause)
