"""Sessions in one's own calendar: the page where the private address is made, and what the calendar reads there."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dialogues.access import may_keep_calendar
from dialogues.calendar import calendar_of
from dialogues.services.calendar import address_of, make_address, person_of, revoke_address
from incidents.views.buckets import Bucket, Buckets
from incidents.views.throttle import address_of as sent_from
from orgs.access import viewer_of
from orgs.views.steps import only

WRONG = Buckets(Bucket(size=30, a_second=0.05))
"""Wrong keys from one address. A calendar whose key was revoked goes on asking some times an hour; nobody else tries
keys. Not counted for everybody together: whoever tries from everywhere would stop all calendars, and guess none."""
READ = Buckets(Bucket(size=60, a_second=0.2), Bucket(size=300, a_second=5))
"""Readings. A mobile network asks for many people from one address; calendars come some times an hour."""


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_keep_calendar)
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Make, renew or revoke one's address. It is shown once, on the answer to the button."""
    viewer, address = viewer_of(request), ""
    if "revoke" in request.POST:
        revoke_address(viewer=viewer)
        messages.success(request, _("The address does not work any more."))
        return redirect("dialogue-calendar")
    if "make" in request.POST:
        token = make_address(viewer=viewer)
        address = settings.SITE_URL + reverse("dialogue-calendar-feed", args=[token])
    row = address_of(viewer)
    context = {"address": address, "row": row, "asks": row is not None and request.GET.get("renew") == "yes"}
    return render(request, "dialogues/calendar/calendar.html", context)


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The sessions of whoever the address belongs to."""
    address = sent_from(request)
    if WRONG.is_empty(address):
        return _later(WRONG)
    person = person_of(token)
    if person is None:
        WRONG.take(address)
        raise Http404
    if not READ.take(address):
        return _later(READ)
    answer = HttpResponse(calendar_of(person), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="passerelle.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _later(buckets: Buckets) -> HttpResponse:
    """Asked too often: calendars come again by themselves."""
    answer = HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(buckets.seconds_for_one)
    return answer
