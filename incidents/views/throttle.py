"""Slowing down those who try codes, without keeping who they are.

Wrong codes are counted for ten minutes under a keyed hash of the address they come from, and all together. Many people
share an address in a mobile network, so the allowance is wide; when many wrong codes come from everywhere, it narrows.
"""

import threading
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from orgs.crypto import keyed_hash

WINDOW_SECONDS = 600
ALLOWED = 30
ALLOWED_UNDER_ATTACK = 5
ATTACK_FROM = 1000
ANSWER_AFTER_SECONDS = 0.5
"""A wrong code is answered this long after it came in, whatever was wrong with it."""

_waiting = threading.BoundedSemaphore(2)


def is_blocked(request: HttpRequest) -> bool:
    """Whether too many wrong codes have come from where this request comes from."""
    allowed = ALLOWED_UNDER_ATTACK if cache.get("wrong-codes", 0) >= ATTACK_FROM else ALLOWED
    return bool(cache.get(_key(request), 0) >= allowed)


def count_wrong(request: HttpRequest) -> None:
    """Count a wrong code."""
    for key in (_key(request), "wrong-codes"):
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


def _key(request: HttpRequest) -> str:
    return f"wrong-codes-{keyed_hash('code-tries', address_of(request))}"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: to be hashed, never to be kept."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
