"""The next way of a person, when the one before led nowhere in time.

One set-based statement finds the deliveries whose last message failed, stands before a way in trouble, or, for grave
alerts, brought neither word of delivery nor an answer; it takes the person's next way for each and writes its message.
A way is taken once for a delivery (``FallBack``), so a chain always ends, however many workers look at once.
"""

import json
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from incidents.services import ways
from incidents.services.fanout import CARRIERS, PRIORITIES, PURPOSE, USUAL_PRIORITY
from orgs.messaging import channels, outbox, reasons
from orgs.models import SENDING, Channel

HOURS_LOOKED_BACK = 24
MOST_AT_ONCE = 5000
GRAVE = ("extreme", "severe")
LED_NOWHERE = (reasons.NO_ADDRESS, reasons.NOT_SET_UP, reasons.BAD_ADDRESS, reasons.UNREADABLE)
"""Messages that were skipped for the way's sake, and not because the person may not be told."""

_WANTED = f"""
    WITH wanted AS MATERIALIZED (
        SELECT delivery.id AS delivery_id, delivery.recipient_id, rendition.language, alert.severity,
               last.channel AS before, next.way AS channel, judged.why,
               nextval(pg_get_serial_sequence('orgs_message', 'id')) AS message_id
          FROM incidents_alert AS alert
          JOIN incidents_delivery AS delivery ON delivery.alert_id = alert.id
          JOIN incidents_rendition AS rendition ON rendition.id = delivery.rendition_id
          JOIN orgs_user AS person ON person.id = delivery.recipient_id
         CROSS JOIN LATERAL (
               SELECT array_agg(message.channel) AS channels, bool_or(message.state = 'delivered') AS arrived,
                      max(message.id) AS last_id
                 FROM incidents_carriage AS carriage JOIN orgs_message AS message ON message.id = carriage.message_id
                WHERE carriage.delivery_id = delivery.id AND message.purpose = ANY(%(carriers)s)) AS taken
          JOIN orgs_message AS last ON last.id = taken.last_id
          LEFT JOIN orgs_wayout AS out ON out.channel = last.channel AND out.state <> 'closed'
               AND out.gateway = CASE last.channel WHEN 'sms' THEN %(gateway)s ELSE '' END
         CROSS JOIN LATERAL (SELECT CASE
               WHEN last.state = 'failed' OR last.state = 'skipped' AND last.reason = ANY(%(nowhere)s) THEN 'failed'
               WHEN last.state = 'pending' AND (
                    out.opened_at < statement_timestamp() - %(in_trouble)s * interval '1 second'
                    OR last.reason = 'resting'
                       AND last.created_at < statement_timestamp() - %(in_trouble)s * interval '1 second')
                    THEN 'in_trouble'
               WHEN last.state IN ('pending', 'sending', 'sent') AND alert.severity = ANY(%(grave)s)
                    AND last.created_at < statement_timestamp() - %(no_word)s * interval '1 second' THEN 'no_word'
               END) AS judged (why)
         CROSS JOIN LATERAL ({ways.NEXT}) AS next (way)
         WHERE alert.state = 'released' AND alert.released_at > statement_timestamp() - %(hours)s * interval '1 hour'
           AND (alert.expires_at IS NULL OR alert.expires_at > statement_timestamp())
           AND delivery.answer = '' AND delivery.opened_at IS NULL AND delivery.called_at IS NULL
           AND person.is_active AND NOT taken.arrived AND judged.why IS NOT NULL
         LIMIT {MOST_AT_ONCE}
    ), stepped AS (
        INSERT INTO incidents_fallback (delivery_id, before, channel, why, message_id)
        SELECT delivery_id, before, channel, why, message_id FROM wanted
            ON CONFLICT (delivery_id, channel) DO NOTHING
     RETURNING delivery_id, channel, message_id
    ), posted AS (
        INSERT INTO orgs_message (id, key, purpose, channel, recipient_id, language, priority, state, reason, attempts,
                                  maybe_double, gateway_id)
        SELECT message_id, gen_random_uuid(), %(purpose)s, wanted.channel, recipient_id, language,
               coalesce((%(priorities)s::jsonb ->> severity)::int, %(usual)s), 'pending', '', 0, false, ''
          FROM stepped JOIN wanted USING (message_id)
    ), carried AS (
        INSERT INTO incidents_carriage (delivery_id, message_id) SELECT delivery_id, message_id FROM stepped)
    SELECT channel, count(*) FROM stepped GROUP BY channel"""  # noqa: S608 (our own words and numbers only)


@transaction.atomic
def fall_back() -> dict[str, int]:
    """Take the next way wherever it is time; returns how many messages were written, by channel."""
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, _values())
        written = {str(channel): int(count) for channel, count in cursor.fetchall()}
    outbox.wake(*(channel for channel in SENDING if channel in written))
    return written


def _values() -> dict[str, Any]:
    return {
        "purpose": PURPOSE,
        "carriers": list(CARRIERS),
        "gateway": channels.gateway_of(Channel.SMS),
        "nowhere": list(LED_NOWHERE),
        "grave": list(GRAVE),
        "in_trouble": settings.FALL_BACK_IN_TROUBLE,
        "no_word": settings.FALL_BACK_NO_WORD,
        "hours": HOURS_LOOKED_BACK,
        "priorities": json.dumps(PRIORITIES),
        "usual": USUAL_PRIORITY,
    }
