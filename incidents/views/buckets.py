"""Buckets: so many requests at once from one address and from all together, then so many a second.

They lie in this process's memory alone and end with the hour, under a hash of the address with a key that is made at
random each hour: nothing of them reaches a disk, a backup or the database, which a flood therefore costs nothing.
"""

import hashlib
import hmac
import math
import secrets
import threading
import time
import weakref
from collections import OrderedDict
from dataclasses import dataclass

HOUR = 3600
ADDRESSES_AT_MOST = 20_000
"""Buckets of addresses that a process keeps; the one that was not asked for longest goes first. About 4 MB."""


def forget() -> None:
    """Fill all buckets of this process."""
    for buckets in list(_all):
        buckets.forget()


@dataclass(frozen=True)
class Bucket:
    """So many at once (``size``), and then so many a second."""

    size: float
    a_second: float


class Buckets:
    """What is left in each bucket, and since when. Without ``everybody`` addresses are slowed one by one alone."""

    def __init__(self, of_one_address: Bucket, of_everybody: Bucket | None = None) -> None:
        self.of_one_address = of_one_address
        self.of_everybody = of_everybody
        _all.add(self)
        self._lock = threading.Lock()
        self._begin(-1)

    def take(self, address: str) -> bool:
        """Take one from the address's bucket and one from everybody's; whether both had one."""
        with self._lock:
            name, now = self._named(address)
            # Whoever's own bucket is empty takes nothing from the others.
            if not self._take(name, self.of_one_address, now):
                return False
            return self.of_everybody is None or self._take(b"", self.of_everybody, now)

    def is_empty(self, address: str) -> bool:
        """Whether nothing is left in the address's own bucket; takes nothing."""
        with self._lock:
            name, now = self._named(address)
            return self._left(name, self.of_one_address, now) < 1

    @property
    def seconds_for_one(self) -> int:
        """After how many seconds an empty bucket of an address holds one again."""
        return math.ceil(1 / self.of_one_address.a_second)

    def forget(self) -> None:
        """Fill these buckets."""
        with self._lock:
            self._begin(-1)

    def _begin(self, hour: int) -> None:
        self._hour = hour
        self._key = secrets.token_bytes(32)
        self._held: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def _named(self, address: str) -> tuple[bytes, float]:
        now = time.time()
        hour = int(now // HOUR)
        if hour != self._hour:
            self._begin(hour)
        return hmac.digest(self._key, address.encode(), hashlib.sha256), now

    def _left(self, name: bytes, bucket: Bucket, now: float) -> float:
        held, at = self._held.get(name, (bucket.size, now))
        return min(bucket.size, held + max(0.0, now - at) * bucket.a_second)

    def _take(self, name: bytes, bucket: Bucket, now: float) -> bool:
        held = self._left(name, bucket, now)
        there_is_one = held >= 1
        self._held[name] = (held - 1 if there_is_one else held, now)
        self._held.move_to_end(name)
        if len(self._held) > ADDRESSES_AT_MOST:
            self._held.popitem(last=False)
        return there_is_one


_all: weakref.WeakSet[Buckets] = weakref.WeakSet()
