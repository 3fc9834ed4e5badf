"""Pages on which those who hold sessions bring a file of them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.access import SESSION_IMPORT_ROWS, SESSION_IMPORTS, may_import_sessions
from dialogues.forms.imports import SessionFileForm
from dialogues.imports import shown
from dialogues.models import (
    SessionImport,
    SessionImportRow,
    SessionImportState,
    SessionRowOutcome,
    SessionRowState,
)
from dialogues.services import imports
from dialogues.services.import_applying import ABLE
from dialogues.views.pages import around, page_or_404
from orgs.access import viewer_of
from orgs.exports.answers import table_file
from orgs.paging import Page
from orgs.services.errors import NotAllowed
from orgs.views.steps import only, status_of, take

BY_LINE = (("id", "asc"),)
NEWEST = (("id", "desc"),)
PAGE = 25
PAUSE = 3
"""Seconds after which a page of an import at work is asked for again."""
_FIRST = (SessionRowState.ERROR, SessionRowState.CHANGES, SessionRowState.NEW, SessionRowState.SAME)


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_import_sessions)
def session_imports(request: HttpRequest) -> HttpResponse:
    """Bring a file; the files brought before."""
    viewer = viewer_of(request)
    form = SessionFileForm(request.POST, request.FILES) if request.method == "POST" else SessionFileForm()
    if form.is_bound and form.is_valid():
        file, sheet = form.cleaned_data["file"], form.cleaned_data["sheet"]
        job = take(form, lambda: imports.bring_file(viewer=viewer, name=file.name, chunks=file.chunks(), sheet=sheet))
        if job is not None:
            return redirect("session-import", job.uid)
    page = page_or_404(request, SESSION_IMPORTS.rows(viewer).defer("columns"), NEWEST, PAGE)
    context = {"form": form, "jobs": page.rows, **around(request, page)}
    return render(request, "dialogues/imports/list.html", context, status=status_of(form))


def job_or_404(request: HttpRequest, uid: UUID) -> SessionImport:
    """The import, for who brought it."""
    found = SESSION_IMPORTS.rows(viewer_of(request)).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


@require_safe
@only(may_import_sessions)
def session_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One import, as far as it is."""
    job = job_or_404(request, uid)
    if job.state == SessionImportState.COLUMNS:
        return redirect("session-import-columns", job.uid)
    if job.is_at_work:
        share = min(100, job.done * 100 // job.total) if job.total else 0
        answer = render(request, "dialogues/imports/work.html", {"job": job, "share": share})
        answer["Refresh"] = str(PAUSE)
        return answer
    if job.state == SessionImportState.READY:
        return _preview(request, job)
    return _result(request, job)


def _preview(request: HttpRequest, job: SessionImport) -> HttpResponse:
    states = job.counts.get("states", {})
    tabs = [(str(state), state.label, states[state]) for state in _FIRST if states.get(state)]
    show = _chosen(request, tabs)
    page = _lines(request, job, state=show)
    context = {
        "job": job,
        "tabs": tabs,
        "show": show,
        "lines": shown.shown_lines(page.rows, viewer_of(request), is_over=False),
        "new": states.get(SessionRowState.NEW, 0),
        "changed": states.get(SessionRowState.CHANGES, 0),
        "same": states.get(SessionRowState.SAME, 0),
        "wrong": states.get(SessionRowState.ERROR, 0),
        "able": sum(states.get(state, 0) for state in ABLE),
        "unused": shown.unused_columns(job),
        "rough": shown.rough_columns(job),
        **around(request, page),
    }
    return render(request, "dialogues/imports/preview.html", context)


def _result(request: HttpRequest, job: SessionImport) -> HttpResponse:
    viewer, outcomes = viewer_of(request), job.counts.get("outcomes", {})
    tabs = [(str(each), each.label, outcomes[each]) for each in SessionRowOutcome if each and outcomes.get(each)]
    show = _chosen(request, tabs)
    page = _lines(request, job, outcome=show)
    context = {
        "job": job,
        "tabs": tabs,
        "show": show,
        "lines": shown.shown_lines(page.rows, viewer, is_over=True),
        "totals": shown.totals(job, viewer),
        "left": outcomes.get(SessionRowOutcome.LEFT, 0),
        "waits": outcomes.get(SessionRowOutcome.WAITS, 0),
        "may_take_back": imports.may_take_back(job),
        **around(request, page),
    }
    return render(request, "dialogues/imports/result.html", context)


def _chosen(request: HttpRequest, tabs: list[tuple[str, Any, int]]) -> str:
    asked = request.GET.get("show", "")
    return asked if any(asked == value for value, _label, _many in tabs) else (tabs[0][0] if tabs else "")


def _lines(request: HttpRequest, job: SessionImport, **kind: str) -> Page[SessionImportRow]:
    rows = SESSION_IMPORT_ROWS.rows(viewer_of(request)).filter(job=job)
    return page_or_404(request, rows.filter(**kind) if all(kind.values()) else rows.none(), BY_LINE, PAGE)


# --- Steps -------------------------------------------------------------------------------------------------------


def _step(request: HttpRequest, uid: UUID, step: Callable[[SessionImport], Any]) -> HttpResponse:
    """Take a step and come back to the import; what is refused is said there."""
    job = job_or_404(request, uid)
    try:
        step(job)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except NotAllowed as error:
        messages.error(request, str(error) or _("You may not do this, or not any more."))
    return redirect("session-import", job.uid)


@require_POST
@only(may_import_sessions)
def session_import_start(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Bring the lines in that are in order."""
    return _step(request, uid, lambda job: imports.start(viewer=viewer_of(request), job=job))


@require_POST
@only(may_import_sessions)
def session_import_stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give an import up, or stop it."""
    return _step(request, uid, lambda job: imports.stop(viewer=viewer_of(request), job=job))


@require_POST
@only(may_import_sessions)
def session_import_reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Go on after a fault."""
    return _step(request, uid, lambda job: imports.reopen(viewer=viewer_of(request), job=job))


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_import_sessions)
def session_import_undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask once more, then take an import back."""
    job = job_or_404(request, uid)
    if request.method == "POST":
        return _step(request, uid, lambda found: imports.take_back(viewer=viewer_of(request), job=found))
    if not imports.may_take_back(job):
        return redirect("session-import", job.uid)
    created = job.counts.get("outcomes", {}).get(SessionRowOutcome.CREATED, 0)
    return render(request, "dialogues/imports/undo.html", {"job": job, "created": created})


# --- Files to take away ------------------------------------------------------------------------------------------


@require_safe
@only(may_import_sessions)
def session_import_mend(request: HttpRequest, uid: UUID, ending: str) -> HttpResponseBase:
    """The lines that cannot come in or did not, with what is wrong, to be mended and brought again."""
    job = job_or_404(request, uid)
    rows = SESSION_IMPORT_ROWS.rows(viewer_of(request)).filter(job=job)
    broken = rows.filter(state=SessionRowState.ERROR) | rows.filter(outcome=SessionRowOutcome.LEFT)
    lines = shown.lines_to_mend(job, broken)
    return table_file(lines, name=f"sessions-{job.uid}", ending=ending, title=_("Lines to mend"))


@require_safe
@only(may_import_sessions)
def session_import_example(request: HttpRequest, ending: str) -> HttpResponseBase:
    """A file with all columns and two lines, to be filled in."""
    return table_file(shown.example_lines(), name="passerelle-sessions", ending=ending, title=_("Example"))
