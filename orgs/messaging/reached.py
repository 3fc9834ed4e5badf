"""Addresses of a group's recipients: read in one query before it is sent, and what became of them written in one after.

An address that fails again and again rests, each time longer, and is tried by one message after that; one of which the
other side says that it is gone is taken off. Nothing of this touches anybody else's address.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from cryptography.fernet import InvalidToken
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from orgs import crypto, prepared
from orgs.messaging import outcomes, reasons
from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.models import MessageState

log = logging.getLogger(__name__)

TROUBLES = 5
"""After so many failures in a row an address rests."""
SECONDS_TO_REST, LONGEST_REST = 300, 6 * 3600
_GONE_DATABASE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

_LIVE = """
    SELECT id, person_id, sealed, rests_until, rotated_at FROM orgs_address
     WHERE person_id = ANY(%(people)s::bigint[]) AND channel = %(channel)s AND ended_at IS NULL ORDER BY id"""

_NOTE = f"""
    UPDATE orgs_address AS address
       SET last_used_at = CASE WHEN seen.reason = '' THEN statement_timestamp() ELSE last_used_at END,
           proved_at = CASE WHEN seen.reason = '' THEN coalesce(proved_at, statement_timestamp()) ELSE proved_at END,
           failed_at = CASE WHEN seen.reason = '' THEN failed_at ELSE statement_timestamp() END,
           failure = CASE WHEN seen.reason = '' THEN failure ELSE seen.reason END,
           failures = CASE WHEN seen.reason = '' THEN 0 ELSE failures + 1 END,
           rests_until = CASE WHEN seen.reason <> '' AND failures + 1 >= {TROUBLES}
               THEN statement_timestamp() + interval '1 second'
                    * least({SECONDS_TO_REST} * power(2, least(failures + 1 - {TROUBLES}, 16)), {LONGEST_REST}) END,
           ended_at = CASE WHEN seen.gone THEN coalesce(ended_at, statement_timestamp()) ELSE ended_at END,
           "end" = CASE WHEN seen.gone AND "end" = '' THEN 'gone' ELSE "end" END
      FROM unnest(%(ids)s::bigint[], %(reasons)s::text[], %(gone)s::boolean[]) AS seen (id, reason, gone)
     WHERE address.id = seen.id"""  # noqa: S608 (numbers)


@dataclass(frozen=True, slots=True)
class Live:
    """One address in use, opened."""

    pk: int
    person_id: int
    words: dict[str, Any]
    rests_until: datetime | None
    rotated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of one try at one address. ``gone``: it does not exist any more."""

    outcome: Outcome
    gone: bool = False


def unknown() -> Outcome:
    """It may have gone out: to be tried again and marked. The trouble is this address's alone, not the channel's."""
    return Outcome(MessageState.PENDING, reasons.NO_ANSWER, uncertain=True)


class AddressBook:
    """The addresses of one channel in the hands of one worker."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._found: dict[int, list[Live]] | None = {}
        self._seen: dict[int, tuple[str, bool]] = {}

    def look_up(self, messages: Sequence[Outgoing]) -> None:
        """Read the addresses of these messages' recipients; write down what became of the last ones."""
        try:
            self.write_down()
            people = sorted({one.recipient_id for one in messages if one.recipient_id is not None})
            rows = prepared.rows(_LIVE, {"people": people, "channel": self._channel})
        except _GONE_DATABASE:
            connection.close()
            self._found = None
            return
        self._found = {}
        for pk, person_id, sealed, rests_until, rotated_at in rows:
            words = _opened(sealed)
            if words is not None:
                self._found.setdefault(person_id, []).append(Live(pk, person_id, words, rests_until, rotated_at))

    def send(self, message: Outgoing, words: Envelope, way: Callable[[Live], Reached]) -> Outcome:
        """Try every address that is meant; the best of what came of it is what became of the message."""
        if self._found is None:
            return outcomes.released(reasons.NO_WORDS, 10)
        meant = [
            one
            for one in self._found.get(message.recipient_id or 0, ())
            if words.address in ("", str(one.pk)) and str(one.pk) not in self._gone()
        ]
        if not meant:
            return outcomes.skipped(reasons.NO_ADDRESS)
        now = timezone.now()
        awake = [one for one in meant if one.rests_until is None or one.rests_until <= now]
        if not awake:
            until = min(one.rests_until for one in meant if one.rests_until is not None)
            return outcomes.released(reasons.RESTING, max(5.0, (until - now).total_seconds()))
        return _best(self._try(one, way) for one in awake)

    def write_down(self) -> None:
        """Note which addresses worked and which did not."""
        if not self._seen:
            return
        seen, self._seen = self._seen, {}
        ids, notes = list(seen), list(seen.values())
        values: dict[str, Any] = {
            "ids": ids,
            "reasons": [reason for reason, _ in notes],
            "gone": [gone for _, gone in notes],
        }
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, values)

    def _try(self, one: Live, way: Callable[[Live], Reached]) -> Outcome:
        try:
            reached = way(one)
        except Exception as error:
            # Its text may name the address: the kind is enough. Nobody else's message stops for it.
            log.warning("An address could not be used: %s (%s).", one.pk, type(error).__name__)
            reached = Reached(unknown())
        outcome = reached.outcome
        self._seen[one.pk] = ("" if outcome.state == MessageState.SENT else outcome.reason, reached.gone)
        return outcome

    def _gone(self) -> set[str]:
        return {str(pk) for pk, (_reason, gone) in self._seen.items() if gone}


def _opened(sealed: bytes) -> dict[str, Any] | None:
    try:
        return crypto.unseal(sealed)
    except InvalidToken:
        return None


_RANK = {MessageState.SENT: 0, MessageState.PENDING: 1, MessageState.FAILED: 2, MessageState.SKIPPED: 3}


def _best(found: Iterable[Outcome]) -> Outcome:
    """Taken by one is taken; one that may still take it, or may have, is tried again."""
    return min(found, key=lambda outcome: (_RANK[MessageState(outcome.state)], not outcome.uncertain))
