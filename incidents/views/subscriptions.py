"""Subscriptions, rules of organisations and hours: seen, tried on the past, kept, paused, deleted and taken back."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import choosing
from incidents.access.choice import SUBSCRIPTIONS, may_change, may_subscribe, organisations_ruled_by
from incidents.forms.choice import HoursForm, PauseForm, SubscriptionForm
from incidents.models import Subscription
from incidents.services import subscriptions
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.services.hours import hours_of, set_hours
from orgs.views import steps
from orgs.views.steps import status_of, take

told_only = steps.only(may_subscribe)
keepers_only = steps.only(lambda viewer: bool(organisations_ruled_by(viewer)))


@require_safe
@told_only
def mine(request: HttpRequest) -> HttpResponse:
    """What the viewer is told of by their own wish and by their organisation's, and when."""
    viewer = viewer_of(request)
    keeps = bool(organisations_ruled_by(viewer))
    context = {
        "own": choosing.own_subscriptions(viewer),
        "about": choosing.rules_about(viewer),
        "kept": choosing.rules_kept_by(viewer) if keeps else [],
        "keeps": keeps,
        "hours": hours_of(viewer),
        "pause": PauseForm(),
        "deleted": _deleted(viewer, request.GET.get("deleted", "")),
    }
    return render(request, "incidents/alerts/subscriptions.html", context)


def _deleted(viewer: Viewer, number: str) -> Subscription | None:
    """What was deleted just now, and can be taken back."""
    if not number.isdigit():
        return None
    row = SUBSCRIPTIONS.rows_as(viewer, "own", "keeper").filter(pk=int(number[:12])).first()
    return row if row is not None and row.deleted_at is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
@told_only
def new(request: HttpRequest) -> HttpResponse:
    """A subscription of one's own."""
    return _edit(request, None, rule=False)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def new_rule(request: HttpRequest) -> HttpResponse:
    """A rule for the people of one's organisation."""
    return _edit(request, None, rule=True)


@require_http_methods(["GET", "HEAD", "POST"])
@told_only
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change one's own, or a rule that one keeps."""
    row = _row(viewer_of(request), number)
    return _edit(request, row, rule=row.is_rule)


def _edit(request: HttpRequest, row: Subscription | None, *, rule: bool) -> HttpResponse:
    """The form; ``save`` keeps it, any other button shows first what it would have been."""
    viewer = viewer_of(request)
    form = SubscriptionForm(request.POST if request.method == "POST" else None, viewer=viewer, rule=rule, row=row)
    would = None
    if form.is_bound and form.is_valid():
        if "save" in request.POST and take(form, lambda: _keep(viewer, form, row)) is not None:
            messages.success(request, _("Kept. It holds from now on."))
            return redirect("subscriptions")
        if "save" not in request.POST:
            would = choosing.would_have_had(viewer, form.wanted())
    context = {"form": form, "row": row, "rule": rule, "would": would}
    status = 200 if would is not None else status_of(form)
    return render(request, "incidents/alerts/subscription.html", context, status=status)


def _keep(viewer: Viewer, form: SubscriptionForm, row: Subscription | None) -> Subscription:
    data = form.cleaned_data
    return subscriptions.keep_subscription(
        viewer=viewer,
        wanted=form.wanted(),
        subscription=row,
        organisation=data.get("organisation"),
        role=data.get("role", ""),
    )


@require_POST
@told_only
def pause(request: HttpRequest, number: int) -> HttpResponse:
    """Tell nothing by it for a while."""
    viewer = viewer_of(request)
    row, form = _row(viewer, number), PauseForm(request.POST)
    if form.is_valid():
        until = _morning_of(viewer, form.cleaned_data["until"])
        take(form, lambda: subscriptions.pause_subscription(viewer=viewer, subscription=row, until=until))
    _say(request, form, _("Paused. You are told nothing by it until then."))
    return redirect("subscriptions")


def _morning_of(viewer: Viewer, day: Any) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, ZoneInfo(hours_of(viewer).time_zone))


@require_POST
@told_only
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """Take it up again."""
    viewer = viewer_of(request)
    row, form = _row(viewer, number), forms.Form(request.POST)
    take(form, lambda: subscriptions.resume_subscription(viewer=viewer, subscription=row))
    _say(request, form, _("In use again."))
    return redirect("subscriptions")


@require_POST
@told_only
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete it; the next page offers to take that back."""
    viewer = viewer_of(request)
    subscriptions.delete_subscription(viewer=viewer, subscription=_row(viewer, number, deleted_too=True))
    answer = redirect("subscriptions")
    answer["Location"] += f"?deleted={number}"
    return answer


@require_POST
@told_only
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Take the deletion back."""
    viewer = viewer_of(request)
    row, form = _row(viewer, number, deleted_too=True), forms.Form(request.POST)
    take(form, lambda: subscriptions.restore_subscription(viewer=viewer, subscription=row))
    _say(request, form, _("It is there again."))
    return redirect("subscriptions")


@require_POST
@told_only
def as_digest(request: HttpRequest, number: int) -> HttpResponse:
    """Take a rule of one's organisation together, once a day, or one by one again."""
    viewer = viewer_of(request)
    row = SUBSCRIPTIONS.rows_as(viewer, "told", "keeper").filter(pk=number, deleted_at=None).first()
    if row is None:
        raise Http404
    form = forms.Form(request.POST)
    wanted = request.POST.get("digest") == "1"
    take(form, lambda: subscriptions.take_rule_as_digest(viewer=viewer, rule=row, as_digest=wanted))
    _say(request, form, _("Changed."))
    return redirect("subscriptions")


@require_http_methods(["GET", "HEAD", "POST"])
@told_only
def hours(request: HttpRequest) -> HttpResponse:
    """Clock, quiet hours, how much in an hour, the digest."""
    viewer = viewer_of(request)
    form = HoursForm(request.POST if request.method == "POST" else None, initial=vars(hours_of(viewer)))
    valid = form.is_bound and form.is_valid()
    if valid and take(form, lambda: set_hours(viewer=viewer, hours=form.hours())) is not None:
        messages.success(request, _("Your hours are kept."))
        return redirect("subscriptions")
    return render(request, "incidents/alerts/hours.html", {"form": form}, status=status_of(form))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def digest_off(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the digest by a letter's own link: a mail program posts, a person is asked once more.

    Without the protection against forged forms, by design (RFC 8058): the sealed link is the proof.
    """
    if subscriptions.person_of_token(token) is None:
        raise Http404
    done = request.method == "POST" and subscriptions.leave_digest(token=token)
    return render(request, "incidents/alerts/digest_off.html", {"done": done})


def _row(viewer: Viewer, number: int, *, deleted_too: bool = False) -> Subscription:
    rows = SUBSCRIPTIONS.rows_as(viewer, "own", "keeper").filter(pk=number)
    row = (rows if deleted_too else rows.filter(deleted_at=None)).first()
    if row is None or not may_change(viewer, row):
        raise Http404
    return row


def _say(request: HttpRequest, form: forms.Form, done: str) -> None:
    problems = [str(problem) for errors in form.errors.values() for problem in errors]
    if problems:
        messages.error(request, " ".join(problems))
    else:
        messages.success(request, done)
