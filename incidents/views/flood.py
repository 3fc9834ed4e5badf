"""Many reports at once: some are asked to wait a few seconds. Nobody is refused, nobody is identified, nothing is lost.

Each address has a bucket, wide enough for a whole mobile network behind one address; all together have another. They
lie in this process's memory alone and end with the hour, under a hash of the address with a key that is made at random
each hour: nothing of them reaches a disk, a backup or the database, which a flood therefore costs nothing. With an
empty bucket the form comes back filled in (the offline page keeps its own), with a ticket for this one form: a few
seconds later it opens the way, whatever the buckets hold then, in whichever process.
"""

import hashlib
import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from incidents.views.throttle import address_of
from orgs.crypto import seal, unseal

HOUR = 3600
WAIT_SECONDS = 5
TICKET_LIVES = 24 * HOUR
"""A phone may find the network again the next day only."""
ADDRESSES_AT_MOST = 20_000
"""Buckets of addresses that a process keeps; the one that was not asked for longest goes first. About 4 MB."""


@dataclass(frozen=True)
class Bucket:
    """So many at once (``size``), and then so many a second."""

    size: float
    a_second: float


OF_ONE_ADDRESS = Bucket(size=60, a_second=0.5)
OF_EVERYBODY = Bucket(size=600, a_second=10)


def must_wait(request: HttpRequest, form_id: str, ticket: str) -> int:
    """How many seconds this form should wait before it is sent again; 0: go on.

    ``form_id`` is the form's own number. A ticket lets through the one form that it was made for.
    """
    waited = _waited(ticket, form_id)
    if waited is not None and waited >= WAIT_SECONDS - 1:
        return 0
    if _buckets.take(address_of(request)):
        return 0
    return math.ceil(WAIT_SECONDS - (waited or 0))


def ticket_for(form_id: str, earlier: str = "") -> str:
    """A sealed note of which form waits since when; the ``earlier`` one of the same form, which has begun to count."""
    if _waited(earlier, form_id) is not None:
        return earlier
    return seal({"form": form_id, "at": time.time()}).decode()


def forget() -> None:
    """Fill all buckets of this process."""
    _buckets.forget()


def _waited(ticket: str, form_id: str) -> float | None:
    """For how many seconds a form has waited; ``None`` without a ticket that is good for it."""
    if not ticket or not form_id:
        return None
    try:
        noted = unseal(ticket.encode())
        waited = time.time() - float(noted["at"])
    except (InvalidToken, ValueError, KeyError, TypeError):
        return None
    return waited if noted.get("form") == form_id and 0 <= waited < TICKET_LIVES else None


class _Buckets:
    """What is left in each bucket, and since when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin(-1)

    def take(self, address: str) -> bool:
        """Take one from the address's bucket and one from everybody's; whether both had one."""
        now = time.time()
        hour = int(now // HOUR)
        with self._lock:
            if hour != self._hour:
                self._begin(hour)
            name = hmac.digest(self._key, address.encode(), hashlib.sha256)
            # Whoever's own bucket is empty takes nothing from the others.
            return self._take(name, OF_ONE_ADDRESS, now) and self._take(b"", OF_EVERYBODY, now)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._begin(-1)

    def _begin(self, hour: int) -> None:
        self._hour = hour
        self._key = secrets.token_bytes(32)
        self._held: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def _take(self, name: bytes, bucket: Bucket, now: float) -> bool:
        held, at = self._held.get(name, (bucket.size, now))
        held = min(bucket.size, held + max(0.0, now - at) * bucket.a_second)
        there_is_one = held >= 1
        self._held[name] = (held - 1 if there_is_one else held, now)
        self._held.move_to_end(name)
        if len(self._held) > ADDRESSES_AT_MOST:
            self._held.popitem(last=False)
        return there_is_one


_buckets = _Buckets()
