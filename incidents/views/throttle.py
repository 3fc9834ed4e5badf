"""Slowing down those who try codes, without keeping who they are.

Wrong codes are counted for ten minutes under a keyed hash of the address they come from, and all together. Many people
share an address in a mobile network, so the allowance is wide; when many wrong codes come from everywhere, it narrows.
"""

import ipaddress
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from orgs.crypto import keyed_hash

WINDOW_SECONDS = 600


@dataclass
class Tries:
    """How many wrong codes of one sort are borne within ``WINDOW_SECONDS`` from one address.

    From ``attack_from`` wrong ones of everybody together on it is ``under_attack`` for each.
    """

    name: str
    allowed: int
    under_attack: int
    attack_from: int


CODES = Tries("wrong-codes", allowed=30, under_attack=5, attack_from=1000)
"""Codes of reports and of feedback: sixteen digits."""
ANSWER_AFTER_SECONDS = 0.5
"""A wrong code is answered this long after it came in, whatever was wrong with it."""

_waiting = threading.BoundedSemaphore(2)


def is_blocked(request: HttpRequest, tries: Tries = CODES) -> bool:
    """Whether too many wrong codes have come from where this request comes from."""
    allowed = tries.under_attack if cache.get(tries.name, 0) >= tries.attack_from else tries.allowed
    return bool(cache.get(_key(request, tries), 0) >= allowed)


def count_wrong(request: HttpRequest, tries: Tries = CODES) -> None:
    """Count a wrong code."""
    for key in (_key(request, tries), tries.name):
        cache.add(key, 0, WINDOW_SECONDS)
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two
            cache.set(key, 1, WINDOW_SECONDS)


def wait_until(started: float) -> None:
    """Let ``ANSWER_AFTER_SECONDS`` pass since ``started`` (``time.monotonic``); holds up two at once at most."""
    if not _waiting.acquire(blocking=False):
        return
    try:
        time.sleep(max(0.0, ANSWER_AFTER_SECONDS - (time.monotonic() - started)))
    finally:
        _waiting.release()


def _key(request: HttpRequest, tries: Tries) -> str:
    return f"{tries.name}-{keyed_hash('code-tries', address_of(request))}"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: to be hashed, never to be kept.

    Of IPv6 the network of one household or server (/64): whoever has one has more addresses in it than can be counted.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    written: str = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(written)
    except ValueError:  # a socket of the machine, or a proxy's own way of writing
        return written
    if isinstance(address, ipaddress.IPv4Address) or address.ipv4_mapped:
        return str(getattr(address, "ipv4_mapped", None) or address)
    return str(ipaddress.ip_network((address, 64), strict=False))
