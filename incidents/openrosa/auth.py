"""How a phone proves itself: Digest (RFC 2617 as OpenRosa restricts it), or Basic where nobody can listen.

A nonce is a moment and its keyed hash, so nothing is kept of it; an old one is answered ``stale=true``, upon which the
phone asks again without troubling anybody. What was sent with a nonce can be sent again for as long as it holds: the
number of the form makes that harmless.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest, HttpResponse

from incidents.services.doors import REALM, Caller, device_by_username, ha1_of
from incidents.views.throttle import address_of
from orgs.crypto import keyed_hash

NONCE_SECONDS = 300
WINDOW_SECONDS = 600
ALLOWED = 20
"""Wrong attempts for one user name from one address in ``WINDOW_SECONDS``."""
ALLOWED_FROM_ADDRESS = 300
"""For all user names together: a mobile network puts many phones behind one address."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_LONGEST_HEADER = 4096


class Challenge(HttpResponse):
    """401 with one header a way: phones read the ways one by one, and some stumble over two in a line."""

    def __init__(self, ways: list[str]) -> None:
        super().__init__(status=401, content_type="text/plain; charset=utf-8")
        self.headers["WWW-Authenticate"] = ways[0]
        self._more = ways[1:]

    def items(self) -> Iterator[tuple[str, str]]:
        """The headers as they go out."""
        yield from super().items()
        for way in self._more:
            yield "WWW-Authenticate", way


@dataclass(frozen=True)
class Refusal:
    """Why nobody was let in."""

    response: HttpResponse


def caller_of(request: HttpRequest) -> Caller | Refusal:
    """The device that calls, or what it is answered instead."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, rest = header[:_LONGEST_HEADER].partition(" ")
    if scheme.lower() == "digest":
        return _by_digest(request, rest)
    if scheme.lower() == "basic" and may_use_basic(request):
        return _by_basic(request, rest.strip())
    return Refusal(challenge(request))


def may_use_basic(request: HttpRequest) -> bool:
    """Basic says the password in clear: only over https, or to this very machine."""
    if request.is_secure():
        return True
    host = request.get_host()
    return (host if host.endswith("]") else host.rsplit(":", 1)[0]) in _LOOPBACK


def challenge(request: HttpRequest, *, stale: bool = False) -> HttpResponse:
    """Ask for proof."""
    ways = [
        f'Digest realm="{REALM}", qop="auth", algorithm=MD5, nonce="{new_nonce()}"' + (", stale=true" if stale else "")
    ]
    if may_use_basic(request):
        ways.append(f'Basic realm="{REALM}", charset="UTF-8"')
    return Challenge(ways)


# --- Nonces ------------------------------------------------------------------------------------------------------


def new_nonce(at: float | None = None) -> str:
    """A nonce that holds for ``NONCE_SECONDS``."""
    words = f"{int(time.time() if at is None else at):x}.{secrets.token_hex(8)}"
    return f"{words}.{_seal_of(words)}"


def _seal_of(words: str) -> str:
    return keyed_hash("openrosa-nonce", words)[:32]


def _age_of(nonce: str) -> float | None:
    """Seconds since the nonce was made; ``None`` when it is not one of ours."""
    words, _, seal = nonce.rpartition(".")
    if not hmac.compare_digest(_seal_of(words).encode(), seal.encode()):
        return None
    return time.time() - int(words.partition(".")[0], 16)


# --- Digest ------------------------------------------------------------------------------------------------------


def _by_digest(request: HttpRequest, text: str) -> Caller | Refusal:
    given = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(text)}
    username, nonce = given.get("username", ""), given.get("nonce", "")
    if given.get("algorithm", "MD5").upper() != "MD5" or given.get("qop", "auth") != "auth":
        return Refusal(challenge(request))
    age = _age_of(nonce)
    if age is None:
        return Refusal(challenge(request))
    if is_blocked(request, username):
        return Refusal(_slow_down())
    caller = device_by_username(username)
    if caller is None or not _is_proved(request, given, caller):
        return _wrong(request, username)
    # Only who knows the password is told that the nonce alone was too old.
    return Refusal(challenge(request, stale=True)) if age > NONCE_SECONDS else caller


def _is_proved(request: HttpRequest, given: dict[str, str], caller: Caller) -> bool:
    uri = given.get("uri", "")
    if given.get("realm") != REALM or not _is_address_of(request, uri):
        return False
    ha2 = _md5(f"{request.method}:{uri}")
    middle = f"{given.get('nc', '')}:{given.get('cnonce', '')}:auth:" if "qop" in given else ""
    wanted = _md5(f"{caller.ha1}:{given['nonce']}:{middle}{ha2}")
    return hmac.compare_digest(wanted.encode(), given.get("response", "").lower().encode())


def _is_address_of(request: HttpRequest, uri: str) -> bool:
    try:
        return unquote(urlsplit(uri).path) == request.path
    except ValueError:
        return False


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # what phones can do


# --- Basic -------------------------------------------------------------------------------------------------------


def _by_basic(request: HttpRequest, text: str) -> Caller | Refusal:
    try:
        username, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return Refusal(challenge(request))
    if is_blocked(request, username):
        return Refusal(_slow_down())
    caller = device_by_username(username)
    if caller is None or not hmac.compare_digest(caller.ha1.encode(), ha1_of(username, password).encode()):
        return _wrong(request, username)
    return caller


# --- Wrong attempts ----------------------------------------------------------------------------------------------


def is_blocked(request: HttpRequest, username: str) -> bool:
    """Whether too many wrong attempts came from where this request comes from."""
    one, every = _keys(request, username)
    return tries.count(one) >= ALLOWED or tries.count(every) >= ALLOWED_FROM_ADDRESS


def _wrong(request: HttpRequest, username: str) -> Refusal:
    for key in _keys(request, username):
        tries.add(key)
    return Refusal(challenge(request))


class Tries:
    """Wrong attempts, in this process alone: the cache is a table, and asking it would cost each form two queries."""

    MOST = 10_000

    def __init__(self) -> None:
        self._counts: OrderedDict[int, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, key: int) -> int:
        """How many there were in the last ``WINDOW_SECONDS``, counted from the first."""
        number, since = self._counts.get(key, (0, 0.0))
        return number if time.monotonic() - since < WINDOW_SECONDS else 0

    def add(self, key: int) -> None:
        """Count one more; the oldest are forgotten when there are too many to keep."""
        with self._lock:
            number = self.count(key)
            since = self._counts[key][1] if number else time.monotonic()
            self._counts[key] = (number + 1, since)
            self._counts.move_to_end(key)
            while len(self._counts) > self.MOST:
                self._counts.popitem(last=False)

    def forget(self) -> None:
        """Start afresh."""
        with self._lock:
            self._counts.clear()


tries = Tries()


def tries_key(request: HttpRequest, username: str) -> int:
    """By what the wrong attempts of one name from one address are counted."""
    return _keys(request, username)[0]


def _keys(request: HttpRequest, username: str) -> tuple[int, int]:
    """By what attempts are counted: nothing that could be read again, or by another process."""
    address = address_of(request)
    return hash((address, username)), hash((address,))


def _slow_down() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": str(WINDOW_SECONDS)}, content_type="text/plain")
