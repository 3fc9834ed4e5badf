"""Every way out: addresses of pages, programs and files, and the very bytes of messages by each channel."""

import copy
import email
import io
import zipfile
from collections.abc import Iterable, Iterator
from email import policy
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from incidents.models import CapMessage, Rendition
from incidents.services.copies import CopyFor
from orgs.messaging import drain
from orgs.messaging.channels import letters, notice, push, webhook
from orgs.messaging.purposes import Envelope
from orgs.models import Channel, Message

_ELSEWHERE = (
    "admin/", "accounts/2fa/", "accounts/password/", "accounts/confirm", "accounts/email", "accounts/first", "i18n/",
    "accounts/inactive", "accounts/invitation", "accounts/log", "accounts/phone", "accounts/reauth", "accounts/sign",
    "api/", "static/", "openrosa/", "orgs/map/", "accounts/ways/", "actors/", "alerts/ladders/try", "report/media",
)  # fmt: skip
"""Signing in and out, and what describes programs; outlines of areas. Admin and the API are looked at apart. The
directory of actors names everybody who may be held responsible: their names say nothing there.
"""
CENTRAL = (
    "/", "/incidents/", "/alerts/", "/desk/", "/desk/?state=attached", "/desk/?state=rejected", "/report/mine/",
    "/cap/feed.atom", "/conduct/overview/", "/exports/alert-answers.csv", "/alerts/truth/table.csv",
    "/exports/organisations.csv", "/alerts/answers/", "/alerts/truth/", "/orgs/",
)  # fmt: skip


@cache
def plain_addresses() -> tuple[str, ...]:
    """Every address of the product that needs nothing but itself: pages that come later are looked at too."""
    found = (f"/{one}" for one in _walk(get_resolver(), "") if not any(sign in one for sign in "<^("))
    return tuple(sorted({one for one in found if not one.lstrip("/").startswith(_ELSEWHERE)}))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        whole = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, whole)
        else:
            yield whole


def alert_addresses(number: object, renditions: Iterable[Rendition]) -> list[str]:
    """Every page of one alert."""
    parts = (
        "", "calls/", "preview/", "safety/", "close/", "ladder/", "ladder/now/", "ladder/stop/", "links/",
        "links/recall/", "update/", "correct/", "ask/", "cancel/", "answer/", "words/",
    )  # fmt: skip
    copies = [f"copies/{one.pk}/{purpose}/" for one in renditions for purpose in CopyFor]
    return [f"/alerts/{number}/{part}" for part in (*parts, *copies)]


def cap_addresses() -> list[str]:
    """Every document for alert hubs."""
    return [f"/cap/{message}.xml" for message in CapMessage.objects.all()]


def admin_addresses() -> list[str]:
    """Every list of admin, and some rows of each of the models that hold what people wrote."""
    found = []
    for model in admin.site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found.append(place)
        if model._meta.app_label == "incidents" or model._meta.model_name in ("organisation", "contact", "message"):
            newest = model._default_manager.order_by("-pk").values_list("pk", flat=True)[:2]
            found += [f"{place}{quote(pk)}/change/" for pk in newest]
    return found


def words_at(client: Client, address: str) -> str:
    """What stands at an address; nothing where it does not open."""
    answer: Any = client.get(address)
    if answer.status_code != 200:
        return ""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    text = body.decode("utf-8", "replace")
    if answer["Content-Type"].startswith("application/json"):
        text += str(answer.json())  # letters as they are, not as \\u00e9
    return text


WAYS = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.WEBHOOK, Channel.NOTICE)


def sent_by(channel: str, messages: list[Message]) -> Iterator[tuple[Message, str]]:
    """What would leave by this channel, as its server would get it but for its envelope (whose address is due)."""
    turned = [copy.copy(message) for message in messages]
    for message in turned:
        message.channel = channel
    composed = drain.compose(turned)
    for message in turned:
        words = composed.get(message.pk)
        if isinstance(words, Envelope):
            yield message, _bytes_of(channel, message, words)


def _bytes_of(channel: str, message: Message, words: Envelope) -> str:
    if channel == Channel.EMAIL:
        return _letter(message, words)
    if channel == Channel.SMS:
        return words.text
    if channel == Channel.PUSH:
        return push.payload(message, words).decode()
    if channel == Channel.WEBHOOK:
        return webhook.payload(message, words).decode()
    return notice.words_of_notice(message.language, words.code)


def _letter(message: Message, words: Envelope) -> str:
    """Headers, plain text and HTML, read back from the bytes."""
    read = email.message_from_bytes(letters.letter(message, words, "nobody@example.org"), policy=policy.default)
    parts = [str(part.get_content()) for part in read.walk() if not part.is_multipart()]
    assert len(parts) == 2, "plain text and HTML"
    return "\n".join([str(read.items()), *parts])
