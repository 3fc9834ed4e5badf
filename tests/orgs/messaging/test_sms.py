"""SMS: how long they are, how each gateway is spoken to, and what its answers mean, against a real HTTP server."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from orgs.messaging import outbox, reasons
from orgs.messaging.drain import drain
from orgs.messaging.gateways.configured import gateway_at
from orgs.messaging.sms_text import fits_one, segments
from orgs.models import Channel, Message, MessageState


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("Ç" * 160, 1),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("’" + "a" * 69, 1),
        ("’" + "a" * 70, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 100, 2),
        ("🕊" * 35, 1),
        ("🕊" * 36, 2),
        ("🕊" * 67, 3),
        ("ŋ" * 70, 1),
    ],
)
def test_parts_of_an_sms(text: str, parts: int) -> None:
    assert segments(text) == parts
    assert fits_one(text) is (parts <= 1)


@dataclass
class Gateway:
    """A recording HTTP server; ``answers`` are given in turn, then ``usual``."""

    port: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    usual: tuple[int, Any] = (202, {"id": "gw-1"})


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    state = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.calls.append({"path": self.path, "headers": dict(self.headers), "body": body, "verb": self.command})
            status, answer = state.answers.pop(0) if state.answers else state.usual
            sent = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def send(text: str = "Bonjour", address: str = "+22370000001") -> Message:
    message = outbox.post(purpose="single", channel=Channel.SMS, address=address, text=text)
    drain(Channel.SMS, hands=0)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_generic_speaks_json_with_key_and_password(gateway: Gateway, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = f"generic+http://user:pass@127.0.0.1:{gateway.port}/send?sender=36000&zone=ml"
    message = send("Ça va ?")
    [call] = gateway.calls
    assert json.loads(call["body"]) == {
        "to": "+22370000001",
        "text": "Ça va ?",
        "from": "36000",
        "id": str(message.key),
        "receipt_url": gateway_at(settings.SMS_GATEWAY_URL).receipt_url,
    }
    assert call["path"] == "/send?zone=ml"
    assert call["headers"]["Idempotency-Key"] == str(message.key)
    assert call["headers"]["Authorization"].startswith("Basic ")
    assert (message.state, message.gateway_id) == (MessageState.SENT, "generic:gw-1")


@pytest.mark.django_db
def test_generic_takes_other_names_and_ways(gateway: Gateway, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = json.dumps(
        {
            "url": f"generic+http://:token@127.0.0.1:{gateway.port}/x",
            "to_field": "dest",
            "text_field": "msg",
            "id_field": "",
            "receipt_field": "",
            "encoding": "form",
            "auth": "X-Api-Key",
            "id_path": "data.0.ref",
        }
    )
    gateway.usual = (200, {"data": [{"ref": 77}]})
    message = send()
    [call] = gateway.calls
    assert parse_qs(call["body"].decode()) == {"dest": ["+22370000001"], "msg": ["Bonjour"]}
    assert call["headers"]["X-Api-Key"] == "token"
    assert message.gateway_id == "generic:77"


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "coding"), [("Bonjour à Koro", "0"), ("Ça va ? ŋ", "2")])
def test_kannel_is_asked_by_get_with_the_alphabet(gateway: Gateway, settings: Any, text: str, coding: str) -> None:
    settings.SMS_GATEWAY_URL = f"kannel+http://me:secret@127.0.0.1:{gateway.port}?sender=36000"
    gateway.usual = (202, "0: Accepted for delivery")
    message = send(text)
    [call] = gateway.calls
    assert (call["verb"], urlsplit(call["path"]).path) == ("GET", "/cgi-bin/sendsms")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(call["path"]).query).items()}
    assert (asked["username"], asked["password"], asked["to"], asked["from"]) == (
        "me",
        "secret",
        "+22370000001",
        "36000",
    )
    assert (asked["text"], asked["charset"], asked["coding"]) == (text, "UTF-8", coding)
    assert f"key={message.key}" in asked["dlr-url"]
    assert asked["dlr-url"].endswith("&status=%d")
    assert message.state == MessageState.SENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("preset", "answer", "gateway_id"),
    [
        (
            "africastalking",
            {"SMSMessageData": {"Recipients": [{"statusCode": 101, "messageId": "ATXid_1"}]}},
            "africastalking:ATXid_1",
        ),
        ("twilio", {"sid": "SM1", "status": "queued"}, "twilio:SM1"),
        ("android", {"id": "a1", "state": "Pending"}, "android:a1"),
    ],
)
def test_other_presets_speak_their_gateways_language(
    gateway: Gateway, settings: Any, preset: str, answer: Any, gateway_id: str
) -> None:
    settings.SMS_GATEWAY_URL = f"{preset}+http://account:token@127.0.0.1:{gateway.port}?sender=PAIX"
    gateway.usual = (201, answer)
    message = send()
    [call] = gateway.calls
    assert message.gateway_id == gateway_id
    if preset == "africastalking":
        assert call["headers"]["apiKey"] == "token"
        assert parse_qs(call["body"].decode())["message"] == ["Bonjour"]
    if preset == "twilio":
        assert call["path"] == "/2010-04-01/Accounts/account/Messages.json"
        assert parse_qs(call["body"].decode())["To"] == ["+22370000001"]
    if preset == "android":
        body = json.loads(call["body"])
        assert (body["textMessage"], body["phoneNumbers"]) == ({"text": "Bonjour"}, ["+22370000001"])


WAITS, FAILS = MessageState.PENDING, MessageState.FAILED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, (FAILS, reasons.REFUSED, 1, False)),
        (422, (FAILS, reasons.REFUSED, 1, False)),
        (429, (WAITS, reasons.BUSY, 1, False)),
        (500, (WAITS, reasons.BUSY, 1, False)),
        (503, (WAITS, reasons.BUSY, 1, False)),
        (504, (WAITS, reasons.NO_ANSWER, 1, True)),
        (401, (WAITS, reasons.REFUSED, 0, False)),
        (404, (WAITS, reasons.REFUSED, 0, False)),
        (402, (WAITS, reasons.NO_CREDIT, 0, False)),
        (302, (WAITS, reasons.BUSY, 1, False)),
    ],
)
def test_what_an_http_status_means(
    gateway: Gateway, settings: Any, status: int, expected: tuple[str, str, int, bool]
) -> None:
    settings.SMS_GATEWAY_URL = f"generic+http://127.0.0.1:{gateway.port}/send"
    gateway.usual = (status, {})
    message = send()
    assert (message.state, message.reason, message.attempts, message.maybe_double) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("preset", "answer", "expected"),
    [
        (
            "africastalking",
            (201, {"SMSMessageData": {"Recipients": [{"statusCode": 403}]}}),
            (FAILS, reasons.UNKNOWN_ADDRESS),
        ),
        ("africastalking", (201, {"SMSMessageData": {"Recipients": [{"statusCode": 406}]}}), (FAILS, reasons.BLOCKED)),
        (
            "africastalking",
            (201, {"SMSMessageData": {"Recipients": [{"statusCode": 405}]}}),
            (WAITS, reasons.NO_CREDIT),
        ),
        ("africastalking", (201, {"SMSMessageData": {"Recipients": []}}), (WAITS, reasons.BUSY)),
        ("africastalking", (201, "not json"), (WAITS, reasons.BUSY)),
        ("twilio", (400, {"code": 21610}), (FAILS, reasons.BLOCKED)),
        ("twilio", (400, {"code": 21211}), (FAILS, reasons.UNKNOWN_ADDRESS)),
    ],
)
def test_what_a_gateways_own_code_means(
    gateway: Gateway, settings: Any, preset: str, answer: tuple[int, Any], expected: tuple[str, str]
) -> None:
    settings.SMS_GATEWAY_URL = f"{preset}+http://account:token@127.0.0.1:{gateway.port}"
    gateway.usual = answer
    message = send()
    assert (message.state, message.reason) == expected


@pytest.mark.django_db
def test_one_wrong_number_stops_nobody(gateway: Gateway, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = f"generic+http://127.0.0.1:{gateway.port}/send"
    gateway.answers = [(400, {}), (200, {"id": "2"}), (400, {}), (200, {"id": "4"})]
    for number in range(4):
        outbox.post(purpose="single", channel=Channel.SMS, address=f"+2237000000{number}", text="T")
    drain(Channel.SMS, hands=0)
    assert list(Message.objects.order_by("id").values_list("state", flat=True)) == ["failed", "sent", "failed", "sent"]


@pytest.mark.django_db
def test_a_gateway_in_trouble_is_left_alone_after_two(gateway: Gateway, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = f"generic+http://127.0.0.1:{gateway.port}/send"
    gateway.usual = (500, {})
    for number in range(30):
        outbox.post(purpose="single", channel=Channel.SMS, address=f"+22370000{number:03}", text="T")
    drain(Channel.SMS, hands=0)
    assert len(gateway.calls) == 2
    assert Message.objects.filter(state="pending").count() == 30
    assert Message.objects.filter(attempts=1).count() == 2
    assert Message.objects.filter(next_attempt_at__gt=timezone.now()).count() == 10


@pytest.mark.django_db
def test_a_demonstration_writes_to_a_file_and_nothing_else_does(settings: Any, tmp_path: Path) -> None:
    settings.SMS_GATEWAY_URL, settings.VAR_DIR, settings.DEMO = "", tmp_path, True
    message = send("Bonjour à tous")
    file = tmp_path / "sms" / "outbox.jsonl"
    [line] = [json.loads(line) for line in file.read_text().splitlines()]
    assert (line["text"], line["key"], message.state) == ("Bonjour à tous", str(message.key), MessageState.SENT)
    assert file.stat().st_mode & 0o077 == 0
    settings.DEMO = False
    message = send()
    assert (message.state, message.reason) == (MessageState.SKIPPED, reasons.NOT_SET_UP)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://127.0.0.1/", "must begin with"),
        ("pigeon+http://127.0.0.1/", "must begin with"),
        ("generic+ftp://127.0.0.1/", "must begin with"),
        ("generic+http:///send", "names no host"),
        ("{", "not valid JSON"),
        ('{"url": "generic+http://a/", "colour": "red"}', "unknown options: colour"),
        ("generic+http://127.0.0.1/?encoding=morse", "encoding"),
    ],
)
def test_a_wrong_address_of_a_gateway_says_what_is_wrong(address: str, complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint):
        gateway_at(address)
