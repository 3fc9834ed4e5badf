"""Advisories: given by liaisons, passed on, held or softened by coordinators."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import twoway
from incidents.access import (
    ADVISORIES,
    ALERTS,
    may_decide_on_advisory,
    may_give_advisory,
    may_see_figures,
    may_withdraw_advisory,
)
from incidents.forms.twoway import AdvisoryForm, HoldForm, PassOnForm, RewriteForm
from incidents.models import Advisory, AdvisoryState
from incidents.services import advisories
from incidents.services.errors import NotAllowed
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.models import Area
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.views import steps

PAGE = 30
MOST_WAITING = 50
MOST_PUBLIC = 20
ORDER = (("given_at", "desc"), ("id", "desc"))
both_sides = steps.only(may_see_figures)
liaisons_only = steps.only(may_give_advisory)


@both_sides
@require_safe
def advisory_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, what one's own service gave, and what came through."""
    viewer = viewer_of(request)
    try:
        page = keyset(twoway.advisories_listed(viewer), order=ORDER, after=request.GET.get("after"), size=PAGE)
    except BadToken as error:
        raise Http404 from error
    first = not request.GET.get("after")
    waiting = list(twoway.advisories_to_decide(viewer)[:MOST_WAITING]) if first else []
    through = list(twoway.public_and_known(viewer)[:MOST_PUBLIC]) if first else []
    context = {
        "waiting": [_row(one) for one in waiting],
        "listed": [_row(one) for one in page.rows],
        "page_of_list": page,
        "through": [(alert, rendition) for alert in through if (rendition := _read(viewer, alert)) is not None],
        "may_give": may_give_advisory(viewer),
        "first": first,
        "hours": twoway.DECIDE_WITHIN.seconds // 3600,
    }
    return render(request, "incidents/twoway/advisories.html", context)


def _row(one: Advisory) -> dict[str, Any]:
    return {"advisory": one, "title": twoway.title_of(one), "standing": twoway.standing_of(one)}


def _read(viewer: Viewer, alert: Any) -> Any:
    from incidents.alerting import reading_for

    return reading_for(viewer, alert)


@liaisons_only
@require_http_methods(["GET", "POST"])
def advisory_new(request: HttpRequest) -> HttpResponse:
    """A liaison gives one."""
    viewer = viewer_of(request)
    form = AdvisoryForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if form.is_valid():
        service = form.cleaned_data["organisation"]
        given = take(form, lambda: advisories.give_advisory(viewer=viewer, organisation=service, told=form.told()))
        if given is not None:
            messages.success(request, _("Given. The coordinators of the area decide; you read here what became of it."))
            return redirect("advisory", number=given.pk)
    return render(request, "incidents/twoway/advisory_new.html", {"form": form}, status=status_of(form))


@both_sides
@require_safe
def advisory(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """One advisory: its words, what became of it, what can be done now."""
    viewer = viewer_of(request)
    return advisory_page(request, viewer, _seen(viewer, number))


def advisory_page(
    request: HttpRequest, viewer: Viewer, found: Advisory, *, refused: forms.Form | None = None
) -> HttpResponse:
    """The page, with the form that was refused if any."""
    standing = twoway.standing_of(found)
    wordings = twoway.wordings_shown(viewer, found)
    last = wordings[-1]
    version = {"version": found.version}
    own = may_withdraw_advisory(viewer, found)
    decides = may_decide_on_advisory(viewer, found) and standing.code in ("given", "held")
    alert = found.alert if found.alert is not None and ALERTS.sees(viewer, found.alert) else None
    context = {
        "advisory": found,
        "title": twoway.title_of(found),
        "standing": standing,
        "wordings": wordings,
        "last": last,
        "as_coordinator": ADVISORIES.audience(viewer, found) == "coordinator",
        "decides": decides,
        "own": own,
        "may_rewrite": own and found.state != AdvisoryState.PASSED_ON,
        "hold_form": refused if isinstance(refused, HoldForm) else HoldForm(initial=version, auto_id="hold_%s"),
        "rewrite_form": refused
        if isinstance(refused, RewriteForm)
        else RewriteForm(
            initial={**version, "words": last["words"], "instruction": last["instruction"]}, auto_id="again_%s"
        ),
        "refused": refused,
        "alert": alert,
        "reach": twoway.reach_of(found) if standing.code in ("passed_on", "over", "cancelled") else {},
        "moments": twoway.steps_of_advisory(found),
    }
    context["conflict"] = getattr(refused, "conflict", None)
    return render(request, "incidents/twoway/advisory.html", context, status=200 if refused is None else 422)


@liaisons_only
@require_POST
def advisory_words(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Its service writes it anew."""
    viewer = viewer_of(request)
    found = _own_or_404(viewer, number)
    form = RewriteForm(request.POST, auto_id="again_%s")
    if form.is_valid():
        said = form.cleaned_data
        if take(form, lambda: advisories.rewrite_advisory(viewer=viewer, advisory=found, **said)) is not None:
            messages.success(request, _("Changed. Your earlier words are kept beside them."))
            return redirect("advisory", number=number)
    return advisory_page(request, viewer, found, refused=form)


@liaisons_only
@require_http_methods(["GET", "POST"])
def advisory_withdraw(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Its service takes it back."""
    viewer = viewer_of(request)
    found = _own_or_404(viewer, number)
    if request.method == "POST":
        try:
            advisories.withdraw_advisory(viewer=viewer, advisory=found)
        except NotAllowed as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Withdrawn. The coordinators are told."))
        return redirect("advisory", number=number)
    context = {"advisory": found, "title": twoway.title_of(found), "went_out": found.alert_id is not None}
    return render(request, "incidents/twoway/withdraw.html", context)


@coordinators_only
@require_POST
def advisory_hold(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """A coordinator passes it on to nobody, and says why."""
    viewer = viewer_of(request)
    found = _to_decide_or_404(viewer, number)
    form = HoldForm(request.POST, auto_id="hold_%s")
    if form.is_valid():
        said = form.cleaned_data
        if take(form, lambda: advisories.hold_advisory(viewer=viewer, advisory=found, **said)) is not None:
            messages.success(request, _("Held. The service reads why. You can still pass it on."))
            return redirect("advisory", number=number)
    return advisory_page(request, viewer, _seen(viewer, number), refused=form)


@coordinators_only
@require_http_methods(["GET", "POST"])
def advisory_pass_on(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """A coordinator softens the words, chooses who must know, and goes on to the preview of the alert."""
    viewer = viewer_of(request)
    found = _to_decide_or_404(viewer, number)
    last = found.wordings.order_by("-id")[0]
    areas = list(Area.objects.filter(pk__in=found.areas.values("pk")).with_names().order_by("name_key"))
    begun = {
        "words": last.words, "instruction": last.instruction, "severity": found.severity, "tlp": found.tlp,
        "version": found.version,
    }  # fmt: skip
    form = PassOnForm(request.POST if request.method == "POST" else None, advisory=found, areas=areas, initial=begun)
    if form.is_valid():
        said = {**form.cleaned_data, "lines": form.chosen()}
        alert = take(form, lambda: advisories.pass_on_advisory(viewer=viewer, advisory=found, **said))
        if alert is not None:
            messages.success(request, _("The alert is prepared. See who is told and what they read, then release it."))
            return redirect("alert-preview", number=alert.pk)
    context = {
        "advisory": found,
        "title": twoway.title_of(found),
        "form": form,
        "wordings": twoway.wordings_shown(viewer, found),
        "conflict": getattr(form, "conflict", None),
    }
    return render(request, "incidents/twoway/pass_on.html", context, status=status_of(form))


def _seen(viewer: Viewer, number: uuid.UUID) -> Advisory:
    found = twoway.advisory_seen(viewer, number)
    if found is None:
        raise Http404
    return found


def _own_or_404(viewer: Viewer, number: uuid.UUID) -> Advisory:
    found = _seen(viewer, number)
    if found.organisation_id not in {post.organisation_id for post in viewer.posts_as(("liaison",))}:
        raise Http404
    return found


def _to_decide_or_404(viewer: Viewer, number: uuid.UUID) -> Advisory:
    found = _seen(viewer, number)
    if not may_decide_on_advisory(viewer, found):
        raise Http404
    return found
