"""Incidents: the list and one of them, for every audience; and the steps that coordinators take on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.access import INCIDENTS
from incidents.desk import SHAPES, finest_area, words_for_areas
from incidents.forms.desk import (
    CloseForm,
    FigureForm,
    GradeForm,
    PlaceForm,
    PlaceSearchForm,
    ResponsibleForm,
    WordsForm,
)
from incidents.forms.filters import IncidentPageFilters, all_areas
from incidents.listing import counts_by_region, incidents_for, rows_of
from incidents.maps import map_of
from incidents.models import Incident, IncidentState, IncidentType
from incidents.services import incidents as services
from incidents.services.places import chosen_place, place_incident
from incidents.track_record import record_of_incident
from incidents.views.desk import place_choices
from incidents.views.incident_page import incident_page
from incidents.views.steps import address_of_page, coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.areas.search import find_places
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer

NEWEST_FIRST = (("occurred_on", "desc"), ("id", "desc"))
PAGE = 50


# --- The list ----------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def incidents(request: HttpRequest) -> HttpResponse:
    """The incidents that this viewer may see, newest first, each as they may read it."""
    viewer = viewer_of(request)
    seen = incidents_for(viewer)
    filters = IncidentPageFilters(request.GET, queryset=seen, viewer=viewer, areas=all_areas())
    rows = rows_of(filters.qs, viewer)
    try:
        page = keyset(rows, order=NEWEST_FIRST, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(rows, order=NEWEST_FIRST, size=PAGE)
    regions = [] if request.GET.get("page") else counts_by_region(filters.qs)
    context = {
        "filters": filters.form,
        "narrowed": filters.chosen,
        "rows": _shown_rows(page.rows),
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
        "regions": regions,
        "map": map_of(regions),
        "signed_in": viewer.user_id is not None,
    }
    return render(request, "incidents/incident/list.html", context)


def _shown_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    types = {kind.code: kind for kind in IncidentType.objects.all()}
    areas = words_for_areas(finest_area(row) for row in rows)
    states = dict(IncidentState.choices)
    return [
        {
            **{name.removeprefix("shown_"): value for name, value in row.items()},
            "kind": types.get(row["shown_type_id"] or ""),
            "area": areas[finest_area(row)],
            "state_words": states.get(row["shown_state"], ""),
        }
        for row in rows
    ]


# --- One incident ------------------------------------------------------------------------------------------------


def _incident_or_404(viewer: Viewer, ref: str) -> Incident:
    rows = (
        INCIDENTS.rows(viewer).select_related("type", "place", "region", "cercle", "commune", "exercise").defer(*SHAPES)
    )
    found = rows.filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _own_incident(viewer: Viewer, ref: str) -> Incident:
    """The incident, if this viewer works on it; somebody who only reads it is told that they may not."""
    found = _incident_or_404(viewer, ref)
    if INCIDENTS.audience(viewer, found) != "coordinator":
        raise PermissionDenied
    return found


@require_safe
@never_cache
def incident(request: HttpRequest, ref: str) -> HttpResponse:
    """One incident, as this viewer may read it. For anyone, if it may be public."""
    return incident_page(request, _incident_or_404(viewer_of(request), ref))


def _to(viewer: Viewer, found: Incident, anchor: str = "") -> HttpResponseRedirect:
    """Back to the incident; to the list where the step just taken has put it out of sight."""
    if not INCIDENTS.rows(viewer).filter(pk=found.pk).exists():
        return redirect("incidents")
    return redirect(reverse("incident", args=[found.ref]) + (f"#{anchor}" if anchor else ""))


# --- Grades and words: pages of their own ------------------------------------------------------------------------


def _grades_of(found: Incident) -> dict[str, Any]:
    names = ("time_precision", "source_grade", "claim_grade", "severity", "urgency", "certainty", "tlp")
    given: dict[str, Any] = {name: getattr(found, name) for name in names}
    return {**given, "type_code": found.type_id, "occurred_on": found.occurred_on, "version": found.version}


def _words_of(found: Incident) -> dict[str, Any]:
    names = ("narrative", "summary", "reporter_note", "version")
    return {name: getattr(found, name) for name in names}


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def incident_grade(request: HttpRequest, ref: str) -> HttpResponse:
    """Grade an incident anew."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)

    def step(form: Any) -> Any:
        version = form.cleaned_data["version"]
        return services.grade_incident(viewer=viewer, incident=found, version=version, grading=form.grading())

    return _edit(
        request, found, kind=GradeForm, values=_grades_of, step=step, title=_("Grades of %(ref)s") % {"ref": found.ref}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def incident_words(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the narrative, the public summary and the word to the reporters."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)

    def step(form: Any) -> Any:
        version = form.cleaned_data["version"]
        return services.write_incident(viewer=viewer, incident=found, version=version, account=form.account())

    return _edit(
        request, found, kind=WordsForm, values=_words_of, step=step, title=_("Words of %(ref)s") % {"ref": found.ref}
    )


def _edit(
    request: HttpRequest,
    found: Incident,
    *,
    kind: type[forms.Form],
    values: Callable[[Incident], dict[str, Any]],
    step: Callable[[Any], Any],
    title: str,
) -> HttpResponse:
    form = kind(request.POST) if request.method == "POST" else kind(initial=values(found))
    if form.is_bound and form.is_valid():
        done = take(form, lambda: step(form), now=lambda: _without_version(values(found)))
        if done is not None:
            messages.success(request, _("Saved."))
            return _to(viewer_of(request), found)
    context = {
        "form": form,
        "incident": found,
        "title": title,
        "back": reverse("incident", args=[found.ref]),
        "conflict": getattr(form, "conflict", None),
        "track_record": record_of_incident(viewer_of(request), found) if kind is GradeForm else [],
    }
    return render(request, "incidents/incident/edit.html", context, status=status_of(form))


def _without_version(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "version"}


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def incident_place(request: HttpRequest, ref: str) -> HttpResponse:
    """Set the place of an incident by looking for it."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)
    words = request.POST.get("words", found.place_text)
    candidates = find_places(words)
    choices = place_choices(candidates)
    if request.method == "POST" and "place" in request.POST:
        form = PlaceForm(request.POST, candidates=choices)
        if form.is_valid():
            kind, _sep, key = form.cleaned_data["place"].partition(":")
            version = form.cleaned_data["version"]

            def step() -> Incident:
                chosen = chosen_place(kind, int(key))
                return place_incident(viewer=viewer, incident=found, version=version, chosen=chosen)

            if take(form, step) is not None:
                messages.success(request, _("Saved."))
                return _to(viewer, found)
    else:
        form = PlaceForm(initial={"version": found.version}, candidates=choices)
    context = {
        "search": PlaceSearchForm(initial={"words": words}),
        "form": form,
        "candidates": candidates,
        "words": words,
        "said": found.place_text,
        "title": _("Place of %(ref)s") % {"ref": found.ref},
        "back": reverse("incident", args=[found.ref]),
        "conflict": getattr(form, "conflict", None),
    }
    return render(request, "incidents/desk/place.html", context, status=status_of(form))


# --- Steps from the incident's own page --------------------------------------------------------------------------


@require_POST
@coordinators_only
def incident_figure(request: HttpRequest, ref: str) -> HttpResponse:
    """Put down a figure."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)
    form = FigureForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        number = given.pop("report")
        report = found.reports.filter(pk=number).first() if number else None
        if take(form, lambda: services.add_figure(viewer=viewer, incident=found, report=report, **given)) is not None:
            messages.success(request, _("The figure was put down."))
            return _to(viewer, found, "figures")
    return incident_page(request, _own_incident(viewer, ref), figure=form)


@require_POST
@coordinators_only
def incident_figure_withdraw(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Take a figure back, or put it back."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)
    figure = found.figures.filter(pk=number).first()
    if figure is None:
        raise Http404

    def step(version: int) -> object:
        return services.withdraw_figure(viewer=viewer, incident=found, version=version, figure=figure)

    return _simple(request, found, step, anchor="figures")


@require_POST
@coordinators_only
def incident_responsible(request: HttpRequest, ref: str) -> HttpResponse:
    """Name the actor held responsible."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)
    form = ResponsibleForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if take(form, lambda: services.name_responsible(viewer=viewer, incident=found, **given)) is not None:
            messages.success(request, _("Named. Its people are left out everywhere from now on."))
            return _to(viewer, found, "responsible")
    return incident_page(request, _own_incident(viewer, ref), responsible=form)


@require_POST
@coordinators_only
def incident_responsible_remove(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Take an actor off those held responsible."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)
    named = found.held_responsible.select_related("actor").filter(actor=number).first()
    if named is None:
        raise Http404

    def step(version: int) -> object:
        services.unname_responsible(viewer=viewer, incident=found, version=version, actor=named.actor)
        return named

    return _simple(request, found, step, anchor="responsible")


@require_POST
@coordinators_only
def incident_verify(request: HttpRequest, ref: str) -> HttpResponse:
    """Hold an incident to be true."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)

    def step(version: int) -> object:
        return services.verify_incident(viewer=viewer, incident=found, version=version)

    return _simple(request, found, step, said=_("The incident is verified."))


@require_POST
@coordinators_only
def incident_reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a closed incident again."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)

    def step(version: int) -> object:
        return services.reopen_incident(viewer=viewer, incident=found, version=version)

    return _simple(request, found, step, said=_("The incident is open again."))


@require_POST
@coordinators_only
def incident_close(request: HttpRequest, ref: str) -> HttpResponse:
    """Close an incident and say what it turned out to be."""
    viewer = viewer_of(request)
    found = _own_incident(viewer, ref)
    form = CloseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if take(form, lambda: services.close_incident(viewer=viewer, incident=found, **given)) is not None:
            messages.success(request, _("The incident is closed."))
            return _to(viewer, found)
    return incident_page(request, _own_incident(viewer, ref), close=form)


class _VersionOnly(forms.Form):
    version = forms.IntegerField(min_value=1)


def _simple(
    request: HttpRequest, found: Incident, step: Callable[[int], object], *, anchor: str = "", said: str = ""
) -> HttpResponse:
    """A step that needs nothing but a button."""
    viewer = viewer_of(request)
    form = _VersionOnly(request.POST)
    if form.is_valid() and take(form, lambda: step(form.cleaned_data["version"])) is not None:
        messages.success(request, said or _("Done."))
        return _to(viewer, found, anchor)
    return incident_page(request, _own_incident(viewer, found.ref), refused=form)
