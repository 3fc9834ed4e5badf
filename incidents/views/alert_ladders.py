"""The ladder of one alert: chosen for a draft; the next step now, stopping, the last call, once it is released."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents import ladder_desk
from incidents.access import may_climb, may_work_on
from incidents.forms.ladders import CallNoteForm, ChoiceForm, ReasonForm
from incidents.models import Alert, Escalation
from incidents.services import climbing, ladder_calls, ladder_choice, ladders
from incidents.services.alerts import CHANGEABLE
from incidents.views.alerts import seen_alert
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.policy import Viewer


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_ladder(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Choose another ladder for a draft, or none, and say why."""
    viewer, found = _alert(request, number)
    if found.state not in CHANGEABLE:
        return redirect("alert", number=number)
    plan = ladders.plan_of(found, found.incident)
    initial = {"version": found.version, "ladder": _chosen(plan), "reason": plan.choice.reason if plan.choice else ""}
    form = ChoiceForm(request.POST or None, viewer=viewer, alert=found, initial=initial)
    if request.method == "POST" and form.is_valid() and take(form, _choice(viewer, found, form)) is not None:
        messages.success(request, _("Noted. Look at the steps again before you release the alert."))
        return redirect(reverse("alert-preview", args=[number]) + "#ladder")
    proposed = ladders.proposed_for(ladders.Occasion.of(found.incident))
    steps = ladder_desk.steps_shown(ladders.steps_of(proposed), began=timezone.now()) if proposed else []
    context = {
        "alert": found,
        "form": form,
        "conflict": getattr(form, "conflict", None),
        "proposed": proposed,
        "steps": steps,
    }
    return render(request, "incidents/ladders/choose.html", context, status=status_of(form))


def _chosen(plan: ladders.Plan) -> str:
    if plan.choice is None:
        return ChoiceForm.BEST
    return ChoiceForm.NONE if plan.left_out else str(plan.choice.ladder_id or ChoiceForm.BEST)


def _choice(viewer: Viewer, found: Alert, form: ChoiceForm) -> Callable[[], Any]:
    data = form.cleaned_data
    given = {"viewer": viewer, "alert": found, "version": data["version"]}
    if data["ladder"] == ChoiceForm.BEST:
        return lambda: ladder_choice.propose_again(**given) or True  # type: ignore[func-returns-value]
    if data["ladder"] == ChoiceForm.NONE:
        return lambda: ladder_choice.leave_out_ladder(reason=data["reason"], **given)
    return lambda: ladder_choice.choose_ladder(ladder=form.found[data["ladder"]], reason=data["reason"], **given)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_ladder_now(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Do the next step without waiting, after being asked once more."""
    viewer, found = _climbed(request, number)
    following = next((rung for rung in ladder_desk.rungs_of(found) if rung.is_next), None)
    form = _StepForm(request.POST or None, initial={"step": following.step.step if following else 0})
    if request.method == "POST" and form.is_valid():
        step = form.cleaned_data["step"]
        if take(form, lambda: climbing.step_now(viewer=viewer, alert=found, step=step)) is not None:
            messages.success(request, _("Done: this step has gone out."))
            return _back(found)
    if following is None and not form.is_bound:
        return _back(found)
    context = {"alert": found, "next": following, "form": form}
    return render(request, "incidents/ladders/now.html", context, status=status_of(form))


class _StepForm(forms.Form):
    step = forms.IntegerField(widget=forms.HiddenInput)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_ladder_stop(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Stop the ladder, with a reason: nobody else is told by it."""
    viewer, found = _climbed(request, number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if take(form, lambda: climbing.stop_ladder(viewer=viewer, alert=found, reason=reason)) is not None:
            messages.success(request, _("The ladder is stopped. Those who were told keep the alert."))
            return _back(found)
    return render(request, "incidents/ladders/stop.html", {"alert": found, "form": form}, status=status_of(form))


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_ladder_call(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Whom to call at the end, the number, what to say; then what came of it. Each opening is written down."""
    viewer, found = _climbed(request, number)
    call = ladder_desk.call_to_make(viewer, found)
    if call is None:
        raise Http404
    form = CallNoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _noted(viewer, call, form):
        messages.success(request, _("Noted."))
        return _back(found)
    if not form.is_bound:
        ladder_calls.open_call(viewer=viewer, step=call)
    context = {"alert": found, "call": call, "form": form}
    return render(request, "incidents/ladders/call.html", context, status=status_of(form))


def _noted(viewer: Viewer, call: Escalation, form: CallNoteForm) -> bool:
    data = form.cleaned_data
    given = {"viewer": viewer, "step": call, "outcome": data["outcome"], "note": data["note"]}
    return take(form, lambda: ladder_calls.note_call(**given)) is not None


def _alert(request: HttpRequest, number: uuid.UUID) -> tuple[Viewer, Alert]:
    """The alert, for coordinators of its area."""
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is None or not may_work_on(viewer, found.incident):
        raise Http404
    return viewer, found


def _climbed(request: HttpRequest, number: uuid.UUID) -> tuple[Viewer, Alert]:
    """A released alert that still stands."""
    viewer, found = _alert(request, number)
    if not may_climb(viewer, found):
        raise Http404
    return viewer, found


def _back(found: Alert) -> HttpResponse:
    return redirect(reverse("alert", args=[found.pk]) + "#ladder")
