"""Who provides the words of a message, asked when it is sent and not before.

A purpose is registered by the app that knows its words, in ``AppConfig.ready``:

    purposes.register("alert", AlertWords())

Between the decision to tell somebody and the sending, minutes may pass: a purpose looks again whether the recipient may
still be told, and answers ``Skip`` with a reason when not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from orgs.models import Channel, Message, User


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message ready to go out.

    ``address`` is an e-mail address or an E.164 phone number. ``headers`` are extra e-mail headers (plain ASCII,
    e.g. ``List-Unsubscribe``); an SMS has only its ``text``.
    """

    address: str
    text: str
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """Not to be sent. ``reason`` is a code of ``orgs.messaging.reasons``."""

    reason: str


class Purpose(Protocol):
    """Gives the words of messages at the moment of sending."""

    def compose(self, messages: Sequence[Message]) -> Mapping[int, Envelope | Skip]:
        """Envelope or Skip by message id, for a group (at most 10) at once: set-based, in as few queries as can be.

        The messages carry ``id, key, purpose, channel, recipient_id, sealed, language, attempts``; other columns are
        read from the database when asked for. A message that is left out is skipped as ``no_words``.
        """


_purposes: dict[str, Purpose] = {}


def register(name: str, purpose: Purpose) -> None:
    """Say who provides the words of messages whose ``purpose`` is ``name`` (at most 20 characters)."""
    _purposes[name] = purpose


def purpose_of(name: str) -> Purpose | None:
    """Who provides the words of this purpose; ``None`` for single messages, which carry their own."""
    return _purposes.get(name)


def address_of(person: User, channel: str) -> str:
    """Where a person is reached by a channel; empty when they have no such address."""
    if channel == Channel.EMAIL:
        return person.email or ""
    return (person.phone or "") if channel == Channel.SMS else ""
