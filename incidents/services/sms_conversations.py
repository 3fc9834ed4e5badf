"""Conversations by SMS as they are kept: one for a number, sealed, gone when they end or after a day.

What somebody told a conversation that ended by itself becomes a report as it stands: it was told to be known.
"""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.models import Door, HowKnown, SmsConversation, SmsQuestion
from incidents.said import Said, Whereabouts, clean_words
from incidents.services.identities import Identity
from incidents.services.reports import Received, receive_report
from orgs.crypto import seal, unseal

LASTS = timedelta(hours=24)
ENDED_AT_ONCE = 100


@dataclass
class Talk:
    """What was answered so far. ``where`` holds the areas of the place; ``candidates`` what it may be besides."""

    sender: str
    user_id: int | None = None
    type_code: str | None = None
    texts: list[str] = field(default_factory=list)
    place_text: str = ""
    where: dict[str, Any] | None = None
    candidates: list[tuple[str, int, str]] = field(default_factory=list)
    occurred_on: str = ""
    harmed: dict[str, int] | None = None
    how_known: str = ""
    may_call_back: bool | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.texts or self.type_code or self.place_text or self.harmed)

    def said(self) -> Said:
        """The answers as every door gives them."""
        return Said(
            type_code=self.type_code,
            occurred_on=date.fromisoformat(self.occurred_on) if self.occurred_on else None,
            place_text=self.place_text,
            narrative=clean_words("\n".join(self.texts)),
            harmed=self.harmed or {},
            how_known=self.how_known or HowKnown.UNKNOWN,
            may_call_back=bool(self.may_call_back),
            whereabouts=Whereabouts(**self.where) if self.where else Whereabouts(),
        )


@dataclass
class Held:
    """A conversation in the hands of whoever reads its next message."""

    row: SmsConversation
    talk: Talk


def current(*, key: str) -> Held | None:
    """The conversation of a number that is under way, held until the transaction ends."""
    row = SmsConversation.objects.select_for_update().filter(pk=key, expires_at__gt=timezone.now()).first()
    return Held(row, _opened(row)) if row is not None else None


def begin(*, key: str, sender: str, user_id: int | None, language: str) -> Held:
    """Begin a conversation; one that has ended by itself becomes a report first."""
    before = SmsConversation.objects.select_for_update().filter(pk=key).first()
    if before is not None:
        end(Held(before, _opened(before)))
    talk = Talk(sender=sender, user_id=user_id)
    row = SmsConversation.objects.create(
        sender_key=key,
        language=language,
        number=f"talk:{secrets.token_hex(16)}",
        sealed=seal(asdict(talk)),
        expires_at=timezone.now() + LASTS,
    )
    return Held(row, talk)


def keep(held: Held, *, question: str, unfit: int = 0) -> None:
    """Write down the answers so far and the question that waits."""
    row = held.row
    row.question, row.unfit, row.sealed = SmsQuestion(question), unfit, seal(asdict(held.talk))
    row.save(update_fields=["question", "unfit", "sealed"])


def drop(held: Held) -> None:
    """Forget a conversation and everything said in it."""
    held.row.delete()


def end(held: Held) -> Received | None:
    """Make a report of a conversation and forget it; ``None`` where nothing was said."""
    talk = held.talk
    got = None
    if talk.says_something:
        got = receive_report(
            door=Door.SMS,
            external_id=held.row.number,
            said=talk.said(),
            identity=Identity(phone=talk.sender, user_id=talk.user_id),
            language=held.row.language,
        )
    held.row.delete()
    return got


def end_expired() -> int:
    """Make reports of conversations whose time is over; how many ended."""
    with transaction.atomic():
        rows = SmsConversation.objects.select_for_update(skip_locked=True).filter(expires_at__lte=timezone.now())
        over = list(rows.order_by("expires_at")[:ENDED_AT_ONCE])
        for row in over:
            end(Held(row, _opened(row)))
    return len(over)


def _opened(row: SmsConversation) -> Talk:
    return Talk(**unseal(row.sealed))
