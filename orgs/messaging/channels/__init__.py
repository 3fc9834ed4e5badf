"""The ways out. Each channel knows how to hand one message to its server and what the answer means."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from typing import Protocol

from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.models import Channel


class Sender(Protocol):
    """An open way out, used by one worker for one drain."""

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Get ready for a group (at most 10) at once, before the first of it is sent."""

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
    from orgs.messaging.channels.notice import NoticeSender
    from orgs.messaging.channels.push import PushSender
    from orgs.messaging.channels.sms import open_sms
    from orgs.messaging.channels.webhook import WebhookSender

    makers = {
        Channel.EMAIL: open_email,
        Channel.SMS: open_sms,
        Channel.PUSH: PushSender,
        Channel.WEBHOOK: WebhookSender,
        Channel.NOTICE: NoticeSender,
    }
    return closing(makers[Channel(channel)]())


def gateway_of(channel: str) -> str:
    """The name of the gateway that a channel leaves by; empty where there is only one way."""
    from orgs.messaging.gateways.configured import configured

    gateway = configured() if channel == Channel.SMS else None
    return gateway.name if gateway else ""
