"""E-mail over SMTP, against a real mail server with moods."""

import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from orgs.messaging import outbox, reasons
from orgs.messaging.channels.letters import letter
from orgs.messaging.drain import drain
from orgs.messaging.purposes import Envelope
from orgs.models import Channel, Message, MessageState
from tests.ports import free_port

pytestmark = pytest.mark.django_db

FRENCH = "Réunion à Koro : « où êtes-vous ? »\n.\n..une ligne qui commence par des points\nŋ ɛ ɔ — 🕊\n" + "long " * 400


class Moods:
    """What the server says at each step; ``greeted`` counts connections."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, list[str]] = {}
        self.greeted = 0
        self.vanish = 0
        self.pipelining = False

    def answer(self, step: str, usual: str) -> str:
        waiting = self.answers.get(step, [])
        return waiting.pop(0) if waiting else usual

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, lines: list[str]) -> list[str]:
        self.greeted += 1
        session.host_name = hostname
        return [*lines[:-1], "250-PIPELINING", lines[-1]] if self.pipelining else lines

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answer("MAIL", "250 OK")
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answer("RCPT", "550 nobody" if address.startswith("nobody") else "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.vanish:
            self.vanish -= 1
            server.transport.close()
            return "250 never read"
        answer = self.answer("DATA", "250 OK")
        if answer.startswith("2"):
            self.received.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return answer


@pytest.fixture(params=[False, True], ids=["one by one", "pipelining"])
def moods(settings: Any, request: pytest.FixtureRequest) -> Iterator[Moods]:
    moods = Moods()
    moods.pipelining = request.param
    port = free_port()
    controller = Controller(moods, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = ""
    yield moods
    controller.stop()


def post(address: str = "p@example.org", **words: Any) -> Message:
    return outbox.post(
        purpose="single", channel=Channel.EMAIL, address=address, **{"text": "T", "subject": "S", **words}
    )


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_what_is_written_is_what_is_read(moods: Moods) -> None:
    message = post(text=FRENCH, subject="Alerte : « Bandiagara » — élevée, à lire ce matin avant de partir au marché")
    drain(Channel.EMAIL, hands=0)
    assert state(message) == (MessageState.SENT, "")
    [(recipients, mail)] = moods.received
    assert recipients == ["p@example.org"]
    assert mail["To"] == "p@example.org"
    assert mail["Subject"] == "Alerte : « Bandiagara » — élevée, à lire ce matin avant de partir au marché"
    assert mail["Message-ID"] == f"<{message.key}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert mail["Cc"] is mail["Bcc"] is None
    assert not mail.defects
    assert mail["Date"].datetime is not None
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == FRENCH + "\n"
    assert all(len(line) <= 998 for line in mail.as_bytes().splitlines())


def test_light_html_goes_beside_the_text(moods: Moods) -> None:
    post(text="Bonjour", html="<p>Bonjour à tous</p>")
    drain(Channel.EMAIL, hands=0)
    [(_, mail)] = moods.received
    parts = {part.get_content_type(): part.get_content().strip() for part in mail.iter_parts()}
    assert parts == {"text/plain": "Bonjour", "text/html": "<p>Bonjour à tous</p>"}


@pytest.mark.parametrize(
    "words", [{"subject": "S\r\nBcc: evil@example.org"}, {"subject": "S\nX: y"}, {"subject": "\u2028A"}]
)
def test_no_header_can_be_smuggled_in(moods: Moods, words: dict[str, str]) -> None:
    post(**words)
    drain(Channel.EMAIL, hands=0)
    [(recipients, mail)] = moods.received
    assert recipients == ["p@example.org"]
    assert mail["Bcc"] is mail["X"] is None


def test_extra_headers_are_one_line_of_ascii() -> None:
    words = Envelope(address="a@example.org", text="T", headers={"List-Unsubscribe": "<https://a.b/c>\r\nBcc: é"})
    mail = message_from_bytes(letter(Message(), words, "a@example.org"), policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["List-Unsubscribe"] == "<https://a.b/c> Bcc: ?"


def test_one_connection_serves_many(moods: Moods) -> None:
    for number in range(25):
        post(f"p{number}@example.org")
    drain(Channel.EMAIL, hands=0)
    assert len(moods.received) == 25
    assert all(len(recipients) == 1 for recipients, _ in moods.received)
    assert moods.greeted == 1


def test_a_refused_recipient_is_final_and_stops_nobody(moods: Moods) -> None:
    messages = [post("p1@example.org"), post("nobody@example.org"), post("p2@example.org")]
    drain(Channel.EMAIL, hands=0)
    assert [state(message)[0] for message in messages] == [MessageState.SENT, MessageState.FAILED, MessageState.SENT]
    assert state(messages[1])[1] == reasons.UNKNOWN_ADDRESS
    assert messages[1].attempts == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_temporary_refusal_waits_for_the_next_attempt(moods: Moods, step: str) -> None:
    moods.answers = {step: ["451 later"]}
    first, second = post("p1@example.org"), post("p2@example.org")
    drain(Channel.EMAIL, hands=0)
    assert (state(first)[0], state(second)[0]) == (MessageState.PENDING, MessageState.SENT)
    assert (first.attempts, first.maybe_double) == (1, False)


def test_content_refused_for_good_is_final(moods: Moods) -> None:
    moods.answers = {"DATA": ["554 spam"]}
    message = post()
    drain(Channel.EMAIL, hands=0)
    assert state(message) == (MessageState.FAILED, reasons.CONTENT_REFUSED)


def test_a_server_that_refuses_our_sender_fails_no_message(moods: Moods) -> None:
    moods.answers = {"MAIL": ["550 who are you"]}
    messages = [post(f"p{number}@example.org") for number in range(3)]
    drain(Channel.EMAIL, hands=0)
    assert {state(message) for message in messages} == {(MessageState.PENDING, reasons.REFUSED)}
    assert {message.attempts for message in messages} == {0}


def test_a_server_that_closes_between_messages_is_called_again(moods: Moods) -> None:
    moods.answers = {"MAIL": ["250 OK", "421 too many", "250 OK"]}
    messages = [post(f"p{number}@example.org") for number in range(3)]
    drain(Channel.EMAIL, hands=0)
    assert {state(message)[0] for message in messages} == {MessageState.SENT}
    assert moods.greeted == 2
    assert not any(message.maybe_double for message in messages)


def test_a_connection_lost_before_the_answer_leaves_the_send_uncertain(moods: Moods) -> None:
    moods.vanish = 1
    message = post()
    drain(Channel.EMAIL, hands=0)
    assert state(message) == (MessageState.PENDING, reasons.NO_ANSWER)
    assert message.maybe_double


def test_a_server_that_is_not_there_uses_up_no_attempt(settings: Any, moods: Moods) -> None:
    settings.EMAIL_PORT = 1
    messages = [post(f"p{number}@example.org") for number in range(12)]
    drain(Channel.EMAIL, hands=0)
    assert {state(message)[0] for message in messages} == {MessageState.PENDING}
    assert {(message.attempts, message.maybe_double) for message in messages} == {(0, False)}


def test_drains_in_parallel_share_the_work(transactional_db: None, moods: Moods) -> None:
    from django.db import connection

    for number in range(60):
        post(f"p{number}@example.org")

    def work() -> None:
        drain(Channel.EMAIL, hands=0)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recipients[0] for recipients, _ in moods.received) == sorted(f"p{n}@example.org" for n in range(60))
    assert set(Message.objects.values_list("state", "attempts")) == {(MessageState.SENT, 1)}
