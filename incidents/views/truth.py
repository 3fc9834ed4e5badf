"""What alerts turned out to be: saying it of one, and how often it was so, by area, type and door."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents import safety_shown, truth
from incidents.access import CLOSABLE, may_see_reviews, may_see_truth, may_work_on, sees_small_counts
from incidents.forms.closing import ClosingForm
from incidents.services.closing import close_alert, proposed_truth
from incidents.truth import Period
from incidents.views.alerts import seen_alert
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.exports.answers import table_file
from orgs.policy import Viewer
from orgs.views import steps


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def alert_close(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Say, or correct, what an alert turned out to be."""
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is None or not may_work_on(viewer, found.incident):
        raise Http404
    if found.state not in CLOSABLE or found.exercise_id is not None:
        return redirect("alert", number=number)
    last = found.closings.first()
    first = {"truth": last.truth, "why": last.why, "word": last.word} if last else {}
    proposed = proposed_truth(found.incident)
    initial = {"version": found.version, "truth": proposed, **first}
    form = ClosingForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        done = take(form, lambda: close_alert(viewer=viewer, alert=found, **data), now=lambda: first)
        if done is not None:
            messages.success(request, _("Noted. You can correct it later; what was said before is kept."))
            return redirect("alert", number=number)
    context = {
        "alert": found,
        "form": form,
        "last": last,
        "proposed": found.incident.get_finding_display() if proposed and not last else "",
        "still_holds": found.state == "released",
        "conflict": getattr(form, "conflict", None),
    }
    return render(request, "incidents/alerts/close.html", context, status=status_of(form))


@steps.only(may_see_truth)
@require_safe
def alert_truth(request: HttpRequest) -> HttpResponse:
    """How many alerts were true, partly, false; and, for coordinators, which still wait to be said."""
    viewer = viewer_of(request)
    periods, period = _period(viewer, request)
    waiting = truth.unclosed(viewer).select_related("incident__type", "incident__cercle")
    context: dict[str, Any] = {
        "periods": periods,
        "period": period,
        "tables": truth.tables_of(viewer, period),
        "waiting": list(waiting[: truth.MOST_WAITING]),
        "let_pass": safety_shown.let_pass_lately(viewer) if may_see_reviews(viewer) else [],
        "small_hidden": not sees_small_counts(viewer),
    }
    return render(request, "incidents/alerts/truth.html", context)


@steps.only(may_see_truth)
@require_safe
def alert_truth_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The same numbers as a file; what is hidden on the page is empty in it."""
    viewer = viewer_of(request)
    _periods, period = _period(viewer, request)
    lines = truth.lines_of(truth.tables_of(viewer, period))
    return table_file(lines, name=f"alerts-{period.key}", ending=ending, title=_("Alerts"))


def _period(viewer: Viewer, request: HttpRequest) -> tuple[list[Period], Period]:
    periods = truth.periods_for(viewer)
    asked = request.GET.get("period", "")
    return periods, next((one for one in periods if one.key == asked), periods[0])
