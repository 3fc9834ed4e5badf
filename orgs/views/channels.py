"""How I am told: my ways in their order, my devices, programs and notices, and a try of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.forms.channels import NoticeForm, ProgramForm, PushForm, TestForm, WaysForm
from orgs.messaging import vapid
from orgs.models import Address, Channel, User
from orgs.presentation.ways import shown_messages, shown_ways
from orgs.services import channels
from orgs.services.errors import NotAllowed
from orgs.views.steps import take

LAST_MESSAGES = 10


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def ways(request: HttpRequest) -> HttpResponse:
    """The page, and the order of my ways."""
    if request.method == "GET":
        return _page(request)
    viewer = access.viewer_of(request)
    form = _ways_form(request, request.POST)
    if form.is_valid():
        take(form, lambda: channels.set_ways(viewer=viewer, ways=form.chosen))
    if form.errors:
        return _page(request, ways_form=form)
    messages.success(request, _("Kept. From the next alert on you are told in this order."))
    return redirect("ways")


@login_required
@never_cache
@require_POST
def allow_push(request: HttpRequest) -> HttpResponse:
    """Notices on this device: what the browser gave to the page's script."""
    form, viewer = PushForm(request.POST), access.viewer_of(request)
    if not form.is_valid():
        return JsonResponse({"refused": _("The browser did not give what is needed. Try again.")}, status=422)
    try:
        channels.allow_push(viewer=viewer, **form.cleaned_data)
    except ValidationError as error:
        return JsonResponse({"refused": " ".join(error.messages)}, status=422)
    messages.success(request, _("Notices come to this device now. Try it."))
    return JsonResponse({"kept": True})


@login_required
@never_cache
@require_POST
def add_program(request: HttpRequest) -> HttpResponse:
    """A program of my organisation; its secret is shown once, on the page that answers."""
    form, viewer = ProgramForm(request.POST), access.viewer_of(request)
    made = take(form, lambda: channels.add_program(viewer=viewer, **form.cleaned_data)) if form.is_valid() else None
    if made is None:
        return _page(request, program_form=form)
    return _page(request, secret=made[1])


@login_required
@never_cache
@require_POST
def add_notice(request: HttpRequest) -> HttpResponse:
    """An account at another service."""
    form, viewer = NoticeForm(request.POST), access.viewer_of(request)
    made = take(form, lambda: channels.add_notice(viewer=viewer, **form.cleaned_data)) if form.is_valid() else None
    if made is None:
        return _page(request, notice_form=form)
    messages.success(request, _("Added. Try it: only then you know that notices come."))
    return redirect("ways")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def end_address(request: HttpRequest, way_address: int) -> HttpResponse:
    """Take a device, program or account off, after asking: what leads there is destroyed."""
    address = _own(request, way_address)
    if request.method == "GET":
        return render(request, "orgs/channels/end.html", {"address": address})
    channels.end_address(viewer=access.viewer_of(request), address=address)
    messages.success(request, _("“%(label)s” is taken off.") % {"label": address.label})
    return redirect("ways")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def renew_secret(request: HttpRequest, way_address: int) -> HttpResponse:
    """Make a program's secret anew; it is shown once."""
    address = _own(request, way_address, channel=Channel.WEBHOOK)
    if request.method == "GET":
        return render(request, "orgs/channels/renew.html", {"address": address})
    secret = channels.renew_secret(viewer=access.viewer_of(request), address=address)
    return _page(request, secret=secret)


@login_required
@never_cache
@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    """A message to myself."""
    form, viewer = TestForm(request.POST), access.viewer_of(request)
    if not form.is_valid():
        messages.error(request, _("Choose one of the list."))
        return redirect("ways")
    number = form.cleaned_data["address"]
    address = _own(request, number) if number else None
    try:
        channels.send_test(viewer=viewer, channel=form.cleaned_data["channel"], address=address)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except NotAllowed:
        messages.error(request, _("You may not do this, or not any more."))
    else:
        messages.success(request, _("It is on its way. What became of it stands at the end of this page."))
    return redirect("ways")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows notices. It serves ``/accounts/ways/`` alone, and keeps nothing."""
    body = f'importScripts("{_asset("js/channels/worker.js")}");\n'
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = request.path.rpartition("/")[0] + "/"
    return response


def _page(request: HttpRequest, *, secret: str = "", **forms_given: forms.Form) -> HttpResponse:
    viewer, person = access.viewer_of(request), _person(request)
    addresses = list(access.own_addresses(viewer))
    context: dict[str, Any] = {
        "ways_form": _ways_form(request),
        "program_form": ProgramForm(),
        "notice_form": NoticeForm(),
        **forms_given,
        "secret": secret,
        "ways": shown_ways(person, addresses),
        "devices": [one for one in addresses if one.channel == Channel.PUSH],
        "programs": [one for one in addresses if one.channel == Channel.WEBHOOK],
        "notices": [one for one in addresses if one.channel == Channel.NOTICE],
        "may_have_program": access.may_have_program(viewer),
        "notice_kinds": settings.NOTICE_SCHEMES,
        "sent": shown_messages(access.own_messages(viewer)[:LAST_MESSAGES]),
        "push_key": vapid.public_key(),
    }
    refused = any(form.is_bound and form.errors for form in forms_given.values())
    return render(request, "orgs/channels/ways.html", context, status=422 if refused else 200)


def _ways_form(request: HttpRequest, data: Any = None) -> WaysForm:
    person = _person(request)
    live = access.own_addresses(access.viewer_of(request)).values_list("channel", flat=True).distinct().order_by()
    available = [*live, *(["email"] if person.email else []), *(["sms"] if person.phone else [])]
    return WaysForm(data, person=person, available=available, ways=channels.ways_of(person))


def _own(request: HttpRequest, number: int, **narrowed: Any) -> Address:
    return get_object_or_404(access.own_addresses(access.viewer_of(request)), pk=number, **narrowed)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _asset(path: str) -> str:
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"
