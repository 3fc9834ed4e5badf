"""When an SMS was sent, as gateways write it."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

OLDEST = timedelta(days=60)
"""Networks keep a message for days at most: anything older is a clock that is wrong."""
AHEAD = timedelta(hours=26)
_EPOCH = re.compile(r"[0-9]{9,13}(\.[0-9]{1,9})?")


def moment(word: str) -> datetime | None:
    """Read epoch (seconds or milliseconds), ISO 8601, ``2017-05-03 06:04:45``. Without a zone it is Greenwich time,
    which is that of Mali. ``None`` for everything else, and for a clock that is plainly wrong.
    """
    word = word.strip()
    try:
        if _EPOCH.fullmatch(word):
            seconds = float(word)
            read = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        else:
            read = datetime.fromisoformat(word[:40])
            read = read if read.tzinfo else read.replace(tzinfo=UTC)
        now = timezone.now()
        return read if now - OLDEST <= read <= now + AHEAD else None
    except (ValueError, OverflowError, OSError):
        return None
