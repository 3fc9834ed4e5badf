"""E-mail by SMTP over one kept connection, each person alone; without a server, Django's backend (files in a demo)."""

import logging
import smtplib
import ssl
from collections.abc import Sequence
from typing import BinaryIO

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from orgs.messaging import outcomes, reasons
from orgs.messaging.channels.letters import BadAddress, letter, sender_address, wire_address
from orgs.messaging.channels.light_html import light_html
from orgs.messaging.outcomes import Outcome, ServerDown
from orgs.messaging.purposes import Envelope, Outgoing

log = logging.getLogger(__name__)

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
SECONDS_TO_ANSWER = 15
NO_LONGER_LISTENING = 421
TOO_LARGE = 552
GO_AHEAD = 354
LONGEST_LINE = 8192
NOT_SIGNED_IN = (530, 534, 535, 538)
LOST = (smtplib.SMTPServerDisconnected, OSError)


def open_email() -> "SmtpSender | BackendSender":
    """The way out that the settings name."""
    return SmtpSender() if settings.EMAIL_BACKEND == SMTP_BACKEND else BackendSender()


class SmtpSender:
    """Hands messages to one SMTP server; the connection is made with the first and kept.

    Where the server takes commands together (RFC 2920), the end of a letter carries the questions for the next one:
    a letter then costs one round trip. Their answers are read when that letter's turn comes, and not before.
    """

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._mail_from = f"MAIL FROM:<{sender_address()}>\r\n".encode("ascii")
        self._asked_for = ""  # the recipient about whom the server was asked ahead

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Nothing is needed ahead."""

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Offer one e-mail. Only a loss after the last byte went out leaves its fate unknown."""
        try:
            address = wire_address(words.address)
        except BadAddress:
            return outcomes.refused(reasons.BAD_ADDRESS)
        body = letter(message, words, address)
        server, refusal = self._offer(address)
        return self._hand_over(server, body, following) if refusal is None else refusal

    def close(self) -> None:
        """Say goodbye; a server that is gone already does not matter."""
        if self._asked_for:
            self._drop()
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _offer(self, address: str) -> tuple[smtplib.SMTP, Outcome | None]:
        """Sender, recipient, and may we begin. A kept connection may have been closed: then once more on a new one."""
        if self._asked_for not in ("", address):
            # It waits for a letter that will not come now, and would take anything else for it.
            self._drop()
        is_new = self._server is None
        server = self._server = self._server or _connect()
        try:
            refusal = self._refusal(server, address)
        except LOST as error:
            self._drop()
            if is_new:
                raise ServerDown(reasons.NO_CONNECTION) from error
            return self._offer(address)
        if refusal is not None and refusal.reason == reasons.BUSY and self._server is None and not is_new:
            return self._offer(address)
        return server, refusal

    def _refusal(self, server: smtplib.SMTP, address: str) -> Outcome | None:
        sender, recipient, data = self._ask_for(server, address)
        if data == GO_AHEAD and max(sender, recipient) >= 400:
            # It would take content for nobody: hang up before any is given.
            self._drop()
        if sender >= 400:
            return self._refused_sender(sender)
        if recipient >= 400:
            return self._refused(recipient, reasons.UNKNOWN_ADDRESS, trouble=False)
        return None if data == GO_AHEAD else self._refused(data, reasons.REFUSED, trouble=True)

    def _ask_for(self, server: smtplib.SMTP, address: str) -> list[int]:
        """The answers to sender, recipient and may we begin."""
        commands = self._commands(address)
        if not self._asked_for:
            return _ask_in_turn(server, *commands)
        self._asked_for = ""
        sender, recipient, data = _answers(server, len(commands))
        if sender >= 400:
            # Perhaps only because of what went before on this connection: what counts is what it says on a new one.
            raise smtplib.SMTPServerDisconnected("to be asked again")
        return [sender, recipient, data]

    def _commands(self, address: str) -> tuple[bytes, bytes, bytes]:
        return self._mail_from, f"RCPT TO:<{address}>\r\n".encode("ascii"), b"DATA\r\n"

    def _hand_over(self, server: smtplib.SMTP, body: bytes, following: Envelope | None) -> Outcome:
        end = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
        ahead = _ahead(server, following)
        questions = self._commands(ahead) if ahead else ()
        try:
            _say(server, body.replace(b"\r\n.", b"\r\n.."), end, *questions)
            self._asked_for = ahead
            [code] = _answers(server, 1)
        except LOST:
            self._drop()
            return outcomes.uncertain()
        if code < 400:
            return outcomes.sent()
        return self._refused(code, reasons.CONTENT_REFUSED, trouble=True)

    def _refused_sender(self, code: int) -> Outcome:
        """A server that does not take our sender address will take no message: nobody's message fails for that."""
        if code == TOO_LARGE:
            return self._refused(code, reasons.CONTENT_REFUSED, trouble=False)
        if code >= 500:
            log.error("The mail server refuses our sender address (%s).", code)
            self._drop()
            raise ServerDown(reasons.REFUSED)
        return self._refused(code, reasons.REFUSED, trouble=True)

    def _refused(self, code: int, reason: str, *, trouble: bool) -> Outcome:
        """5xx is for ever, 4xx for now; after either the connection is used for the next message."""
        if code == NO_LONGER_LISTENING:
            self._drop()
            return outcomes.later(reasons.BUSY, trouble=True)
        self._reset()
        if code in NOT_SIGNED_IN:
            log.error("The mail server wants a sign-in (%s).", code)
            raise ServerDown(reasons.REFUSED)
        if code >= 500:
            return outcomes.refused(reason)
        return outcomes.later(reasons.BUSY, trouble=trouble)

    def _reset(self) -> None:
        """Have the server forget the message it refused; the end of a letter ends that by itself (RFC 5321)."""
        try:
            if self._server is not None and not self._asked_for:
                _ask(self._server, b"RSET\r\n")
        except LOST:
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._asked_for = ""


def _ahead(server: smtplib.SMTP, following: Envelope | None) -> str:
    """The recipient about whom the server may be asked along with a letter's end; empty where it may not."""
    if following is None or "pipelining" not in server.esmtp_features:
        return ""
    try:
        return wire_address(following.address)
    except BadAddress:
        return ""


def _ask_in_turn(server: smtplib.SMTP, *commands: bytes) -> list[int]:
    """The answers to commands of which each needs the one before; 0 for those that need not be asked any more.

    A server that takes them together (RFC 2920) is asked together: on a slow line that halves the time.
    """
    if "pipelining" in server.esmtp_features:
        return _ask(server, *commands)
    codes: list[int] = []
    for command in commands:
        codes += _ask(server, command)
        if codes[-1] >= 400:
            break
    return codes + [0] * (len(commands) - len(codes))


def _ask(server: smtplib.SMTP, *commands: bytes) -> list[int]:
    """Send commands and give the code of each answer. smtplib's own way costs as much as all the rest together."""
    _say(server, *commands)
    return _answers(server, len(commands))


def _say(server: smtplib.SMTP, *pieces: bytes) -> None:
    if server.sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    server.sock.sendall(b"".join(pieces))


def _answers(server: smtplib.SMTP, count: int) -> list[int]:
    if server.file is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    return [_answer(server.file) for _ in range(count)]


def _answer(lines: BinaryIO) -> int:
    line = lines.readline(LONGEST_LINE)
    while line[3:4] == b"-":
        line = lines.readline(LONGEST_LINE)
    if not line[:3].isdigit():
        raise smtplib.SMTPServerDisconnected("no answer, or none that can be understood")
    return int(line[:3])


def _connect() -> smtplib.SMTP:
    server: smtplib.SMTP | None = None
    try:
        kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
        server = kind(settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=_our_name(), timeout=SECONDS_TO_ANSWER)
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except (smtplib.SMTPException, OSError) as error:
        if server is not None:
            server.close()
        # The text of the error may name our account: its kind is enough.
        log.warning("No connection to the mail server (%s).", type(error).__name__)
        raise ServerDown(reasons.NO_CONNECTION) from error
    return server


def _our_name() -> str:
    return sender_address().rpartition("@")[2] or "localhost"


class BackendSender:
    """Hands messages to Django's mail backend: files of a demonstration, or memory in tests."""

    def __init__(self) -> None:
        self._backend = get_connection()

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Nothing is needed ahead."""

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Write one e-mail."""
        try:
            address = wire_address(words.address)
        except BadAddress:
            return outcomes.refused(reasons.BAD_ADDRESS)
        headers = {"Message-ID": f"<{message.key}@{_our_name()}>", "Auto-Submitted": "auto-generated"}
        mail = EmailMultiAlternatives(
            " ".join(words.subject.split()),
            words.text,
            settings.DEFAULT_FROM_EMAIL,
            [address],
            headers={**headers, **words.headers},
        )
        mail.attach_alternative(words.html or light_html(words.subject, words.text, message.language), "text/html")
        try:
            self._backend.send_messages([mail])
        except OSError as error:
            raise ServerDown(reasons.NO_CONNECTION) from error
        return outcomes.sent()

    def close(self) -> None:
        """Close what the backend holds open."""
        self._backend.close()
