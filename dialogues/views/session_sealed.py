"""What is sealed beside a session: who agreed to be named, and what could endanger somebody."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dialogues.access import may_edit_session, may_open_names, may_read_safety_notes, may_record
from dialogues.forms.session_sealed import NameForm, OpenNamesForm, SafetyNoteForm, TakeBackForm
from dialogues.models import Session
from dialogues.services.names import Named, add_name, open_names, take_name_back
from dialogues.services.safety_notes import add_safety_note, open_safety_notes
from dialogues.views.sessions import session_or_404
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.views.steps import only, take

ADD, BACK, OPEN = "add", "back", "open"


def own_session(viewer: Viewer, uid: UUID) -> Session:
    """A session that this viewer writes in; somebody who only reads it is told that they may not."""
    found = session_or_404(viewer, uid)
    if not may_edit_session(viewer, found):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_names(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add somebody with their consent, delete them, or open who is kept: shown once, with a reason."""
    viewer = viewer_of(request)
    found = own_session(viewer, uid)
    step = request.POST.get("step", "")
    given = {name: request.POST if step == name else None for name in (ADD, BACK, OPEN)}
    add, back = NameForm(given[ADD], prefix=ADD), TakeBackForm(given[BACK], prefix=BACK)
    opening = OpenNamesForm(given[OPEN], prefix=OPEN)
    if _took(add, lambda: add_name(viewer=viewer, session=found, **add.cleaned_data)):
        messages.success(request, _("Kept, sealed. Whoever wants to be forgotten is deleted by their name."))
        return redirect("dialogue-session-names", uid=uid)
    if _took(back, lambda: _taken_back(viewer, found, back)):
        messages.success(request, _("Deleted for good."))
        return redirect("dialogue-session-names", uid=uid)
    opened: list[Named] | None = None
    if opening.is_bound and opening.is_valid():
        opened = take(opening, lambda: open_names(viewer=viewer, session=found, reason=opening.cleaned_data["reason"]))
    context = {
        "session": {"uid": found.uid, "title": found.title},
        "count": found.names.count(),
        "add": add,
        "back": back,
        "opening": opening,
        "opened": opened,
        "may_open": may_open_names(viewer, found),
        "wrong": next((form for form in (add, back, opening) if form.errors), None),
    }
    status = 422 if context["wrong"] else 200
    return render(request, "dialogues/sessions/names.html", context, status=status)


def _taken_back(viewer: Viewer, session: Session, form: TakeBackForm) -> bool:
    take_name_back(viewer=viewer, session=session, name=form.cleaned_data["name"])
    return True


def _took(form: forms.Form, step: Callable[[], Any]) -> bool:
    """Whether this form was sent and its step taken."""
    return form.is_bound and form.is_valid() and take(form, step) is not None


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_safety(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a safety note, or open those that there are; each opening is noted."""
    viewer = viewer_of(request)
    found = own_session(viewer, uid)
    opens = request.method == "POST" and request.POST.get("step") == OPEN
    form = SafetyNoteForm(request.POST if request.method == "POST" and not opens else None)
    if _took(form, lambda: _noted(viewer, found, form)):
        messages.success(request, _("Added, sealed."))
        return redirect("dialogue-session-safety", uid=uid)
    context = {
        "session": {"uid": found.uid, "title": found.title},
        "count": found.safety_notes.count(),
        "form": form,
        "may_open": may_read_safety_notes(viewer, found),
        "opened": open_safety_notes(viewer=viewer, session=found) if opens else None,
    }
    return render(request, "dialogues/sessions/safety.html", context, status=422 if form.errors else 200)


def _noted(viewer: Viewer, session: Session, form: SafetyNoteForm) -> Any:
    data = form.cleaned_data
    return add_safety_note(viewer=viewer, session=session, words=data["words"], form_key=data["form_key"].hex)
