"""A real gateway: what a fake phone sends through Kannel becomes a report, and the answer reaches the phone."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from incidents.models import Door, Report
from orgs.messaging import drain, reading
from orgs.messaging.gateways.configured import gateway_at
from orgs.models import Message, MessageState, ReceivedSms
from tests.factories import area
from tests.incidents.sms.kannel import Kannel, missing, running

pytestmark = [
    pytest.mark.kannel,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(missing()), reason=f"needs the Debian packages {' and '.join(missing())}"),
]
QUERY = "secret=loop&id=%I&from=%p&text=%b&ts=%T&charset=%C&coding=%c&udh=%u"


def _have_come(count: int) -> bool:
    return ReceivedSms.objects.count() == count


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds} s: {what}"
        time.sleep(0.1)


def test_a_message_from_a_phone_becomes_a_report_and_is_answered(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    kannel = Kannel(tmp_path, f"{live_server.url}/gateways/sms/kannel/incoming?{QUERY}")
    settings.SITE_URL = live_server.url
    settings.SMS_GATEWAY_URL = (
        f"kannel+http://{kannel.user}:{kannel.password}@127.0.0.1:{kannel.send_port}?sender=36000&secret=loop"
    )
    gateway_at.cache_clear()
    with running(kannel):
        phone = kannel.fake_phone("+22370112233 36000 text INC KORO TIR 3M 5B")
        try:
            wait_until(ReceivedSms.objects.exists, "the SMS comes in")
            reading.read_due()
            report = Report.objects.get()
            assert (report.door, report.type_id, report.cercle_id) == (Door.SMS, "attack", area("Koro").pk)
            assert report.harmed == {"killed": 3, "injured": 5}
            assert report.narrative == "INC KORO TIR 3M 5B"
            assert report.sent_at is not None
            drain.drain("sms")
            # The receipt of a quick network may be here before one looks.
            assert Message.objects.get().state in (MessageState.SENT, MessageState.DELIVERED)
            wait_until(lambda: "Koro" in phone.got(), "the answer reaches the phone")
            assert "36000" in phone.got()
            wait_until(
                lambda: Message.objects.get().state == MessageState.DELIVERED, "the network says that it was delivered"
            )
        finally:
            phone.stop()


def test_other_alphabets_and_parts_of_long_messages_come_through_whole(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    kannel = Kannel(tmp_path, f"{live_server.url}/gateways/sms/kannel/incoming?{QUERY}")
    settings.SMS_GATEWAY_URL = f"kannel+http://u:p@127.0.0.1:{kannel.send_port}?sender=36000&secret=loop"
    gateway_at.cache_clear()
    words = "Koro : fɛn dɔ kɛra, mɔgɔ 2 tués"
    encoded = "".join(f"%{octet:02X}" for octet in words.encode("utf-16-be"))
    # The second part comes first; 0xE9 is a reference that is no UTF-8.
    parts = [
        "+22376000001 36000 udh-text %05%00%03%E9%02%02 : Koro hier, 3 morts",
        "+22376000001 36000 udh-text %05%00%03%E9%02%01 attaque au marche",
    ]
    with running(kannel):
        for number, message in enumerate([f"+22370112233 36000 ucs2 {encoded}", *parts], start=1):
            phone = kannel.fake_phone(message)
            try:
                wait_until(partial(_have_come, number), "it comes in")
            finally:
                phone.stop()
        reading.read_due()
    said = set(Report.objects.values_list("narrative", flat=True))
    assert said == {words, "attaque au marche: Koro hier, 3 morts"}
