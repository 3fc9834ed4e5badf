"""Numbers of people, and reports of sub-grants: the steps that one kind of support has of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs.access import viewer_of
from orgs.forms.support import AttendanceForm, CountsForm, DueForm, PeopleForm
from orgs.models import Sex
from orgs.presentation.support import KINDS
from orgs.services.support_counts import Period, set_attendance, set_programme_counts
from orgs.services.support_grants import expect_report, forget_report, receive_report
from orgs.support_lists import attendance_cells, count_cells, find_body
from orgs.views.steps import status_of, take
from orgs.views.support import guarded, kept_or_refused


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def attendance(request: HttpRequest, number: int, *, key: str) -> HttpResponse:
    """Who came to a training, of one organisation or of none (``?of=`` its address)."""
    viewer = viewer_of(request)
    _kind, training, _shown = kept_or_refused(request, key, number)
    if request.method == "POST":
        form = AttendanceForm(request.POST, viewer=viewer)
    else:
        body = find_body(viewer, request.GET["of"])[0] if request.GET.get("of") else None
        given = {"organisation": body.name} if body else {}
        form = AttendanceForm(viewer=viewer, cells=attendance_cells(training.pk, body), initial=given)

    def step() -> bool:
        body = form.cleaned_data["organisation"]
        set_attendance(viewer=viewer, training=training, organisation=body, cells=form.cells())
        return True

    lead = _("People of one organisation at a time. Each person is counted in one field only.")
    return _numbers(request, key, number, form, step, title=_("Who came"), lead=lead)


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def counts(request: HttpRequest, number: int, *, key: str) -> HttpResponse:
    """Whom a programme reached, by measure and period (``?measure= &from= &until=`` to change what there is)."""
    viewer = viewer_of(request)
    _kind, programme, _shown = kept_or_refused(request, key, number)
    if request.method == "POST":
        form = CountsForm(request.POST)
    else:
        known: dict[str, Any] = {
            "measure": request.GET.get("measure"),
            "starts_on": _day(request, "from"),
            "ends_on": _day(request, "until"),
        }
        cells, qualifier = count_cells(programme.pk, **known) if all(known.values()) else ({}, None)
        form = CountsForm(cells=cells, initial={**known, "qualifier": qualifier})

    def step() -> bool:
        given = form.cleaned_data
        period = Period(given["measure"], given["starts_on"], given["ends_on"], given["qualifier"])
        set_programme_counts(viewer=viewer, programme=programme, period=period, cells=form.cells())
        return True

    lead = _(
        "One period at a time. Each person is counted in one field only; who was trained and volunteers stands in both."
    )
    return _numbers(request, key, number, form, step, title=_("How many people"), lead=lead)


def _numbers(
    request: HttpRequest, key: str, number: int, form: PeopleForm, step: Any, *, title: str, lead: str
) -> HttpResponse:
    back = KINDS[key].address("one", number)
    if form.is_bound and form.is_valid() and take(form, step):
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {
        "form": form,
        "asked": [field for field in form if not field.name.startswith("n_")],
        "grid": form.grid(),
        "sexes": [label for _sex, label in Sex.choices],
        "title": title,
        "lead": lead,
        "back": back,
        "kind": KINDS[key],
        "list": KINDS[key].address(),
        "tabs": [],
    }
    return render(request, "orgs/support/numbers.html", context, status=status_of(form))


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


@require_POST
@guarded
def report(request: HttpRequest, number: int, *, key: str) -> HttpResponse:
    """Reports of a sub-grant: one more is due; one came, today; that was a mistake; it was never due."""
    viewer = viewer_of(request)
    _kind, grant, _shown = kept_or_refused(request, key, number)
    step, which = request.POST.get("step", ""), request.POST.get("report", "")
    try:
        if step == "due":
            form = DueForm(request.POST)
            if not form.is_valid():
                messages.error(request, _("Choose the day on which the report is due."))
            else:
                expect_report(viewer=viewer, grant=grant, due_on=form.cleaned_data["due_on"])
                messages.success(request, _("Saved."))
        elif which.isdecimal() and len(which) < 18:
            _on_report(viewer, grant, step, int(which), request.POST.get("received_on", ""))
            messages.success(request, _("Saved."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(KINDS[key].address("one", number) + "#reports")


def _on_report(viewer: Any, grant: Any, step: str, which: int, day: str) -> None:
    if step == "came":
        try:
            received_on = date.fromisoformat(day) if day else timezone.localdate()
        except ValueError:
            raise ValidationError(_("This is not a day.")) from None
        receive_report(viewer=viewer, grant=grant, number=which, received_on=received_on)
    elif step == "not-come":
        receive_report(viewer=viewer, grant=grant, number=which, received_on=None)
    elif step == "forget":
        forget_report(viewer=viewer, grant=grant, number=which)
