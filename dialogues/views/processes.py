"""Processes: the list, one of them, beginning and changing one, and who carries it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import panels
from dialogues.access import PROCESSES, SESSIONS, may_edit_process, may_record
from dialogues.addresses import area_address
from dialogues.answers import loop_of
from dialogues.disclosure import PROCESS
from dialogues.forms.processes import BeginForm, BodyForm, ProcessFilterForm, ProcessForm
from dialogues.inclusion import missing, sums_of
from dialogues.models import Process
from dialogues.process_rows import bodies_of, listed, process_words, processes_shown, session_words, sessions_shown
from dialogues.services import answering, processes
from dialogues.shares import BENCHMARK
from dialogues.views.exports import downloads
from dialogues.views.pages import around, page_or_404
from incidents.access import INCIDENTS
from incidents.desk import SHAPES
from incidents.models import Incident
from incidents.services.places import place_of_pcode
from incidents.views.steps import status_of, take
from orgs.access import ORGANISATIONS, viewer_of
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.views.steps import only

NEWEST = (("id", "desc"),)
BY_DAY = (("held_on", "desc"), ("id", "desc"))


@require_safe
@never_cache
def process_list(request: HttpRequest) -> HttpResponse:
    """The processes that this viewer may see, the newest first."""
    viewer = viewer_of(request)
    form = ProcessFilterForm(request.GET)
    rows = _narrowed(PROCESSES.rows(viewer), form)
    page = page_or_404(request, processes_shown(viewer, rows), NEWEST)
    context = {
        "filter": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "rows": listed(viewer, page.rows),
        "may_begin": may_record(viewer),
        "signed_in": viewer.user_id is not None,
        "download": downloads(request, "processes"),
        **around(request, page),
    }
    return render(request, "dialogues/processes/list.html", context)


def _narrowed(rows: QuerySet[Process], form: ProcessFilterForm) -> QuerySet[Process]:
    if not form.is_valid():
        return rows
    data = form.cleaned_data
    wanted = {name: data[name] for name in ("state", "kind") if data[name]}
    where = place_of_pcode(data["area"]) if data["area"] else None
    if where is not None:
        wanted |= {"cercle": where.cercle_id} if where.cercle_id else {"region": where.region_id}
    return rows.filter(**wanted)


def process_or_404(viewer: Viewer, uid: uuid.UUID) -> Process:
    """The process, if this viewer may see it."""
    rows = PROCESSES.rows(viewer).select_related("region", "cercle", "commune").defer(*SHAPES)
    return get_object_or_404(rows, uid=uid)


def own_process(viewer: Viewer, uid: uuid.UUID) -> Process:
    """The process, if this viewer may change it; somebody who only reads it is told that they may not."""
    found = process_or_404(viewer, uid)
    if not may_edit_process(viewer, found):
        raise PermissionDenied
    return found


@require_safe
@never_cache
def process_page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One process: what it is for, who carries it, its sessions and their sums, who was never there."""
    viewer = viewer_of(request)
    process = process_or_404(viewer, uid)
    audience = PROCESSES.audience(viewer, process)
    assert audience is not None
    seen = SESSIONS.rows(viewer).filter(process=process)
    page = page_or_404(request, sessions_shown(viewer, seen), BY_DAY)
    shown = process_words(PROCESS.show(process, audience))
    context = {
        "process": shown,
        "facts": _facts(shown),
        "bodies": bodies_of(viewer, process),
        "sums": sums_of(viewer, seen),
        "missing": missing(viewer, Q(process=process)),
        "benchmark": BENCHMARK,
        "line": area_address(shown["cercle_pcode"] or shown["region_pcode"] or ""),
        "sessions": [session_words(row) for row in page.rows],
        "loop": loop_of(viewer, process),
        "sections": panels.process_page.of(viewer, process),
        "edits": may_edit_process(viewer, process),
        **around(request, page),
    }
    return render(request, "dialogues/processes/process.html", context)


def _facts(shown: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (_("Kind"), shown["kind_words"]),
        (_("Held at the level"), shown["level_words"]),
        (_("Track"), shown["track_words"]),
        (_("Area"), shown["area"] or _("The whole country")),
        (_("Other funders"), shown["funders_text"]),
    ]


# --- Writing -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def process_new(request: HttpRequest) -> HttpResponse:
    """Begin a process; one that answers an incident when the address names it."""
    viewer = viewer_of(request)
    incident = _incident_of(viewer, request.GET.get("incident", ""))
    form = BeginForm(request.POST or None, viewer=viewer)
    if form.is_valid():
        done = take(form, lambda: _begin(viewer, form, incident))
        if done is not None:
            messages.success(request, _("The process has begun. Now say who carries it, and add its sessions."))
            return to_process(viewer, done)
    context = {"form": form, "process": None, "incident": incident}
    return render(request, "dialogues/processes/form.html", context, status=status_of(form))


def _incident_of(viewer: Viewer, ref: str) -> Incident | None:
    return INCIDENTS.rows(viewer).filter(ref=ref[:12]).first() if ref and "\x00" not in ref else None


def _begin(viewer: Viewer, form: BeginForm, incident: Incident | None) -> Process:
    uid = form.cleaned_data["uid"] or uuid.uuid4()
    convener = form.cleaned_data.get("convener")
    process = processes.begin(viewer=viewer, uid=uid, said=form.said(), convener=convener)
    if incident is not None:
        answering.link(viewer=viewer, incident=incident, dialogue=process)
    return process


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def process_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Change what a process is."""
    viewer = viewer_of(request)
    process = own_process(viewer, uid)
    stands = processes.said_of(process).__dict__
    form = ProcessForm(request.POST or None, initial={**stands, "version": process.version})
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        step = lambda: processes.change(viewer=viewer, process=process, version=version, said=form.said())  # noqa: E731
        done = take(form, step, now=lambda: stands)
        if done is not None:
            messages.success(request, _("Saved."))
            return to_process(viewer, done)
    context = {"form": form, "process": process, "conflict": getattr(form, "conflict", None)}
    return render(request, "dialogues/processes/form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def process_bodies(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who carries a process: organisations are added by name, and taken off by a button."""
    viewer = viewer_of(request)
    process = own_process(viewer, uid)
    if "remove" in request.POST:
        return _remove_body(request, viewer, process)
    form = BodyForm(request.POST or None, viewer=viewer, initial={"part": "conveners"})
    if form.is_valid():
        given = form.cleaned_data

        def step() -> bool:
            processes.add_body(viewer=viewer, process=process, **given)
            return True

        if take(form, step):
            messages.success(request, _("%(name)s is part of it now.") % {"name": given["organisation"].name})
            return redirect("dialogue-process-bodies", uid=uid)
    context = {"form": form, "process": process, "bodies": bodies_of(viewer, process)}
    return render(request, "dialogues/processes/bodies.html", context, status=status_of(form))


def _remove_body(request: HttpRequest, viewer: Viewer, process: Process) -> HttpResponse:
    part, _between, number = request.POST["remove"].partition(" ")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Http404
    body = ORGANISATIONS.rows(viewer).filter(pk=int(number)).first()
    if body is None:
        raise Http404
    try:
        processes.remove_body(viewer=viewer, process=process, part=part, organisation=body)
    except ValidationError as error:
        raise Http404 from error
    except NotAllowed as error:
        raise PermissionDenied from error
    messages.success(request, _("%(name)s is taken off.") % {"name": body.name})
    if not may_edit_process(viewer, process):
        return to_process(viewer, process)
    return redirect("dialogue-process-bodies", uid=process.uid)


def to_process(viewer: Viewer, process: Process) -> HttpResponseRedirect:
    """Back to the process; to the list where the step just taken has put it out of sight."""
    if not PROCESSES.rows(viewer).filter(pk=process.pk).exists():
        return redirect("dialogue-processes")
    return redirect("dialogue-process", uid=process.uid)
