"""Webhooks against a local program: signed, with one number on every try, never into our own network."""

import base64
import hashlib
import hmac
import logging
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from orgs.messaging import outbox, outside, reasons
from orgs.messaging.channels import webhook
from orgs.messaging.drain import drain
from orgs.models import Address, AddressEnd, Channel, Message, MessageState, User, WayOut
from orgs.policy import Viewer
from orgs.services import channels
from tests.orgs.channels.server import Call, Other

pytestmark = pytest.mark.django_db


def added(viewer: Viewer, other: Other, path: str = "/in?token=HIDDEN") -> str:
    return channels.add_program(viewer=viewer, url=f"{other.url}{path}", label="Radio")[1]


def posted(person: User, **words: Any) -> Message:
    return outbox.post(
        purpose="single", channel=Channel.WEBHOOK, recipient=person, **{"subject": "Titre", "text": "Mots", **words}
    )


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def is_signed(call: Call, secret: str) -> bool:
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{made}" in call.headers["webhook-signature"].split(" ")


def test_a_program_is_called_with_words_and_a_signature(awa: User, awa_view: Viewer, other: Other) -> None:
    secret = added(awa_view, other)
    message = posted(awa)
    drain(Channel.WEBHOOK, hands=0)
    assert state(message) == (MessageState.SENT, "")
    [call] = other.calls
    assert call.path == "/in?token=HIDDEN"
    assert call.headers["webhook-id"] == call.headers["idempotency-key"] == str(message.key)
    assert is_signed(call, secret)
    assert not is_signed(call, "whsec_" + base64.b64encode(b"x" * 32).decode())
    assert call.data["data"] == {"title": "Titre", "text": "Mots", "code": "", "url": ""}


def test_a_retry_has_the_same_number(awa: User, awa_view: Viewer, other: Other, settings: Any) -> None:
    settings.MESSAGE_PAUSES = [0, 0, 0]
    other.answers = [500, 0, 200]
    added(awa_view, other)
    message = posted(awa)
    for _ in range(3):
        drain(Channel.WEBHOOK, hands=0)
    assert state(message)[0] == MessageState.SENT
    assert message.maybe_double, "the one without an answer may have been taken"
    assert len({call.headers["webhook-id"] for call in other.calls}) == 1
    assert len(other.calls) == 3


ANSWERS = [
    (200, MessageState.SENT, ""),
    (204, MessageState.SENT, ""),
    (302, MessageState.PENDING, reasons.REFUSED),
    (400, MessageState.FAILED, reasons.CONTENT_REFUSED),
    (401, MessageState.PENDING, reasons.REFUSED),
    (404, MessageState.PENDING, reasons.REFUSED),
    (410, MessageState.FAILED, reasons.UNKNOWN_ADDRESS),
    (422, MessageState.FAILED, reasons.CONTENT_REFUSED),
    (429, MessageState.PENDING, reasons.BUSY),
    (500, MessageState.PENDING, reasons.BUSY),
    (502, MessageState.PENDING, reasons.NO_ANSWER),
]


@pytest.mark.parametrize(("status", "becomes", "why"), ANSWERS)
def test_what_an_answer_means(  # noqa: PLR0917
    awa: User, awa_view: Viewer, other: Other, status: int, becomes: str, why: str
) -> None:
    other.answers = [status]
    added(awa_view, other)
    message = posted(awa)
    drain(Channel.WEBHOOK, hands=0)
    assert state(message) == (becomes, why)
    assert len(other.calls) == 1, "redirections are not followed"
    assert Address.objects.get().end == (AddressEnd.GONE if status == 410 else "")


def test_trouble_of_one_program_is_nobody_elses(awa: User, awa_view: Viewer, other: Other) -> None:
    other.usual = 500
    added(awa_view, other)
    messages = [posted(awa) for _ in range(4)]
    drain(Channel.WEBHOOK, hands=0)
    assert len(other.calls) == 4, "the pass goes on"
    assert {state(message)[0] for message in messages} == {MessageState.PENDING}
    assert WayOut.objects.get(channel=Channel.WEBHOOK).troubles == 0


def test_a_program_that_fails_again_and_again_rests(awa: User, awa_view: Viewer, other: Other, settings: Any) -> None:
    settings.MESSAGE_PAUSES = [0] * 20
    other.usual = 500
    added(awa_view, other)
    message = posted(awa)
    for _ in range(8):
        drain(Channel.WEBHOOK, hands=0)
    assert len(other.calls) == 5
    assert state(message) == (MessageState.PENDING, reasons.RESTING)
    assert message.next_attempt_at > timezone.now() + timedelta(minutes=2)
    Address.objects.update(rests_until=timezone.now())
    Message.objects.update(next_attempt_at=timezone.now())
    other.usual = 200
    drain(Channel.WEBHOOK, hands=0)
    assert state(message)[0] == MessageState.SENT
    row = Address.objects.get()
    assert (row.failures, row.rests_until) == (0, None)
    assert row.proved_at is not None


def test_a_new_secret_counts_at_once_and_the_old_one_for_a_day(awa: User, awa_view: Viewer, other: Other) -> None:
    old = added(awa_view, other)
    new = channels.renew_secret(viewer=awa_view, address=Address.objects.get())
    posted(awa)
    drain(Channel.WEBHOOK, hands=0)
    assert new != old
    assert is_signed(other.calls[0], new)
    assert is_signed(other.calls[0], old)
    Address.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
    posted(awa)
    drain(Channel.WEBHOOK, hands=0)
    assert is_signed(other.calls[1], new)
    assert not is_signed(other.calls[1], old)


INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "192.0.0.1",
    "198.18.0.1",
    "203.0.113.5",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:1::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("number", INSIDE)
def test_no_address_inside_is_ever_called(number: str) -> None:
    assert not outside.is_outside(number)
    host = f"[{number}]" if ":" in number else number
    with pytest.raises(outside.NotOutside):
        outside.check_form(f"https://{host}/")


@pytest.mark.parametrize("number", ["1.1.1.1", "41.73.96.1", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_called(number: str) -> None:
    assert outside.is_outside(number)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://user:pw@example.org/",
        "https://localhost/",
        "https://intranet/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https://exa mple.org/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org:99999/",
        "https:///x",
        "//example.org",
        "",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_an_address_that_may_not_be_written_down_is_refused(awa_view: Viewer, url: str) -> None:
    with pytest.raises(ValidationError):
        channels.add_program(viewer=awa_view, url=url, label="x")


def test_a_name_that_leads_inside_is_refused_when_it_is_called(
    awa: User, awa_view: Viewer, other: Other, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name looked fine when it was written down and points into our network when it is called."""
    added(awa_view, other)
    message = posted(awa)
    settings.CHANNELS_PRIVATE_NETWORK = False
    from orgs import crypto

    secret = crypto.unseal(Address.objects.get().sealed)["secret"]
    Address.objects.update(sealed=crypto.seal({"url": "https://looks-fine.example.org/", "secret": secret}))
    found = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    drain(Channel.WEBHOOK, hands=0)
    assert state(message) == (MessageState.FAILED, reasons.NOT_OUTSIDE)
    assert not other.calls


def test_the_call_goes_to_the_address_that_was_checked(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    target = outside.Target(f"http://name.example.org:{other.port}/x", "name.example.org", other.port, "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", _no_names(socket.getaddrinfo))
    assert webhook.status_of(target, b"{}", {}) == 201
    assert other.calls[0].headers["host"] == f"name.example.org:{other.port}"


def _no_names(real: Any) -> Any:
    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        assert host in ("127.0.0.1", b"127.0.0.1"), "a second look at the name"
        return real(host, *args, **kwargs)

    return look_up


def test_a_program_that_answers_slowly_does_not_hold_a_worker(
    awa: User, awa_view: Viewer, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS_TO_ANSWER", 0.3)
    other.waits = 1.0
    added(awa_view, other)
    message = posted(awa)
    drain(Channel.WEBHOOK, hands=0)
    assert state(message) == (MessageState.PENDING, reasons.NO_ANSWER)
    assert message.maybe_double


def test_neither_secret_nor_address_is_stored_or_logged_in_the_clear(
    awa: User, awa_view: Viewer, other: Other, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        secret = added(awa_view, other)
        other.answers = [500]
        posted(awa)
        drain(Channel.WEBHOOK, hands=0)
    sealed = bytes(Address.objects.get().sealed)
    assert b"HIDDEN" not in sealed
    assert secret.encode() not in sealed
    shown = " ".join(line.getMessage() for line in caplog.records if line.name != "httpx")
    assert "HIDDEN" not in shown
    assert secret not in shown


def test_one_program_a_person(awa_view: Viewer, other: Other) -> None:
    added(awa_view, other)
    with pytest.raises(ValidationError):
        added(awa_view, other, "/another")
