"""Duty rosters: who answers now and in the next days, kept by a service's own people and coordinators of its areas."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import rosters as reads
from incidents.access.choice import may_see_rosters
from incidents.forms.duty import ReplaceForm, RosterForm, ShiftForm
from incidents.models import DutyRoster
from incidents.services import rosters
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.views import steps
from orgs.views.steps import status_of, take

keepers_only = steps.only(may_see_rosters)


@require_safe
@keepers_only
def duty(request: HttpRequest) -> HttpResponse:
    """Who is on duty now and when nobody is, roster by roster."""
    viewer = viewer_of(request)
    number = request.GET.get("deleted", "")
    found = reads.roster_seen_by(viewer, int(number[:12]), deleted_too=True) if number.isdigit() else None
    deleted = found if found is not None and found.deleted_at is not None else None
    shown = reads.with_turns(list(reads.rosters_seen_by(viewer)))
    return render(request, "incidents/alerts/duty.html", {"rosters": shown, "deleted": deleted})


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def new(request: HttpRequest) -> HttpResponse:
    """Begin a roster."""
    viewer = viewer_of(request)
    form = RosterForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if form.is_bound and form.is_valid():
        organisation = form.cleaned_data["organisation"]
        made = take(form, lambda: rosters.keep_roster(viewer=viewer, said=form.said(), organisation=organisation))
        if made is not None:
            messages.success(request, _("Kept. Now say who is on duty when."))
            return redirect("duty-roster", number=made.pk)
    return render(request, "incidents/alerts/roster_form.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change what a roster is for."""
    viewer, roster = _roster(request, number)
    form = RosterForm(request.POST if request.method == "POST" else None, viewer=viewer, roster=roster)
    valid = form.is_bound and form.is_valid()
    if valid and take(form, lambda: rosters.keep_roster(viewer=viewer, said=form.said(), roster=roster)) is not None:
        messages.success(request, _("Kept."))
        return redirect("duty-roster", number=number)
    context = {"form": form, "roster": roster}
    return render(request, "incidents/alerts/roster_form.html", context, status=status_of(form))


@require_safe
@keepers_only
def roster(request: HttpRequest, number: int) -> HttpResponse:
    """One roster: now, the next days, its shifts."""
    _viewer, found = _roster(request, number)
    return _page(request, found)


def _page(
    request: HttpRequest, found: DutyRoster, *, shift: ShiftForm | None = None, replace: ReplaceForm | None = None
) -> HttpResponse:
    bound = shift or replace
    context = {
        "shown": reads.with_turns([found])[0],
        "roster": found,
        "shifts": reads.shifts_of(found),
        "shift_form": shift or ShiftForm(roster=found),
        "shift_open": shift is not None,
        "people": rosters.people_for(found),
        "refused": replace,
    }
    return render(request, "incidents/alerts/roster.html", context, status=status_of(bound) if bound else 200)


@require_POST
@keepers_only
def shift_add(request: HttpRequest, number: int) -> HttpResponse:
    """Put somebody on duty, every week or once."""
    viewer, found = _roster(request, number)
    form = ShiftForm(request.POST, roster=found)
    if form.is_valid():
        added = take(form, lambda: rosters.add_shifts(viewer=viewer, roster=found, **form.cleaned_data))
        if added is not None:
            words = ngettext("%(n)s shift added.", "%(n)s shifts added.", added) % {"n": added}
            messages.success(request, words if added else _("This shift was there already."))
            return redirect("duty-roster", number=number)
    return _page(request, found, shift=form)


@require_POST
@keepers_only
def shift_remove(request: HttpRequest, number: int, shift: int) -> HttpResponse:
    """Take a shift off the roster. A second tap finds it done."""
    viewer, found = _roster(request, number)
    row = reads.shift_of(found, shift)
    if row is not None:
        rosters.remove_shift(viewer=viewer, shift=row)
    messages.success(request, _("Taken off the roster."))
    return redirect("duty-roster", number=number)


@require_POST
@keepers_only
def replace(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody else takes a shift on one day, or the rest of it."""
    viewer, found = _roster(request, number)
    form = ReplaceForm(request.POST, roster=found)
    if form.is_valid():
        data = form.cleaned_data
        row = reads.shift_of(found, data.pop("shift"))
        if row is None:
            raise Http404
        if take(form, lambda: rosters.replace_on_duty(viewer=viewer, shift=row, **data)) is not None:
            messages.success(request, _("Handed over.") if data["from_now"] else _("Replaced for this day."))
            return redirect("duty-roster", number=number)
    return _page(request, found, replace=form)


@require_POST
@keepers_only
def replace_remove(request: HttpRequest, number: int, replacement: int) -> HttpResponse:
    """The shift is again whose it was. A second tap finds it done."""
    viewer, found = _roster(request, number)
    row = reads.replacement_of(found, replacement)
    if row is not None:
        rosters.take_back_replacement(viewer=viewer, replacement=row)
    messages.success(request, _("Taken back."))
    return redirect("duty-roster", number=number)


@require_POST
@keepers_only
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a roster; the next page offers to take that back."""
    viewer, found = _roster(request, number, deleted_too=True)
    rosters.delete_roster(viewer=viewer, roster=found)
    answer = redirect("duty")
    answer["Location"] += f"?deleted={number}"
    return answer


@require_POST
@keepers_only
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Take the deletion back."""
    viewer, found = _roster(request, number, deleted_too=True)
    form = forms.Form(request.POST)
    take(form, lambda: rosters.restore_roster(viewer=viewer, roster=found))
    messages.success(request, _("It is there again."))
    return redirect("duty")


def _roster(request: HttpRequest, number: int, *, deleted_too: bool = False) -> tuple[Viewer, DutyRoster]:
    viewer = viewer_of(request)
    found = reads.roster_seen_by(viewer, number, deleted_too=deleted_too)
    if found is None:
        raise Http404
    return viewer, found
