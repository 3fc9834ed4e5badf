"""Pages on which coordinators and administrators bring files of organisations in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.access import viewer_of
from orgs.exports.answers import table_file
from orgs.exports.columns import example_lines
from orgs.imports import columns_form, problem_list
from orgs.imports.preview import ShownRow, shown_rows
from orgs.imports.results import ResultRow, result_rows
from orgs.models import ImportJob, ImportRow, ImportState, RowOutcome, RowState
from orgs.paging import BadToken, Page, keyset
from orgs.services import import_deciding, import_files, imports
from orgs.services.errors import NotAllowed
from orgs.views.steps import address_of_page, only, status_of, take

BY_LINE = (("id", "asc"),)
NEWEST = (("id", "desc"),)
PAGE = 25
PAUSE = 3
"""Seconds after which a page of an import at work is asked for again."""


class FileForm(forms.Form):
    """A file, and where it comes from."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV, up to 20 MB. Nothing comes in before you have looked at it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Where does this list come from?"),
        help_text=gettext_lazy("It is noted with each organisation. Without it, the name of the file is noted."),
        max_length=200,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_import)
def import_list(request: HttpRequest) -> HttpResponse:
    """Bring a file; the files brought before."""
    viewer = viewer_of(request)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        job = take(
            form,
            lambda: imports.bring_file(
                viewer=viewer, name=given["file"].name, chunks=given["file"].chunks(), source=given["source"]
            ),
        )
        if job is not None:
            return redirect("import-columns", job.pk)
    rows = access.IMPORTS.rows(viewer).select_related("uploaded_by").defer("sheets", "mapping")
    page = _page(rows, request, NEWEST)
    context = {
        "form": form,
        "jobs": page.rows,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/imports/list.html", context, status=status_of(form))


def _page(rows: QuerySet[Any], request: HttpRequest, order: Any) -> Page[Any]:
    try:
        return keyset(rows, order=order, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        return keyset(rows, order=order, size=PAGE)


def _job_or_404(request: HttpRequest, number: int) -> ImportJob:
    found = access.IMPORTS.rows(viewer_of(request)).select_related("uploaded_by").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
@only(access.may_import)
def import_page(request: HttpRequest, number: int) -> HttpResponse:
    """One import, as far as it is."""
    job = _job_or_404(request, number)
    if job.state == ImportState.COLUMNS:
        return redirect("import-columns", job.pk)
    if job.is_at_work:
        answer = render(request, "orgs/imports/work.html", {"job": job, "share": _share(job)})
        answer["Refresh"] = str(PAUSE)
        return answer
    if job.state == ImportState.READY:
        return _preview(request, job)
    return _result(request, job)


def _share(job: ImportJob) -> int:
    return min(100, job.done * 100 // job.total) if job.total else 0


# --- Columns -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_import)
def import_columns(request: HttpRequest, number: int) -> HttpResponse:
    """Say what each column holds."""
    job = _job_or_404(request, number)
    if job.state not in import_files.OPEN:
        return redirect("import", job.pk)
    form = columns_form.ColumnsForm(request.POST if request.method == "POST" else None, job=job)
    if form.is_bound and form.is_valid():
        done = take(form, lambda: _choose(request, job, form))
        if done:
            return redirect("import", job.pk)
    context = {"job": job, "form": form, "sheets": form.sheets()}
    return render(request, "orgs/imports/columns.html", context, status=status_of(form))


def _choose(request: HttpRequest, job: ImportJob, form: columns_form.ColumnsForm) -> bool:
    imports.choose_columns(
        viewer=viewer_of(request),
        job=job,
        mapping=form.mapping(),
        source=form.cleaned_data["source"],
        fills_only=bool(form.cleaned_data["fills_only"]),
    )
    return True


# --- Preview -----------------------------------------------------------------------------------------------------

_ORDER = (RowState.ERROR, RowState.LIKELY, RowState.CREATE, RowState.UPDATE, RowState.SAME)


def _preview(request: HttpRequest, job: ImportJob) -> HttpResponse:
    states = job.counts.get("states", {})
    tabs = [(str(state), state.label, states[state]) for state in _ORDER if states.get(state)]
    asked = request.GET.get("show", "")
    shown = asked if any(asked == value for value, _label, _count in tabs) else (tabs[0][0] if tabs else "")
    rows = access.IMPORT_ROWS.rows(viewer_of(request)).filter(job=job, leader__isnull=True, state=shown)
    page: Page[ImportRow] = _page(rows, request, BY_LINE)
    lines: list[ShownRow] = shown_rows(job, page.rows, viewer_of(request))
    wrong = states.get(RowState.ERROR, 0)
    context = {
        "job": job,
        "tabs": tabs,
        "show": shown,
        "rows": lines,
        "counts": job.counts,
        "wrong": wrong,
        "new": states.get(RowState.CREATE, 0),
        "changed": states.get(RowState.UPDATE, 0),
        "same": states.get(RowState.SAME, 0),
        "likely": states.get(RowState.LIKELY, 0),
        "able": job.counts.get("organisations", 0) - wrong,
        "unused": columns_form.unused_columns(job),
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/imports/preview.html", context)


@require_POST
@only(access.may_import)
def import_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what was chosen for the lines of a page."""
    job = _job_or_404(request, number)
    choices = {
        int(name[4:]): value
        for name, value in request.POST.items()
        if name.startswith("row-") and name[4:].isascii() and name[4:].isdigit() and isinstance(value, str)
    }
    try:
        changed = import_deciding.decide(
            viewer=viewer_of(request), job=job, choices=choices, all_likely=request.POST.get("all", "")
        )
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your choices are kept (%(count)d changed).") % {"count": changed})
    back = request.POST.get("then", "")
    return HttpResponseRedirect(f"{request.path.removesuffix('decide/')}{back if back.startswith('?') else ''}")


def _step(request: HttpRequest, number: int, step: Any) -> HttpResponse:
    """Take a step and come back to the import; what is refused is said there."""
    job = _job_or_404(request, number)
    try:
        said = step(job)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except NotAllowed as error:
        messages.error(request, str(error) or _("You may not do this, or not any more."))
    else:
        if said:
            messages.success(request, said)
    return redirect("import", job.pk)


@require_POST
@only(access.may_import)
def import_start(request: HttpRequest, number: int) -> HttpResponse:
    """Bring the lines in."""
    mode = request.POST.get("mode", "")
    return _step(request, number, lambda job: imports.start(viewer=viewer_of(request), job=job, mode=mode))


@require_POST
@only(access.may_import)
def import_stop(request: HttpRequest, number: int) -> HttpResponse:
    """Give an import up."""

    def step(job: ImportJob) -> str:
        state = imports.stop(viewer=viewer_of(request), job=job)
        return _("The import is given up; its file is deleted.") if state == ImportState.CANCELLED else _("It stops.")

    return _step(request, number, step)


@require_POST
@only(access.may_import)
def import_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Go on after a fault."""
    return _step(request, number, lambda job: imports.reopen(viewer=viewer_of(request), job=job))


# --- Result ------------------------------------------------------------------------------------------------------


def _result(request: HttpRequest, job: ImportJob) -> HttpResponse:
    result = job.counts.get("result", {})
    tabs = [(str(each), each.label, result[each]) for each in RowOutcome if each and result.get(each)]
    asked = request.GET.get("show", "")
    shown = asked if any(asked == value for value, _label, _count in tabs) else (tabs[0][0] if tabs else "")
    rows = access.IMPORT_ROWS.rows(viewer_of(request)).filter(job=job, leader__isnull=True, outcome=shown)
    page: Page[ImportRow] = _page(rows if shown else rows.none(), request, BY_LINE)
    lines: list[ResultRow] = result_rows(job, page.rows, viewer_of(request))
    context = {
        "job": job,
        "tabs": tabs,
        "show": shown,
        "rows": lines,
        "counts": job.counts,
        "created": result.get(RowOutcome.CREATED, 0),
        "updated": result.get(RowOutcome.UPDATED, 0),
        "same": result.get(RowOutcome.SAME, 0),
        "out": result.get(RowOutcome.SKIPPED, 0) + result.get(RowOutcome.LEFT, 0),
        "may_take_back": imports.may_take_back(job),
        "has_lines": not job.is_forgotten and bool(job.counts.get("lines")),
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/imports/result.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_import)
def import_undo(request: HttpRequest, number: int) -> HttpResponse:
    """Ask once more, then take an import back."""
    job = _job_or_404(request, number)
    if request.method == "POST":
        return _step(request, number, lambda found: imports.take_back(viewer=viewer_of(request), job=found))
    if not imports.may_take_back(job):
        return redirect("import", job.pk)
    return render(request, "orgs/imports/undo.html", {"job": job, "result": job.counts.get("result", {})})


# --- Files to take away --------------------------------------------------------------------------------------------


@require_safe
@only(access.may_import)
def import_problems(request: HttpRequest, number: int, ending: str) -> HttpResponseBase:
    """Everything that was found wrong with the lines of a file, one a line."""
    job = _job_or_404(request, number)
    rows = access.IMPORT_ROWS.rows(viewer_of(request)).filter(job=job)
    return table_file(problem_list.lines(rows), name=f"import-{job.pk}", ending=ending, title=_("Lines to mend"))


@require_safe
@only(access.may_import)
def import_example(request: HttpRequest, ending: str) -> HttpResponseBase:
    """An empty file with all columns, to be filled in."""
    return table_file(example_lines(), name="passerelle", ending=ending, title=_("Organisations"))
