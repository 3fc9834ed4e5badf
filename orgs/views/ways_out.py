"""The ways out of the installation, for those who run it: what works, what is in trouble since when, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.forms.channels import TermsForm
from orgs.messaging import reasons
from orgs.messaging.outbox import waiting_by_channel
from orgs.models import Breaker, Channel, WayOut
from orgs.services import ways_out as service
from orgs.views.steps import only, status_of, take

TONES = {Breaker.CLOSED: "done", Breaker.OPEN: "stopped", Breaker.HALF_OPEN: "doing"}


@dataclass(frozen=True)
class ShownWayOut:
    """One way out with what waits before it."""

    way: WayOut
    tone: str
    trouble: str | Promise
    waiting: int
    oldest: object


@only(access.may_keep_ways_out)
@require_safe
def ways_out(request: HttpRequest) -> HttpResponse:
    """Every way out; two queries."""
    waiting = waiting_by_channel()
    rows = access.WAYS_OUT.rows(access.viewer_of(request)).order_by("channel", "gateway")
    shown = [
        ShownWayOut(
            way,
            TONES[Breaker(way.state)],
            reasons.words(way.trouble),
            waiting.get(way.channel, {}).get("count", 0),
            waiting.get(way.channel, {}).get("oldest"),
        )
        for way in rows
    ]
    unused = [label for value, label in Channel.choices if value in waiting and value not in {w.channel for w in rows}]
    return render(request, "orgs/channels/ways_out.html", {"shown": shown, "unused": unused})


@only(access.may_keep_ways_out)
@require_http_methods(["GET", "POST"])
def way_out(request: HttpRequest, way_out: int) -> HttpResponse:
    """The terms of one way out."""
    viewer = access.viewer_of(request)
    way = get_object_or_404(access.WAYS_OUT.rows(viewer), pk=way_out)
    kept = {"price": way.price, "currency": way.currency, "per_minute": way.per_minute}
    form = TermsForm(request.POST or None, initial=kept)
    if way.channel != Channel.SMS:
        del form.fields["price"], form.fields["currency"]
    if form.is_valid():
        terms = {"price": None, "currency": way.currency, **form.cleaned_data}
        take(form, lambda: service.set_terms(viewer=viewer, way=way, **terms))
        if not form.errors:
            messages.success(request, _("Kept. Workers obey it from their next messages on."))
            return redirect("ways-out")
    return render(request, "orgs/channels/way_out.html", {"way": way, "form": form}, status=status_of(form))


@only(access.may_keep_ways_out)
@require_POST
def try_again(request: HttpRequest, way_out: int) -> HttpResponse:
    """Use a way again that was left alone."""
    viewer = access.viewer_of(request)
    way = get_object_or_404(access.WAYS_OUT.rows(viewer), pk=way_out)
    service.try_again(viewer=viewer, way=way)
    messages.success(request, _("It is tried again now."))
    return redirect("ways-out")
