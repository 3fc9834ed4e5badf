"""Pages of a committee's seats and decisions."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dialogues import committees as reading
from dialogues.access import COMMITTEES, may_edit_committee, may_open_holder_name
from dialogues.disclosed_agreements import SEAT
from dialogues.forms.committees import DayForm, DecisionForm, FollowUpForm, HolderForm, NameForm, SeatForm
from dialogues.models import DecisionState, Seat
from dialogues.services import committees as writing
from dialogues.services import holder_names
from dialogues.views.committees import committee_or_404, committee_to_edit, head_of, people_only
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.views import steps

_DONE: dict[str, str | Promise] = {
    "fill": gettext_lazy("The seat is held now."),
    "leave": gettext_lazy("The seat is vacant now."),
    "change": gettext_lazy("Saved."),
    "end": gettext_lazy("The seat is no more. Who held it stays known."),
}


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def seat_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Add seats, one after the other."""
    viewer = viewer_of(request)
    found = committee_to_edit(viewer, committee_or_404(viewer, uid))
    form = SeatForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if form.is_valid():
        added = steps.take(form, lambda: writing.add_seat(viewer=viewer, committee=found, said=form.said()))
        if added is not None:
            messages.success(request, _("Added: %(seat)s. Add the next one, or go back.") % {"seat": added.label})
            return redirect("committee-seat-new", uid=found.uid)
    context = {
        **head_of(viewer, found),
        "form": form,
        "seats": reading.shown_seats(viewer, found, COMMITTEES.audience(viewer, found) or "public"),
    }
    return render(request, "dialogues/committees/seat_new.html", context, status=steps.status_of(form))


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: HttpRequest, number: int) -> HttpResponse:
    """One seat: who holds it, who held it; fill it, leave it, change it, let it end. One that ended is only read."""
    viewer = viewer_of(request)
    found = reading.seat_seen(viewer, number)
    if found is None:
        raise Http404
    owner = committee_to_edit(viewer, found.committee)
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    form_of = _forms(viewer, found) if found.ended_on is None else {}
    if request.method == "POST" and asked not in form_of:
        raise Http404
    shown = {what: make(request.POST if what == asked else None) for what, make in form_of.items()}
    if asked and shown[asked].is_valid():
        form = shown[asked]
        if steps.take(form, lambda: _step(viewer, found, asked, form)) is not None:
            messages.success(request, str(_DONE[asked]))
            return redirect("committee", uid=owner.uid)
    audience = COMMITTEES.audience(viewer, owner) or "public"
    holders = reading.shown_holdings(viewer, found, audience)
    context = {
        **head_of(viewer, owner),
        "seat": SEAT.show(found, audience),
        "holders": holders,
        "held": any(one["until"] is None for one in holders),
        "forms": shown,
        "form": shown.get(asked),
    }
    status = steps.status_of(shown[asked]) if asked else 200
    return render(request, "dialogues/committees/seat.html", context, status=status)


def _forms(viewer: Viewer, found: Seat) -> dict[str, Callable[[Any], Any]]:
    return {
        "fill": lambda data: HolderForm(data, viewer=viewer, row=found),
        "leave": lambda data: DayForm(data, what="leave"),
        "change": lambda data: SeatForm(data, viewer=viewer, row=found),
        "end": lambda data: DayForm(data, what="end"),
    }


def _step(viewer: Viewer, found: Seat, asked: str, form: Any) -> object:
    if asked == "fill":
        return writing.fill_seat(viewer=viewer, seat=found, said=form.said())
    if asked == "change":
        return writing.change_seat(viewer=viewer, seat=found, said=form.said())
    step = writing.vacate_seat if asked == "leave" else writing.end_seat
    return step(viewer=viewer, seat=found, on=form.cleaned_data["on"])


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def holder_name(request: HttpRequest, number: int) -> HttpResponse:
    """The name of somebody who holds a seat: shown once, with a reason; or forgotten for good."""
    viewer = viewer_of(request)
    found = reading.holding_seen(viewer, number)
    if found is None:
        raise Http404
    owner = committee_to_edit(viewer, found.seat.committee)
    if request.POST.get("do") == "forget":
        holder_names.forget_name(viewer=viewer, holding=found)
        messages.success(request, _("The name is erased for good."))
        return redirect("committee-seat", number=found.seat_id)
    may_open = may_open_holder_name(viewer, owner)
    if request.method == "POST" and not may_open:
        raise PermissionDenied
    form, name = NameForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        name = steps.take(form, lambda: holder_names.open_name(viewer=viewer, holding=found, reason=reason))
    context = {
        **head_of(viewer, owner),
        "form": form,
        "name": name,
        "may_open": may_open,
        "seat": found.seat.label,
        "seat_id": found.seat_id,
    }
    status = 200 if name is not None else steps.status_of(form)
    return render(request, "dialogues/committees/name.html", context, status=status)


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def decision_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write down what was decided."""
    viewer = viewer_of(request)
    found = committee_to_edit(viewer, committee_or_404(viewer, uid))
    sessions = reading.sessions_of(viewer, found)
    form = DecisionForm(request.POST if request.method == "POST" else None, viewer=viewer, sessions=sessions)
    if form.is_valid():
        made = steps.take(form, lambda: writing.decide(viewer=viewer, committee=found, said=form.said()))
        if made is not None:
            messages.success(request, _("Written. The members of the committee read it."))
            return redirect("committee", uid=found.uid)
    context = {**head_of(viewer, found), "form": form}
    return render(request, "dialogues/committees/decision_new.html", context, status=steps.status_of(form))


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, number: int) -> HttpResponse:
    """One decision with its follow-up; those who keep the committee note how it stands."""
    viewer = viewer_of(request)
    found = reading.decision_seen(viewer, number)
    if found is None:
        raise Http404
    owner = found.committee
    if request.method == "POST":
        committee_to_edit(viewer, owner)
    form: forms.Form = FollowUpForm(
        request.POST if request.method == "POST" else None, initial={"state": DecisionState.DONE}
    )
    if form.is_valid():
        said = form.cleaned_data
        if steps.take(form, lambda: writing.follow_decision(viewer=viewer, decision=found, **said)) is not None:
            messages.success(request, _("Noted."))
            return redirect("committee", uid=owner.uid)
    context = {
        **head_of(viewer, owner),
        "form": form,
        "may_edit": may_edit_committee(viewer, owner),
        "decision": reading.shown_decision(viewer, found, COMMITTEES.audience(viewer, owner) or "public"),
    }
    return render(request, "dialogues/committees/decision.html", context, status=steps.status_of(form))
