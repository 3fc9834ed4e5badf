"""The webhook: every gateway's own names, long messages in parts, floods, trouble, and rubbish."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from incidents.models import Addition, Report
from orgs import prepared
from orgs.crypto import unseal
from orgs.messaging import joining, reading, receiving
from orgs.messaging.gateways.parts import Part, part_of
from orgs.messaging.gateways.times import moment
from orgs.models import Message, ReceivedSms
from tests.incidents.sms.conftest import Phone

pytestmark = pytest.mark.django_db
SENDER = "+22370112233"


def kept() -> dict[str, Any]:
    """What was kept of the only SMS."""
    return unseal(ReceivedSms.objects.get().sealed)


# --- Names -------------------------------------------------------------------------------------------------------


def test_africas_talking(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "africastalking+https://user:key@127.0.0.1:1?secret=s"
    sent = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    fields = {
        "id": "28a92cdf", "linkId": "SampleLinkId", "from": SENDER, "to": "36000", "text": "INC KORO TIR",
        "date": sent.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip
    assert client.post("/gateways/sms/africastalking/incoming?secret=s", fields).status_code == 200
    assert ReceivedSms.objects.get().external_id == "28a92cdf"
    assert kept() == {"sender": SENDER, "text": "INC KORO TIR", "sent_at": sent.isoformat()}


def test_twilio_with_its_signature_and_its_answer(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "twilio+https://account:token@127.0.0.1:1"
    fields = {"MessageSid": "SM1", "AccountSid": "AC1", "From": SENDER, "To": "+1", "Body": "INC KORO", "NumMedia": "0"}
    path = "/gateways/sms/twilio/incoming?door=1"
    words = settings.SITE_URL + path + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    signature = base64.b64encode(hmac.new(b"token", words.encode(), hashlib.sha1).digest()).decode()
    assert client.post(path, fields).status_code == 403
    assert client.post(path, {**fields, "Body": "x"}, headers={"X-Twilio-Signature": signature}).status_code == 403
    answer = client.post(path, fields, headers={"X-Twilio-Signature": signature})
    assert (answer.status_code, answer.content) == (200, b"<Response/>")
    assert answer["Content-Type"].startswith("text/xml")
    assert kept()["text"] == "INC KORO"


def test_an_android_phone_with_its_signature(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "android+http://u:p@127.0.0.1:1?secret=shh"
    received = timezone.now().isoformat()
    payload = {"messageId": "m1", "message": "INC KORO", "sender": SENDER, "simNumber": 1, "receivedAt": received}
    body = json.dumps({"deviceId": "d", "event": "sms:received", "id": "e1", "payload": payload, "webhookId": "w"})
    stamp = str(int(time.time()))
    signature = hmac.new(b"shh", (body + stamp).encode(), hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": stamp, "X-Signature": signature}
    address = "/gateways/sms/android/incoming"
    assert client.post(address, body + " ", content_type="application/json", headers=headers).status_code == 403
    assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert kept() == {"sender": SENDER, "text": "INC KORO", "sent_at": received}


def test_an_android_phone_that_tells_of_something_else_brings_no_sms(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "android+http://u:p@127.0.0.1:1?secret=shh"
    body = {"event": "sms:sent", "id": "e1", "payload": {"messageId": "m1", "phoneNumber": SENDER}}
    answer = client.post("/gateways/sms/android/incoming?secret=shh", body, content_type="application/json")
    assert answer.status_code == 200
    assert not ReceivedSms.objects.exists()


def test_kannel_with_utf_16_and_a_header(client: Client, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "kannel+http://u:p@127.0.0.1:1?secret=s"
    text = "".join(f"%{octet:02X}" for octet in "mɔgɔ".encode("utf-16-be"))
    query = f"secret=s&id=1&from=%2B22370112233&ts={int(time.time())}&charset=UTF-16BE&coding=2&text={text}"
    assert client.get(f"/gateways/sms/kannel/incoming?{query}&udh=%05%00%03%E9%02%01").status_code == 200
    words = kept()
    assert (words["text"], words["part"]) == ("mɔgɔ", [1, 2])


def test_the_names_of_a_generic_gateway_are_set_by_its_address(client: Client, settings: Any) -> None:
    names = {
        "incoming_from": "data.msisdn", "incoming_text": "data.body", "incoming_id": "data.ref",
        "incoming_date": "data.at", "incoming_ref": "data.long.id", "incoming_part": "data.long.n",
        "incoming_parts": "data.long.of",
    }  # fmt: skip
    settings.SMS_GATEWAY_URL = f"generic+https://127.0.0.1:1/send?secret=s&{urlencode(names)}"
    body = {
        "data": {
            "msisdn": "70112233",
            "body": "INC",
            "ref": "r1",
            "at": "2020-01-01",
            "long": {"id": 7, "n": 2, "of": 3},
        }
    }
    answer = client.post("/gateways/sms/generic/incoming?secret=s", body, content_type="application/json")
    assert answer.status_code == 200
    # A clock that is years behind is not believed.
    assert kept() == {"sender": SENDER, "text": "INC", "part": [2, 3]}


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("0", None), ("", None), ("soon", None), ("99999999999999", None), ("1e9", None),
        ("2017-05-03T06:04:45Z", None), ("nan", None), ("-5", None), ("٣٣٣٣٣٣٣٣٣", None),
    ],
)  # fmt: skip
def test_times_that_cannot_be(word: str, wanted: datetime | None) -> None:
    assert moment(word) is wanted


def test_times_as_gateways_write_them() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for word in (
        str(int(now.timestamp())),
        f"{int(now.timestamp())}000",
        now.isoformat(),
        now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        now.strftime("%Y-%m-%d %H:%M:%S"),
    ):
        assert moment(word) == now


# --- Long messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1), (3, 2, 1, 2)])
def test_parts_are_joined_in_whatever_order_they_come(phone: Phone, order: tuple[int, ...]) -> None:
    words = {1: "INC KORO TIR 3M 5B des hommes ", 2: "sont venus a moto ", 3: "et sont partis"}
    for number in order:
        phone.says(words[number], ref="77", part=number, parts=3)
    assert Report.objects.get().narrative == "".join(words.values())
    assert not ReceivedSms.objects.filter(handled_by="").exists()


def test_parts_that_wait_are_read_after_a_while_with_what_is_there(phone: Phone) -> None:
    assert phone.says("INC KORO TIR 3M ", ref="77", part=1, parts=3) == ""
    phone.says("et sont partis", ref="77", part=3, parts=3)
    assert not Report.objects.exists()
    late = timezone.now() - joining.WAIT_FOR_PARTS - timedelta(seconds=1)
    ReceivedSms.objects.update(received_at=late, due_at=late)
    reading.read_due()
    assert Report.objects.get().narrative == "INC KORO TIR 3M  [...] et sont partis"
    # The missing part comes after all: it is added to the same report.
    phone.says("ils etaient a moto ", ref="77", part=2, parts=3)
    assert Report.objects.count() == 1
    assert "ils etaient a moto" in Addition.objects.get().text


def test_the_same_reference_of_two_phones_is_two_messages(phone: Phone, other_phone: Phone) -> None:
    phone.sends("INC KORO ", ref="77", part=1, parts=2)
    other_phone.sends("TIR", ref="77", part=2, parts=2)
    reading.read_due()
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("050003E90201", Part("8-233", 1, 2)),
        ("\x05\x00\x03\xe9\x02\x01", Part("8-233", 1, 2)),
        ("06080412340302", Part("16-4660", 2, 3)),
        ("0B0504158200000003CC0201", Part("8-204", 1, 2)),
        ("050003E90003", None), ("050003E90200", None), ("050003E90101", None), ("05", None), ("zz", None),
        ("0500FF", None), ("é€", None),
    ],
)  # fmt: skip
def test_headers_of_parts(header: str, part: Part | None) -> None:
    assert part_of(header=header, reference="", number="", total="") == part


# --- Floods and trouble ------------------------------------------------------------------------------------------


def test_an_sms_costs_the_request_one_statement(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        Phone().sends("INC KORO TIR 3M 5B")
    assert len(queries) == 1


def test_a_number_that_floods_is_slowed_and_the_others_are_not(phone: Phone, other_phone: Phone) -> None:
    burst = receiving.BURST // receiving.STEP
    for number in range(burst + 20):
        assert phone.sends(f"NOUVEAU INC KORO TIR {number}M") == 200
    assert other_phone.sends("INC BANKASS MINE") == 200
    reading.read_due()
    waiting = ReceivedSms.objects.filter(handled_by="")
    assert 0 < waiting.count() <= 20
    assert set(waiting.values_list("sender_key", flat=True)) == {receiving.sender_key(phone.number)}
    assert other_phone.answer()
    assert Message.objects.count() <= reading.ANSWERS_AN_HOUR + 1
    # Nothing is lost: when its turn has come, it is read.
    waiting.update(due_at=timezone.now())
    reading.read_due()
    assert Report.objects.count() == burst + 21


def test_one_message_that_cannot_be_read_holds_up_no_other(
    phone: Phone, other_phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orgs.messaging import inbound

    def breaks(sms: inbound.IncomingSms) -> str | None:
        if sms.sender == phone.number:
            raise RuntimeError
        return None

    monkeypatch.setattr(inbound.handlers, "_functions", [breaks, *inbound.handlers._functions])
    phone.sends("INC KORO TIR")
    other_phone.sends("INC BANKASS MINE")
    reading.read_due()
    assert Report.objects.get().place_text == "BANKASS"
    assert ReceivedSms.objects.get(handled_by="").attempts == 1


def test_a_database_that_cannot_take_it_is_said_with_a_time_to_try_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(prepared, "rows", gone)
    answer = client.post("/gateways/sms/generic/incoming", {"secret": "s", "id": "1", "from": SENDER, "text": "INC"})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.content == b""


# --- Rubbish -----------------------------------------------------------------------------------------------------

_FIELDS = ("from", "text", "id", "date", "ref", "part", "parts", "udh", "charset", "coding", "secret")
_VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["1", "2", "+22370112233", "UTF-16BE", "050003E90201", "INC KORO TIR 3M", "9" * 30]),
)
_QUIET = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@_QUIET
@given(
    fields=st.dictionaries(st.sampled_from(_FIELDS), _VALUES), gateway=st.sampled_from(["generic", "kannel", "android"])
)
def test_no_form_breaks_the_webhook_or_the_reading(settings: Any, fields: dict[str, str], gateway: str) -> None:
    settings.SMS_GATEWAY_URL = f"{gateway}+http://127.0.0.1:1?secret=s"
    client = Client(raise_request_exception=False)
    query = urlencode(
        {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()} | {"secret": "s"}
    )
    for answer in (
        client.get(f"/gateways/sms/{gateway}/incoming?{query}"),
        client.post(f"/gateways/sms/{gateway}/incoming?secret=s", query, "application/x-www-form-urlencoded"),
    ):
        assert answer.status_code in (200, 400)
    reading.read_due()
    assert not ReceivedSms.objects.filter(attempts__gt=0).exists()


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*_FIELDS, "payload", "event"]), inner),
    max_leaves=12,
)


@_QUIET
@given(body=st.one_of(_JSON.map(lambda data: json.dumps(data).encode()), st.binary(max_size=300)))
def test_no_body_breaks_the_webhook(settings: Any, body: bytes) -> None:
    for gateway in ("generic", "android"):
        settings.SMS_GATEWAY_URL = f"{gateway}+http://127.0.0.1:1?secret=s"
        client = Client(raise_request_exception=False)
        address = f"/gateways/sms/{gateway}/incoming?secret=s"
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            assert client.post(address, body, content_type=kind).status_code in (200, 400, 403, 413)
    reading.read_due()
    assert not ReceivedSms.objects.filter(attempts__gt=0).exists()


def test_orange_comes_in_through_a_generic_gateway(client: Client, settings: Any) -> None:
    inbound = "inboundSMSMessageNotification.inboundSMSMessage"
    names = {
        "incoming_from": f"{inbound}.senderAddress", "incoming_text": f"{inbound}.message",
        "incoming_id": f"{inbound}.messageId", "incoming_date": f"{inbound}.dateTime",
    }  # fmt: skip
    settings.SMS_GATEWAY_URL = f"generic+https://127.0.0.1:1/send?secret=s&{urlencode(names)}"
    message = {
        "dateTime": timezone.now().isoformat(), "destinationAddress": "tel:+22336000", "messageId": "o1",
        "message": "INC KORO TIR", "senderAddress": "tel:+22370112233",
    }  # fmt: skip
    body = {"inboundSMSMessageNotification": {"callbackData": "", "inboundSMSMessage": message}}
    answer = client.post("/gateways/sms/generic/incoming?secret=s", body, content_type="application/json")
    assert answer.status_code == 200
    assert kept()["sender"] == SENDER


def test_rapidpro_and_a_forwarding_phone_come_in_by_the_names_that_every_generic_gateway_has(client: Client) -> None:
    stamp = str(int(time.time() * 1000))
    for number, fields in enumerate((
        {"sender": SENDER, "text": "INC KORO", "time": timezone.now().isoformat()},
        {"from": SENDER, "text": "INC GAO", "sentStamp": stamp, "receivedStamp": stamp, "sim": "1"},
    )):  # fmt: skip
        answer = client.post("/gateways/sms/generic/incoming?secret=s", fields, content_type="application/json")
        assert answer.status_code == 200
        assert ReceivedSms.objects.count() == number + 1
    assert all("sent_at" in unseal(row.sealed) for row in ReceivedSms.objects.all())


def test_number_and_words_are_destroyed_a_month_after_they_were_read(phone: Phone) -> None:
    phone.says("INC KORO TIR", id="g1")
    phone.sends("INC BANKASS MINE", id="g2")
    long_ago = timezone.now() - reading.KEPT - timedelta(hours=1)
    assert reading.forget_read() == 0
    ReceivedSms.objects.filter(external_id="g1").update(handled_at=long_ago)
    ReceivedSms.objects.filter(external_id="g2").update(received_at=long_ago)
    assert reading.forget_read() == 1
    read = ReceivedSms.objects.get(external_id="g1")
    assert (bytes(read.sealed), read.sender_key) == (b"", "")
    # Delivered again, it is still the same; what nobody has read is kept.
    phone.says("INC KORO TIR", id="g1")
    assert set(Report.objects.values_list("type_id", flat=True)) == {"attack", "explosion"}


def test_metrics_count_what_is_unread(phone: Phone) -> None:
    phone.sends("INC KORO TIR")
    phone.sends("INC KORO TIR")
    ReceivedSms.objects.filter(pk=ReceivedSms.objects.earliest("pk").pk).update(attempts=reading.ATTEMPTS)
    text = Client().get("/metrics").content.decode()
    assert 'passerelle_sms_unread{state="due"} 1' in text
    assert 'passerelle_sms_unread{state="given_up"} 1' in text
