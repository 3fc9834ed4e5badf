"""The desk: the queue, one report beside what it may belong to, and the decisions on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import exercise_desk, ladder_desk
from incidents.access import COUNTED_INCIDENTS, INCIDENTS, REPORTS, may_open_identity, may_triage
from incidents.desk import (
    ANSWERED,
    SHAPES,
    counts_by_area,
    earlier_of_source,
    finest_area,
    is_overdue,
    queue,
    rows_of,
    words_for_areas,
)
from incidents.disclosure import REPORT, WORD
from incidents.files import files_of
from incidents.forms.desk import AttachForm, IdentityForm, PlaceForm, PlaceSearchForm, RejectForm, WordForm
from incidents.forms.filters import DeskFilters, counted_areas
from incidents.matching import Match, incidents_like, reports_like
from incidents.models import (
    Addition,
    Door,
    Harm,
    HowKnown,
    Incident,
    IncidentType,
    RejectReason,
    Report,
    ReportState,
)
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.identities import open_identity
from incidents.services.odk import device_of
from incidents.services.places import chosen_place, place_report
from incidents.services.steps import steps_of
from incidents.services.triage import attach_report, reject_report, reopen_report
from incidents.views.proxy import proxy_of
from incidents.views.steps import address_of_page, coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.areas.search import Candidate, find_places
from orgs.paging import BadToken, Page, keyset
from orgs.policy import Viewer

OLDEST_FIRST = (("received_at", "asc"), ("id", "asc"))
NEWEST_FIRST = (("received_at", "desc"), ("id", "desc"))
PAGE = 50
TABS = (
    (ReportState.NEW, pgettext_lazy("tab", "To do")),
    (ReportState.ATTACHED, pgettext_lazy("tab", "Attached")),
    (ReportState.REJECTED, pgettext_lazy("tab", "Set aside")),
    (ANSWERED, pgettext_lazy("tab", "New answers")),
)


# --- The queue ---------------------------------------------------------------------------------------------------


@require_safe
@coordinators_only
def desk(request: HttpRequest) -> HttpResponse:
    """The queue: what is new in the coordinator's areas, oldest first; or what was attached or set aside."""
    viewer = viewer_of(request)
    state = request.GET.get("state", ReportState.NEW)
    if state not in (*ReportState.values, ANSWERED):
        raise Http404
    waiting = queue(viewer)
    counts = counts_by_area(waiting)
    areas = counted_areas(counts, request.GET.get("area", ""))
    filters = DeskFilters(request.GET, queryset=queue(viewer, state), areas=areas)
    order = OLDEST_FIRST if state == ReportState.NEW else NEWEST_FIRST
    page = _page(filters.qs, order, request.GET.get("page", ""))
    context = {
        "filters": filters.form,
        "narrowed": filters.chosen,
        "counts": counts,
        "total": sum(count.waiting for count in counts),
        "overdue": sum(count.overdue for count in counts),
        "state": state,
        "states": TABS,
        "answered": queue(viewer, ANSWERED).count(),
        "rows": _shown_rows(page.rows),
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
        "chosen_area": request.GET.get("area", ""),
        "drills": exercise_desk.running_for(viewer),
        "nobody": ladder_desk.nobody_answered_shown(viewer),
    }
    return render(request, "incidents/desk/desk.html", context)


def _page(reports: QuerySet[Report], order: Any, token: str) -> Page[dict[str, Any]]:
    try:
        return keyset(rows_of(reports), order=order, after=token, size=PAGE)
    except BadToken:
        return keyset(rows_of(reports), order=order, size=PAGE)


def _shown_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    types = {kind.code: kind for kind in IncidentType.objects.all()}
    areas = words_for_areas(finest_area(row) for row in rows)
    return [
        {
            **{name.removeprefix("shown_"): value for name, value in row.items()},
            "kind": types.get(row["shown_type_id"] or ""),
            "area": areas[finest_area(row)],
            "unplaced": row["shown_region_id"] is None,
            "overdue": row["shown_state"] == ReportState.NEW and is_overdue(row["received_at"]),
            "known": HowKnown(row["shown_how_known"]).label,
            "by": Door(row["shown_door"]).label,
            "erased": row["shown_erased_at"] is not None,
            "harm": harm_in_words(row["shown_harmed"]),
            "why_rejected": dict(RejectReason.choices).get(row["shown_reject_reason"], ""),
        }
        for row in rows
    ]


def harm_in_words(harmed: dict[str, int]) -> list[str]:
    """People harmed, as said: "Killed: 3"."""
    words = dict(Harm.choices)
    return [f"{words.get(kind, kind)} : {number}" for kind, number in harmed.items() if number is not None]


# --- One report --------------------------------------------------------------------------------------------------


def report_or_404(viewer: Viewer, number: int) -> Report:
    """The report, if this viewer is its coordinator; what may not be seen is not there."""
    rows = REPORTS.rows_as(viewer, "coordinator")
    joined = rows.select_related("incident", "type", "decided_by", "region", "cercle", "commune", "proxy__entered_by")
    found = joined.defer(*SHAPES).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
@coordinators_only
def desk_report(request: HttpRequest, number: int) -> HttpResponse:
    """One report, beside what it may belong to."""
    return report_page(request, report_or_404(viewer_of(request), number))


def report_page(
    request: HttpRequest,
    report: Report,
    *,
    reject: RejectForm | None = None,
    attach: AttachForm | None = None,
    word: WordForm | None = None,
) -> HttpResponse:
    """The page of a report, with the form that was refused, if one was."""
    viewer = viewer_of(request)
    is_new = report.state == ReportState.NEW
    incidents = incidents_like(report, viewer) if is_new else []
    reports = reports_like(report, viewer) if is_new else []
    found = [match.row for match in (*incidents, *reports)]
    areas = words_for_areas([finest_area(report), *(finest_area(row) for row in found)])
    first = {"version": report.version}
    shown = next((form for form in (reject, attach, word) if form is not None), None)
    additions = list(report.additions.all())
    context = {
        "report": REPORT.show(report, "coordinator"),
        "kind": report.type,
        "area": areas[finest_area(report)],
        "unplaced": report.region_id is None,
        "overdue": is_new and is_overdue(report.received_at),
        "harm": harm_in_words(report.harmed),
        "known": report.get_how_known_display(),
        "door": report.get_door_display(),
        "earlier": earlier_of_source(report, viewer),
        "device": device_of(report),
        "time_precision": report.get_time_precision_display(),
        "state": report.get_state_display(),
        "why_rejected": report.get_reject_reason_display(),
        "decided_by": report.decided_by,
        "decided_at": report.decided_at,
        "conversation": _conversation(report, additions),
        "unread": sum(addition.read_at is None for addition in additions),
        "proxy": proxy_of(report),
        "word": word or WordForm(auto_id="word_%s"),
        "files": files_of(report),
        "incident": _seen_incident(viewer, report),
        "steps": steps_of(report),
        "incident_matches": _with_areas(incidents, areas),
        "report_matches": _with_areas(reports, areas),
        "may_open_identity": may_open_identity(viewer, report),
        "reject": reject or RejectForm(initial=first, prefix=None),
        "attach": attach or AttachForm(initial=first),
        "form": shown,
        "conflict": getattr(shown, "conflict", None),
        "neighbours": _neighbours(viewer, report) if is_new else {},
    }
    return render(request, "incidents/desk/report.html", context, status=status_of(shown) if shown else 200)


def _conversation(report: Report, additions: list[Addition]) -> list[dict[str, Any]]:
    """What the reporter added and what the desk wrote to them, oldest first."""
    said = [{"at": one.received_at, "text": one.text, "is_new": one.read_at is None} for one in additions]
    words = [WORD.show(word, "coordinator") for word in report.words.select_related("written_by")]
    written = [{**one, "at": one["written_at"], "by_desk": True} for one in words]
    return sorted([*said, *written], key=lambda one: one["at"])


def _with_areas(matches: list[Match], areas: dict[int | None, str]) -> list[dict[str, Any]]:
    return [
        {"row": match.row, "reasons": match.reasons, "area": areas[finest_area(match.row)], "kind": match.row.type}
        for match in matches
    ]


def _seen_incident(viewer: Viewer, report: Report) -> Incident | None:
    incident = report.incident
    return incident if incident is not None and INCIDENTS.sees(viewer, incident) else None


def _neighbours(viewer: Viewer, report: Report) -> dict[str, Any]:
    """The report that waits after this one, so that the desk can be worked through without going back."""
    later = queue(viewer).filter(received_at__gte=report.received_at).exclude(pk=report.pk)
    following = later.order_by("received_at", "pk").values_list("pk", flat=True).first()
    return {"next": following}


@require_POST
@coordinators_only
def desk_attach(request: HttpRequest, number: int) -> HttpResponse:
    """Put a report behind an incident, of the matches or by its reference."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    form = AttachForm(request.POST)
    if form.is_valid():
        incident = COUNTED_INCIDENTS.rows_as(viewer, "coordinator").filter(ref=form.cleaned_data["ref"]).first()
        if incident is None:
            form.add_error("ref", _("There is no incident of this reference in your areas."))
        else:
            version = form.cleaned_data["version"]
            done = take(form, lambda: attach_report(viewer=viewer, report=report, incident=incident, version=version))
            if done is not None:
                messages.success(request, _("Attached to %(ref)s.") % {"ref": incident.ref})
                return _to_next(viewer, report)
    return report_page(request, report_or_404(viewer, number), attach=form)


@require_POST
@coordinators_only
def desk_reject(request: HttpRequest, number: int) -> HttpResponse:
    """Set a report aside, with a reason."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    form = RejectForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        done = take(form, lambda: reject_report(viewer=viewer, report=report, **given))
        if done is not None:
            messages.success(request, _("Report %(n)s was set aside. You can undo it.") % {"n": report.pk})
            return redirect("desk-report", report.pk)
    return report_page(request, report_or_404(viewer, number), reject=form)


@require_POST
@coordinators_only
def desk_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Undo the decision on a report."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    version = request.POST.get("version", "")
    try:
        reopen_report(viewer=viewer, report=report, version=int(version) if version.isdecimal() else 0)
    except ChangedMeanwhile as error:
        by = error.by.name if error.by else _("Somebody")
        messages.error(request, _("%(who)s changed this report meanwhile. Look again before you go on.") % {"who": by})
    except NotAllowed as error:
        messages.error(request, str(error) or _("You may not do this, or not any more."))
    else:
        messages.success(request, _("Report %(n)s is new again.") % {"n": report.pk})
    return redirect("desk-report", report.pk)


def _to_next(viewer: Viewer, report: Report) -> HttpResponseRedirect:
    following = _neighbours(viewer, report)["next"]
    return redirect("desk-report", following) if following else redirect("desk")


# --- Its place ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def desk_place(request: HttpRequest, number: int) -> HttpResponse:
    """Set the place of a report by looking for it. Words are posted: they may lead to somebody's door."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    words = request.POST.get("words", report.place_text)
    candidates = find_places(words)
    choices = place_choices(candidates)
    first = {"version": report.version}
    if request.method == "POST" and "place" in request.POST:
        form = PlaceForm(request.POST, candidates=choices)
        if form.is_valid():
            kind, _sep, key = form.cleaned_data["place"].partition(":")
            version = form.cleaned_data["version"]

            def step() -> Report:
                return place_report(viewer=viewer, report=report, version=version, chosen=chosen_place(kind, int(key)))

            placed = take(form, step)
            if placed is not None:
                messages.success(request, _("The place of report %(n)s was set.") % {"n": report.pk})
                still_own = may_triage(viewer, placed)
                return redirect("desk-report", report.pk) if still_own else redirect("desk")
    else:
        form = PlaceForm(initial=first, candidates=choices)
    context = {
        "search": PlaceSearchForm(initial={"words": words}),
        "form": form,
        "candidates": candidates,
        "words": words,
        "said": report.place_text,
        "title": _("Place of report %(n)s") % {"n": report.pk},
        "back": reverse("desk-report", args=[report.pk]),
        "conflict": getattr(form, "conflict", None),
    }
    return render(request, "incidents/desk/place.html", context, status=status_of(form))


def place_choices(candidates: list[Candidate]) -> list[tuple[str, str]]:
    """Candidates that lie in a known area of today, as choices of a form."""
    return [(f"{one.kind}:{one.id}", one.label) for one in candidates if one.region_id is not None]


# --- Who reported ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def desk_identity(request: HttpRequest, number: int) -> HttpResponse:
    """Open who reported: with a reason, on record, shown once."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    if not may_open_identity(viewer, report):
        raise Http404
    form = IdentityForm(request.POST if request.method == "POST" else None)
    identity = None
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        identity = take(form, lambda: open_identity(viewer=viewer, report=report, reason=reason))
    context = {"form": form, "identity": identity, "number": report.pk}
    return render(request, "incidents/desk/identity.html", context, status=status_of(form) if identity is None else 200)
