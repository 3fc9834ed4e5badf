"""Phones of ODK Collect and KoboCollect: made, shown once, revoked."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.access.doors import DEVICES, may_keep_devices
from incidents.disclosure import DEVICE
from incidents.forms.devices import DeviceForm
from incidents.models import Device
from incidents.openrosa.connecting import picture, server_address, settings_in_words
from incidents.services.doors import Credentials, make_device, revoke_device
from incidents.views.steps import address_of_page, status_of, take
from orgs.access import viewer_of
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.views import steps

NEWEST_FIRST = (("created_at", "desc"), ("id", "desc"))
PAGE = 50

keepers_only = steps.only(may_keep_devices)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def devices(request: HttpRequest) -> HttpResponse:
    """The phones of one's areas; a new one's password is shown on the answer to the form, and never again."""
    viewer = viewer_of(request)
    form, made = DeviceForm(request.POST if request.method == "POST" else None, viewer=viewer), None
    if request.method == "POST" and form.is_valid():
        made = take(form, lambda: make_device(viewer=viewer, **form.cleaned_data))
    page = _page(viewer, request.GET.get("page", ""))
    context = {
        "form": DeviceForm(viewer=viewer) if made else form,
        "rows": page.rows,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
        **(_shown_once(request, made) if made else {}),
    }
    return render(request, "incidents/desk/devices.html", context, status=200 if made else status_of(form))


def _shown_once(request: HttpRequest, made: Credentials) -> dict[str, Any]:
    address = server_address(request)
    words = settings_in_words(address, made.username, made.password)
    return {"made": made, "address": address, "picture": picture(words)}


def _page(viewer: Viewer, token: str) -> Any:
    rows = _own(viewer).annotate(**DEVICE.columns("coordinator")).defer("sealed")
    try:
        return keyset(rows, order=NEWEST_FIRST, after=token, size=PAGE)
    except BadToken:
        return keyset(rows, order=NEWEST_FIRST, size=PAGE)


def _own(viewer: Viewer) -> QuerySet[Device]:
    return DEVICES.rows_as(viewer, "coordinator")


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def device_revoke(request: HttpRequest, device: int) -> HttpResponse:
    """End a phone's credentials, after asking once more."""
    viewer = viewer_of(request)
    found = _own(viewer).select_related("organisation").filter(pk=device).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        revoke_device(viewer=viewer, device=found)
        messages.success(request, _("The phone “%(label)s” can send nothing any more.") % {"label": found.label})
        return redirect("devices")
    return render(request, "incidents/desk/device_revoke.html", {"device": DEVICE.show(found, "coordinator")})
