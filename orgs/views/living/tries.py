"""Slowing down those who try links, without keeping who they are.

Wrong links are counted for ten minutes under a keyed hash of the address they come from. Many people share an address
in a mobile network, so the allowance is wide; a link has 192 bits, so that trying is hopeless in any case.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from orgs.crypto import keyed_hash

WINDOW_SECONDS = 600
ALLOWED = 30


def is_blocked(request: HttpRequest) -> bool:
    """Whether too many wrong links came from where this request comes from."""
    return bool(cache.get(_key(request), 0) >= ALLOWED)


def count_wrong(request: HttpRequest) -> None:
    """Count a wrong link."""
    key = _key(request)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, WINDOW_SECONDS)


def _key(request: HttpRequest) -> str:
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    address = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    return f"wrong-links-{keyed_hash('link-tries', address)}"
