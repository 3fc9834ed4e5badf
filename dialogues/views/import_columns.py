"""The page on which who brought a file of sessions says what its columns hold."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dialogues.access import may_import_sessions
from dialogues.forms.imports import ColumnsForm
from dialogues.models import SessionImportState
from dialogues.services import imports
from dialogues.views.imports import job_or_404
from orgs.access import viewer_of
from orgs.views.steps import only, status_of, take


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_import_sessions)
def session_import_columns(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What each column was taken for; another field, or none, chosen for it; then all lines are read again."""
    job = job_or_404(request, uid)
    if job.state not in imports.TO_BE_CHECKED:
        return redirect("session-import", job.uid)
    form = ColumnsForm(request.POST if request.method == "POST" else None, job=job)
    if form.is_valid():
        viewer, fields = viewer_of(request), form.fields_by_place()
        if take(form, lambda: imports.choose_columns(viewer=viewer, job=job, fields=fields)) is not None:
            return redirect("session-import", job.uid)
    context = {"job": job, "form": form, "is_asked": job.state == SessionImportState.COLUMNS, **form.shown()}
    return render(request, "dialogues/imports/columns.html", context, status=status_of(form))
