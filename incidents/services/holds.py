"""What is not sent at once: small things wait for the digest, others for the end of quiet hours or of a full hour.

One statement for a whole release, whatever the number of people; it writes only to what is held. What is severe or
extreme is never held for digest or quiet hours, and nothing extreme for a full hour; nor is anything for whoever is on
duty, but for the full hour. Only the first step of an alert is held: whoever is told by the ladder is told at once.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from incidents.models import Alert, Severity

ALWAYS_THROUGH = (Severity.SEVERE, Severity.EXTREME)
"""Severities that neither digest nor quiet hours hold."""
DIGEST_BELOW = (Severity.MINOR, Severity.UNKNOWN)
"""Severities that wait for the digest, where nobody wished otherwise."""

# Whether a local time lies in a person's quiet hours, which may go past midnight.
_QUIET = """(person.quiet_from IS NOT NULL AND CASE
    WHEN person.quiet_from < person.quiet_to THEN {at}::time >= person.quiet_from AND {at}::time < person.quiet_to
    ELSE {at}::time >= person.quiet_from OR {at}::time < person.quiet_to END)"""


def _next(at: str, time: str) -> str:
    """The next moment after ``at`` with this time of day, both by the person's clock."""
    return f"({at}::date + {time} + CASE WHEN {at}::time < {time} THEN interval '0' ELSE interval '1 day' END)"


_SMALL = """CASE WHEN delivery.subscription_id IS NULL THEN %(below)s
         ELSE wish.sending = 'digest' OR turned.id IS NOT NULL END"""

# Person by person, by their keys: a release writes so many rows at once that what the planner knows of the table is
# from before, and a plan that joins it as a whole would take a minute for ten thousand people.
_HOLD = f"""
    UPDATE incidents_delivery AS held
       SET hold = found.hold, held_until = found.held_until, channel = found.channel
      FROM (
        SELECT delivery.id,
               CASE WHEN why.hold = 'digest' AND NOT person.wants_digest THEN '' ELSE why.hold END AS hold,
               CASE WHEN why.hold = 'digest' AND NOT person.wants_digest THEN 'inbox' ELSE delivery.channel END
                 AS channel,
               CASE WHEN why.hold = 'digest' AND NOT person.wants_digest THEN NULL
                    WHEN earlier.hold IS NOT NULL THEN earlier.held_until
                    ELSE CASE WHEN why.hold <> 'quiet' AND NOT %(through)s AND {_QUIET.format(at="target.at")}
                              THEN {_next("target.at", "person.quiet_to")} ELSE target.at END
                         AT TIME ZONE person.time_zone END AS held_until
          FROM incidents_delivery AS delivery
          JOIN orgs_user AS person ON person.id = delivery.recipient_id
          LEFT JOIN incidents_subscription AS wish ON wish.id = delivery.subscription_id
          LEFT JOIN incidents_ruleasdigest AS turned
            ON turned.subscription_id = delivery.subscription_id AND turned.person_id = delivery.recipient_id
          LEFT JOIN LATERAL (
                SELECT count(*) AS told FROM incidents_delivery AS former
                 WHERE former.recipient_id = delivery.recipient_id
                   AND former.created_at > %(at)s::timestamptz - interval '1 hour' AND former.created_at <= %(at)s
                   AND former.alert_id <> %(alert)s AND former.hold = '' AND former.held_until IS NULL
                   AND former.channel NOT IN ('inbox', 'call')) AS recent ON true
          LEFT JOIN LATERAL (
                SELECT waiting.hold, waiting.held_until
                  FROM incidents_delivery AS waiting JOIN incidents_alert AS former ON former.id = waiting.alert_id
                 WHERE waiting.recipient_id = delivery.recipient_id AND waiting.hold <> ''
                   AND former.thread = %(thread)s AND former.id <> %(alert)s
                   AND %(follows)s AND NOT %(through)s
                 ORDER BY waiting.held_until LIMIT 1) AS earlier ON true
         CROSS JOIN LATERAL (SELECT %(at)s::timestamptz AT TIME ZONE person.time_zone AS now) AS here
         CROSS JOIN LATERAL (SELECT CASE
                WHEN earlier.hold IS NOT NULL THEN earlier.hold
                WHEN NOT %(through)s AND delivery.roster_id IS NULL AND {_SMALL} THEN 'digest'
                WHEN NOT %(through)s AND delivery.roster_id IS NULL AND {_QUIET.format(at="here.now")} THEN 'quiet'
                WHEN recent.told >= person.hour_cap THEN 'cap' ELSE '' END AS hold) AS why
         CROSS JOIN LATERAL (SELECT CASE why.hold
                WHEN 'digest' THEN {_next("here.now", "make_time(person.digest_hour, 0, 0)")}
                WHEN 'quiet' THEN {_next("here.now", "person.quiet_to")}
                ELSE date_trunc('hour', here.now) + interval '1 hour' END AS at) AS target
         WHERE delivery.alert_id = %(alert)s AND delivery.step = %(step)s AND delivery.hold = ''
           AND delivery.channel NOT IN ('inbox', 'call') AND why.hold <> '') AS found
     WHERE held.id = found.id"""  # noqa: S608 (our own words only)

# What waited of a thread is overtaken by an update that went out at once.
_OVERTAKEN = """
    UPDATE incidents_delivery AS waiting SET hold = ''
      FROM incidents_alert AS former, incidents_delivery AS newer
     WHERE former.id = waiting.alert_id AND former.thread = %(thread)s AND former.id <> %(alert)s
       AND waiting.hold <> '' AND newer.alert_id = %(alert)s AND newer.step = %(step)s AND newer.hold = ''
       AND newer.recipient_id = waiting.recipient_id"""

_LET_GO = "UPDATE incidents_delivery SET hold = '' WHERE alert_id = %s AND hold <> ''"


def put(alert: Alert, *, step: int, at: datetime) -> int:
    """Hold what is not to be sent at once of one step of an alert; returns for how many people."""
    given: dict[str, Any] = {
        "alert": alert.pk,
        "thread": alert.thread,
        "follows": alert.follows_id is not None,
        "step": step,
        "at": at,
        "below": alert.severity in DIGEST_BELOW,
        "through": alert.severity in ALWAYS_THROUGH,
    }
    held = 0
    with connection.cursor() as cursor:
        if alert.severity != Severity.EXTREME:
            cursor.execute(_HOLD, given)
            held = int(cursor.rowcount)
        if alert.follows_id is not None:
            cursor.execute(_OVERTAKEN, given)
    return held


def let_go(alert: Alert) -> int:
    """Nothing of this alert is to be sent any more; returns for how many people it was held."""
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [alert.pk])
        return int(cursor.rowcount)
