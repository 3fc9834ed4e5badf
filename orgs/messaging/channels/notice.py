"""Notices by services that others run (Signal, WhatsApp, Telegram, Matrix), through Apprise: never any content.

They say that a message waits, and the code by which it is known; whatever the marking. Who runs the service can read
that much, and that we wrote to this account.
"""

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from orgs.messaging import outcomes, outside, reasons
from orgs.messaging.channels.demonstration import write_line
from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Envelope, Outgoing
from orgs.messaging.reached import AddressBook, Live, Reached, unknown
from orgs.models import Channel

SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 4, 6
LONGEST_CODE = 8
_OURS = ("cto", "rto", "redirect", "verify", "overflow", "format", "emojis", "image")


class NoticeSender:
    """Hands the one sentence to the service that a person chose."""

    def __init__(self) -> None:
        self._book = AddressBook(Channel.NOTICE)

    def prepare(self, messages: Sequence[Outgoing]) -> None:
        """Read the accounts of the recipients."""
        self._book.look_up(messages)

    def send(self, message: Outgoing, words: Envelope, following: Envelope | None = None) -> Outcome:
        """Say that a message waits."""
        text = words_of_notice(message.language, words.code)
        return self._book.send(message, words, lambda one: _notify(message, text, one))

    def close(self) -> None:
        """Write down what became of the accounts."""
        self._book.write_down()


def words_of_notice(language: str, code: str) -> str:
    """All that a notice ever says."""
    known = code if code.isascii() and code.isdigit() and len(code) <= LONGEST_CODE else ""
    with translation.override(language):
        if not known:
            return _("Passerelle: a message waits for you")
        return _("Passerelle: a message waits for you (%(code)s)") % {"code": known}


def _notify(message: Outgoing, text: str, one: Live) -> Reached:
    if one.words.get("demo"):
        return Reached(write_line(Channel.NOTICE, message, text.encode()))
    try:
        service = service_at(str(one.words["url"]))
    except outside.NotOutside:
        return Reached(outcomes.refused(reasons.NOT_OUTSIDE))
    except outside.NotFound:
        return Reached(outcomes.later(reasons.NO_CONNECTION))
    # Apprise says yes or no and not why: no may be an answer that was lost.
    return Reached(outcomes.sent() if service.notify(body=text) else unknown())


def service_at(url: str) -> Any:
    """The service behind an Apprise address. Raises ``NotOutside`` for what is not allowed here, ``NotFound``."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    check_form(url)
    service = apprise.Apprise.instantiate(_with_our_options(url), asset=_asset(), suppress_exceptions=True)
    if service is None:
        raise outside.NotOutside
    _check_host(url)
    return service


def check_form(url: str) -> str:
    """The kind of service of an address that may be written down. Raises ``NotOutside``; asks nobody."""
    scheme = urlsplit(url).scheme.lower() if len(url) <= outside.LONGEST_URL else ""
    if scheme not in settings.NOTICE_SCHEMES or any(character <= " " for character in url):
        raise outside.NotOutside
    return scheme


def is_understood(url: str) -> bool:
    """Whether Apprise can read an address at all."""
    try:
        return service_at(url) is not None
    except outside.NotFound:
        return True
    except outside.NotOutside:
        return False


def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="Passerelle", app_desc="Passerelle", app_url="", secure_logging=True, http_redirects=False,
        image_url_mask="", async_mode=False,
    )  # fmt: skip


def _with_our_options(url: str) -> str:
    """Time limits, TLS checks and no redirections are ours to set, whatever the address says."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _OURS]
    ours = [("cto", SECONDS_TO_CONNECT), ("rto", SECONDS_TO_ANSWER), ("redirect", "no"), ("verify", "yes")]
    return urlunsplit(parts._replace(query=urlencode([*kept, *ours])))


_HOSTED = frozenset({"signal", "signals", "matrix", "matrixs"})
"""Kinds whose address names a server that somebody runs; the others always go to the same company."""


def _check_host(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme.lower() not in _HOSTED:
        return
    is_open = parts.scheme.lower() in ("signal", "matrix")
    if is_open and not settings.CHANNELS_PRIVATE_NETWORK:
        raise outside.NotOutside
    outside.checked_ip(parts.hostname or "", parts.port or (80 if is_open else 443))
