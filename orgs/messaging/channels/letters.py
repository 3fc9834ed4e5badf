"""Making the bytes of an e-mail: one recipient each, plain text and if wished light HTML, quoted-printable."""

import binascii
import re
from datetime import UTC, datetime
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from orgs.messaging.purposes import Envelope
from orgs.models import Message

CRLF = b"\r\n"
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


def letter(message: Message, words: Envelope, address: str) -> bytes:
    """The whole e-mail with CRLF line ends. ``Message-ID`` follows from the key: a retry is the same e-mail."""
    head = [
        _standing_headers(),
        b"Date: ", _date(int(datetime.now(UTC).timestamp())),
        b"\r\nMessage-ID: <", str(message.key).encode(), b"@", _host(), b">\r\nTo: ", address.encode("ascii"),
        b"\r\nSubject: ", _subject(words.subject),
        b"\r\nContent-Language: ", message.language.encode(), CRLF,
    ]  # fmt: skip
    for name, value in words.headers.items():
        head += [name.encode("ascii"), b": ", _BREAKS.sub(" ", value).encode("ascii", "replace"), CRLF]
    if not words.html:
        return b"".join([*head, _part_head(b"plain"), _printable(words.text)])
    boundary = b"=_" + message.key.hex.encode()
    parts = [b'Content-Type: multipart/alternative; boundary="', boundary, b'"\r\n\r\n']
    for kind, text in ((b"plain", words.text), (b"html", words.html)):
        parts += [b"--", boundary, CRLF, _part_head(kind), _printable(text), CRLF]
    return b"".join([*head, *parts, b"--", boundary, b"--\r\n"])


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
