"""Making the bytes of an e-mail: one recipient each, plain text and light HTML of the same words, quoted-printable."""

import binascii
import re
import time
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from itertools import cycle, islice
from urllib.parse import urlsplit

from django.conf import settings

from orgs.messaging.channels.light_html import light_html
from orgs.messaging.purposes import Envelope, Outgoing, Shared, put_in

CRLF = b"\r\n"
BOUNDARY = b"=_Passerelle"
"""Cannot stand in quoted-printable words, where a "=" is followed by two digits or the end of a line."""
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,253}")
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9_-]+(?:\0[A-Za-z0-9_-]+)*")
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
            b"\r\nMessage-ID: ", message_id(message.key).encode(), b"\r\nTo: ", address.encode("ascii"),
            _of_many(message, words) or _of_one(message, words),
        ]
    )  # fmt: skip


def message_id(key: object) -> str:
    """The Message-ID of the message with this key: what an answer or an update refers to."""
    return f"<{key}@{_host().decode()}>"


def _of_many(message: Outgoing, words: Envelope) -> bytes:
    """What follows the recipient, where it is the same for many but for what is each one's own; empty where it cannot
    be made so.
    """
    if words.shared is None:
        return b""
    values = [value for _, value in words.own]
    # One look at all of them: most of what is sent comes this way.
    if not _are_plain(words.own):
        return b""
    holes = tuple([(name, len(value)) for name, value in words.own])
    pieces, order = _pieces(words.shared, message.language, holes)
    return _joined(pieces, order, values)


def _joined(pieces: tuple[bytes, ...], order: tuple[int, ...], values: list[str]) -> bytes:
    if not pieces:
        return b""
    made = [pieces[0]]
    for place, piece in zip(order, pieces[1:], strict=True):
        made += [values[place].encode("ascii"), piece]
    return b"".join(made)


@lru_cache(maxsize=64)
def _pieces(
    shared: Shared, language: str, holes: tuple[tuple[str, int], ...]
) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """The encoded words between what is each one's own, and whose turn it is between them; none where that changes
    more than its own letters.

    It does in a subject that is encoded as a whole, and where a line is folded within it. So the pieces count only if
    they give, with other letters between them, what encoding these words by themselves gives.
    """

    html = light_html(shared.subject, shared.text, language)

    def encoded(values: list[str]) -> bytes:
        own = [(name, value) for (name, _), value in zip(holes, values, strict=True)]
        headers = tuple((name, put_in(value, own)) for name, value in shared.headers)
        body = _alternatives(put_in(shared.text, own), put_in(html, own))
        return _rest(put_in(shared.subject, own), language, headers, body)

    marks, others = (_filling(holes, letters) for letters in ("QZXJWKVYBFHG", "908174635218"))
    found = re.split(b"(" + b"|".join(mark.encode() for mark in marks) + b")", encoded(marks))
    order = tuple(marks.index(mark.decode()) for mark in found[1::2])
    pieces = tuple(found[::2])
    return (pieces, order) if _joined(pieces, order, others) == encoded(others) else ((), ())


def _filling(holes: tuple[tuple[str, int], ...], letters: str) -> list[str]:
    """Words as long as what they stand for, no two alike."""
    return [
        "".join(islice(cycle(letters[place:] + letters[:place]), length)) for place, (_, length) in enumerate(holes)
    ]


def _of_one(message: Outgoing, words: Envelope) -> bytes:
    html = words.html or _html(message, words)
    body = _alternatives(words.text, html)
    return _rest(words.subject, message.language, tuple(words.headers.items()), body)


def _are_plain(own: tuple[tuple[str, str], ...]) -> bool:
    """Whether what is each one's own is letters and digits, which HTML shows as they are."""
    return bool(_PLAIN_WORDS.fullmatch("\0".join([value for _, value in own])))


def _html(message: Outgoing, words: Envelope) -> str:
    shared = words.shared
    if shared is None or not _are_plain(words.own):
        return light_html(words.subject, words.text, message.language)
    return put_in(light_html(shared.subject, shared.text, message.language), words.own)


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
