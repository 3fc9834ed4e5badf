"""Web Push: notices on a phone or computer whose browser allowed them (RFC 8030), sealed for that browser alone.

What they say is what e-mail and SMS may say, by the marking: above TLP:GREEN that a message waits, and nothing else.
"""

import ssl
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import httpx
import orjson
from django.conf import settings

from orgs.messaging import outcomes, outside, reasons, vapid
from orgs.messaging.channels.demonstration import write_line
from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.messaging.reached import AddressBook, Live, Reached, unknown
from orgs.models import Channel, MessageState

SECONDS_TO_ANSWER = 8.0
SECONDS_TO_KEEP = 12 * 3600
"""For so long a push service keeps a notice for a phone that is switched off."""
LONGEST_BODY, LONGEST_TITLE = 1500, 200
NOT_EVEN_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class PushSender:
    """Hands notices to push services over kept connections."""

    def __init__(self) -> None:
        self._book = AddressBook(Channel.PUSH)
        self._client: httpx.Client | None = None

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Read the devices of the recipients."""
        self._book.look_up(messages)

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Offer a notice to each device of the person; one that takes it is enough."""
        return self._book.send(message, words, lambda one: self._push(message, words, one))

    def close(self) -> None:
        """Write down what became of the devices, let go of connections."""
        if self._client is not None:
            self._client.close()
        self._book.write_down()

    def _push(self, message: Outgoing, words: Envelope, one: Live) -> Reached:
        content = payload(message, words)
        if one.words.get("demo"):
            return Reached(write_line(Channel.PUSH, message, content))
        endpoint = str(one.words["endpoint"])
        if not is_push_service(endpoint):
            return Reached(outcomes.refused(reasons.NOT_OUTSIDE))
        headers = {
            "Authorization": vapid.proof(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(SECONDS_TO_KEEP),
            "Urgency": "high",
            # A retry takes the place of the same notice that still waits at the service.
            "Topic": vapid.b64(message.key.bytes),
        }
        body = vapid.sealed(vapid.filled(content), str(one.words["p256dh"]), str(one.words["auth"]))
        try:
            self._client = self._client or httpx.Client(
                verify=certificates(), timeout=SECONDS_TO_ANSWER, trust_env=False, follow_redirects=False
            )
            answer = self._client.post(endpoint, content=body, headers=headers)
        except NOT_EVEN_CONNECTED:
            return Reached(Outcome(MessageState.PENDING, reasons.NO_CONNECTION, counts=False, trouble=True, pause=10))
        except httpx.HTTPError:
            return Reached(unknown())
        return read_answer(answer.status_code)


def payload(message: Outgoing, words: Envelope) -> bytes:
    """What the browser's worker reads. The tag joins notices of one message on the screen."""
    shown = {
        "title": " ".join(words.subject.split())[:LONGEST_TITLE] or settings.SITE_NAME,
        "body": words.text.strip()[:LONGEST_BODY],
        "link": urlsplit(words.link).path if words.link else "/alerts/",
        "tag": str(message.key),
        "lang": message.language,
    }
    return orjson.dumps(shown)


def read_answer(status: int) -> Reached:
    """What a push service's answer means (RFC 8030, 5)."""
    if status < 300:
        return Reached(outcomes.sent())
    if status in (404, 410):
        return Reached(outcomes.refused(reasons.UNKNOWN_ADDRESS), gone=True)
    if status == 413:
        return Reached(outcomes.refused(reasons.CONTENT_REFUSED))
    if status == 429 or status >= 500:
        return Reached(outcomes.later(reasons.BUSY, trouble=True))
    # Redirections too: whoever sends us elsewhere is not the service that the browser named.
    return Reached(outcomes.refused(reasons.REFUSED))


def is_push_service(endpoint: str) -> bool:
    """Whether an address is one of the services of ``PUSH_SERVICES``: a browser may name nothing else."""
    try:
        host, _port = outside.check_form(endpoint)
    except outside.NotOutside:
        return False
    return any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES)


@lru_cache(maxsize=1)
def certificates() -> ssl.SSLContext:
    """Whom we believe; reading them takes longer than a message."""
    return httpx.create_ssl_context(trust_env=False)
