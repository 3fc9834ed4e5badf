"""What SMS gateways call: receipts and incoming messages. They prove themselves by a shared secret or a signature."""

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from orgs.messaging import receipts, receiving
from orgs.messaging.gateways.configured import Gateway, configured

log = logging.getLogger(__name__)

LARGEST_CALL = 64 * 1024
SIGNATURE_SECONDS = 300
TRY_AGAIN_SECONDS = 15


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, gateway: str) -> HttpResponse:
    """Note what became of a message that we sent."""

    def note(caller: Gateway, data: dict[str, Any]) -> bool:
        found = caller.preset.names.receipt(data)
        if found is not None:
            receipts.apply(caller.name, found)
        return found is not None

    return _answered(request, gateway, note)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def incoming(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take in an SMS; the same one twice counts once."""

    def take_in(caller: Gateway, data: dict[str, Any]) -> bool:
        names = caller.preset.names
        if not names.is_about_an_sms(data):
            return True
        received = names.received(data)
        if received is not None:
            receiving.keep(caller.name, received)
        return received is not None

    return _answered(request, gateway, take_in)


def _answered(request: HttpRequest, name: str, act: Callable[[Gateway, dict[str, Any]], bool]) -> HttpResponse:
    """Check who calls, act, and answer without content: some gateways send any content on as an SMS."""
    gateway = configured()
    if gateway is None or gateway.name != name:
        raise Http404
    if _size(request) > LARGEST_CALL:
        return HttpResponse(status=413)
    try:
        data = _data(request, gateway)
    except (ValueError, BadRequest, SuspiciousOperation):
        return HttpResponse(status=400)
    if not _proves_itself(request, gateway, data):
        raise PermissionDenied
    try:
        is_read = act(gateway, data)
    except (OperationalError, InterfaceError) as error:
        # Nothing was kept: the gateway still has it, and tries again.
        log.warning("A call from the SMS gateway could not be kept (%s).", type(error).__name__)
        return HttpResponse(status=503, headers={"Retry-After": str(TRY_AGAIN_SECONDS)})
    if not is_read:
        log.warning("A call from the SMS gateway names nobody.")
        return HttpResponse(status=400)
    if gateway.name == "twilio":
        return HttpResponse("<Response/>", content_type="text/xml")
    return HttpResponse(status=200, content_type="text/plain")


def _size(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length") or "0"
    return int(length) if length.isdigit() else LARGEST_CALL + 1


def _data(request: HttpRequest, gateway: Gateway) -> dict[str, Any]:
    """What the call says: query, then form or JSON over it."""
    data: dict[str, Any] = request.GET.dict()
    if gateway.preset.decode is not None:
        data |= gateway.preset.decode(request.META.get("QUERY_STRING", ""))
    if request.method == "POST" and request.content_type == "application/json":
        body = orjson.loads(request.body or b"{}")
        if not isinstance(body, dict):
            raise ValueError("not an object")
        return data | body
    # Raw bytes are read first: a signature is made of them, and reading the form would use them up.
    return data | request.POST.dict() if request.body else data


def _proves_itself(request: HttpRequest, gateway: Gateway, data: dict[str, Any]) -> bool:
    if gateway.preset.signature == "timestamped" and "X-Signature" in request.headers:
        return _signed_with_time(request, gateway)
    if gateway.preset.signature == "twilio" and "X-Twilio-Signature" in request.headers:
        return _signed_by_twilio(request, gateway)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    given = data.get("secret") or request.headers.get("X-Gateway-Secret") or bearer
    return isinstance(given, str) and gateway.knows(given)


def _signed_with_time(request: HttpRequest, gateway: Gateway) -> bool:
    """Hex HMAC-SHA256 of the body followed by ``X-Timestamp`` (epoch seconds, at most five minutes old)."""
    moment = request.headers.get("X-Timestamp", "")
    if not (moment.isascii() and moment.isdigit()) or abs(time.time() - int(moment)) > SIGNATURE_SECONDS:
        return False
    wanted = hmac.new(gateway.secret.encode(), request.body + moment.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), request.headers["X-Signature"].lower().encode())


def _signed_by_twilio(request: HttpRequest, gateway: Gateway) -> bool:
    """Base64 HMAC-SHA1 of the public address and each form field with its value, in order of names."""
    fields = "".join(f"{name}{request.POST[name]}" for name in sorted(request.POST))
    words = f"{settings.SITE_URL}{request.get_full_path()}{fields}".encode()
    wanted = base64.b64encode(hmac.new(gateway.password.encode(), words, hashlib.sha1).digest())
    return hmac.compare_digest(wanted, request.headers["X-Twilio-Signature"].encode())
