"""Asking for the next recipient along with a letter's end, and encoding once the words that many get."""

import socket
import threading
import time
from typing import Any

import pytest

from orgs.messaging import reasons, stopping
from orgs.messaging.channels.email import SmtpSender
from orgs.messaging.channels.letters import letter
from orgs.messaging.drain import drain
from orgs.messaging.purposes import CODE, Envelope
from orgs.models import Channel, Message, MessageState
from tests.orgs.messaging.test_email import Moods, moods, post, state

__all__ = ["moods"]  # the fixture
HEADERS = {"X-Auto-Response-Suppress": "All"}


class Line:
    """A server that writes down what comes before it answers: what was said together."""

    def __init__(self, *, pipelining: bool) -> None:
        self.turns: list[list[bytes]] = []
        self._offer = b"250-here\r\n250 PIPELINING\r\n" if pipelining else b"250 here\r\n"
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._door, self._door.accept()[0] as caller:
            caller.sendall(b"220 here\r\n")
            in_letter = False
            while said := caller.recv(65536):
                lines = said.split(b"\r\n")[:-1]
                self.turns.append(lines)
                answers = []
                for line in lines:
                    if in_letter:
                        in_letter = line != b"."
                        answers += [] if in_letter else [b"250 taken\r\n"]
                    elif line[:4].upper() in (b"EHLO", b"HELO"):
                        answers.append(self._offer)
                    else:
                        in_letter = line == b"DATA"
                        answers.append(b"354 go on\r\n" if in_letter else b"250 OK\r\n")
                caller.sendall(b"".join(answers))


def envelope(number: int) -> Envelope:
    return Envelope(address=f"p{number}@example.org", subject="S", text="T")


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_next_recipient_is_asked_for_along_with_the_end_of_a_letter(settings: Any, pipelining: bool) -> None:
    line = Line(pipelining=pipelining)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", line.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = ""
    sender = SmtpSender()
    for number in range(3):
        following = envelope(number + 1) if number < 2 else None
        assert sender.send(Message(), envelope(number), following).state == MessageState.SENT
    sender.close()
    ends = [turn[turn.index(b".") + 1 :] for turn in line.turns if b"." in turn]
    if not pipelining:
        assert ends == [[], [], []]
        assert all(len(turn) == 1 or b"." in turn for turn in line.turns)
        return
    assert [[command.split(b":")[-1] for command in end[1:]] for end in ends] == [
        [b"<p1@example.org>", b"DATA"],
        [b"<p2@example.org>", b"DATA"],
        [],
    ]
    assert line.turns[-1] == [b"quit"]


@pytest.mark.django_db
class TestAskedAhead:
    def test_who_was_asked_for_and_gets_no_letter_after_all_gets_nothing(
        self, moods: Moods, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stopping, "requested", lambda: bool(moods.received))
        began = time.monotonic()
        first, second = post("p1@example.org"), post("p2@example.org")
        drain(Channel.EMAIL, hands=0)
        assert (state(first)[0], state(second)[0]) == (MessageState.SENT, MessageState.PENDING)
        assert (second.attempts, second.maybe_double) == (0, False)
        assert time.monotonic() - began < 5, "nothing waits for a server that waits for a letter"
        monkeypatch.undo()
        drain(Channel.EMAIL, hands=0)
        assert [recipients for recipients, _ in moods.received] == [["p1@example.org"], ["p2@example.org"]]

    def test_content_refused_takes_nothing_from_the_next(self, moods: Moods) -> None:
        moods.answers = {"DATA": ["554 spam"]}
        first, second = post("p1@example.org"), post("p2@example.org")
        drain(Channel.EMAIL, hands=0)
        assert state(first) == (MessageState.FAILED, reasons.CONTENT_REFUSED)
        assert state(second)[0] == MessageState.SENT
        assert moods.greeted == 1

    def test_a_line_lost_at_the_end_of_a_letter_leaves_only_that_one_uncertain(self, moods: Moods) -> None:
        moods.vanish = 1
        first, second = post("p1@example.org"), post("p2@example.org")
        drain(Channel.EMAIL, hands=0)
        assert (state(first), first.maybe_double) == ((MessageState.PENDING, reasons.NO_ANSWER), True)
        assert (state(second)[0], second.maybe_double) == (MessageState.SENT, False)

    def test_a_sender_refused_ahead_is_asked_about_again(self, moods: Moods) -> None:
        moods.answers = {"MAIL": ["250 OK", "503 not now"]}
        first, second = post("p1@example.org"), post("p2@example.org")
        drain(Channel.EMAIL, hands=0)
        assert state(first)[0] == MessageState.SENT
        assert state(second)[0] == (MessageState.SENT if moods.pipelining else MessageState.PENDING)


@pytest.mark.parametrize(
    "subject",
    ["Alerte", f"Passerelle ({CODE})", f"Épreuve {CODE} à lire", f"{'mot ' * 14}{CODE} et encore des mots", f"{CODE}"],
)
def test_words_encoded_once_for_many_are_the_same_letter(subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    message, code = Message(language="fr"), "40871"
    texts = [f"Répondez {CODE} : où êtes-vous ?\n.\n{CODE}\n", "Sans numéro", f"QZ{CODE}QZXJW {CODE}{CODE}="]
    texts += [f"{'a' * length}{CODE} é\n" for length in range(60, 80)]
    for text in texts:
        many = Envelope.of_many("a@example.org", subject=subject, text=text, code=code, headers=HEADERS)
        alone = Envelope("a@example.org", text.replace(CODE, code), subject.replace(CODE, code), headers=HEADERS)
        assert (many.subject, many.text) == (alone.subject, alone.text)
        assert letter(message, many, many.address) == letter(message, alone, alone.address)


@pytest.mark.parametrize("code", ["", "é1234", "12=34", "a\r\nb"])
def test_a_code_that_is_no_number_is_encoded_with_its_words(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    message = Message()
    many = Envelope.of_many("a@example.org", subject=f"S {CODE}", text=f"T {CODE}", code=code, headers={})
    alone = Envelope("a@example.org", f"T {code}", f"S {code}")
    assert letter(message, many, many.address) == letter(message, alone, alone.address)
