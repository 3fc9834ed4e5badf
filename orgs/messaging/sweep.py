"""Finding what was lost: claims of workers that died, receipts that came too early, messages nobody was woken for.

Runs every few seconds and when a worker starts; several at once do no harm.
"""

import logging

from django.conf import settings
from django.db import connection

from orgs.messaging import outbox, reading, receipts

log = logging.getLogger(__name__)

# Nobody knows whether these went out: they are sent again with the same key, and marked.
_LOST = """
    UPDATE orgs_message
       SET state = CASE WHEN attempts > %(attempts)s THEN 'failed' ELSE 'pending' END,
           final_at = CASE WHEN attempts > %(attempts)s THEN statement_timestamp() END,
           reason = 'worker_lost', maybe_double = true, claimed_at = NULL, next_attempt_at = statement_timestamp()
     WHERE id IN (SELECT id FROM orgs_message
                   WHERE state = 'sending' AND claimed_at < statement_timestamp() - %(lease)s * interval '1 second'
                     FOR UPDATE SKIP LOCKED)"""

_DUE = """
    SELECT channel FROM (VALUES ('email'), ('sms'), ('push'), ('webhook'), ('notice')) AS channels (channel)
     WHERE EXISTS (SELECT FROM orgs_message AS message
                    WHERE message.channel = channels.channel AND state = 'pending'
                      AND next_attempt_at <= statement_timestamp())"""


def sweep() -> int:
    """Put back what was lost, apply early receipts, read what came in unread, wake workers; how many were lost."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST, {"attempts": len(settings.MESSAGE_PAUSES), "lease": settings.MESSAGE_LEASE})
        lost: int = cursor.rowcount
        cursor.execute(_DUE)
        due = [channel for (channel,) in cursor.fetchall()]
    if lost:
        log.warning("%s messages were being sent when a worker died: they are sent again.", lost)
    receipts.apply_early()
    reading.read_due()
    for channel in due:
        outbox.call_worker(channel, past_the_pile=True)
    return lost
