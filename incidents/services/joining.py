"""Writing what was held: one message for each person and channel, carrying everything that is due.

Everything is one statement: what is let go, the message and its ties stand or fall together, so that a worker that dies
has done nothing. Two workers never share a person: each takes people whom nobody else holds, and looks again at what is
still held of theirs.
"""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from incidents.services.fanout import DIGEST, JOINED
from orgs.messaging import outbox
from orgs.models import SENDING

MOST_PEOPLE = 1000
"""For so many people at once; what is left is taken in the next round of the same call."""
MOST_ROUNDS = 200

_JOIN = """
    WITH waiting AS MATERIALIZED (
        SELECT id, language, is_active FROM orgs_user
         WHERE id IN (SELECT recipient_id FROM incidents_delivery WHERE hold <> '' AND held_until <= %(at)s)
         ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
    ), due AS MATERIALIZED (
        SELECT delivery.id, delivery.alert_id, delivery.recipient_id, delivery.channel, delivery.hold
          FROM incidents_delivery AS delivery JOIN waiting ON waiting.id = delivery.recipient_id
         WHERE delivery.hold <> '' AND delivery.held_until <= %(at)s
           FOR UPDATE OF delivery SKIP LOCKED
    ), freed AS (
        UPDATE incidents_delivery AS delivery SET hold = '' FROM due WHERE delivery.id = due.id
    ), standing AS MATERIALIZED (
        SELECT due.*, alert.severity FROM due JOIN incidents_alert AS alert ON alert.id = due.alert_id
         WHERE alert.state = 'released' AND due.channel NOT IN ('inbox', 'call')
    ), letters AS MATERIALIZED (
        SELECT joined.*, nextval(pg_get_serial_sequence('orgs_message', 'id')) AS message_id
          FROM (SELECT recipient_id, channel,
                       CASE WHEN bool_or(hold = 'digest') THEN %(digest)s ELSE %(joined)s END AS purpose,
                       min(CASE severity WHEN 'extreme' THEN 1 WHEN 'severe' THEN 2 WHEN 'moderate' THEN 4 ELSE 5 END)
                         AS priority
                  FROM standing GROUP BY recipient_id, channel) AS joined
    ), posted AS (
        INSERT INTO orgs_message (id, key, purpose, channel, recipient_id, language, priority, state, reason, attempts,
                                  maybe_double, gateway_id)
        SELECT letters.message_id, gen_random_uuid(), letters.purpose, letters.channel, letters.recipient_id,
               waiting.language, letters.priority, 'pending', '', 0, false, ''
          FROM letters JOIN waiting ON waiting.id = letters.recipient_id
    ), carried AS (
        INSERT INTO incidents_carriage (delivery_id, message_id)
        SELECT standing.id, letters.message_id
          FROM standing JOIN letters USING (recipient_id, channel))
    SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM letters)"""


def join_held(*, at: datetime | None = None) -> int:
    """Write the messages of everything that was held until now (or until ``at``); returns how many messages."""
    at = at or timezone.now()
    written = 0
    for _round in range(MOST_ROUNDS):
        with connection.cursor() as cursor:
            cursor.execute(_JOIN, {"at": at, "most": MOST_PEOPLE, "digest": DIGEST, "joined": JOINED})
            people, letters = cursor.fetchone()
        written += letters
        if people < MOST_PEOPLE:
            break
    if written:
        outbox.wake(*SENDING)
    return written
