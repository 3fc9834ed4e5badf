"""After release: updates and corrections, texts to copy, and the links in messages."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import alerting
from incidents.access import SENT, may_follow
from incidents.forms.alerts import FollowForm
from incidents.models import Alert, AlertKind, AlertState, Delivery, LinkOpening, LinkState
from incidents.services import alert_life, copies, links
from incidents.services.alerts import CHANGEABLE
from incidents.services.errors import NotAllowed
from incidents.views.alerts import DELIVERY_ORDER, seen_alert
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer

PAGE = 50
SERVICES = {AlertKind.UPDATE: alert_life.update_alert, AlertKind.CORRECTION: alert_life.correct_alert}


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_follow(request: HttpRequest, number: uuid.UUID, kind: str) -> HttpResponse:
    """Prepare the update or the correction of a released alert."""
    viewer, found = _followed(request, number)
    if found.state != AlertState.RELEASED:
        return redirect("alert", number=number)
    initial = {"instruction": found.instruction, "call_number": found.call_number, "holds_hours": found.holds_hours}
    form = FollowForm(request.POST or None, incident=found.incident, initial=initial)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("instruction", "call_number", "holds_hours")}
        service = SERVICES[AlertKind(kind)]
        made = take(form, lambda: service(viewer=viewer, alert=found, lines=form.chosen(), **words))
        if made is not None:
            return redirect("alert-preview", number=made.pk)
    context = {
        "alert": found,
        "form": form,
        "correction": kind == AlertKind.CORRECTION,
        "drafts": found.followed_by.filter(state__in=CHANGEABLE).select_related("created_by"),
        "people": found.deliveries.order_by().values("recipient").distinct().count(),
    }
    return render(request, "incidents/alerts/follow.html", context, status=status_of(form))


# --- Copies ------------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def alert_copy(request: HttpRequest, number: uuid.UUID, rendition: int, purpose: str) -> HttpResponse:
    """One rendition as text for WhatsApp, or to be read on the radio. That it was opened is noted."""
    viewer, found = _followed(request, number)
    chosen = found.renditions.filter(pk=rendition).first()
    if chosen is None or purpose not in set(copies.CopyFor):
        raise Http404
    chosen.alert = found
    context: dict[str, Any] = {"alert": found, "rendition": chosen, "radio": purpose == copies.CopyFor.RADIO}
    try:
        copy = copies.open_copy(viewer=viewer, rendition=chosen, purpose=copies.CopyFor(purpose))
    except NotAllowed as error:
        return render(request, "incidents/alerts/copy.html", {**context, "refused": str(error)}, status=403)
    context |= {"text": copy.text, "rows": min(30, copy.text.count("\n") + len(copy.text) // 60 + 2)}
    return render(request, "incidents/alerts/copy.html", context)


# --- Links -------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def alert_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a message: to the sign-in and then to the alert. Holding it proves nothing, so it shows nothing."""
    opened = links.open_link(token)
    if opened is None:
        raise Http404
    if opened.state == LinkState.OPEN:
        return redirect("alert", number=opened.alert_id)
    recalled = opened.state == LinkState.RECALLED
    return render(request, "incidents/alerts/link_over.html", {"recalled": recalled}, status=410)


@coordinators_only
@require_safe
def alert_links(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The link of each recipient, what it is good for and when it was opened."""
    viewer, found = _followed(request, number)
    return _links_page(request, viewer, found)


def _links_page(request: HttpRequest, viewer: Viewer, found: Alert) -> HttpResponse:
    rows = alerting.recipients_of(viewer, found).select_related("recipient", "organisation")
    try:
        page = keyset(rows, order=DELIVERY_ORDER, after=request.GET.get("after"), size=PAGE)
    except BadToken as error:
        raise Http404 from error
    openings = alerting.openings_of(page.rows)
    context = {
        "alert": found,
        "rows": [_link_row(found, row, openings.get(row.pk, [])) for row in page.rows],
        "page_of_links": page,
        "all_recalled": found.links_recalled_at is not None,
    }
    return render(request, "incidents/alerts/links.html", context)


def _link_row(found: Alert, delivery: Delivery, openings: list[LinkOpening]) -> dict[str, Any]:
    delivery.alert = found
    state = links.state_of(delivery, timezone.now())
    return {
        "delivery": delivery,
        "state": state.label,
        "works": state == LinkState.OPEN,
        "runs_out_at": links.runs_out_at(delivery),
        "openings": openings,
    }


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_links_recall(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Recall every link of an alert, after being asked once more."""
    viewer, found = _followed(request, number)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and take(form, lambda: links.recall_links(viewer=viewer, alert=found)) is not None:
        messages.success(request, _("Recalled. Whoever was told still reads the alert after signing in."))
        return redirect("alert-links", number=number)
    return render(request, "incidents/alerts/links_recall.html", {"alert": found, "form": form}, status=status_of(form))


@coordinators_only
@require_POST
def alert_link_recall(request: HttpRequest, number: uuid.UUID, delivery: int) -> HttpResponse:
    """Recall the link of one person."""
    viewer, found = _followed(request, number)
    row = alerting.recipients_of(viewer, found).filter(pk=delivery).first()
    if row is None:
        raise Http404
    form = forms.Form(request.POST)
    if take(form, lambda: links.recall_link(viewer=viewer, delivery=row)) is not None:
        messages.success(request, _("The link of this person opens nothing any more."))
    return redirect("alert-links", number=number)


def _followed(request: HttpRequest, number: uuid.UUID) -> tuple[Viewer, Alert]:
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is None or not may_follow(viewer, found) or found.state not in SENT:
        raise Http404
    return viewer, found
