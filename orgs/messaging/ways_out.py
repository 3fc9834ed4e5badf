"""The fuse of each way out, kept in the database so that all workers and a restart know of it.

closed --so many passes in a row end in trouble--> open --its time is over--> half open: one message is tried
half open --it went out--> closed, --it did not--> open again, for longer

While a way is open its messages wait in the outbox: no attempt is used up, and no worker stands at a dead door. What is
to reach a person in time meanwhile goes on by their next way (``incidents.services.falling_back``).
"""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection

from orgs import prepared
from orgs.models import Breaker

SECONDS_FOR_A_TRY = 60
"""A worker that dies while it tries a way: after so long another one may."""

_MAKE = """
    INSERT INTO orgs_wayout (channel, gateway) VALUES (%(channel)s, %(gateway)s) ON CONFLICT DO NOTHING"""

_LOOK = """
    SELECT id, state, troubles, per_minute, next_try_at <= statement_timestamp()
      FROM orgs_wayout WHERE channel = %(channel)s AND gateway = %(gateway)s"""

_TRY = """
    UPDATE orgs_wayout SET state = 'half_open', next_try_at = statement_timestamp() + %(patience)s * interval '1 second'
     WHERE id = %(way)s AND state <> 'closed' AND next_try_at <= statement_timestamp()"""

_NOT_TRIED = """
    UPDATE orgs_wayout SET state = 'open', next_try_at = statement_timestamp()
     WHERE id = %(way)s AND state = 'half_open'"""

_TROUBLE = """
    UPDATE orgs_wayout AS way
       SET troubles = troubles + 1, trouble_at = statement_timestamp(), trouble = %(reason)s,
           state = CASE WHEN fuse.blows THEN 'open' ELSE state END,
           opened_at = CASE WHEN fuse.blows THEN coalesce(opened_at, statement_timestamp()) ELSE opened_at END,
           next_try_at = CASE WHEN fuse.blows THEN statement_timestamp() + interval '1 second' * least(
               %(pause)s * power(2, least(greatest(troubles + 1 - %(most)s, 0), 16)), %(longest)s) ELSE next_try_at END
      FROM (SELECT id, state <> 'closed' OR troubles + 1 >= %(most)s AS blows
              FROM orgs_wayout WHERE id = %(way)s FOR UPDATE) AS fuse
     WHERE way.id = fuse.id"""

_WORKS = """
    UPDATE orgs_wayout SET state = 'closed', troubles = 0, opened_at = NULL, next_try_at = NULL
     WHERE id = %(way)s AND (state <> 'closed' OR troubles > 0)"""


@dataclass(frozen=True, slots=True)
class Way:
    """What a worker needs to know of a way out while it drains."""

    pk: int
    on_trial: bool
    troubles: int
    per_minute: int | None

    @property
    def is_limited(self) -> bool:
        """Whether the messages of a minute are counted."""
        return self.per_minute is not None


def enter(channel: str) -> Way | None:
    """The way out of a channel if it may be used now, by this worker; ``None`` while it is open."""
    from orgs.messaging import channels

    names = {"channel": channel, "gateway": channels.gateway_of(channel)}
    rows = prepared.rows(_LOOK, names)
    if not rows:
        prepared.rows(_MAKE, names)
        rows = prepared.rows(_LOOK, names)
    [(pk, state, troubles, per_minute, is_due)] = rows
    if state == Breaker.CLOSED:
        return Way(pk, False, troubles, per_minute)
    if is_due and _execute(_TRY, {"way": pk, "patience": SECONDS_FOR_A_TRY}):
        return Way(pk, True, troubles, per_minute)
    return None


def leave(way: Way, *, tried: int, trouble: str) -> None:
    """Note how a pass ended: in trouble, well, or without having tried anything."""
    if trouble:
        _execute(
            _TROUBLE,
            {
                "way": way.pk,
                "reason": trouble[:40],
                "most": settings.BREAKER_TROUBLES,
                "pause": settings.BREAKER_PAUSE,
                "longest": settings.BREAKER_LONGEST_PAUSE,
            },
        )
    elif tried and way.troubles:
        _execute(_WORKS, {"way": way.pk})
    elif way.on_trial and not tried:
        _execute(_NOT_TRIED, {"way": way.pk})


def passed(way: Way) -> Way:
    """The way after a group that went well: a trial is over."""
    if not way.on_trial:
        return way
    _execute(_WORKS, {"way": way.pk})
    return replace(way, on_trial=False, troubles=0)


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
