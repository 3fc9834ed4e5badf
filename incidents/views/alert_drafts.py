"""Preparing, previewing, proposing, releasing and cancelling alerts."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import panels
from incidents.access import INCIDENTS, may_work_on
from incidents.alerting import shown_state
from incidents.forms.alerts import LineForm, NewAlertForm, ReleaseForm, WordsForm
from incidents.models import Alert, AlertState, Incident
from incidents.preview import preview_of
from incidents.services import alerts
from incidents.services.alerts import Line, Released
from incidents.views.alerts import seen_alert
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import PEOPLE, viewer_of
from orgs.policy import Viewer


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Prepare an alert from an incident: a first choice of recipients, what to do, a number to call."""
    viewer = viewer_of(request)
    incident = _incident(viewer, ref)
    form = NewAlertForm(request.POST or None, incident=incident, initial={"call_number": _own_phone(viewer)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        prepared = take(
            form,
            lambda: alerts.prepare_alert(
                viewer=viewer,
                incident=incident,
                lines=form.chosen(),
                instruction=data["instruction"],
                call_number=data["call_number"],
                holds_hours=data["holds_hours"],
            ),
        )
        if prepared is not None:
            return redirect("alert-preview", number=prepared.pk)
    context = {
        "form": form,
        "incident": incident,
        "suggested": bool(form.suggested),
        "drafts": incident.alerts.filter(state__in=alerts.CHANGEABLE).select_related("created_by"),
        "unverified": incident.state == "open",
    }
    return render(request, "incidents/alerts/new.html", context, status=status_of(form))


def _own_phone(viewer: Viewer) -> str:
    return PEOPLE.rows(viewer).filter(pk=viewer.user_id or 0).values_list("phone", flat=True).first() or ""


def _incident(viewer: Viewer, ref: str) -> Incident:
    rows = INCIDENTS.rows(viewer).filter(ref=ref)
    incident = rows.select_related("type", "place", "region", "cercle", "commune").first()
    if incident is None or not may_work_on(viewer, incident):
        raise Http404
    return incident


@coordinators_only
@require_safe
def alert_preview(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Whom it reaches, who is left out, what each audience reads; then propose or release."""
    viewer, found = _draft(request, number)
    if found.state not in alerts.CHANGEABLE:
        return redirect("alert", number=number)
    return preview_page(request, viewer, found)


def preview_page(
    request: HttpRequest,
    viewer: Viewer,
    found: Alert,
    *,
    words: WordsForm | None = None,
    line: LineForm | None = None,
    release: forms.Form | None = None,
) -> HttpResponse:
    """The page; a form that was refused is shown again with what was typed."""
    incident = found.incident
    preview = preview_of(viewer, found, incident)
    bound = words or line or release
    version = {"version": found.version}
    context: dict[str, Any] = {
        "alert": found,
        "incident": incident,
        "preview": preview,
        "state": shown_state(found),
        "proposed": found.state == AlertState.PROPOSED,
        "safety": preview.standing,
        "may_release": preview.standing.may_be_released_by(viewer),
        "second_person": preview.standing.needs_second_person,
        "words_form": words or WordsForm(initial={**version, **_words(found)}, auto_id="words_%s"),
        "line_form": line or LineForm(initial=version, incident=incident, viewer=viewer),
        "release_form": release or ReleaseForm(initial={**version, "incident_version": incident.version}),
        "form": bound,
        "conflict": getattr(bound, "conflict", None),
        "words_open": words is not None,
        "line_open": line is not None,
        "sections": panels.preview_page.of(viewer, found),
    }
    return render(request, "incidents/alerts/preview.html", context, status=status_of(bound) if bound else 200)


def _words(found: Alert) -> dict[str, Any]:
    return {"instruction": found.instruction, "call_number": found.call_number, "holds_hours": found.holds_hours}


@coordinators_only
@require_POST
def alert_words(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Change what to do and the number to call."""
    viewer, found = _draft(request, number)
    form = WordsForm(request.POST, auto_id="words_%s")
    if form.is_valid():
        data = form.cleaned_data
        step = _step(alerts.set_words, viewer, found, form)
        words = {name: data[name] for name in ("instruction", "call_number", "holds_hours")}
        if take(form, lambda: step(**words)) is not None:
            return redirect("alert-preview", number=number)
    return preview_page(request, viewer, found, words=form)


@coordinators_only
@require_POST
def alert_line_add(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Add a line of recipients."""
    viewer, found = _draft(request, number)
    form = LineForm(request.POST, incident=found.incident, viewer=viewer)
    if form.is_valid():
        step = _step(alerts.set_audiences, viewer, found, form)
        if take(form, lambda: step(lines=[*_lines(found), form.line()])) is not None:
            return redirect("alert-preview", number=number)
    return preview_page(request, viewer, found, line=form)


@coordinators_only
@require_POST
def alert_line_remove(request: HttpRequest, number: uuid.UUID, line: int) -> HttpResponse:
    """Take a line of recipients off."""
    viewer, found = _draft(request, number)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        step = _step(alerts.set_audiences, viewer, found, form)
        if take(form, lambda: step(lines=_lines(found, without=line))) is not None:
            return redirect("alert-preview", number=number)
    return preview_page(request, viewer, found, release=form)


@coordinators_only
@require_POST
def alert_propose(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Ask a second person."""
    viewer, found = _draft(request, number)
    form = ReleaseForm(request.POST)
    if form.is_valid() and take(form, _step(alerts.propose_alert, viewer, found, form)) is not None:
        messages.success(request, _("Proposed. Another coordinator of the area must now look at it and release it."))
        return redirect("alert-preview", number=number)
    return preview_page(request, viewer, found, release=form)


@coordinators_only
@require_POST
def alert_release(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Release it. A second tap finds it released and says so."""
    viewer, found = _draft(request, number)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        step = _step(alerts.release_alert, viewer, found, form)
        released = take(form, lambda: step(incident_version=data["incident_version"]))
        if released is not None:
            messages.success(request, _said_of(released))
            return redirect("alert", number=number)
    return preview_page(request, viewer, found, release=form)


def _said_of(released: Released) -> str:
    if released.already:
        return _("This alert was already released: nobody is told twice.")
    words = ngettext("Released. %(n)s person is told.", "Released. %(n)s people are told.", released.recipients)
    return words % {"n": released.recipients}


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_cancel(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Take a released alert back, after being asked once more."""
    viewer, found = _draft(request, number)
    if found.state != AlertState.RELEASED:
        return redirect("alert", number=number)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and take(form, lambda: alerts.cancel_alert(viewer=viewer, alert=found)) is not None:
        messages.success(request, _("Cancelled. Those who had it are told so."))
        return redirect("alert", number=number)
    return render(request, "incidents/alerts/cancel.html", {"alert": found, "form": form}, status=status_of(form))


@coordinators_only
@require_POST
def alert_discard(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Throw a draft away."""
    viewer, found = _draft(request, number)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        ref = found.incident.ref
        done = take(form, lambda: _step(alerts.discard_alert, viewer, found, form)() or True)
        if done:
            messages.success(request, _("The draft is thrown away. Nobody was told anything."))
            return redirect("incident", ref=ref)
    return preview_page(request, viewer, found, release=form)


def _draft(request: HttpRequest, number: uuid.UUID) -> tuple[Viewer, Alert]:
    """The alert, for coordinators of its area."""
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is None or not may_work_on(viewer, found.incident):
        raise Http404
    return viewer, found


def _step(service: Callable[..., Any], viewer: Viewer, found: Alert, form: forms.Form) -> Callable[..., Any]:
    """A service on this alert, in the version that the form was made from."""

    def call(**given: Any) -> Any:
        return service(viewer=viewer, alert=found, version=form.cleaned_data["version"] or 0, **given)

    return call


def _lines(found: Alert, without: int | None = None) -> list[Line]:
    rows = found.audiences.select_related("area", "organisation", "person").exclude(pk=without or 0)
    return [Line(row.audience, row.role, row.area, row.organisation, row.kind, row.person, row.who) for row in rows]
