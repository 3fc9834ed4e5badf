"""Proposals of sessions: choosing a process, grouping what is alike, writing down what a session proposes."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues import grouping
from dialogues.access import may_group, may_propose
from dialogues.forms.proposals import LinesForm
from dialogues.models import Priority, Process, Session
from dialogues.services import proposals as writing
from dialogues.views.exports import downloads
from dialogues.views.pages import around
from orgs.access import viewer_of
from orgs.models import Tlp
from orgs.paging import BadToken
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.views.steps import ask_to_sign_in, signed_in, status_of, take


@never_cache
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """The processes, with what waits to be grouped and what can be rated in each."""
    viewer = viewer_of(request)
    try:
        rows, page = grouping.processes(viewer, request.GET.get("page"))
    except BadToken as error:
        raise Http404 from error
    return render(request, "dialogues/proposals/processes.html", {"rows": rows, **around(request, page)})


def found_process(request: HttpRequest, viewer: Viewer, uid: uuid.UUID) -> tuple[Process, dict[str, Any], str]:
    """The process, or the answer that there is none."""
    found = grouping.process_of(viewer, uid)
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def process_proposals(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One process: what waits to be grouped, the priorities, the rounds. Readers see priorities and rounds alone."""
    viewer = viewer_of(request)
    found = grouping.process_of(viewer, uid)
    if found is None:
        return not_found(request, viewer)
    process, shown, _audience = found
    context: dict[str, Any] = {
        "process": shown,
        "priorities": grouping.priorities(viewer, process),
        "rounds": grouping.rounds(viewer, process),
        "may_group": may_group(viewer, process),
    }
    if any(not one["is_open"] for one in context["rounds"]):
        context["download"] = downloads(request, "rankings", {"process": str(uid)})
    if context["may_group"]:
        context["proposals_file"] = downloads(request, "proposals", {"process": str(uid)})
        context |= _to_group(request, viewer, process)
    return render(request, "dialogues/proposals/process.html", context)


def not_found(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What is not there and what may not be seen: the same answer. Who is not signed in may yet sign in."""
    if viewer.user_id is None:
        return ask_to_sign_in(request)
    raise Http404


def _to_group(request: HttpRequest, viewer: Viewer, process: Process) -> dict[str, Any]:
    try:
        waiting, page = grouping.waiting(viewer, process, request.GET.get("page"))
    except BadToken as error:
        raise Http404 from error
    return {
        "waiting": waiting,
        **around(request, page),
        "last_step": writing.last_step(process),
        "sessions": grouping.sessions_of(viewer, process),
    }


def process_to_group(request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, Process, dict[str, Any]]:
    """The process that this person may group, or 404."""
    viewer = viewer_of(request)
    process, shown, _audience = found_process(request, viewer, uid)
    if not may_group(viewer, process):
        raise Http404
    return viewer, process, shown


@signed_in
@require_POST
def group(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Put proposals together: what is ticked, or one and what it is like, into a priority that stands or a new one."""
    viewer, process, _shown = process_to_group(request, uid)
    try:
        done = _grouped(request, viewer, process)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except NotAllowed as error:
        messages.error(request, str(error) or _("You may not do this, or not any more."))
    else:
        messages.success(request, _("Put into “%(title)s”.") % {"title": done.title})
    return redirect("proposals-process", uid=uid)


def _grouped(request: HttpRequest, viewer: Viewer, process: Process) -> Priority:
    first, _sign, second = request.POST.get("one", "").partition("-")
    if first and second.startswith("p"):
        return _put(viewer, _standing(viewer, process, second[1:]), _numbers([first]))
    if first:
        return writing.make_priority(
            viewer=viewer,
            process=process,
            title=_first_words(viewer, process, first),
            proposals=_numbers([first, second]),
        )
    ticked = _numbers(request.POST.getlist("proposals"))
    if not ticked:
        raise ValidationError(_("Choose at least one proposal."))
    into, title = request.POST.get("priority", ""), request.POST.get("title", "").strip()
    if into:
        return _put(viewer, _standing(viewer, process, into), ticked)
    if not title:
        raise ValidationError(_("Choose a priority, or write the title of a new one."))
    return writing.make_priority(viewer=viewer, process=process, title=title, proposals=ticked)


def _put(viewer: Viewer, priority: Priority, proposals: list[int]) -> Priority:
    writing.put_in(viewer=viewer, priority=priority, proposals=proposals)
    return priority


def _standing(viewer: Viewer, process: Process, number: str) -> Priority:
    found = grouping.priority_of(viewer, _numbers([number])[0])
    if found is None or found[0].process_id != process.pk:
        raise ValidationError(_("This priority was merged or taken back meanwhile."))
    return found[0]


def _first_words(viewer: Viewer, process: Process, number: str) -> str:
    """What was said becomes a title that whoever reads the process reads: not where it was said more closely."""
    row = grouping.proposal_of(viewer, _numbers([number])[0])
    if row is None:
        raise ValidationError(_("One of the proposals is not there any more."))
    if row.session.tlp not in Tlp.up_to(process.tlp):
        words = _("This was said in a session that fewer may read than the process. Tick it and write a title.")
        raise ValidationError(words)
    return row.words[: writing.LONGEST_TITLE]


def _numbers(texts: list[str]) -> list[int]:
    if not all(text.isdecimal() and len(text) < 19 for text in texts):
        raise ValidationError(_("One of the proposals is not there any more."))
    return [int(text) for text in texts]


@signed_in
@require_POST
def undo_grouping(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Undo the last step of grouping."""
    viewer, process, _shown = process_to_group(request, uid)
    try:
        step = writing.undo(viewer=viewer, process=process, step=_numbers([request.POST.get("step", "")])[0])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Undone: %(what)s.") % {"what": step.get_kind_display()})
    return redirect("proposals-process", uid=uid)


# --- What one session proposes -----------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_proposals(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write down what a session proposes, one a line; take away what was written by mistake."""
    viewer = viewer_of(request)
    found = grouping.session_of(viewer, uid)
    if found is None or not may_propose(viewer, found[0]):
        raise Http404
    session, shown = found
    if request.method == "POST" and "remove" in request.POST:
        return _removed(request, viewer, session)
    form = LinesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = take(form, lambda: writing.write_proposals(viewer=viewer, session=session, **form.cleaned_data))
        if new is not None:
            words = ngettext("%(n)d proposal was written down.", "%(n)d proposals were written down.", new)
            messages.success(request, words % {"n": new} if new else _("These proposals stood there already."))
            return redirect("proposals-session", uid=uid)
    context = {
        "session": shown, "form": form, "rows": grouping.proposals_of_session(viewer, session),
        "process": session.process if session.process and grouping.process_of(viewer, session.process.uid) else None,
    }  # fmt: skip
    return render(request, "dialogues/proposals/session.html", context, status=status_of(form))


def _removed(request: HttpRequest, viewer: Viewer, session: Session) -> HttpResponse:
    try:
        row = grouping.proposal_of(viewer, _numbers([request.POST["remove"]])[0])
        if row is not None and row.session_id == session.pk:
            writing.remove_proposal(viewer=viewer, proposal=row)
            messages.success(request, _("Taken away."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("proposals-session", uid=session.uid)
