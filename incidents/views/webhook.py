"""What KoboToolbox and other servers call when they get a form. They prove themselves by what was agreed with each."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from incidents.intake.webhook import DEEPEST, NotUnderstood, receive_from_server
from incidents.models import Proof, WebhookSource
from incidents.openrosa.auth import WINDOW_SECONDS, is_blocked, tries, tries_key
from incidents.services.doors import active_webhook, note_call, secret_of

LARGEST_CALL = 256 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, webhook_source: str) -> HttpResponse:
    """Take in what a server sends: 201 for a new report, 200 for one that is known, 4xx with what is wrong by field."""
    source = active_webhook(webhook_source)
    if source is None:
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        return _answered(request, source)


def _answered(request: HttpRequest, source: WebhookSource) -> HttpResponse:
    stopped = _stopped(request, source)
    if stopped is not None:
        return stopped
    try:
        received = receive_from_server(source, _payload(request.body))
    except NotUnderstood as error:
        return _refused(422, error.problems)
    except ValueError:
        return _refused(400, {"body": _("What was sent is not JSON.")})
    note_call(source)
    state = "created" if received.created else "added" if received.addition else "known"
    return JsonResponse({"status": state}, status=201 if received.created else 200)


def _stopped(request: HttpRequest, source: WebhookSource) -> HttpResponse | None:
    """The answer to a call that is too large, or brings no proof; ``None`` for one that may be read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        return _refused(411, {"body": _("The size of the request is not said.")})
    if int(length) > LARGEST_CALL:
        return _refused(413, {"body": _("This is more than can be taken in at once.")})
    who = f"webhook {source.pk}"
    if is_blocked(request, who):
        return HttpResponse(status=429, headers={"Retry-After": str(WINDOW_SECONDS)})
    if not proves_itself(request, source, request.body):
        tries.add(tries_key(request, who))
        return _refused(401, {"body": _("The proof of who calls is missing or wrong.")})
    return None


def _payload(body: bytes) -> Any:
    payload = orjson.loads(body)
    if _depth(payload, DEEPEST * 2) is None:
        raise ValueError("too deep")
    return payload


def _depth(value: Any, left: int) -> int | None:
    """How many levels are left below the deepest; ``None`` when there were not enough."""
    if not isinstance(value, dict | list):
        return left
    if not left:
        return None
    depths = [_depth(one, left - 1) for one in (value.values() if isinstance(value, dict) else value)]
    return None if None in depths else left


def _refused(status: int, problems: dict[str, str]) -> HttpResponse:
    return JsonResponse({"errors": problems}, status=status)


def proves_itself(request: HttpRequest, source: WebhookSource, body: bytes) -> bool:
    """Whether a call brings the proof that was agreed."""
    secret = secret_of(source)
    if source.proof == Proof.BASIC:
        return _same(_basic(request), secret)
    given = request.headers.get(source.header_name, "")
    if source.proof == Proof.HMAC:
        wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return _same(given.lower().removeprefix("sha256=").strip(), wanted)
    return _same(given.removeprefix("Bearer ").strip(), secret)


def _basic(request: HttpRequest) -> str:
    scheme, _sep, rest = request.headers.get("Authorization", "").partition(" ")
    try:
        return base64.b64decode(rest.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _same(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
