"""Pages of ladders: the list, one, the form with its steps, and trying them out. For coordinators."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents import ladder_desk
from incidents.access import LADDERS, may_keep_ladder
from incidents.forms.ladders import (
    MOST_NAMES,
    TOLD_STEPS,
    LadderForm,
    LastCallForm,
    RungForm,
    TryForm,
    people_to_name,
    steps_areas,
    values_of,
    values_of_step,
)
from incidents.models import Ladder
from incidents.services import ladders
from incidents.services.ladder_plans import FIRST, keep_ladder
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import ORGANISATIONS, viewer_of
from orgs.models.areas import words_of
from orgs.policy import Viewer


@coordinators_only
@require_safe
def ladders_page(request: HttpRequest) -> HttpResponse:
    """The ladders of one's areas, and those of larger areas, which stand for one's own too."""
    viewer = viewer_of(request)
    rows = list(ladder_desk.listed(viewer)[:200])
    own = [row for row in rows if getattr(row, "shown_audience", "") == "coordinator"]
    above = [row for row in rows if getattr(row, "shown_audience", "") != "coordinator"]
    return render(request, "incidents/ladders/list.html", {"own": own, "above": above})


@coordinators_only
@require_safe
def ladder_page(request: HttpRequest, number: int) -> HttpResponse:
    """One ladder in words."""
    viewer = viewer_of(request)
    found = _ladder(viewer, number)
    context = {
        "ladder": found,
        "steps": ladder_desk.steps_shown(ladders.steps_of(found)),
        "may_keep": may_keep_ladder(viewer, found),
        "area": words_of(found.area),
    }
    return render(request, "incidents/ladders/ladder.html", context)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def ladder_new(request: HttpRequest) -> HttpResponse:
    """Make a ladder."""
    return _form_page(request, viewer_of(request), None)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def ladder_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a ladder and its steps. Alerts that went out keep the steps they have."""
    viewer = viewer_of(request)
    found = _ladder(viewer, number)
    if not may_keep_ladder(viewer, found):
        raise Http404
    return _form_page(request, viewer, found)


def _ladder(viewer: Viewer, number: int) -> Ladder:
    rows = (
        LADDERS.rows(viewer).select_related("area", "area__edition").defer("area__geometry").prefetch_related("types")
    )
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _form_page(request: HttpRequest, viewer: Viewer, found: Ladder | None) -> HttpResponse:
    form, rungs, last = _forms(request, viewer, found)
    if request.method == "POST":
        valid = [one.is_valid() for one in (form, *rungs, last)]
        if all(valid):
            described = [rung.rung() for rung in rungs if rung.is_described]
            described += [last.rung()] if last.is_described else []
            kept = take(
                form,
                lambda: keep_ladder(
                    viewer=viewer,
                    wanted=form.wanted(described),
                    ladder=found,
                    version=form.cleaned_data["version"],
                ),
            )
            if kept is not None:
                messages.success(request, _("Saved. It stands for alerts that are released from now on."))
                return redirect("ladder", number=kept.pk)
    wrong = [one for one in (form, *rungs, last) if one.is_bound and one.errors]
    context = {
        "ladder": found,
        "form": form,
        "rungs": rungs,
        "last": last,
        "wrong": wrong,
        "conflict": getattr(form, "conflict", None),
        **_names(viewer),
    }
    status = 422 if wrong and not context["conflict"] else status_of(form) if wrong else 200
    return render(request, "incidents/ladders/form.html", context, status=status)


def _forms(
    request: HttpRequest, viewer: Viewer, found: Ladder | None
) -> tuple[LadderForm, list[RungForm], LastCallForm]:
    """The forms of the page: what was posted, or what the ladder holds."""
    data = request.POST if request.method == "POST" else None
    steps = list(ladders.steps_of(found)) if found is not None else []
    told = [values_of_step(step) for step in steps if not step.is_call]
    called = next((values_of_step(step) for step in steps if step.is_call), None)
    form = LadderForm(data, viewer=viewer, initial=values_of(found) if found is not None else None)
    rungs = [
        RungForm(data, viewer=viewer, number=FIRST + place, initial=told[place] if place < len(told) else None)
        for place in range(TOLD_STEPS)
    ]
    return form, rungs, LastCallForm(data, initial=called)


def _names(viewer: Viewer) -> dict[str, Any]:
    """The names that the fields of the steps offer, once for all of them."""
    return {
        "areas": [words_of(area) for area in steps_areas()],
        "organisations": ORGANISATIONS.rows(viewer).order_by("name_key").values_list("name", flat=True)[:MOST_NAMES],
        "people": people_to_name(viewer).order_by("name").values_list("name", flat=True)[:MOST_NAMES],
    }


@coordinators_only
@require_safe
def ladder_try(request: HttpRequest) -> HttpResponse:
    """An alert of this type, in this area, of this severity: which ladder, whom, when. Nobody is told anything."""
    viewer = viewer_of(request)
    form = TryForm(request.GET or None, viewer=viewer)
    context: dict[str, Any] = {"form": form, "tried": False}
    if form.is_valid():
        data = form.cleaned_data
        area = data["area"]
        occasion = ladders.Occasion(data["type"].pk, data["severity"], area.region_id, area.cercle_id, area.commune_id)
        standing = list(ladders.standing_for(occasion))
        best = ladders.best_of(standing)
        context |= {
            "tried": True,
            "best": best,
            "others": [row for row in standing if best is not None and row.pk != best.pk],
            "steps": ladder_desk.steps_shown(ladders.steps_of(best), began=timezone.now()) if best else [],
        }
    return render(request, "incidents/ladders/try.html", context)
