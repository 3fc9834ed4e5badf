"""Entering a report for somebody who called, came in, or wrote a letter."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from incidents.access import may_report_for_others, may_use_desk
from incidents.disclosure import PROXY
from incidents.forms.reports import ProxyForm
from incidents.intake.proxy import receive_for_somebody
from incidents.models import ProxyEntry, Report
from incidents.services.reports import grouped, like_a_phone_number
from incidents.views.receipts import put_sealed, sealed
from incidents.views.steps import coordinators_only
from incidents.views.tokens import is_forged, posted
from orgs.access import viewer_of

RECEIPT_COOKIE = "read-out"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
@coordinators_only
def desk_enter(request: HttpRequest) -> HttpResponse:
    """The form at the desk."""
    return _enter(request, address=reverse("desk-enter"))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
@login_required
def enter(request: HttpRequest) -> HttpResponse:
    """The same form for monitors, facilitators, editors and reporters."""
    if not may_report_for_others(viewer_of(request)):
        raise PermissionDenied
    return _enter(request, address=reverse("report-for-somebody"))


def _enter(request: HttpRequest, *, address: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ProxyForm(), address)
    data = posted(request)
    if data is None:
        return _page(request, ProxyForm(), address, status=413)
    form = ProxyForm(data)
    if is_forged(request):
        form.add_error(None, _("This page had been open for too long. Nothing is lost: send it again."))
        return _page(request, form, address, status=403)
    if not form.is_valid():
        return _page(request, form, address)
    received = receive_for_somebody(form, viewer=viewer_of(request), language=(get_language() or "fr")[:2])
    response = HttpResponseRedirect(reverse("report-read-out"), status=303)
    put_sealed(response, RECEIPT_COOKIE, {"code": received.code}, path=reverse("report-read-out"))
    return response


def _page(request: HttpRequest, form: ProxyForm, address: str, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "address": address, "too_much": status == 413}
    return render(request, "incidents/reports/enter.html", context, status=status)


@require_safe
@never_cache
@login_required
def read_out(request: HttpRequest) -> HttpResponse:
    """The code, to be read out to the person or written on paper for them."""
    if not may_report_for_others(viewer_of(request)):
        raise PermissionDenied
    at_desk = may_use_desk(viewer_of(request))
    again = reverse("desk-enter") if at_desk else reverse("report-for-somebody")
    code = sealed(request, RECEIPT_COOKIE).get("code", "")
    if not code:
        return redirect(again)
    context = {
        "code": grouped(code),
        "like_a_number": like_a_phone_number(code).replace(" ", "\xa0"),
        "again": again,
        "at_desk": at_desk,
    }
    return render(request, "incidents/reports/read_out.html", context)


def proxy_of(report: Report) -> dict[str, Any] | None:
    """Who entered it for somebody else, and how that person came to them; for the report's page at the desk."""
    entry: ProxyEntry | None = getattr(report, "proxy", None)
    if entry is None:
        return None
    return {**PROXY.show(entry, "coordinator"), "way": entry.get_way_display()}
