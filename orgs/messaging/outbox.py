"""Putting messages into the outbox, and waking those who send them.

The database is the outbox. Waking is a courtesy: when the broker is gone, the sweep finds what is due.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min

from orgs import crypto
from orgs.models import SENDING, Channel, Language, Message, MessageState, User

log = logging.getLogger(__name__)

SMS_REPLY = "sms_reply"
_broker = threading.local()


def post(
    *,
    purpose: str,
    channel: str,
    text: str,
    recipient: User | None = None,
    address: str = "",
    subject: str = "",
    html: str = "",
    language: str = Language.FRENCH,
    priority: int = 5,
) -> Message:
    """Write one single message into the outbox, in the caller's transaction, and wake a worker after its commit.

    With ``recipient`` and no ``address``, the person's own address is looked up when the message is sent, and a
    person who is no longer active is skipped. By push, webhook and notice ``address`` is the number of one ``Address``,
    or empty for all that the person has. Address and words are sealed. Raises ``ValueError`` when there is
    nobody to send to or the channel sends nothing.
    """
    if channel not in SENDING:
        raise ValueError(f"nothing is sent by {channel}")
    if recipient is None and not address:
        raise ValueError("a message needs a recipient or an address")
    words = {"address": address, "subject": subject, "text": text, "html": html}
    message = Message.objects.create(
        purpose=purpose,
        channel=channel,
        recipient=recipient,
        sealed=crypto.seal({name: value for name, value in words.items() if value}),
        language=language,
        priority=priority,
    )
    wake(channel)
    return message


def post_replies(replies: Iterable[tuple[str, str, str]]) -> None:
    """Write many answers to SMS in one statement: number, text, language of each. Wakes a worker at the commit."""
    rows = [
        Message(
            purpose=SMS_REPLY,
            channel=Channel.SMS,
            sealed=crypto.seal({"address": address, "text": text}),
            language=language,
            priority=2,
        )
        for address, text, language in replies
    ]
    if rows:
        Message.objects.bulk_create(rows)
        wake(Channel.SMS)


def wake(*channels: str) -> None:
    """Wake workers for these channels once the current transaction commits. Never raises, never waits for a broker."""
    # A call that this transaction already makes is enough, however many messages it writes.
    noted = [planned[1] for planned in connection.run_on_commit]
    for channel in dict.fromkeys(channels):
        if (call := _call(str(channel))) not in noted:
            transaction.on_commit(call, robust=True)


@cache
def _call(channel: str) -> Callable[[], object]:
    """The same function each time, so that a transaction can tell whether it already makes this call."""
    return lambda: call_worker(channel)


def call_worker(channel: str, hands: int | None = None, *, past_the_pile: bool = False) -> bool:
    """Ask the broker for a drain now; whether it took the call. The first failure in a row is logged.

    ``past_the_pile`` is for the sweep: its call does not wait behind those that came for single messages.
    """
    from orgs.messaging import tasks

    arguments = (channel,) if hands is None else (channel, hands)
    queue = settings.CELERY_TASK_DEFAULT_QUEUE if past_the_pile else None
    try:
        tasks.drain.apply_async(arguments, queue=queue, retry=False, ignore_result=True)
    except Exception as error:
        if not getattr(_broker, "is_silent", False):
            log.warning("The broker does not answer (%s): messages wait for the sweep.", type(error).__name__)
        _broker.is_silent = True
        return False
    _broker.is_silent = False
    return True


def call_reader() -> None:
    """Ask the broker for somebody who reads what came in by SMS. Never raises; the sweep asks too."""
    from orgs.messaging import tasks

    with contextlib.suppress(Exception):
        tasks.read_sms.apply_async(retry=False, ignore_result=True)


def waiting_by_channel() -> dict[str, dict[str, Any]]:
    """How many messages wait before each channel (``count``), and since when the oldest does (``oldest``)."""
    rows = Message.objects.filter(state=MessageState.PENDING).order_by().values("channel")
    return {row["channel"]: dict(row) for row in rows.annotate(count=Count("pk"), oldest=Min("created_at"))}
