"""The gateway of this installation, read from ``SMS_GATEWAY_URL``.

    kannel+http://user:password@127.0.0.1:13013/cgi-bin/sendsms?sender=36000
    generic+https://user:password@sms.example.org/send?to_field=dest&encoding=form&id_path=data.id

Options in the query that are ours are taken out of it: ``sender``, ``method``, ``encoding``, ``auth``, ``id_path``,
``secret`` and, for generic only, what is sent (``to_field``, ``text_field``, ``from_field``, ``id_field``,
``receipt_field``; an empty one is not sent) and how its calls name things (``incoming_from``, ``incoming_text``,
``incoming_id``, ``incoming_date``, ``incoming_ref``, ``incoming_part``, ``incoming_parts``, ``status_id``,
``status_state``; dots step into JSON). The same as JSON: ``{"url": "generic+https://...", "to_field": "dest"}``.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from orgs import crypto
from orgs.messaging.gateways.presets import PRESETS, Preset

_GENERIC_FIELDS = {"to_field": "to", "text_field": "text", "from_field": "from", "id_field": "id"}
_GENERIC_FIELDS["receipt_field"] = "receipt_url"
_GENERIC_NAMES = {
    "incoming_from": "sender",
    "incoming_text": "text",
    "incoming_id": "external_id",
    "incoming_date": "sent_at",
    "incoming_ref": "part_reference",
    "incoming_part": "part_number",
    "incoming_parts": "part_total",
    "status_id": "reference",
    "status_state": "state",
}
_OPTIONS = frozenset({"sender", "method", "encoding", "auth", "id_path", "secret", *_GENERIC_FIELDS, *_GENERIC_NAMES})


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway with everything needed to speak to it and to know its callbacks."""

    preset: Preset
    url: str
    user: str
    password: str
    sender: str
    secret: str

    @property
    def name(self) -> str:
        """The name in the addresses of callbacks."""
        return self.preset.name

    @property
    def receipt_url(self) -> str:
        """Where the gateway reports what became of a message."""
        return f"{settings.SITE_URL}/gateways/sms/{self.name}/receipt?secret={quote(self.secret, safe='')}"

    def knows(self, secret: str) -> bool:
        """Whether a caller gave the shared secret; takes equally long either way."""
        return hmac.compare_digest(
            hashlib.sha256(secret.encode()).digest(), hashlib.sha256(self.secret.encode()).digest()
        )


def configured() -> Gateway | None:
    """The gateway of this installation, or ``None`` when there is none. Raises ``ImproperlyConfigured``."""
    return gateway_at(settings.SMS_GATEWAY_URL) if settings.SMS_GATEWAY_URL else None


@lru_cache(maxsize=8)
def gateway_at(address: str) -> Gateway:
    """Read a gateway's address. Raises ``ImproperlyConfigured`` with what is wrong with it."""
    url, options = _options(address)
    scheme, plus, transport = urlsplit(url).scheme.partition("+")
    preset = PRESETS.get(scheme)
    if preset is None or not plus or transport not in ("http", "https"):
        known = ", ".join(f"{name}+https://" for name in PRESETS)
        raise ImproperlyConfigured(f"SMS_GATEWAY_URL must begin with one of {known} (or +http://)")
    parts = urlsplit(url.partition("+")[2])
    if not parts.hostname:
        raise ImproperlyConfigured("SMS_GATEWAY_URL names no host")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path if parts.path not in ("", "/") else preset.path.format(user=quote(user, safe=""))
    bare = f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{path}"
    secret = options.get("secret") or crypto.keyed_hash("sms gateway", preset.name)[:32]
    return Gateway(
        _adapted(preset, options),
        f"{bare}?{parts.query}" if parts.query else bare,
        user,
        password,
        options.get("sender", ""),
        secret,
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _options(address: str) -> tuple[str, dict[str, str]]:
    """The address without our options, and our options."""
    options: dict[str, str] = {}
    if address.lstrip().startswith("{"):
        try:
            given: dict[str, Any] = json.loads(address)
        except ValueError as error:
            raise ImproperlyConfigured(f"SMS_GATEWAY_URL is not valid JSON: {error}") from error
        address = str(given.pop("url", ""))
        options = {name: str(value) for name, value in given.items()}
    base, _, query = address.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    options |= {name: value for name, value in pairs if name in _OPTIONS}
    if unknown := set(options) - _OPTIONS:
        raise ImproperlyConfigured(f"SMS_GATEWAY_URL has unknown options: {', '.join(sorted(unknown))}")
    rest = urlencode([(name, value) for name, value in pairs if name not in _OPTIONS])
    return (f"{base}?{rest}" if rest else base), options


def _adapted(preset: Preset, options: dict[str, str]) -> Preset:
    encoding = options.get("encoding", preset.encoding)
    if encoding not in ("query", "form", "json"):
        raise ImproperlyConfigured("SMS_GATEWAY_URL: encoding is query, form or json")
    fields = dict(preset.fields)
    for option, name in _GENERIC_FIELDS.items():
        if option in options and preset.name == "generic":
            template = fields.pop(name)
            if options[option]:
                fields[options[option]] = template
    given = {name: (options[option],) for option, name in _GENERIC_NAMES.items() if options.get(option)}
    return replace(
        preset,
        fields=fields,
        names=replace(preset.names, **given) if preset.name == "generic" and given else preset.names,
        encoding=encoding,
        method=options.get("method", preset.method).upper(),
        auth=options.get("auth", preset.auth),
        id_path=options.get("id_path", preset.id_path),
    )
