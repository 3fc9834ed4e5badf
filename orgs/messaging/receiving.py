"""Taking in an SMS: kept in one statement, before anybody reads it. Reading is a worker's (``orgs.messaging.reading``).

A number that sends faster than one message in ``STEP`` is given turns ahead of the clock: what it sends is kept all the
same, and read when its turn has come. The first ``BURST`` of turns are read at once.
"""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from django.conf import settings
from django.db import connection
from django.utils import timezone

from orgs import crypto, prepared
from orgs.messaging import outbox
from orgs.messaging.gateways.callbacks import Received

HOME_REGION = "ML"
_AT_HOME = re.compile(r"\+223[0-9]{8}")
LONGEST_TEXT = 2000
STEP = timedelta(seconds=2)
BURST = timedelta(seconds=120)
WAKE_AFTER = 0.1
"""Seconds between an SMS and the call to those who read it: many that come at once make one call."""

# What is asked of the number's last message is asked once, though its answer is used twice.
_KEEP = f"""
    WITH next AS MATERIALIZED (
        SELECT GREATEST(statement_timestamp(), (SELECT turn_at FROM orgs_receivedsms
                                                 WHERE sender_key = %(sender_key)s::text
                                                 ORDER BY turn_at DESC LIMIT 1))
               + interval '{STEP.total_seconds()} seconds' AS turn)
    INSERT INTO orgs_receivedsms
        (gateway, external_id, sender_key, sealed, part_key, turn_at, due_at, handled_by, attempts)
    SELECT %(gateway)s::text, %(external_id)s::text, %(sender_key)s::text, %(sealed)s::bytea, %(part_key)s::text,
           turn, GREATEST(statement_timestamp(), turn - interval '{BURST.total_seconds()} seconds'), '', 0
      FROM next
    ON CONFLICT (gateway, external_id) DO NOTHING RETURNING id"""  # noqa: S608


def keep(gateway: str, received: Received) -> int | None:
    """Keep an SMS and have it read soon; its number, or ``None`` when the gateway has delivered it before.

    Raises ``DatabaseError`` when it cannot be kept: the gateway is then told to try again.
    """
    text = received.text[:LONGEST_TEXT]
    sender = normal_number(received.sender) or received.sender[:40]
    key = sender_key(sender)
    words: dict[str, Any] = {"sender": sender, "text": text}
    if received.sent_at is not None:
        words["sent_at"] = received.sent_at.isoformat()
    part, part_key = received.part, ""
    if part is not None:
        words["part"] = [part.number, part.total]
        part_key = crypto.keyed_hash("sms part", f"{gateway}\0{sender}\0{part.reference}\0{part.total}")
    values = {
        "gateway": gateway,
        "external_id": received.external_id or _own_number(sender, received, timezone.now()),
        "sender_key": key,
        "sealed": crypto.seal(words),
        "part_key": part_key,
    }
    with connection.wrap_database_errors:
        kept = prepared.rows(_KEEP, values)
    if not kept:
        return None
    _bell.ring()
    number: int = kept[0][0]
    return number


def normal_number(number: str) -> str:
    """A phone number in E.164; empty for short codes, names and rubbish."""
    if _AT_HOME.fullmatch(number):
        return number  # as nearly all of them come
    try:
        parsed = phonenumbers.parse(number[:40], HOME_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def sender_key(number: str) -> str:
    """The hash under which messages of a number are found."""
    return crypto.keyed_hash("sms sender", number)


def _own_number(sender: str, received: Received, now: datetime) -> str:
    """The number of an SMS whose gateway gives none: the same words from the same sender in a minute are the same."""
    minute = (received.sent_at or now).strftime("%Y-%m-%dT%H:%M")
    part = f"\0{received.part.reference}\0{received.part.number}" if received.part else ""
    return crypto.keyed_hash("sms", f"{sender}\0{received.text[:LONGEST_TEXT]}\0{minute}{part}")


class Bell:
    """Calls those who read, from a thread: no request waits for a broker. The sweep finds what was not heard."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_rung = False

    def ring(self) -> None:
        """Have a reader called soon; many calls make one."""
        with self._lock:
            if self._is_rung or not settings.SMS_READ_SOON:
                return
            self._is_rung = True
        timer = threading.Timer(WAKE_AFTER, self._call)
        timer.daemon = True
        timer.start()

    def _call(self) -> None:
        with self._lock:
            self._is_rung = False
        outbox.call_reader()


_bell = Bell()
