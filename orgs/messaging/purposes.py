"""Who provides the words of a message, asked when it is sent and not before.

A purpose is registered by the app that knows its words, in ``AppConfig.ready``:

    purposes.register("alert", AlertWords())

Between the decision to tell somebody and the sending, minutes may pass: a purpose looks again whether the recipient may
still be told, and answers ``Skip`` with a reason when not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from orgs.models import Channel, Message, User

CODE = "{code}"
"""Where the recipient's own code stands in words that are the same for many."""


class Claimed(NamedTuple):
    """A message in a worker's hands: what sending needs of it. A model of each would cost as much as its words."""

    pk: int
    key: UUID
    purpose: str
    channel: str
    recipient_id: int | None
    sealed: bytes | None
    language: str
    attempts: int
    created_at: datetime


Outgoing = Claimed | Message
"""What is sent; a model will do where only a few are."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message ready to go out.

    ``address`` is an e-mail address or an E.164 phone number. ``headers`` are extra e-mail headers (plain ASCII,
    e.g. ``List-Unsubscribe``); an SMS has only its ``text``.

    By push, webhook and notice the address is looked up when it is sent; ``address`` is empty, or the number of the one
    ``Address`` that is meant. ``subject`` and ``text`` are what may travel, by marking, on any way; ``link`` is where
    it is read; ``code`` is the recipient's own. A notice says none of it but the code.

    ``shared`` and ``own`` are set by ``of_many`` only: the words and headers that many get, and what each recipient has
    of their own in them.
    """

    address: str
    text: str
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    shared: "Shared | None" = None
    own: tuple[tuple[str, str], ...] = ()
    code: str = ""
    link: str = ""

    @classmethod
    def of_many(
        cls,
        address: str,
        *,
        subject: str,
        text: str,
        code: str,
        headers: Mapping[str, str],
        own: Sequence[tuple[str, str]] = (),
    ) -> "Envelope":
        """Words that many get, each with their own code where these say ``CODE``, and with what else is their own
        (names in braces and what stands for them, plain ASCII). E-mail encodes the words once for all.
        """
        values = ((CODE, code), *own)
        filled = headers
        if any("{" in value for value in headers.values()):
            filled = {name: put_in(value, values) for name, value in headers.items()}
        shared = Shared(subject, text, tuple(headers.items()))
        return cls(
            address, put_in(text, values), put_in(subject, values), headers=filled, shared=shared, own=values, code=code
        )


class Shared(NamedTuple):
    """Words and headers as many get them, with names in braces for what each has of their own."""

    subject: str
    text: str
    headers: tuple[tuple[str, str], ...]


def put_in(words: str, own: Sequence[tuple[str, str]]) -> str:
    """Words with what is somebody's own in them."""
    for name, value in own:
        words = words.replace(name, value)
    return words


@dataclass(frozen=True, slots=True)
class Skip:
    """Not to be sent. ``reason`` is a code of ``orgs.messaging.reasons``."""

    reason: str


class Purpose(Protocol):
    """Gives the words of messages at the moment of sending."""

    def compose(self, messages: Sequence[Outgoing]) -> Mapping[int, Envelope | Skip]:
        """Envelope or Skip by message id, for a group (at most 10) at once: set-based, in as few queries as can be.

        A message that is left out is skipped as ``no_words``.
        """


_purposes: dict[str, Purpose] = {}


def register(name: str, purpose: Purpose) -> None:
    """Say who provides the words of messages whose ``purpose`` is ``name`` (at most 20 characters)."""
    _purposes[name] = purpose


def purpose_of(name: str) -> Purpose | None:
    """Who provides the words of this purpose; ``None`` for single messages, which carry their own."""
    return _purposes.get(name)


def address_of(person: User, channel: str) -> str:
    """A person's own e-mail address or phone; empty when they have none, and for other channels."""
    if channel == Channel.EMAIL:
        return person.email or ""
    return (person.phone or "") if channel == Channel.SMS else ""
