"""How many messages may leave in a minute: a bucket of tokens in the database, which all workers draw from.

The bucket holds a sixth of a minute's worth and fills so slowly that a full bucket and what flows in within a minute
make together no more than the limit: no sixty seconds ever see more, however the workers are timed. Taking tokens and
claiming messages is one transaction under the lock of the bucket's row.
"""

from django.db import connection, transaction

from orgs.messaging import ledger
from orgs.messaging.ledger import EMPTY, GROUP, Group
from orgs.messaging.ways_out import Way

_LOCK = """
    SELECT per_minute, tokens, tokens_at IS NULL,
           greatest(extract(epoch FROM clock_timestamp() - tokens_at), 0)::float8
      FROM orgs_wayout WHERE id = %s FOR UPDATE"""

_SPEND = "UPDATE orgs_wayout SET tokens = %s, tokens_at = clock_timestamp() WHERE id = %s"


def claim(way: Way, channel: str, most: int = GROUP) -> Group:
    """Take the next messages as far as the limit allows; none where it is used up."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [way.pk])
        per_minute, tokens, is_new, seconds = cursor.fetchone()
        if per_minute is None:  # the limit was lifted meanwhile
            return ledger.claim(channel, most)
        size, flow = bucket(per_minute)
        there = size if is_new else min(size, tokens + seconds * flow)
        group = ledger.claim(channel, min(most, int(there))) if there >= 1 else EMPTY
        cursor.execute(_SPEND, [there - len(group.messages), way.pk])
    return group


def bucket(per_minute: int) -> tuple[float, float]:
    """How many tokens the bucket of a limit holds, and how many flow in each second."""
    size = max(1, per_minute // 6)
    return float(size), (per_minute - size + 1) / 60 if per_minute > 1 else 1 / 60
