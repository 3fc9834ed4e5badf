"""Letters: light HTML of the same words, threads, List-Unsubscribe, and headers that can be signed."""

from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest

from orgs.messaging.channels.letters import letter
from orgs.messaging.channels.light_html import light_html
from orgs.messaging.purposes import CODE, Envelope
from orgs.models import Message

EVIL = 'Bonjour <script>alert(1)</script> & "vous"\n\nhttps://example.org/a?b=1&c=<x> fin\nligne deux'


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_letter_is_plain_text_and_html_of_the_same_words() -> None:
    mail = message_from_bytes(
        letter(Message(language="fr"), Envelope("a@example.org", "Un\n\nDeux à Koro", "S"), "a@example.org"),
        policy=policy.default,
    )
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.split() == ["Un", "Deux", "à", "Koro"]
    assert "<p>Un</p>" in html
    assert "<p>Deux à Koro</p>" in html


def test_nothing_in_it_runs_loads_or_tells_that_it_was_opened() -> None:
    parser = Tags()
    parser.feed(light_html("S", EVIL, "fr"))
    names = {tag for tag, _ in parser.tags}
    assert names <= {"html", "head", "meta", "title", "body", "p", "br", "a"}
    assert all(not name.startswith("on") and name != "src" for _, attributes in parser.tags for name in attributes)
    assert [attributes["href"] for tag, attributes in parser.tags if tag == "a"] == ["https://example.org/a?b=1&c="]


@pytest.mark.parametrize(
    "text", [f"Code {CODE}", f"{CODE} et {CODE}\n\nhttps://example.org/\n{CODE}", "mot " * 60 + CODE]
)
def test_each_persons_code_stands_in_both_parts(text: str) -> None:
    words = Envelope.of_many("a@example.org", subject=f"S {CODE}", text=text, code="48213", headers={})
    mail = message_from_bytes(letter(Message(language="fr"), words, "a@example.org"), policy=policy.default)
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.count("48213") == html.count("48213") - html[: html.index("<body")].count("48213") == text.count(CODE)
    assert CODE not in plain + html


def test_a_digest_can_be_left_by_one_press() -> None:
    headers = {"List-Unsubscribe": "<https://p.org/u/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = message_from_bytes(letter(Message(), Envelope("a@e.org", "T", "S", headers=headers), "a@e.org"))
    assert mail["List-Unsubscribe"] == "<https://p.org/u/1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_a_signature_covers_is_there_once_and_needs_no_rewriting() -> None:
    raw = letter(Message(language="fr"), Envelope("a@example.org", "é" * 3000, "Sujet é"), "a@example.org")
    mail = message_from_bytes(raw)
    for name in ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version", "Auto-Submitted"):
        assert len(mail.get_all(name, [])) == 1, name
    assert mail["From"].endswith("@localhost>")
    assert mail["Message-ID"].endswith("@localhost>")
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
