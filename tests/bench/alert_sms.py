"""One alert to many people by an SMS gateway, against two bare loops that send the same on open connections."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import orjson
from django.db.models import F

from incidents.models import Alert
from orgs.messaging.drain import compose
from orgs.messaging.purposes import Envelope
from orgs.models import Channel, Message, User
from tests.bench import alert_run
from tests.bench.alert_run import LOOPS
from tests.bench.sms_sink import Sink

MUST, AIM = 0.5, 0.75
SENDER = "36000"


def run(*, rounds: int, size: int) -> dict[str, Any]:
    """Measure; see ``alert_run.run``."""
    return alert_run.run(BySms(), rounds=rounds, size=size, must=MUST, aim=AIM)


class BySms:
    """An SMS to each, as JSON over one kept HTTP connection a loop."""

    channel = str(Channel.SMS)
    words = "by SMS"

    def start(self) -> dict[str, str]:
        self.sink = Sink().start()
        return {"SMS_GATEWAY_URL": f"generic+http://user:password@127.0.0.1:{self.sink.port}/send?sender={SENDER}"}

    def person(self, number: int) -> User:
        return User(name=f"Personne {number}", phone=f"+22370{number:06}", channel=Channel.SMS, password="!")

    def tally(self) -> tuple[int, int, int]:
        """Without the bytes: ours say besides where receipts are to be sent."""
        messages, _octets, digest = self.sink.tally()
        return messages, 0, digest

    def verify(self, on: bool) -> None:
        self.sink.verify(on)

    def stop(self) -> None:
        self.sink.stop()

    def loops(self, alert: Alert) -> list[Callable[[], Callable[[], None]]]:
        text, rows = _template(alert)
        return [partial(_connected, self.sink.port, text, rows[number::LOOPS]) for number in range(LOOPS)]


def _connected(port: int, text: str, rows: list[tuple[str, str, str]]) -> Callable[[], None]:
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=("user", "password"), trust_env=False)
    client.get("/open")

    def send() -> None:
        for key, to, code in rows:
            body = orjson.dumps({"to": to, "text": text.replace("{code}", code), "from": SENDER, "id": key})
            client.post("/send", content=body, headers={"Content-Type": "application/json", "Idempotency-Key": key})

    return send


def _template(alert: Alert) -> tuple[str, list[tuple[str, str, str]]]:
    """The SMS of this alert with a hole for the code; key, number and code of each."""
    messages = Message.objects.filter(deliveries__alert=alert).annotate(
        to=F("recipient__phone"), code=F("deliveries__code")
    )
    first = messages.order_by("pk")[0]
    words = compose([first])[first.pk]
    assert isinstance(words, Envelope)
    rows = messages.order_by("pk").values_list("key", "to", "code")
    return words.text.replace(first.code, "{code}"), [(str(key), str(to), str(code)) for key, to, code in rows]
