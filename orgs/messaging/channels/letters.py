"""Making the bytes of an e-mail: one recipient each, plain text and light HTML of the same words, quoted-printable."""

import binascii
import re
import time
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from itertools import cycle, islice
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from orgs.messaging.channels.light_html import light_html
from orgs.messaging.purposes import CODE, Envelope, Outgoing

CRLF = b"\r\n"
BOUNDARY = b"=_Passerelle"
"""Cannot stand in quoted-printable words, where a "=" is followed by two digits or the end of a line."""
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,253}")
_ANY_LINE_END = re.compile(r"\r\n|\r|\n")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


class BadAddress(ValueError):
    """This cannot be an e-mail address."""


def wire_address(address: str) -> str:
    """The address as SMTP takes it, its domain in ASCII. Raises ``BadAddress``."""
    if not ADDRESS.fullmatch(address):
        raise BadAddress
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddress from error
    if not local.isascii():
        raise BadAddress
    return f"{local}@{domain}"


def letter(message: Outgoing, words: Envelope, address: str) -> bytes:
    """The whole e-mail with CRLF line ends. ``Message-ID`` follows from the key: a retry is the same e-mail."""
    return b"".join(
        [
            _standing_headers(),
            b"Date: ", _date(int(time.time())),
            b"\r\nMessage-ID: ", _message_id(message.key), _earlier(words), b"\r\nTo: ", address.encode("ascii"),
            _of_many(message, words) or _of_one(message, words),
        ]
    )  # fmt: skip


def _message_id(key: UUID) -> bytes:
    return b"<%b@%b>" % (str(key).encode(), _host())


def _earlier(words: Envelope) -> bytes:
    """That it comes after others, so that mail programs show them together (RFC 5322, 3.6.4)."""
    if not words.earlier:
        return b""
    named = [_message_id(key) for key in words.earlier]
    return b"\r\nIn-Reply-To: " + named[-1] + b"\r\nReferences: " + b"\r\n ".join(named)


def _of_many(message: Outgoing, words: Envelope) -> bytes:
    """What follows the recipient, where it is the same for many but for a code; empty where it cannot be made so."""
    if words.shared is None or not _is_plain_code(words.code):
        return b""
    pieces = _pieces(*words.shared, message.language, tuple(words.headers.items()), len(words.code))
    return words.code.encode("ascii").join(pieces)


@lru_cache(maxsize=64)
def _pieces(
    subject: str, text: str, language: str, headers: tuple[tuple[str, str], ...], digits: int
) -> tuple[bytes, ...]:
    """The encoded words between the codes; none where a code changes more than its own letters.

    It does in a subject that is encoded as a whole, and where a line is folded within the code. So the pieces count
    only if they give, with another code between them, what encoding its words by themselves gives.
    """

    html = light_html(subject, text, language)

    def encoded(code: str) -> bytes:
        body = _alternatives(text.replace(CODE, code), html.replace(CODE, code))
        return _rest(subject.replace(CODE, code), language, headers, body)

    mark, other = ("".join(islice(cycle(letters), digits)) for letters in ("QZXJW", "90817"))
    pieces = encoded(mark).split(mark.encode("ascii"))
    return tuple(pieces) if other.encode("ascii").join(pieces) == encoded(other) else ()


def _of_one(message: Outgoing, words: Envelope) -> bytes:
    html = words.html or _html(message, words)
    body = _alternatives(words.text, html)
    return _rest(words.subject, message.language, tuple(words.headers.items()), body)


def _is_plain_code(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _html(message: Outgoing, words: Envelope) -> str:
    if words.shared is None or not _is_plain_code(words.code):
        return light_html(words.subject, words.text, message.language)
    return light_html(*words.shared, message.language).replace(CODE, words.code)


def _alternatives(text: str, html: str) -> bytes:
    parts = [b'Content-Type: multipart/alternative; boundary="', BOUNDARY, b'"\r\n\r\n']
    for kind, words in ((b"plain", text), (b"html", html)):
        parts += [b"--", BOUNDARY, CRLF, _part_head(kind), _printable(words), CRLF]
    return b"".join([*parts, b"--", BOUNDARY, b"--\r\n"])


def _rest(subject: str, language: str, headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """The headers that follow the recipient, and the body with its own."""
    head = [b"\r\nSubject: ", _subject(subject), b"\r\nContent-Language: ", language.encode(), CRLF]
    for name, value in headers:
        head += [name.encode("ascii"), b": ", _BREAKS.sub(" ", value).encode("ascii", "replace"), CRLF]
    return b"".join([*head, body])


def sender_address() -> str:
    """The bare address that bounces go to."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _part_head(kind: bytes) -> bytes:
    return b"Content-Type: text/" + kind + b"; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


def _printable(text: str) -> bytes:
    lines = _ANY_LINE_END.sub("\r\n", text if text.endswith("\n") else text + "\n")
    return binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True)


@lru_cache(maxsize=64)
def _subject(subject: str) -> bytes:
    clean = _BREAKS.sub(" ", subject).strip()[:300]
    if clean.isascii() and len(clean) <= 66:
        return clean.encode("ascii")
    return Header(clean, "utf-8", maxlinelen=66, header_name="Subject").encode(linesep="\r\n").encode("ascii")


@lru_cache(maxsize=4)
def _date(second: int) -> bytes:
    return formatdate(second).encode()


@lru_cache(maxsize=1)
def _host() -> bytes:
    return (urlsplit(settings.SITE_URL).hostname or "localhost").encode("idna")


@lru_cache(maxsize=1)
def _standing_headers() -> bytes:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"From: {formataddr((name, address))}\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n".encode()
