"""What gateways tell us: receipts that come late, twice, early or wrong, and SMS that come in."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orgs.messaging import inbound, ledger, outbox, outcomes, reading, reasons, receipts, sweep
from orgs.messaging.gateways.configured import gateway_at
from orgs.messaging.inbound import IncomingSms
from orgs.models import Channel, EarlyReceipt, Message, MessageState, ReceivedSms

pytestmark = pytest.mark.django_db
SECRET = "shared secret"
SENDER = "+22370112233"


@pytest.fixture(autouse=True)
def _generic(settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "generic+http://user:pass@127.0.0.1:1/send?secret=shared%20secret"


@pytest.fixture
def heard() -> Iterator[list[IncomingSms]]:
    """What a handler was given; it answers texts that begin with a code."""
    seen: list[IncomingSms] = []

    def answer_codes(sms: IncomingSms) -> str | None:
        seen.append(sms)
        if sms.text == "break":
            raise RuntimeError("secret words")
        return "Merci" if sms.text[:5].isdigit() else None

    before = inbound.handlers._functions
    inbound.handlers._functions = [answer_codes]
    yield seen
    inbound.handlers._functions = before


def sent(gateway_id: str = "generic:g1") -> Message:
    message = outbox.post(purpose="single", channel=Channel.SMS, address=SENDER, text="T")
    ledger.book(ledger.claim(Channel.SMS), {message.pk: outcomes.sent(gateway_id)})
    return message


def call(client: Client, kind: str, gateway: str = "generic", **data: Any) -> int:
    response = client.post(f"/gateways/sms/{gateway}/{kind}", {"secret": SECRET, **data})
    reading.read_due()
    return response.status_code


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize("by", ["gateway id", "key"])
def test_a_receipt_makes_a_message_delivered(client: Client, by: str) -> None:
    message = sent()
    assert call(client, "receipt", id="g1" if by == "gateway id" else str(message.key), status="delivered") == 200
    assert state(message) == MessageState.DELIVERED


def test_a_final_state_stays_whatever_comes_later(client: Client) -> None:
    message = sent()
    for word in ("buffered", "delivered", "failed", "delivered", "sent"):
        assert call(client, "receipt", id="g1", status=word) == 200
    assert state(message) == MessageState.DELIVERED
    other = sent("generic:g2")
    call(client, "receipt", id="g2", status="failed")
    call(client, "receipt", id="g2", status="delivered")
    assert state(other) == MessageState.FAILED
    assert other.reason == reasons.NOT_DELIVERED


def test_a_receipt_that_is_quicker_than_our_books_is_kept(client: Client) -> None:
    message = outbox.post(purpose="single", channel=Channel.SMS, address=SENDER, text="T")
    group = ledger.claim(Channel.SMS)
    call(client, "receipt", id="g9", status="delivered")
    call(client, "receipt", id="g9", status="failed")
    assert state(message) == MessageState.SENDING
    ledger.book(group, {message.pk: outcomes.sent("generic:g9")})
    sweep.sweep()
    assert state(message) == MessageState.DELIVERED
    assert not EarlyReceipt.objects.exists()


def test_a_receipt_by_our_key_stops_a_second_send(client: Client) -> None:
    message = outbox.post(purpose="single", channel=Channel.SMS, address=SENDER, text="T")
    group = ledger.claim(Channel.SMS)
    ledger.book(group, {message.pk: outcomes.uncertain()})
    call(client, "receipt", id=str(message.key), status="failed")
    assert state(message) == MessageState.PENDING
    call(client, "receipt", id=str(message.key), status="delivered")
    assert state(message) == MessageState.DELIVERED
    ledger.book(group, {message.pk: outcomes.sent("generic:late")})
    assert state(message) == MessageState.DELIVERED


def test_receipts_nobody_waits_for_are_forgotten(client: Client) -> None:
    call(client, "receipt", id="unknown", status="delivered")
    EarlyReceipt.objects.update(received_at=timezone.now() - timedelta(days=receipts.KEPT_DAYS, hours=1))
    sweep.sweep()
    assert not EarlyReceipt.objects.exists()


@pytest.mark.parametrize("kind", ["receipt", "incoming"])
@pytest.mark.parametrize(
    ("gateway", "secret", "status"),
    [("generic", "", 403), ("generic", "wrong", 403), ("kannel", SECRET, 404), ("nothing", SECRET, 404)],
)
def test_only_the_configured_gateway_with_its_secret_is_heard(
    client: Client, kind: str, gateway: str, secret: str, status: int
) -> None:
    assert call(client, kind, gateway, id="1", status="delivered", **{"from": SENDER, "secret": secret}) == status
    assert not ReceivedSms.objects.exists()


def test_without_a_gateway_nothing_listens(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = ""
    assert call(client, "receipt", id="1", status="delivered") == 404


@pytest.mark.parametrize("way", ["header", "bearer", "query"])
def test_the_secret_may_come_in_other_ways(client: Client, way: str) -> None:
    message = sent()
    headers = {"header": {"X-Gateway-Secret": SECRET}, "bearer": {"Authorization": f"Bearer {SECRET}"}}.get(way, {})
    query = "?secret=shared%20secret" if way == "query" else ""
    response = client.post(f"/gateways/sms/generic/receipt{query}", {"id": "g1", "status": "DELIVRD"}, headers=headers)
    assert response.status_code == 200
    assert response.content == b""
    assert state(message) == MessageState.DELIVERED


@pytest.mark.parametrize(
    ("age", "body_changed", "status"), [(0, False, 200), (299, False, 200), (301, False, 403), (0, True, 403)]
)
def test_a_signature_must_be_right_and_fresh(client: Client, age: int, body_changed: bool, status: int) -> None:
    message = sent()
    body = json.dumps({"id": "g1", "status": "delivered"})
    moment = str(int(time.time()) - age)
    signature = hmac.new(SECRET.encode(), (body + moment).encode(), hashlib.sha256).hexdigest()
    response = client.post(
        "/gateways/sms/generic/receipt",
        body + (" " if body_changed else ""),
        content_type="application/json",
        headers={"X-Timestamp": moment, "X-Signature": signature},
    )
    assert response.status_code == status
    assert state(message) == (MessageState.DELIVERED if status == 200 else MessageState.SENT)


def test_twilio_signs_its_calls(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "twilio+http://account:token@127.0.0.1:1"
    message = sent("twilio:SM1")
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": SENDER}
    words = f"{settings.SITE_URL}/gateways/sms/twilio/receipt" + "".join(f"{k}{fields[k]}" for k in sorted(fields))
    signature = base64.b64encode(hmac.new(b"token", words.encode(), hashlib.sha1).digest()).decode()
    assert client.post("/gateways/sms/twilio/receipt", fields).status_code == 403
    response = client.post("/gateways/sms/twilio/receipt", fields, headers={"X-Twilio-Signature": signature})
    assert (response.status_code, response.content) == (200, b"<Response/>")
    assert state(message) == MessageState.DELIVERED


def test_android_reports_in_json(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "android+http://u:p@127.0.0.1:1?secret=s"
    message = outbox.post(purpose="single", channel=Channel.SMS, address=SENDER, text="T")
    ledger.book(ledger.claim(Channel.SMS), {message.pk: outcomes.sent(f"android:{message.key}")})
    body = {"event": "sms:delivered", "payload": {"messageId": str(message.key), "phoneNumber": SENDER}}
    response = client.post("/gateways/sms/android/receipt?secret=s", body, content_type="application/json")
    assert response.status_code == 200
    assert state(message) == MessageState.DELIVERED


def test_kannel_reports_in_the_query(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "kannel+http://u:p@127.0.0.1:1?secret=s"
    message = sent("")
    assert client.get(f"/gateways/sms/kannel/receipt?secret=s&key={message.key}&status=8").status_code == 200
    assert state(message) == MessageState.SENT
    assert client.get(f"/gateways/sms/kannel/receipt?secret=s&key={message.key}&status=1").status_code == 200
    assert state(message) == MessageState.DELIVERED


RUBBISH: list[tuple[Any, str]] = [
    (b"", "application/json"),
    (b"{", "application/json"),
    (b"[1]", "application/json"),
    (b'{"id": {"a": 1}, "status": ["x"]}', "application/json"),
    (b'{"id": null}', "application/json"),
    (b"\xff\xfe\x00", "application/json"),
    (b"\x00" * 50, "application/x-www-form-urlencoded"),
    (b"id=%00%ff&status=%00&from=%00&text=%00", "application/x-www-form-urlencoded"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"a", "text/plain"),
    (b"{}" * 40_000, "application/json"),
    (b"[" * 20_000, "application/json"),
]


@pytest.mark.parametrize("kind", ["receipt", "incoming"])
@pytest.mark.parametrize(("body", "content_type"), RUBBISH)
def test_rubbish_is_refused_without_an_error(client: Client, kind: str, body: bytes, content_type: str) -> None:
    client.raise_request_exception = False
    response = client.post(f"/gateways/sms/generic/{kind}?secret=shared%20secret", body, content_type=content_type)
    assert response.status_code in (200, 400, 413)


def test_an_sms_is_kept_sealed_read_and_answered(client: Client, heard: list[IncomingSms]) -> None:
    assert call(client, "incoming", id="m1", text="12345 OK", **{"from": "70 11 22 33"}) == 200
    row = ReceivedSms.objects.get()
    assert b"12345" not in bytes(row.sealed)
    assert (row.handled_by, row.gateway, row.external_id) == ("answer_codes", "generic", "m1")
    assert (heard[0].sender, heard[0].text, heard[0].external_id) == (SENDER, "12345 OK", "m1")
    reply = Message.objects.get(purpose=outbox.SMS_REPLY)
    assert reply.channel == Channel.SMS


def test_the_same_sms_twice_counts_once(client: Client, heard: list[IncomingSms]) -> None:
    for _ in range(3):
        assert call(client, "incoming", id="m1", text="12345 OK", **{"from": SENDER}) == 200
    assert call(client, "incoming", text="12345 OK", **{"from": SENDER}) == 200
    assert call(client, "incoming", text="12345 OK", **{"from": SENDER}) == 200
    assert len(heard) == 2 == ReceivedSms.objects.count()


def test_what_nobody_understands_gets_one_standing_answer_an_hour(client: Client, heard: list[IncomingSms]) -> None:
    for number in range(4):
        call(client, "incoming", id=f"m{number}", text="Bonjour", **{"from": SENDER})
    assert Message.objects.filter(purpose=outbox.SMS_REPLY).count() == 1
    assert "Bonjour" not in reading.standing_answer()


def test_a_number_is_not_answered_without_end(client: Client, heard: list[IncomingSms]) -> None:
    for number in range(reading.ANSWERS_AN_HOUR + 5):
        call(client, "incoming", id=f"m{number}", text="12345 OK", **{"from": SENDER})
    assert len(heard) == reading.ANSWERS_AN_HOUR + 5
    assert Message.objects.filter(purpose=outbox.SMS_REPLY).count() == reading.ANSWERS_AN_HOUR


@pytest.mark.parametrize("sender", ["ORANGE", "36000", "<script>", "+", "0" * 500])
def test_a_sender_that_is_no_number_is_kept_and_not_answered(
    client: Client, heard: list[IncomingSms], sender: str
) -> None:
    assert call(client, "incoming", id="m1", text="12345 OK", **{"from": sender}) == 200
    assert ReceivedSms.objects.get().handled_by == reading.UNREADABLE
    assert not heard
    assert not Message.objects.exists()


def test_a_handler_that_breaks_leaves_the_sms_for_the_sweep(
    client: Client, heard: list[IncomingSms], caplog: pytest.LogCaptureFixture
) -> None:
    assert call(client, "incoming", id="m1", text="break", **{"from": SENDER}) == 200
    row = ReceivedSms.objects.get()
    assert (row.handled_by, row.attempts) == ("", 1)
    for _ in range(reading.ATTEMPTS + 2):
        ReceivedSms.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        sweep.sweep()
    row.refresh_from_db()
    assert row.attempts == reading.ATTEMPTS
    inbound.handlers._functions = [lambda sms: ""]
    ReceivedSms.objects.update(attempts=0)
    sweep.sweep()
    row.refresh_from_db()
    assert row.handled_by
    assert not Message.objects.exists()


def test_the_secret_follows_from_the_installation_when_none_is_given() -> None:
    first = gateway_at("generic+http://127.0.0.1:1/send")
    assert len(first.secret) == 32
    assert first.secret in first.receipt_url
    assert gateway_at("kannel+http://127.0.0.1:1").secret != first.secret


def test_health_says_how_it_is(client: Client) -> None:
    assert client.get("/health/live").content == b"ok\n"
    outbox.post(purpose="single", channel=Channel.SMS, address=SENDER, text="T")
    Message.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=90))
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["database"] is True
    assert 89 < answer.json()["oldest_message_waits_seconds"] < 120


def test_metrics_are_for_this_machine_or_a_token(client: Client, settings: Any) -> None:
    sent()
    text = client.get("/metrics").content.decode()
    assert 'passerelle_messages{channel="sms",state="sent"} 1' in text
    assert SENDER not in text
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 404
    settings.METRICS_TOKEN = "measure"
    far: dict[str, Any] = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/metrics", headers={"Authorization": "Bearer measure"}, **far).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, **far).status_code == 404
