"""How fresh an entry is: what was confirmed today counts fully, what was confirmed a year ago half.

In SQL, for lists: ``orgs.directory.columns.FRESHNESS``.
"""

from datetime import datetime, timedelta

HALF_LIFE = timedelta(days=365)
FULL = 100


def score(confirmed_at: datetime | None, now: datetime) -> int:
    """From 100 (confirmed just now) down to 0 (never confirmed); half of it is gone after a year."""
    if confirmed_at is None:
        return 0
    age = max(now - confirmed_at, timedelta(0))
    return round(FULL * 2 ** (-(age / HALF_LIFE)))
