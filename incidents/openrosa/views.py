"""What ODK Collect and KoboCollect call. They bring a device's credentials, never a session; a cookie means nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import translation
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from incidents.openrosa.attachments import base_name
from incidents.openrosa.auth import Refusal, caller_of
from incidents.openrosa.definition import FORM_ID
from incidents.openrosa.forms import current_form, form_list, manifest
from incidents.openrosa.instances import LARGEST_XML, BadForm, read_instance
from incidents.services.doors import Caller, note_seen
from incidents.services.odk import receive_form

ACCEPTED_LENGTH = 10_000_000
"""Bytes that phones put in one request; what is more they split."""
LARGEST_REQUEST = 12_000_000
XML_PART = "xml_submission_file"
_RESPONSE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
    '<message nature="{nature}">{words}</message></OpenRosaResponse>'
)
_TEXT_XML = "text/xml; charset=utf-8"

Answer = Callable[..., HttpResponse]


def openrosa(*methods: str) -> Callable[[Answer], Answer]:
    """One address of the protocol: proof first, then the view; every answer carries what phones look for."""

    def decorate(view: Answer) -> Answer:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with translation.override(settings.LANGUAGE_CODE):
                response = _answered(request, view, methods, *args, **kwargs)
            response.headers["X-OpenRosa-Version"] = "1.0"
            response.headers["Date"] = http_date()
            response.headers["Cache-Control"] = "no-store"
            return response

        return answered

    return decorate


def _answered(request: HttpRequest, view: Answer, methods: tuple[str, ...], *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method not in methods:
        return HttpResponse(status=405, headers={"Allow": ", ".join(methods)}, content_type="text/plain")
    # The request's own Date is not looked at: phones write it by a 12-hour clock.
    caller = caller_of(request)
    if isinstance(caller, Refusal):
        return caller.response
    note_seen(caller)
    try:
        return view(request, caller, *args, **kwargs)
    except BadForm as error:
        return openrosa_message(error.words, error.status, nature="submit_error")


def openrosa_message(words: str, status: int, *, nature: str = "submit_success") -> HttpResponse:
    """An answer in words, as phones show it."""
    made = _RESPONSE.format(nature=nature, words=escape(words))
    return HttpResponse(made, status=status, content_type=_TEXT_XML)


# --- Forms -------------------------------------------------------------------------------------------------------


@openrosa("GET", "HEAD")
def list_of_forms(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The one form there is; nothing where another one is asked for."""
    form = current_form()
    if request.GET.get("formID", "") not in ("", FORM_ID):
        return HttpResponse(form_list([]), content_type=_TEXT_XML)
    download, files = _absolute(request, "openrosa-form", FORM_ID), ""
    if form.media:
        files = _absolute(request, "openrosa-manifest", FORM_ID)
    return HttpResponse(form_list([(form, download, files)]), content_type=_TEXT_XML)


@openrosa("GET", "HEAD")
def form_xml(request: HttpRequest, caller: Caller, openrosa_form: str) -> HttpResponse:
    """The form itself: exactly the bytes that the list gives the hash of."""
    _only_ours(openrosa_form)
    return HttpResponse(current_form().xml, content_type=_TEXT_XML)


@openrosa("GET", "HEAD")
def form_manifest(request: HttpRequest, caller: Caller, openrosa_form: str) -> HttpResponse:
    """The files of the form."""
    _only_ours(openrosa_form)
    files = current_form().media
    listed = [(one, _absolute(request, "openrosa-media", FORM_ID, one.filename)) for one in files]
    return HttpResponse(manifest(listed), content_type=_TEXT_XML)


@openrosa("GET", "HEAD")
def form_media(request: HttpRequest, caller: Caller, openrosa_form: str, openrosa_file: str) -> HttpResponse:
    """One file of the form."""
    _only_ours(openrosa_form)
    for one in current_form().media:
        if one.filename == openrosa_file:
            return HttpResponse(one.content, content_type=one.content_type)
    raise _not_here()


def _only_ours(form_id: str) -> None:
    if form_id != FORM_ID:
        raise _not_here()


def _not_here() -> BadForm:
    return BadForm(_("There is nothing of this name here."), 404)


def _absolute(request: HttpRequest, name: str, *arguments: str) -> str:
    """An address as the phone must call it: of this installation where it calls by that name, else as it called."""
    return request.build_absolute_uri(reverse(name, args=arguments))


# --- Submissions -------------------------------------------------------------------------------------------------


@openrosa("HEAD", "POST")
def submission(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A filled-in form. HEAD asks whether one may be sent, and how large: 204, and no address but this one."""
    response = HttpResponse(status=204) if request.method == "HEAD" else _received(request, caller)
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(ACCEPTED_LENGTH)
    return response


def _received(request: HttpRequest, caller: Caller) -> HttpResponse:
    try:
        content, files = _parts_of(request)
        kept = receive_form(caller=caller, content=content, instance=read_instance(content), files=files)
    except BadForm as error:
        return openrosa_message(error.words, error.status, nature="submit_error")
    words = _("Received. Files are still to come.") if kept.missing else _("Received.")
    return openrosa_message(words, 201)


class _InMemory(MemoryFileUploadHandler):
    """Whatever its size (the request's is limited): nothing of a form touches the disk before it is sealed."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take everything."""
        self.activated = True


def _parts_of(request: HttpRequest) -> tuple[bytes, dict[str, list[bytes]]]:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise BadForm(_("The size of the request is not said."), 411)
    if int(length) > LARGEST_REQUEST:
        raise BadForm(_("This is more than can be taken in at once."), 413)
    if request.content_type != "multipart/form-data":
        raise BadForm(_("A form comes as multipart/form-data."), 415)
    request.upload_handlers = [_InMemory(request)]
    try:
        sent, plain = request.FILES, request.POST
    except (RequestDataTooBig, TooManyFilesSent):
        raise BadForm(_("This is more than can be taken in at once."), 413) from None
    except (MultiPartParserError, SuspiciousOperation, BadRequest, OSError, ValueError):
        raise BadForm(_("The request cannot be read: it is not whole.")) from None
    content = b""
    files: dict[str, list[bytes]] = {}
    for name, several in sent.lists():
        for one in several:
            if name == XML_PART:
                content = content or one.read(LARGEST_XML + 1)
            else:
                # Phones name the part by the file's name; others name the file alone.
                files.setdefault(base_name(one.name if one.name else name), []).append(one.read())
    content = content or plain.get(XML_PART, "").encode()
    if not content:
        raise BadForm(_("The request has no form in it (xml_submission_file)."))
    return content, files
