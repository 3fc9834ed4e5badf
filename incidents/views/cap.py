"""CAP 1.2 for alert hubs: a feed, and each message as a document.

Without a key, what anybody may read. With the key of a person (``Authorization: Bearer KEY``, or Basic with the key as
password, for readers that know nothing else), what that person may read; a key stands in no address, so in no log.
"""

import base64
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException

from incidents import feeds
from incidents.exchange import cap
from orgs.api.authentication import viewer_by_token, viewer_of_key
from orgs.policy import Viewer

PUBLIC_FOR = 60
"""Seconds for which a cache may keep what anybody may read."""


@require_safe
def cap_feed(request: HttpRequest) -> HttpResponse:
    """The alerts that hold now, as Atom."""
    viewer = _viewer(request)
    if isinstance(viewer, HttpResponse):
        return viewer
    body, newest = feeds.feed(viewer)
    answer = _answer(viewer, body, "application/atom+xml; charset=utf-8")
    if newest is not None:
        answer["Last-Modified"] = http_date(newest.timestamp())
    return answer


@require_safe
def cap_message(request: HttpRequest, identifier: str) -> HttpResponse:
    """One message; what may not be read looks like what is not there."""
    viewer = _viewer(request)
    if isinstance(viewer, HttpResponse):
        return viewer
    try:
        number = uuid.UUID(identifier.removeprefix("urn:uuid:"))
    except ValueError as error:
        raise Http404 from error
    body = feeds.document_of(viewer, number)
    if body is None:
        raise Http404
    return _answer(viewer, body, f"{cap.MEDIA_TYPE}; charset=utf-8")


def _answer(viewer: Viewer, body: bytes, media_type: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=media_type)
    answer["Vary"] = "Authorization"
    public = viewer.user_id is None
    answer["Cache-Control"] = f"public, max-age={PUBLIC_FOR}" if public else "private, no-store"
    return answer


def _viewer(request: HttpRequest) -> Viewer | HttpResponse:
    """Who asks: by key alone, never by the session of a browser, so that a feed is the same for all who have none."""
    scheme, _space, given = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        if scheme.lower() == "basic":
            return viewer_of_key(_password(given))
        return viewer_by_token(request) or Viewer(user_id=None)
    except APIException as error:
        return _refused(str(error.detail), error.status_code)


def _password(given: str) -> str:
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except ValueError:  # not base64, not UTF-8
        return ""


def _refused(words: str, status: int) -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Passerelle CAP", Bearer'
    return answer
