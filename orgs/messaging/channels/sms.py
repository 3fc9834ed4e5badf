"""SMS through an HTTP gateway over one kept connection; without a gateway, a file in a demonstration."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from orgs.messaging import outcomes, reasons
from orgs.messaging.gateways.configured import Gateway, configured
from orgs.messaging.outcomes import Outcome, ServerDown
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.messaging.sms_text import is_gsm7

SECONDS_TO_ANSWER = 5.0
LARGEST_ANSWER = 100_000
NOT_EVEN_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def open_sms() -> "GatewaySender | FileSender | NoSender":
    """The way out that the settings name."""
    gateway = configured()
    if gateway is not None:
        return GatewaySender(gateway)
    return FileSender(Path(settings.VAR_DIR) / "sms" / "outbox.jsonl") if settings.DEMO else NoSender()


class GatewaySender:
    """Hands messages to an HTTP gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        preset = gateway.preset
        headers = {"Authorization": f"Bearer {gateway.password}"} if preset.auth == "bearer" else {}
        if preset.auth not in ("basic", "bearer", "none"):
            headers = {preset.auth: gateway.password, "Accept": "application/json"}
        basic = httpx.BasicAuth(gateway.user, gateway.password) if preset.auth == "basic" and gateway.user else None
        self._client = httpx.Client(headers=headers, auth=basic, timeout=SECONDS_TO_ANSWER, trust_env=False)

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Nothing is needed ahead."""

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Offer one SMS. No answer after it was handed over leaves its fate unknown."""
        try:
            response = self._client.send(self._request(message, words))
        except NOT_EVEN_CONNECTED as error:
            raise ServerDown(reasons.NO_CONNECTION) from error
        except httpx.InvalidURL:
            return outcomes.refused(reasons.BAD_ADDRESS)
        except httpx.HTTPError:
            return outcomes.uncertain()
        preset = self._gateway.preset
        outcome = preset.read_reply(response.status_code, _answer(response), preset.id_path)
        if not outcome.gateway_id:
            return outcome
        return outcomes.sent(f"{self._gateway.name}:{outcome.gateway_id}")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _request(self, message: Outgoing, words: Envelope) -> httpx.Request:
        preset = self._gateway.preset
        values = {
            "to": words.address,
            "to_digits": words.address.removeprefix("+"),
            "text": words.text,
            "key": str(message.key),
            "sender": self._gateway.sender,
            "user": self._gateway.user,
            "password": self._gateway.password,
            "coding": "0" if is_gsm7(words.text) else "2",
            "receipt_url": self._gateway.receipt_url,
        }
        fields = _filled(preset.fields, values)
        headers = {"Idempotency-Key": values["key"]}
        url = httpx.URL(self._gateway.url)
        if preset.encoding == "query":
            return self._client.build_request(preset.method, url.copy_merge_params(fields), headers=headers)
        body: dict[str, Any] = {"json": fields} if preset.encoding == "json" else {"data": fields}
        return self._client.build_request(preset.method, url, headers=headers, **body)


class FileSender:
    """A demonstration's gateway: a file of lines, so that one sees what would have been sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Nothing is needed ahead."""

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Append one SMS."""
        line = {"at": datetime.now(UTC).isoformat(), "key": str(message.key), "to": words.address, "text": words.text}
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self._path, "a", encoding="utf-8", opener=_private) as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise ServerDown(reasons.NO_CONNECTION) from error
        return outcomes.sent()

    def close(self) -> None:
        """Nothing is held open."""


class NoSender:
    """An installation without a gateway sends no SMS, and says so for each."""

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Nothing is needed ahead."""

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Skip it."""
        return outcomes.skipped(reasons.NOT_SET_UP)

    def close(self) -> None:
        """Nothing is held open."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _answer(response: httpx.Response) -> Any:
    if len(response.content) > LARGEST_ANSWER:
        return None
    try:
        return response.json()
    except ValueError:
        return None


def _filled(template: Any, values: dict[str, str]) -> Any:
    """A copy of the template with the values put in; fields that come out empty are left out."""
    if isinstance(template, str):
        return template.format_map(values)
    if isinstance(template, list):
        return [_filled(part, values) for part in template]
    if not hasattr(template, "items"):
        return template
    return {name: value for name, part in template.items() if (value := _filled(part, values)) != ""}
