"""What the desk says to a reporter, and that it read what they answered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incidents.forms.desk import WordForm
from incidents.services.conversations import mark_answers_read, write_to_reporter
from incidents.views.desk import report_or_404, report_page
from incidents.views.steps import coordinators_only, take
from orgs.access import viewer_of


@require_POST
@coordinators_only
def desk_word(request: HttpRequest, number: int) -> HttpResponse:
    """Ask or tell the reporter something."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    form = WordForm(request.POST, auto_id="word_%s")
    if form.is_valid():
        text = form.cleaned_data["text"]
        if take(form, lambda: write_to_reporter(viewer=viewer, report=report, text=text)) is not None:
            mark_answers_read(viewer=viewer, report=report)
            messages.success(request, _("Written. The reporter reads it when they look with their code."))
            return redirect("desk-report", report.pk)
    return report_page(request, report_or_404(viewer, number), word=form)


@require_POST
@coordinators_only
def desk_read(request: HttpRequest, number: int) -> HttpResponse:
    """Take the mark off a report whose answers were read."""
    viewer = viewer_of(request)
    report = report_or_404(viewer, number)
    mark_answers_read(viewer=viewer, report=report)
    return redirect("desk-report", report.pk)
