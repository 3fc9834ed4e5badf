"""Reading the SMS that came in, some dozens in one transaction: all of it happens or none.

Messages of one number are read by one worker at a time, in their order. What goes wrong with one message undoes that
message alone and leaves it for later.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BooleanField, Count, F, Q
from django.db.models.aggregates import Aggregate
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orgs.messaging import outbox
from orgs.messaging.inbound import IncomingSms, handlers
from orgs.messaging.joining import PART, Joined, join_parts
from orgs.messaging.receiving import normal_number
from orgs.models import ReceivedSms, User

log = logging.getLogger(__name__)

BATCH = 50
BATCHES = 10
ATTEMPTS = 5
TRY_AGAIN_AFTER = timedelta(seconds=5)
ANSWERS_AN_HOUR = 30
KEPT = timedelta(days=30)
STANDING = "standing"
UNREADABLE = "unreadable"
TOO_MANY = "too_many"

# The lock of a number is held to the end of the transaction; numbers that another worker reads are left to it.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id, sender_key FROM orgs_receivedsms
         WHERE handled_by = '' AND attempts < 5 AND due_at <= statement_timestamp()
         ORDER BY due_at, id LIMIT %s),
    mine AS MATERIALIZED (
        SELECT sender_key FROM (SELECT DISTINCT sender_key FROM due) AS senders
         WHERE pg_try_advisory_xact_lock(hashtextextended(sender_key, 5)))
    SELECT sms.id FROM orgs_receivedsms AS sms JOIN due ON due.id = sms.id
     WHERE sms.handled_by = '' AND sms.sender_key IN (SELECT sender_key FROM mine)
     ORDER BY sms.due_at, sms.id FOR UPDATE OF sms SKIP LOCKED"""


def read_due() -> int:
    """Read what is due; how many. With more to do than one worker should do in a go, calls the next one."""
    read = 0
    for _round in range(BATCHES):
        count = read_batch()
        read += count
        if count < BATCH:
            return read
    outbox.call_reader()
    return read


def read_batch() -> int:
    """Read one group, in one transaction; how many were looked at."""
    with transaction.atomic():
        rows = _claimed()
        if not rows:
            return 0
        _Batch(rows).read()
    return len(rows)


def forget_read() -> int:
    """Destroy number and words of what was read long ago; how many. What became of it is kept where it belongs.

    The row stays: a gateway that delivers a message again much later makes no second one of it.
    """
    old = ReceivedSms.objects.filter(handled_at__lt=timezone.now() - KEPT).exclude(handled_by="").exclude(sealed=b"")
    return old.update(sealed=b"", sender_key="", part_key="")


def standing_answer() -> str:
    """What somebody reads whose message nobody understood: how to be understood, and nothing of what they wrote."""
    return _(
        "Passerelle: not understood. To report, write what happened and where. Help: HELP. Alert: its code and OK."
    )


def _claimed() -> list[ReceivedSms]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [BATCH])
        ids = [number for (number,) in cursor.fetchall()]
    found = ReceivedSms.objects.in_bulk(ids) if ids else {}
    return [found[number] for number in ids]


@dataclass
class _Answered:
    """What a number was answered in the last hour."""

    count: int = 0
    standing: bool = False


class _BoolOr(Aggregate):
    function = "bool_or"
    output_field = BooleanField()


@dataclass
class _Batch:
    """A group of messages while it is read, with what is known of their senders: asked once for all."""

    rows: Sequence[ReceivedSms]
    now: datetime = field(default_factory=timezone.now)
    replies: list[tuple[str, str, str]] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def read(self) -> None:
        """Read, answer, and write down what became of each."""
        messages, waiting, parts = join_parts(self.rows, self.now)
        self._people = self._known([one.sender for one in messages])
        self._answered = self._answers([one.row.sender_key for one in messages])
        for one in messages:
            self._read_one(one)
        done = [row for row in (*(one.row for one in messages), *parts) if row.pk not in self.failed]
        ReceivedSms.objects.bulk_update(done, ["handled_by", "handled_at", "answered_at"])
        if waiting:
            ReceivedSms.objects.bulk_update(waiting, ["due_at"])
        if self.failed:
            again = self.now + TRY_AGAIN_AFTER
            ReceivedSms.objects.filter(pk__in=self.failed).update(attempts=F("attempts") + 1, due_at=again)
        outbox.post_replies(self.replies)

    def _read_one(self, one: Joined) -> None:
        try:
            with transaction.atomic():
                name, text, language = self._answer(one)
        except Exception:
            log.exception("A received SMS could not be read: %s", one.row.pk)
            self.failed += [one.row.pk, *(part.pk for part in one.parts)]
            return
        for row in (one.row, *one.parts):
            row.handled_by, row.handled_at = (name if row is one.row else PART), self.now
        if text:
            one.row.answered_at = self.now
            self.replies.append((one.sender, text, language))

    def _answer(self, one: Joined) -> tuple[str, str, str]:
        """Who answered (names of our own where nobody did), what, and in which language."""
        if not normal_number(one.sender):
            return UNREADABLE, "", ""
        person = self._people.get(one.sender)
        language = person.language if person else settings.LANGUAGE_CODE
        before = self._answered.setdefault(one.row.sender_key, _Answered())
        with translation.override(language):
            answer = handlers.answer(_as_given(one, person, language))
            if answer is None and (before.standing or before.count >= ANSWERS_AN_HOUR):
                # Two machines that answer each other would never end.
                return TOO_MANY, "", ""
            name, text = answer or (STANDING, standing_answer())
        if before.count >= ANSWERS_AN_HOUR:
            return name[:40], "", ""
        before.count += bool(text)
        before.standing = before.standing or name == STANDING
        return name[:40], text, language

    def _known(self, senders: list[str]) -> dict[str, User]:
        people = User.objects.active().filter(phone__in=set(senders)).only("phone", "language")
        return {person.phone or "": person for person in people}

    def _answers(self, keys: list[str]) -> dict[str, _Answered]:
        recent = ReceivedSms.objects.filter(
            sender_key__in=set(keys), answered_at__gt=self.now - timedelta(hours=1)
        ).order_by()
        counted = recent.values_list("sender_key").annotate(n=Count("pk"), standing=_BoolOr(Q(handled_by=STANDING)))
        return {key: _Answered(count, bool(standing)) for key, count, standing in counted}


def _as_given(one: Joined, person: User | None, language: str) -> IncomingSms:
    row = one.row
    return IncomingSms(
        row.gateway,
        row.external_id,
        one.sender,
        one.text,
        row.received_at,
        sent_at=one.sent_at,
        user_id=person.pk if person else None,
        language=language,
    )
