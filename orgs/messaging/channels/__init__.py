"""The ways out. Each channel knows how to hand one message to its server and what the answer means."""

from contextlib import AbstractContextManager, closing
from typing import Protocol

from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.models import Channel


class Sender(Protocol):
    """An open way out, used by one worker for one drain."""

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Hand one message over. Raises ``ServerDown`` when the server can certainly not be used now.

        ``following`` is the one that will most likely come next: its recipient may be asked for along the way. It is
        not sent before ``send`` is called for it, and that may never be.
        """

    def close(self) -> None:
        """Let go of connections."""


def open_sender(channel: str) -> AbstractContextManager[Sender]:
    """The way out of a channel; connections are made with the first message."""
    from orgs.messaging.channels.email import open_email
    from orgs.messaging.channels.sms import open_sms

    makers = {Channel.EMAIL: open_email, Channel.SMS: open_sms}
    return closing(makers[Channel(channel)]())
