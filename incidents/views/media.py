"""Photos and voice messages: added with a receipt's code, brought piece by piece, looked at on the desk."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.access import ATTACHMENTS
from incidents.forms.reports import CodeForm
from incidents.media import store
from incidents.models import Attachment, AttachmentState, Refusal, Report
from incidents.offline_shell import comes_from_script, refused
from incidents.services.media import LONGEST_PIECE, MOST_FILES, start_upload, take_in, take_piece, upload
from incidents.services.prompts import prompt_sound
from incidents.services.reports import report_by_code
from incidents.views import throttle
from incidents.views.steps import coordinators_only
from incidents.views.tokens import is_forged, posted
from incidents.views.uploads import LARGEST_FILE, keep_in_memory
from orgs.access import viewer_of

REQUESTS_A_MINUTE = 300
"""Of one upload: a piece of 8 kB five times a second is more than a phone sends."""
_TYPE_ENDINGS = {
    "image/jpeg": "jpg",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/amr-wb": "awb",
    "audio/wav": "wav",
}


# --- With a form -------------------------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report_files(request: HttpRequest) -> HttpResponse:
    """Add photos and voice messages to a report, with its code. Without scripts, after the text has gone."""
    keep_in_memory(request)
    if request.method != "POST":
        return _files_page(request, CodeForm())
    data = posted(request)
    if data is None:
        return _files_page(request, CodeForm(), status=413, problem=_("This was too long to be taken in one piece."))
    form = CodeForm(data)
    status, problem = _not_now(request)
    if problem or not form.is_valid():
        return _files_page(request, form, status=status, problem=problem)
    report = _report_of(request, form.cleaned_data["code"])
    if report is None:
        form.add_error("code", _("No report has this code. Look at it again, digit by digit."))
        return _files_page(request, form)
    results = [_taken(report, file) for file in request.FILES.getlist("files")]
    problem = "" if results else _("Choose a photo or a voice message first.")
    return _files_page(request, form, results=results, problem=problem)


def _not_now(request: HttpRequest) -> tuple[int, str]:
    """Why nothing can be taken in just now: status and words."""
    if is_forged(request):
        return 403, _("This page had been open for too long. Choose your files again, then send them.")
    if throttle.is_blocked(request):
        return 429, _("Too many wrong codes came from your network. Wait ten minutes, then try again.")
    return 200, ""


def _report_of(request: HttpRequest, code: str) -> Report | None:
    started = time.monotonic()
    found = report_by_code(code)
    if found is None:
        throttle.count_wrong(request)
        throttle.wait_until(started)
    return found


def _taken(report: Report, file: Any) -> dict[str, Any]:
    if file.size > LARGEST_FILE or (file.size and not (data := file.read())):
        return {"kept": False, "why": Refusal.HEAVY.label}
    attachment = take_in(report=report, data=data if file.size else b"")
    return {
        "kept": attachment.state == AttachmentState.READY,
        "kind": attachment.get_kind_display(),
        "why": attachment.get_refusal_display(),
    }


def _files_page(
    request: HttpRequest,
    form: CodeForm,
    *,
    results: list[dict[str, Any]] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    known = bool(results) or (form.is_bound and form.is_valid() and not form.errors)
    context = {"form": form, "known": known, "results": results or [], "problem": problem, "most": MOST_FILES}
    response = render(request, "incidents/reports/files.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response


# --- Piece by piece ----------------------------------------------------------------------------------------------

# No cookie is used and no page of another site can send these: what opens them is the report's code, in the body, and
# then the number of the upload that it gave.


@csrf_exempt
@require_POST
@never_cache
def media_start(request: HttpRequest) -> HttpResponse:
    """Begin an upload: ``{"code", "id", "kind", "size"}`` gives its number, how much is here, and its state."""
    if not comes_from_script(request):
        return refused("form", 415)
    if throttle.is_blocked(request):
        return refused("wait", 429, retry_after=throttle.WINDOW_SECONDS)
    try:
        asked = json.loads(request.body[:2000])
        client_id, size = uuid.UUID(str(asked["id"])).hex, int(asked["size"])
        code, kind = str(asked["code"]), str(asked.get("kind", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return refused("unreadable", 400)
    report = _report_of(request, code)
    if report is None:
        return refused("code", 404)
    attachment = start_upload(report=report, client_id=client_id, kind=kind, size=max(0, min(size, 2**31 - 1)))
    return refused("many", 403) if attachment is None else _standing(attachment)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "PATCH"])
@never_cache
def media_piece(request: HttpRequest, upload_id: str) -> HttpResponse:
    """How far an upload is, or (PATCH with ``Upload-Offset``) one more piece of it."""
    if not comes_from_script(request, "application/offset+octet-stream"):
        return refused("form", 415)
    if _too_often(upload_id):
        return refused("wait", 429, retry_after=60)
    if request.method != "PATCH":
        found = upload(upload_id)
        return refused("upload", 404) if found is None else _standing(found)
    return _take_piece(request, upload_id)


def _take_piece(request: HttpRequest, upload_id: str) -> HttpResponse:
    offset, length = request.headers.get("Upload-Offset", ""), request.headers.get("Content-Length", "")
    if not (offset.isdecimal() and len(offset) < 10):
        return refused("offset", 400)
    if not (length.isdecimal() and int(length[:10]) <= LONGEST_PIECE):
        return refused("large", 413)
    piece = take_piece(upload_id=upload_id, offset=int(offset), data=request.body)
    if piece is None:
        return refused("upload", 404)
    return _standing(piece.attachment, status=200 if piece.fits else 409)


def _too_often(upload_id: str) -> bool:
    key = f"upload-{upload_id[:32]}-{int(time.time() // 60)}"
    cache.add(key, 0, 120)
    try:
        return int(cache.incr(key)) > REQUESTS_A_MINUTE
    except ValueError:  # it ran out between the two
        return False


def _standing(attachment: Attachment, *, status: int = 200) -> JsonResponse:
    answer = {
        "upload": attachment.upload_id,
        "offset": attachment.offset,
        "state": attachment.state,
        "reason": attachment.refusal,
        "says": attachment.get_refusal_display(),
    }
    response = JsonResponse(answer, status=status)
    response["Upload-Offset"] = str(attachment.offset)
    return response


# --- Looked at ---------------------------------------------------------------------------------------------------


@require_safe
@coordinators_only
@cache_control(private=True, no_store=True)
def desk_attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The bytes of a file, for a coordinator of its report."""
    rows = ATTACHMENTS.rows_as(viewer_of(request), "coordinator")
    found = rows.filter(pk=attachment_id, state=AttachmentState.READY).first()
    data = store.read(found.name) if found is not None else None
    if found is None or data is None:
        raise Http404
    response = HttpResponse(data, content_type=found.media_type)
    ending = _TYPE_ENDINGS.get(found.media_type, "bin")
    how = "attachment" if "download" in request.GET else "inline"
    response["Content-Disposition"] = f'{how}; filename="{found.report_id}-{found.pk}.{ending}"'
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_safe
@cache_control(public=True, max_age=30 * 24 * 3600)
def prompt(request: HttpRequest, prompt_id: int) -> HttpResponse:
    """A recorded question. Its address changes with its sound (``?v=``), so browsers may keep it."""
    found = prompt_sound(prompt_id)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.audio), content_type=found.media_type)
    response["Content-Disposition"] = "inline"
    return response
