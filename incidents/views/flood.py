"""Many reports at once: some are asked to wait a few seconds. Nobody is refused, nobody is identified, nothing is lost.

Each address has a bucket, wide enough for a whole mobile network behind one address; all together have another. They
lie in the cache under a hash of the address with a key that is made at random each hour and lives no longer than that:
afterwards nobody can tell which address a bucket was for. With an empty bucket the form comes back filled in, with a
ticket for this one form: a few seconds later it opens the way, whatever the buckets hold then.
"""

import hashlib
import hmac
import math
import secrets
import time
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.http import HttpRequest

from incidents.views.throttle import address_of
from orgs.crypto import seal, unseal

HOUR = 3600
WAIT_SECONDS = 5
TICKET_LIVES = 24 * HOUR
"""A phone may find the network again the next day only."""


@dataclass(frozen=True)
class Bucket:
    """So many at once (``size``), and then so many a second."""

    size: float
    a_second: float


OF_ONE_ADDRESS = Bucket(size=60, a_second=0.5)
OF_EVERYBODY = Bucket(size=600, a_second=10)


def must_wait(request: HttpRequest, form_id: str) -> int:
    """How many seconds this form should wait before it is sent again; 0: go on.

    ``form_id`` is the form's own number. A ticket lets through the one form that it was made for.
    """
    if _has_waited(request.POST.get("ticket", ""), form_id):
        return 0
    own = _take(f"flood-{_hash_for_this_hour(address_of(request))}", OF_ONE_ADDRESS)
    everybody = _take("flood-everybody", OF_EVERYBODY)
    return 0 if own and everybody else WAIT_SECONDS


def ticket_for(form_id: str) -> str:
    """A sealed note of which form waits since when."""
    return seal({"form": form_id, "at": time.time()}).decode()


def _has_waited(ticket: str, form_id: str) -> bool:
    if not ticket or not form_id:
        return False
    try:
        noted = unseal(ticket.encode())
    except (InvalidToken, ValueError):
        return False
    waited = time.time() - float(noted.get("at", math.inf))
    return noted.get("form") == form_id and WAIT_SECONDS - 1 <= waited < TICKET_LIVES


def _take(key: str, bucket: Bucket) -> bool:
    """Take one out of a bucket, if there is one. Two at the same instant may take the same one: that does no harm."""
    now = time.time()
    held, at = cache.get(key) or (bucket.size, now)
    held = min(bucket.size, held + max(0.0, now - at) * bucket.a_second)
    there_is_one: bool = held >= 1
    cache.set(key, (held - 1 if there_is_one else held, now), HOUR)
    return there_is_one


def _hash_for_this_hour(address: str) -> str:
    hour = int(time.time() // HOUR)
    key: str | None = cache.get(f"flood-key-{hour}")
    if key is None:
        key = cache.get_or_set(f"flood-key-{hour}", secrets.token_hex(32), HOUR)
        # A cache may keep what has run out until it needs the room.
        cache.delete_many([f"flood-key-{hour - past}" for past in (1, 2, 3)])
    return hmac.new(bytes.fromhex(str(key)), address.encode(), hashlib.sha256).hexdigest()
