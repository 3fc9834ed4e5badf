"""What comes in by SMS: read by the functions that other rooms register, answered through the outbox.

    inbound.handlers.register(answer_to_alert)

The first function that answers wins. A function that raises leaves the message to be tried again by the sweep.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IncomingSms:
    """One SMS that somebody sent us.

    ``external_id`` is the gateway's number for it, or one made from sender, text and minute; (gateway, external_id)
    comes once. ``sender`` is E.164. ``language`` is that of the sender's account, or the installation's.
    """

    gateway: str
    external_id: str
    sender: str
    text: str
    received_at: datetime
    sent_at: datetime | None = None
    user_id: int | None = None
    language: str = "fr"


Handler = Callable[[IncomingSms], str | None]
"""Gives the text to answer, or ``None`` when the message is not its own. Runs in a transaction of its own."""


class Handlers:
    """Functions that read incoming SMS, in the order in which they were registered."""

    def __init__(self) -> None:
        self._functions: list[Handler] = []

    def register(self, function: Handler) -> Handler:
        """Add a function, once; usable as a decorator."""
        if function not in self._functions:
            self._functions.append(function)
        return function

    def answer(self, sms: IncomingSms) -> tuple[str, str] | None:
        """The name of the first function that answers, and its answer; ``None`` when nobody does."""
        for function in self._functions:
            answer = function(sms)
            if answer is not None:
                return function.__name__, answer
        return None


handlers = Handlers()
