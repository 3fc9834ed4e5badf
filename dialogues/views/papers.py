"""Sheets for a facilitator to print, and reports of sessions and processes: pages, and the same as PDF."""

import uuid
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_urlconf, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.access import PROCESSES, SESSIONS, may_print_sheets, may_take_report
from dialogues.forms.papers import SheetsForm
from dialogues.models import Process, Session
from dialogues.papers.typesetting import TooLong
from dialogues.services import papers
from incidents.views.buckets import Bucket, Buckets
from incidents.views.steps import ask_to_sign_in
from incidents.views.throttle import address_of
from orgs.access import viewer_of
from orgs.presentation.navigation import is_served
from orgs.services.errors import NotAllowed

SESSION, PROCESS = "session", "process"
Row = Session | Process
_AREAS = ("region", "cercle", "commune")
WITHOUT_ACCOUNT = Buckets(Bucket(size=20, a_second=0.1), Bucket(size=60, a_second=0.5))
"""Papers for readers without an account: typesetting one takes a processor for a moment, and nobody answers for it."""
_FOLDERS = {"session": "sessions", "process": "processes"}


@never_cache
@require_safe
def sheets(request: HttpRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """Choose the sheets of a session, or empty ones for the sessions of a process."""
    return _sheets(request, _row(request, kind, uid))


@never_cache
@require_safe
def sheets_pdf(request: HttpRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """These sheets as PDF."""
    return _sheets_pdf(request, _row(request, kind, uid))


@never_cache
@require_safe
def report(request: HttpRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """The report of a session or a process."""
    return _report(request, _row(request, kind, uid))


@never_cache
@require_safe
def report_pdf(request: HttpRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """The same as PDF."""
    return _report_pdf(request, _row(request, kind, uid))


def _row(request: HttpRequest, kind: str, uid: uuid.UUID) -> Row | None:
    viewer = viewer_of(request)
    if kind == SESSION:
        return SESSIONS.rows(viewer).filter(uid=uid).select_related("process", *_AREAS).first()
    return PROCESSES.rows(viewer).filter(uid=uid).select_related(*_AREAS).first()


def _refused(request: HttpRequest) -> HttpResponse:
    """Who is not signed in may be somebody who sees it; whoever is gets the same as for what is not there."""
    if viewer_of(request).user_id is None:
        return ask_to_sign_in(request)
    raise Http404


def _sheets(request: HttpRequest, row: Row | None) -> HttpResponse:
    if row is None or not may_print_sheets(viewer_of(request), row):
        return _refused(request)
    return render(request, "dialogues/papers/sheets.html", {"form": SheetsForm(), **_about(request, row)})


def _sheets_pdf(request: HttpRequest, row: Row | None) -> HttpResponse:
    viewer = viewer_of(request)
    if row is None or not may_print_sheets(viewer, row):
        return _refused(request)
    form = SheetsForm(request.GET)
    if form.is_valid():
        try:
            made = papers.print_sheets(viewer=viewer, row=row, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return file_answer(made, f"{_kind(row)}-{str(row.uid)[:8]}-sheets.pdf")
    return render(request, "dialogues/papers/sheets.html", {"form": form, **_about(request, row)}, status=422)


def _report(request: HttpRequest, row: Row | None, *, problem: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    if row is None:
        return _refused(request)
    report = papers.read_report(viewer=viewer_of(request), row=row)
    context = {"report": report, "today": timezone.localdate(), "problem": problem, **_about(request, row)}
    return render(request, "dialogues/papers/report.html", context, status=status)


def _report_pdf(request: HttpRequest, row: Row | None) -> HttpResponse:
    viewer = viewer_of(request)
    if row is None:
        return _refused(request)
    if viewer.user_id is None and not WITHOUT_ACCOUNT.take(address_of(request)):
        return _too_many(request, row)
    try:
        made = papers.print_report(viewer=viewer, row=row)
    except NotAllowed:
        return _refused(request)
    except TooLong:
        return HttpResponse(_("This report is too long for one paper. Read it on the page."), status=422)
    return file_answer(made, f"{_kind(row)}-{str(row.uid)[:8]}-report.pdf")


def _too_many(request: HttpRequest, row: Row) -> HttpResponse:
    """Many papers were asked for from there: the page says the same at once, the paper is there again in a moment."""
    problem = _("Many papers are being made just now. Read the report here, or ask for the paper again in a moment.")
    answer = _report(request, row, problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(WITHOUT_ACCOUNT.seconds_for_one)
    return answer


def file_answer(made: bytes, name: str) -> HttpResponse:
    """A file whose name says nothing of what is in it; saved, since our CSP keeps some browsers from showing PDFs."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _kind(row: Row) -> str:
    return SESSION if isinstance(row, Session) else PROCESS


def _about(request: HttpRequest, row: Row) -> dict[str, Any]:
    viewer, kind = viewer_of(request), _kind(row)
    home = f"/dialogues/{_FOLDERS[kind]}/{row.uid}/"
    return {
        "row": row,
        "is_session": kind == SESSION,
        "home": home if is_served(home, get_urlconf()) else "",
        "pdf": reverse(f"{kind}-sheets-pdf", args=[row.uid]),
        "report_address": reverse(f"{kind}-report", args=[row.uid]),
        "report_pdf": reverse(f"{kind}-report-pdf", args=[row.uid]) if may_take_report(viewer, row) else "",
        "sheets": reverse(f"{kind}-sheets", args=[row.uid]) if may_print_sheets(viewer, row) else "",
    }
