"""Claiming messages and booking what became of them: the two statements that everything about sending rests on.

A message is ``sending`` only while it is in the group that a worker holds in its hands (at most ``GROUP``). A group is
claimed and its predecessor booked in one statement, so one commit serves both. Whoever dies leaves at most one group
of which it is not known whether it went out.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings

from orgs import prepared
from orgs.messaging import reasons
from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Claimed
from orgs.models import MessageState

GROUP = 10

# A claim is known by its time: a worker that was given up for lost cannot book over its successor. But what it did
# send is sent, whoever holds the message now, unless a receipt already said more.
_BOOK = """
    UPDATE orgs_message AS message
       SET state = outcome.state, reason = outcome.reason,
           gateway_id = CASE outcome.gateway_id WHEN '' THEN message.gateway_id ELSE outcome.gateway_id END,
           maybe_double = message.maybe_double OR outcome.uncertain,
           attempts = message.attempts - outcome.uncounted,
           next_attempt_at = statement_timestamp() + outcome.pause * interval '1 second',
           claimed_at = CASE outcome.state WHEN 'pending' THEN NULL ELSE message.claimed_at END,
           sent_at = CASE outcome.state WHEN 'sent' THEN statement_timestamp() ELSE message.sent_at END,
           final_at = CASE outcome.state WHEN 'pending' THEN NULL ELSE statement_timestamp() END
      FROM jsonb_to_recordset(%(outcomes)s::jsonb)
           AS outcome (id bigint, state text, reason text, gateway_id text, uncertain bool, uncounted int, pause float8)
     WHERE message.id = outcome.id AND message.id = ANY(%(ids)s::bigint[])
       AND (message.state = 'sending' AND message.claimed_at = %(claimed_at)s
            OR outcome.state = 'sent' AND message.state IN ('sending', 'pending'))"""

# Fixed numbers and arrays keep the plan on the keys however large the table and whatever its statistics say.
_CLAIM = f"""
    UPDATE orgs_message SET state = 'sending', claimed_at = statement_timestamp(), attempts = attempts + 1
     WHERE id = ANY(ARRAY(
               SELECT id FROM orgs_message
                WHERE channel = %(channel)s AND state = 'pending' AND next_attempt_at <= statement_timestamp()
                ORDER BY priority, id LIMIT {GROUP} FOR UPDATE SKIP LOCKED))
 RETURNING id, key, purpose, channel, recipient_id, sealed, language, attempts, created_at, claimed_at, priority"""  # noqa: S608 (a number)

# The columns of ``Claimed``, in its order, and the time of the claim.
_ORDERED = """
    SELECT id, key, purpose, channel, recipient_id, sealed, language, attempts, created_at, claimed_at
      FROM claimed ORDER BY priority, id"""


@lru_cache(maxsize=GROUP)
def _claim_only(most: int) -> str:
    return f"WITH claimed AS ({_CLAIM}) {_ORDERED}".replace(f"LIMIT {GROUP}", f"LIMIT {most:d}")


_BOOK_AND_CLAIM = f"WITH booked AS ({_BOOK}), claimed AS ({_CLAIM}) {_ORDERED}"


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that one worker holds, and the claim by which they are its own."""

    messages: Sequence[Claimed]
    claimed_at: datetime | None


EMPTY = Group((), None)


def claim(channel: str, most: int = GROUP) -> Group:
    """Take the next messages that are due on a channel (``most`` of them); nobody else will send them."""
    return _group(prepared.rows(_claim_only(min(most, GROUP)), {"channel": channel}))


def book(group: Group, outcomes: dict[int, Outcome]) -> None:
    """Write down what became of a group. Doing it twice changes nothing."""
    prepared.rows(_BOOK, _columns(group, outcomes))


def book_and_claim(group: Group, outcomes: dict[int, Outcome], channel: str) -> Group:
    """Write down what became of a group and take the next one, in one statement."""
    return _group(prepared.rows(_BOOK_AND_CLAIM, {**_columns(group, outcomes), "channel": channel}))


def _group(rows: list[tuple[Any, ...]]) -> Group:
    if not rows:
        return EMPTY
    return Group([Claimed._make(row[:-1]) for row in rows], rows[0][-1])


def _columns(group: Group, outcomes: dict[int, Outcome]) -> dict[str, Any]:
    booked = []
    for message in group.messages:
        outcome = _settled(message, outcomes[message.pk], group.claimed_at)
        booked.append(
            {
                "id": message.pk,
                "state": str(outcome.state),
                "reason": outcome.reason,
                "gateway_id": outcome.gateway_id,
                "uncertain": outcome.uncertain,
                "uncounted": 0 if outcome.counts else 1,
                "pause": outcome.pause or 0.0,
            }
        )
    # One text for all: dumping a list for each column costs more.
    ids = [message.pk for message in group.messages]
    return {"claimed_at": group.claimed_at, "ids": ids, "outcomes": orjson.dumps(booked).decode()}


def _settled(message: Claimed, outcome: Outcome, now: datetime | None) -> Outcome:
    """Give a message that is to be tried again its pause, or end it when attempts or time are used up."""
    if outcome.state != MessageState.PENDING:
        return outcome
    pauses = settings.MESSAGE_PAUSES
    too_often = outcome.counts and message.attempts > len(pauses)
    too_old = now is not None and (now - message.created_at).total_seconds() > settings.MESSAGE_MAX_AGE
    if too_often or too_old:
        reason = outcome.reason or reasons.EXPIRED
        return Outcome(MessageState.FAILED, reason, uncertain=outcome.uncertain, counts=outcome.counts)
    pause = outcome.pause if outcome.pause is not None else pauses[min(message.attempts, len(pauses)) - 1]
    return Outcome(
        outcome.state, outcome.reason, uncertain=outcome.uncertain, counts=outcome.counts, pause=float(pause)
    )


def by_key(text: str) -> uuid.UUID | None:
    """The key of a message if ``text`` is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
