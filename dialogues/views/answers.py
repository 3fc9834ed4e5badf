"""The loop: from an incident to the dialogues that answer it, and from a dialogue to what it answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dialogues.access import PROCESSES, SESSIONS, may_edit, may_record
from dialogues.addresses import process_address, session_address
from dialogues.answers import (
    dialogues_of,
    dialogues_to_link,
    incidents_of,
    incidents_to_answer,
    patterns_of,
    patterns_to_take_up,
)
from dialogues.forms.processes import PlanForm, RowForm
from dialogues.models import Process, Session
from dialogues.services import answering
from incidents.access import INCIDENTS
from incidents.access.conduct import CONDUCT_PATTERNS
from incidents.models import Incident
from incidents.views.steps import status_of, take
from orgs.access import viewer_of
from orgs.models import Area
from orgs.policy import Policy, Viewer
from orgs.services.errors import NotAllowed
from orgs.views.steps import only

Rows = list[tuple[int, str]]
_LINKED = gettext_lazy("Linked. Only those who see both read it.")
_UNLINKED = gettext_lazy("The link is gone.")


# --- From an incident --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def incident_answers(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer an incident with a dialogue: plan a session, begin a process, or link one that there is."""
    viewer = viewer_of(request)
    rows = INCIDENTS.rows(viewer).filter(ref=ref, exercise__isnull=True)
    incident = None if "\x00" in ref else rows.first()
    if incident is None:
        raise Http404
    if request.method == "POST" and (unlinked := _unlinked(request, viewer, incident)) is not None:
        return unlinked
    forms = _forms_of_incident(request, viewer, incident)
    for name, form in forms.items():
        if form.is_bound and form.is_valid():
            done = take(form, _step_of(name, form, viewer, incident))
            if done is not None:
                messages.success(request, _("The session is planned.") if name == "plan" else _LINKED)
                return redirect("incident-answers", ref=ref)
    processes, sessions = dialogues_of(viewer, incident)
    context = {"incident": incident, "processes": processes, "sessions": sessions, **forms}
    status = max(status_of(form) for form in forms.values())
    return render(request, "dialogues/processes/incident_answers.html", context, status=status)


def _forms_of_incident(request: HttpRequest, viewer: Viewer, incident: Incident) -> dict[str, Any]:
    processes, sessions = dialogues_to_link(viewer, incident)
    area = incident.cercle or incident.region
    sent = request.POST.get("form", "")

    def data(name: str) -> Any:
        return request.POST if request.method == "POST" and sent == name else None

    return {
        "plan": PlanForm(data("plan"), initial={"area": area.pcode if area else ""}, auto_id="plan_%s"),
        "process": RowForm(data("process"), label=_("A process"), rows=_titles(processes), auto_id="process_%s"),
        "session": RowForm(data("session"), label=_("A session"), rows=_dated(sessions), auto_id="session_%s"),
    }


def _step_of(name: str, form: Any, viewer: Viewer, incident: Incident) -> Callable[[], Any]:
    given = form.cleaned_data
    if name == "plan":
        area = Area.objects.current().filter(pcode=given["area"]).first()
        return lambda: answering.plan_session(
            viewer=viewer,
            incident=incident,
            uid=given["uid"] or uuid.uuid4(),
            title=given["title"],
            held_on=given["held_on"],
            area=area,
            tlp=given["tlp"],
        )
    dialogue = _dialogue(viewer, name, given["row"])
    return lambda: answering.link(viewer=viewer, incident=incident, dialogue=dialogue)


def _unlinked(request: HttpRequest, viewer: Viewer, incident: Incident) -> HttpResponse | None:
    """Take back a link: the button says ``process 12`` or ``session 12``."""
    kind, _between, number = request.POST.get("unlink", "").partition(" ")
    if not number:
        return None
    dialogue = _dialogue(viewer, kind, _number(number))
    try:
        answering.unlink(viewer=viewer, incident=incident, dialogue=dialogue)
    except NotAllowed as error:
        raise PermissionDenied from error
    messages.success(request, _UNLINKED)
    return redirect("incident-answers", ref=incident.ref)


def _dialogue(viewer: Viewer, kind: str, number: int) -> Process | Session:
    policy: Any = {"process": PROCESSES, "session": SESSIONS}.get(kind)
    found: Process | Session | None = policy.rows(viewer).filter(pk=number).first() if policy is not None else None
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Http404
    return int(text)


def _titles(rows: list[dict[str, Any]]) -> Rows:
    return [(row["pk"], row["title"]) for row in rows]


def _dated(rows: list[dict[str, Any]]) -> Rows:
    return [(row["pk"], f"{date_format(row['held_on'], 'j M Y')} – {row['title']}") for row in rows]


# --- From a dialogue ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def process_links(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a process answers: incidents, and patterns in the conduct of forces."""
    return _links(request, PROCESSES, uid)


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_links(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Which incidents a session answers."""
    return _links(request, SESSIONS, uid)


def _links(request: HttpRequest, policy: Policy[Any], uid: uuid.UUID) -> HttpResponse:
    viewer = viewer_of(request)
    dialogue = _own(viewer, policy, uid)
    if request.method == "POST" and "unlink" in request.POST:
        _take_back(viewer, dialogue, request.POST["unlink"])
        messages.success(request, _UNLINKED)
        return redirect(request.path)
    forms = _forms_of_dialogue(request, viewer, dialogue)
    for name, form in forms.items():
        if form.is_bound and form.is_valid() and take(form, _link_step(name, form, viewer, dialogue)) is not None:
            messages.success(request, _LINKED)
            return redirect(request.path)
    is_process = isinstance(dialogue, Process)
    context = {
        "dialogue": dialogue,
        "is_process": is_process,
        "back": process_address(uid) if is_process else session_address(uid),
        "incidents": incidents_of(viewer, dialogue),
        "patterns": patterns_of(viewer, dialogue) if isinstance(dialogue, Process) else [],
        **{f"{name}_form": form for name, form in forms.items()},
    }
    status = max(status_of(form) for form in forms.values())
    return render(request, "dialogues/processes/links.html", context, status=status)


def _own(viewer: Viewer, policy: Policy[Any], uid: uuid.UUID) -> Process | Session:
    found: Process | Session | None = policy.rows(viewer).filter(uid=uid).first()
    if found is None:
        raise Http404
    if not may_edit(viewer, found):
        raise PermissionDenied
    return found


def _forms_of_dialogue(request: HttpRequest, viewer: Viewer, dialogue: Process | Session) -> dict[str, Any]:
    sent = request.POST.get("form", "")
    rows = {"incident": _incident_words(incidents_to_answer(viewer, dialogue))}
    if isinstance(dialogue, Process):
        rows["pattern"] = [(one["id"], one["words"][:100]) for one in patterns_to_take_up(viewer, dialogue)]
    labels = {"incident": _("Incident"), "pattern": _("What is seen again and again")}
    return {
        name: RowForm(request.POST if sent == name else None, label=labels[name], rows=each, auto_id=f"{name}_%s")
        for name, each in rows.items()
    }


def _incident_words(rows: list[dict[str, Any]]) -> Rows:
    return [
        (row["pk"], f"{date_format(row['occurred_on'], 'j M Y')} – {row['kind'] and row['kind'].label} – {row['area']}")
        for row in rows
    ]


def _link_step(name: str, form: Any, viewer: Viewer, dialogue: Process | Session) -> Callable[[], Any]:
    number = form.cleaned_data["row"]
    if name == "pattern" and isinstance(dialogue, Process):
        pattern = CONDUCT_PATTERNS.rows(viewer).get(pk=number)
        return lambda: answering.take_up(viewer=viewer, pattern=pattern, process=dialogue)
    incident = INCIDENTS.rows(viewer).get(pk=number)
    return lambda: answering.link(viewer=viewer, incident=incident, dialogue=dialogue)


def _take_back(viewer: Viewer, dialogue: Process | Session, what: str) -> None:
    kind, _between, number = what.partition(" ")
    policy: Any = {"incident": INCIDENTS, "pattern": CONDUCT_PATTERNS}.get(kind)
    row = policy.rows(viewer).filter(pk=_number(number)).first() if policy is not None else None
    if row is None:
        raise Http404
    if kind == "incident":
        answering.unlink(viewer=viewer, incident=row, dialogue=dialogue)
    elif isinstance(dialogue, Process):
        answering.leave(viewer=viewer, pattern=row, process=dialogue)
    else:
        raise Http404
