"""One alert to many people by e-mail, against two bare loops that put the same bytes on the wire."""

import smtplib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F

from incidents.models import Alert
from incidents.services.links import token_of
from orgs.messaging.channels.letters import letter
from orgs.messaging.drain import compose
from orgs.messaging.purposes import Envelope
from orgs.models import Channel, Message, User
from tests.bench import alert_run
from tests.bench.alert_run import LOOPS
from tests.bench.mail_sink import Sink

MUST, AIM = 0.5, 0.75


def run(*, rounds: int, size: int) -> dict[str, Any]:
    """Measure; see ``alert_run.run``."""
    return alert_run.run(ByEmail(), rounds=rounds, size=size, must=MUST, aim=AIM)


class ByEmail:
    """A letter to each, over one SMTP connection a loop."""

    channel = str(Channel.EMAIL)
    words = "by e-mail"

    def start(self) -> dict[str, str]:
        self.sink = Sink().start()
        return {"EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}"}

    def person(self, number: int) -> User:
        return User(name=f"Personne {number}", email=f"personne.numero{number}@example.org", password="!")

    def tally(self) -> tuple[int, int, int]:
        return self.sink.tally()

    def verify(self, on: bool) -> None:
        self.sink.verify(on)

    def stop(self) -> None:
        self.sink.stop()

    def loops(self, alert: Alert) -> list[Callable[[], Callable[[], None]]]:
        template, rows = _template(alert)
        return [partial(_connected, self.sink.port, template, rows[number::LOOPS]) for number in range(LOOPS)]


def _connected(port: int, template: bytes, rows: list[dict[bytes, bytes]]) -> Callable[[], None]:
    server = smtplib.SMTP("127.0.0.1", port, local_hostname="bench")
    server.ehlo()

    def send() -> None:
        for row in rows:
            server.mail("passerelle@localhost")
            server.rcpt(row[b"to"].decode())
            server.data(template % row)

    return send


def _template(alert: Alert) -> tuple[bytes, list[dict[bytes, bytes]]]:
    """One e-mail of this alert with holes, and what belongs into them for each person."""
    messages = Message.objects.filter(deliveries__alert=alert).annotate(
        to=F("recipient__email"), code=F("deliveries__code"), of=F("deliveries"), nonce=F("deliveries__link_nonce")
    )
    first = messages.order_by("pk")[0]
    words = compose([first])[first.pk]
    assert isinstance(words, Envelope)
    made = letter(first, words, words.address).replace(b"%", b"%%")
    token = token_of(first.of, first.nonce)
    for value, name in ((str(first.key), b"key"), (first.to, b"to"), (first.code, b"code"), (token, b"token")):
        made = made.replace(value.encode(), b"%%(%s)s" % name)
    rows = messages.order_by("pk").values_list("key", "to", "code", "of", "nonce")
    return made, [
        {
            b"key": str(key).encode(),
            b"to": to.encode(),
            b"code": code.encode(),
            b"token": token_of(of, nonce).encode(),
        }
        for key, to, code, of, nonce in rows
    ]
