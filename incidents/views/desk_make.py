"""Making an incident of a report."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.access import REPORTS
from incidents.desk import finest_area, words_for_areas
from incidents.disclosure import REPORT
from incidents.forms.desk import MakeForm
from incidents.matching import reports_like
from incidents.models import Incident, Report, ReportState
from incidents.services.steps import steps_of
from incidents.services.triage import make_incident
from incidents.track_record import record_of_report
from incidents.views.desk import harm_in_words, report_or_404
from incidents.views.steps import coordinators_only, status_of, take
from orgs.access import viewer_of
from orgs.policy import Viewer


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def desk_make(request: HttpRequest, number: int) -> HttpResponse:
    """Make an incident of a report: grades, words, and the other new reports that say the same."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    alike = [match.row for match in reports_like(report, viewer)] if report.state == ReportState.NEW else []
    others = [(f"{row.pk}.{row.version}", _in_short(row)) for row in alike]
    if request.method == "POST":
        form = MakeForm(request.POST, others=_still_offered(request.POST, others))
        made = _make(viewer, report, form) if form.is_valid() else None
        if made is not None:
            messages.success(request, _("Incident %(ref)s was made.") % {"ref": made.ref})
            return redirect("incident", made.ref)
    else:
        if "attach" not in steps_of(report):
            return redirect("desk-report", report.pk)
        form = MakeForm(initial=MakeForm.first_guess(report), others=others)
    areas = words_for_areas([finest_area(report)])
    context = {
        "form": form,
        "report": REPORT.show(report, "coordinator"),
        "area": areas[finest_area(report)],
        "unplaced": report.region_id is None,
        "harm": harm_in_words(report.harmed),
        "conflict": getattr(form, "conflict", None),
        "track_record": record_of_report(viewer, report),
    }
    return render(request, "incidents/desk/make.html", context, status=status_of(form))


def _make(viewer: Viewer, report: Report, form: MakeForm) -> Incident | None:
    seen = dict(form.chosen_together())
    rows = REPORTS.rows_as(viewer, "coordinator").filter(pk__in=seen)
    together = [(row, seen[row.pk]) for row in rows.order_by("pk")]
    return take(
        form,
        lambda: make_incident(
            viewer=viewer,
            report=report,
            version=form.cleaned_data["version"],
            grading=form.grading(),
            account=form.account(),
            together=together,
        ),
    )


def _still_offered(posted: QueryDict, others: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What may be chosen: today's matches; one that changed since is said to have changed by the service."""
    numbers = {value.partition(".")[0] for value, _words in others}
    chosen = [value for value in posted.getlist("together") if value.replace(".", "", 1).isdecimal() and "." in value]
    stale = [(value, value) for value in chosen if value not in dict(others) and value.partition(".")[0] in numbers]
    return [*others, *stale]


def _in_short(report: Report) -> str:
    words = report.narrative[:100]
    return f"{report.pk} – {words}…" if len(report.narrative) > 100 else f"{report.pk} – {words}"
