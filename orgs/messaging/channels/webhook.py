"""Webhook: a program of an organisation is told, signed and with the same number on every try.

What is signed and how follows the Standard Webhooks: ``webhook-id``, ``webhook-timestamp``, ``webhook-signature``. What
it says is what an e-mail may say, by the marking.
"""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import orjson
from django.utils import timezone

from orgs.messaging import outcomes, outside, reasons
from orgs.messaging.channels.demonstration import write_line
from orgs.messaging.channels.push import NOT_EVEN_CONNECTED, certificates
from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.messaging.reached import AddressBook, Live, Reached, unknown
from orgs.models import Channel, MessageState

SECONDS_TO_ANSWER = 5.0
LONGEST_CALL = 12.0
"""A program that answers letter by letter does not hold a worker for longer."""
SECRET_PREFIX = "whsec_"  # noqa: S105 (a prefix)
OLD_SECRET_COUNTS = timedelta(hours=24)


class WebhookSender:
    """Calls each program on a connection of its own: two names at one address never share one."""

    def __init__(self) -> None:
        self._book = AddressBook(Channel.WEBHOOK)

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Read the programs of the recipients."""
        self._book.look_up(messages)

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Call the person's program."""
        return self._book.send(message, words, lambda one: _call(message, words, one))

    def close(self) -> None:
        """Write down what became of the programs."""
        self._book.write_down()


def _call(message: Outgoing, words: Envelope, one: Live) -> Reached:
    body = payload(message, words)
    if one.words.get("demo"):
        return Reached(write_line(Channel.WEBHOOK, message, body))
    try:
        target = outside.target(str(one.words["url"]))
    except outside.NotOutside:
        return Reached(outcomes.refused(reasons.NOT_OUTSIDE))
    except outside.NotFound:
        return Reached(outcomes.later(reasons.NO_CONNECTION))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Passerelle",
        "Idempotency-Key": str(message.key),
        **signature_headers(str(message.key), int(time.time()), body, _secrets(one)),
    }
    return read_answer(status_of(target, body, headers))


def status_of(target: outside.Target, body: bytes, headers: dict[str, str]) -> int | None:
    """The status with which an address answers; ``None``: it answered nothing; 0: it could not be reached at all."""
    url = httpx.URL(target.url)
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = host if url.port is None else f"{host}:{target.port}"
    with _limited(httpx.Client(verify=certificates(), timeout=SECONDS_TO_ANSWER, trust_env=False)) as client:
        request = client.build_request(
            "POST",
            url.copy_with(host=target.ip),
            content=body,
            headers={**headers, "Host": named},
            extensions={"sni_hostname": target.host},
        )
        try:
            answer = client.send(request, stream=True, follow_redirects=False)
        except NOT_EVEN_CONNECTED:
            return 0
        except (httpx.HTTPError, RuntimeError, OSError):
            return None
        status = answer.status_code
        answer.close()
    return status


def payload(message: Outgoing, words: Envelope) -> bytes:
    """What a program reads. ``data`` holds the words that may travel, and nothing that they do not say."""
    data = {"title": " ".join(words.subject.split()), "text": words.text, "code": words.code, "url": words.link}
    made = message.created_at.isoformat(timespec="seconds")
    kind = f"passerelle.{message.purpose}"
    return orjson.dumps({"type": kind, "timestamp": made, "language": message.language, "data": data})


def signature_headers(number: str, seconds: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The three headers by which a program knows that it is we who call, and when: HMAC-SHA256."""
    signed = f"{number}.{seconds}.".encode("ascii") + body
    made = [base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode("ascii") for secret in secrets]
    return {
        "webhook-id": number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }


def key_of(secret: str) -> bytes:
    """The key that stands in a secret as it was shown: ``whsec_`` and base64."""
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))


def read_answer(status: int | None) -> Reached:
    """What a program's answer means. All trouble is that program's alone."""
    if status is None or status in (502, 504):
        return Reached(unknown())
    if status == 0:
        return Reached(Outcome(MessageState.PENDING, reasons.NO_CONNECTION))
    if status < 300:
        return Reached(outcomes.sent())
    if status == 410:
        return Reached(outcomes.refused(reasons.UNKNOWN_ADDRESS), gone=True)
    if status in (400, 406, 411, 413, 414, 415, 422):
        return Reached(outcomes.refused(reasons.CONTENT_REFUSED))
    # Redirections, wrong paths and refused sign-ins are for the organisation to mend; until then it is tried again.
    return Reached(outcomes.later(reasons.BUSY if status == 429 or status >= 500 else reasons.REFUSED))


def _secrets(one: Live) -> list[bytes]:
    """The secret; for a day after it was made anew also the one before."""
    kept = [str(one.words["secret"])]
    if one.words.get("old_secret") and _is_fresh(one.rotated_at):
        kept.append(str(one.words["old_secret"]))
    return [key_of(secret) for secret in kept]


def _is_fresh(rotated_at: datetime | None) -> bool:
    return rotated_at is not None and timezone.now() - rotated_at < OLD_SECRET_COUNTS


@contextmanager
def _limited(client: httpx.Client) -> Iterator[httpx.Client]:
    """A client that is shut after ``LONGEST_CALL``, whatever it is doing."""
    clock = threading.Timer(LONGEST_CALL, client.close)
    clock.daemon = True
    clock.start()
    try:
        yield client
    finally:
        clock.cancel()
        client.close()
