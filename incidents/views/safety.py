"""The step before release that keeps an alert from doing harm, and how earlier alerts were gone through."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents import safety_shown
from incidents.access import may_see_reviews, may_work_on
from incidents.forms.safety import SafetyForm
from incidents.models import Alert
from incidents.services.alerts import CHANGEABLE
from incidents.services.safety import reviews_of
from incidents.services.safety_answers import answer_safety
from incidents.views.alerts import seen_alert
from incidents.views.steps import status_of, take
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.views import steps


@steps.only(may_see_reviews)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_safety(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Go through the list; once the alert is out, read how it was gone through. Oversight reads that too."""
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is not None and may_work_on(viewer, found.incident):
        if found.state in CHANGEABLE:
            return _list(request, viewer, found)
        works_on_it = True
    else:
        found, works_on_it = safety_shown.reviewed_alert(viewer, number), False
    if found is None:
        raise Http404
    if request.method == "POST":
        raise PermissionDenied
    context = {"alert": found, "reviews": reviews_of(viewer, found), "works_on_it": works_on_it}
    return render(request, "incidents/alerts/safety_read.html", context)


def _list(request: HttpRequest, viewer: Viewer, found: Alert) -> HttpResponse:
    standing = safety_shown.standing_now(viewer, found)
    if request.method != "POST":
        return _shown(request, found, SafetyForm(standing=standing))
    form = SafetyForm(request.POST, standing=standing)
    if form.is_valid():
        data = form.cleaned_data
        done = take(
            form,
            lambda: answer_safety(
                viewer=viewer,
                alert=found,
                version=data["version"],
                incident_version=data["incident_version"],
                words_hash=data["words_hash"],
                answers=form.answers(),
                decisions=form.decided(),
                **form.rumour(),
            ),
        )
        if done is not None:
            messages.success(request, _("Noted. Your answers hold for exactly these words."))
            return redirect(reverse("alert-preview", args=[found.pk]) + "#now")
    return _shown(request, found, _as_it_is_now(request, viewer, found, form))


def _as_it_is_now(request: HttpRequest, viewer: Viewer, found: Alert, form: SafetyForm) -> SafetyForm:
    """After a conflict: the list of what stands now, with everything that was typed."""
    if not getattr(form, "conflict", None):
        return form
    fresh: Any = safety_shown.alert_now(found.pk)
    standing = safety_shown.standing_now(viewer, fresh)
    data = request.POST.copy()
    data["version"], data["incident_version"] = str(fresh.version), str(fresh.incident.version)
    data["words_hash"] = standing.subject.hash
    again = SafetyForm(data, standing=standing)
    again.is_valid()
    for words in form.non_field_errors():
        again.add_error(None, words)
    again.conflict = form.conflict  # type: ignore[attr-defined]
    return again


def _shown(request: HttpRequest, found: Alert, form: SafetyForm) -> HttpResponse:
    context = {
        "alert": found,
        "incident": found.incident,
        "form": form,
        "standing": form.standing,
        "questions": form.questions(),
        "decisions": form.decisions(),
        "is_rumour": form.standing.subject.is_rumour,
        "left_over": form.left_over() if form.is_bound else [],
        "conflict": getattr(form, "conflict", None),
    }
    return render(request, "incidents/alerts/safety.html", context, status=status_of(form))
