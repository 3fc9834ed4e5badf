"""Sending what is due on one channel, group by group. Any number of drains may work on a channel at once."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from orgs.messaging import channels, ledger, limits, outbox, outcomes, purposes, reasons, single, stopping, ways_out
from orgs.messaging.ledger import Group
from orgs.messaging.outcomes import Outcome, ServerDown
from orgs.messaging.purposes import Envelope, Outgoing, Skip

log = logging.getLogger(__name__)

LONGEST_DRAIN = 60.0
"""Seconds after which a drain goes to the end of the queue, so that no channel starves another."""
OUTAGE_PAUSE = 10.0
TROUBLES_IN_A_ROW = 2
DATABASE_GONE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
Result = TypeVar("Result")
Words = Envelope | Skip | Outcome


def drain(channel: str, *, hands: int | None = None) -> int:
    """Send what is due on ``channel``; returns how many messages were tried.

    Ends when nothing is due, when the server is in trouble, after ``LONGEST_DRAIN`` or when the worker stops. When the
    first group comes full, a colleague is called, who may call ``hands - 1`` more.
    """
    way = ways_out.enter(channel)
    if way is None:
        return 0
    hands = settings.WORKER_PROCESSES - 1 if hands is None else hands
    group = _claim(channel, way)
    if hands > 0 and len(group.messages) == ledger.GROUP:
        outbox.call_worker(channel, hands - 1)
    with channels.open_sender(channel) as sender:
        work = Drain(channel, sender, way)
        work.run(group)
    ways_out.leave(way, tried=work.tried, trouble=work.trouble)
    if work.out_of_time:
        outbox.call_worker(channel, 0)
    return work.tried


def _claim(channel: str, way: ways_out.Way) -> Group:
    """The next messages that the way may take now: one while it is tried, as many as its limit leaves."""
    most = 1 if way.on_trial else ledger.GROUP
    return limits.claim(way, channel, most) if way.is_limited else ledger.claim(channel, most)


class Drain:
    """One pass over a channel by one worker."""

    def __init__(self, channel: str, sender: channels.Sender, way: ways_out.Way) -> None:
        self.channel = channel
        self.sender = sender
        self.way = way
        self.tried = 0
        self.out_of_time = False
        self._troubles = 0
        self._last_trouble = self._server_down = ""
        self._until = time.monotonic() + LONGEST_DRAIN

    def run(self, group: Group) -> None:
        """Send ``group`` and whatever is due after it."""
        while group.messages:
            results = self._send(group)
            if self._goes_on():
                group = self._book_and_claim(group, results)
            else:
                _patiently(lambda: ledger.book(group, results))  # noqa: B023 (called at once)
                return

    def _goes_on(self) -> bool:
        self.out_of_time = time.monotonic() > self._until
        return not (self.trouble or stopping.requested() or self.out_of_time)

    @property
    def trouble(self) -> str:
        """The trouble that the way out is in; empty while it works. On trial, one is enough."""
        most = 1 if self.way.on_trial else TROUBLES_IN_A_ROW
        return self._server_down or (self._last_trouble if self._troubles >= most else "")

    def _book_and_claim(self, group: Group, results: dict[int, Outcome]) -> Group:
        """One commit for both; when the database breaks off, book until it is there again, then claim afresh."""
        if self.way.on_trial or self.way.is_limited:
            _patiently(lambda: ledger.book(group, results))
            self.way = ways_out.passed(self.way)
            return _claim(self.channel, self.way)
        try:
            return ledger.book_and_claim(group, results, self.channel)
        except DATABASE_GONE:
            _patiently(lambda: ledger.book(group, results))
            return ledger.claim(self.channel)

    def _send(self, group: Group) -> dict[int, Outcome]:
        composed = compose(group.messages)
        self.sender.prepare(group.messages)
        hold_until = time.monotonic() + settings.MESSAGE_LEASE / 3
        results: dict[int, Outcome] = {}
        words = [composed.get(message.pk, Skip(reasons.NO_WORDS)) for message in group.messages]
        for message, own, following in zip(group.messages, words, [*words[1:], None], strict=True):
            if time.monotonic() > hold_until or stopping.requested():
                results[message.pk] = outcomes.released()
            elif self.trouble:
                results[message.pk] = outcomes.released(self._server_down or reasons.BUSY, OUTAGE_PAUSE)
            else:
                results[message.pk] = self._try(message, own, following)
        return results

    def _try(self, message: Outgoing, words: Words, following: Words | None) -> Outcome:
        if isinstance(words, Outcome):
            return words
        if isinstance(words, Skip):
            return outcomes.skipped(words.reason)
        self.tried += 1
        try:
            outcome = self.sender.send(message, words, following if isinstance(following, Envelope) else None)
        except ServerDown as down:
            self._server_down = down.reason
            return outcomes.released(down.reason, OUTAGE_PAUSE)
        except Exception:
            # It is not known how far it came; the next ones must go out all the same.
            log.exception("A message could not be sent: %s", message.pk)
            return outcomes.uncertain()
        self._troubles = self._troubles + 1 if outcome.trouble else 0
        self._last_trouble = outcome.reason if outcome.trouble else ""
        return outcome


def compose(messages: Sequence[Outgoing]) -> dict[int, Words]:
    """Ask each purpose for its messages' words; what one cannot give does not stop the others."""
    by_purpose: dict[str, list[Outgoing]] = {}
    for message in messages:
        by_purpose.setdefault(message.purpose, []).append(message)
    composed: dict[int, Words] = {}
    for name, group in by_purpose.items():
        composed.update(_compose(purposes.purpose_of(name) or single.OWN_WORDS, group))
    return composed


def _compose(purpose: purposes.Purpose, group: Sequence[Outgoing]) -> Mapping[int, Words]:
    try:
        return purpose.compose(group)
    except DATABASE_GONE:
        connection.close()
        return {message.pk: outcomes.released(reasons.NO_WORDS, OUTAGE_PAUSE) for message in group}
    except Exception:
        if len(group) == 1:
            log.exception("No words for message %s (%s)", group[0].pk, group[0].purpose)
            return {group[0].pk: outcomes.later(reasons.NO_WORDS)}
        return {pk: words for message in group for pk, words in _compose(purpose, [message]).items()}


def _patiently(action: Callable[[], Result]) -> Result:
    """Do it as soon as the database lets us, for as long as the claim is ours; what was sent must be written down."""
    until = time.monotonic() + settings.MESSAGE_LEASE / 2
    while True:
        try:
            return action()
        except DATABASE_GONE:
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
