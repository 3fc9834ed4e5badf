"""Writing down a commitment, putting its words right, correcting its state, making it public, opening a name."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dialogues import commitments_shown as shown
from dialogues.access import PROCESSES, SESSIONS, may_correct, may_decide, may_open_person, may_promise_in
from dialogues.forms.commitments import (
    CarryOutForm,
    ChangeWordsForm,
    CorrectForm,
    PromiseForm,
    PublicForm,
    ReasonForm,
)
from dialogues.models import Commitment, OwnerKind, Process, Session
from dialogues.services import carried_out, commitment_people, commitments
from dialogues.views.commitments import seen_or_none
from dialogues.views.versions import take
from orgs.access import viewer_of
from orgs.policy import Policy, Viewer
from orgs.views.steps import ask_to_sign_in, status_of

GET_AND_POST = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(GET_AND_POST)
def session_commitment_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down what was promised in a session."""
    return _new(request, SESSIONS, uid)


@never_cache
@require_http_methods(GET_AND_POST)
def process_commitment_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down what was promised in a process, outside its sessions."""
    return _new(request, PROCESSES, uid)


def _new(request: HttpRequest, policy: Policy[Any], uid: UUID) -> HttpResponse:
    viewer = viewer_of(request)
    if viewer.user_id is None:
        return ask_to_sign_in(request)
    place: Session | Process | None = policy.rows(viewer).filter(uid=uid).first()
    if place is None or not may_promise_in(viewer, place):
        raise Http404
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        viewer=viewer,
        place=place,
        priority=request.GET.get("priority", ""),
    )
    if request.method == "POST" and form.is_valid():
        said, number = form.said(), form.cleaned_data["uid"]
        made = None
        if not form.errors:
            made = take(form, lambda: commitments.promise(viewer=viewer, place=place, uid=number, said=said))
        if made is not None:
            messages.success(request, _("Written down."))
            if "another" in request.POST:
                return redirect(request.get_full_path())
            return redirect("commitment", uid=made.uid)
    context = {"form": form, "place": place, "before": shown.made_in(viewer, place)}
    return render(request, "dialogues/commitments/new.html", context, status=status_of(form))


def _for_deciders(view: Callable[[HttpRequest, Viewer, Commitment], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a page the commitment for those who say what became of it; whoever is not signed in does so first."""

    @wraps(view)
    def given(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = viewer_of(request)
        if viewer.user_id is None:
            return ask_to_sign_in(request)
        row = seen_or_none(viewer, uid)
        if row is None or not may_decide(viewer, row):
            raise Http404
        return view(request, viewer, row)

    return given


@never_cache
@require_http_methods(GET_AND_POST)
@_for_deciders
def commitment_words(request: HttpRequest, viewer: Viewer, row: Commitment) -> HttpResponse:
    """Put the words or the day right, before anybody followed it."""
    initial = {"what": row.what, "due_on": row.due_on, "evidence": row.evidence, "version": row.version}
    form = ChangeWordsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and take(form, lambda: _change(viewer, row, form)) is not None:
        messages.success(request, _("Changed."))
        return redirect("commitment", uid=row.uid)
    return _ask(request, viewer, row, form, "words")


def _change(viewer: Viewer, row: Commitment, form: ChangeWordsForm) -> Commitment:
    return commitments.change_words(viewer=viewer, commitment=row, **form.cleaned_data)


@never_cache
@require_http_methods(GET_AND_POST)
@_for_deciders
def commitment_priority(request: HttpRequest, viewer: Viewer, row: Commitment) -> HttpResponse:
    """Say which priority of its process it carries out."""
    form = CarryOutForm(request.POST if request.method == "POST" else None, viewer=viewer, commitment=row)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        if take(form, lambda: carried_out.carry_out(viewer=viewer, commitment=row, priority=chosen)) is not None:
            messages.success(request, _("Changed."))
            return redirect("commitment", uid=row.uid)
    return _ask(request, viewer, row, form, "priority")


@never_cache
@require_http_methods(GET_AND_POST)
@_for_deciders
def commitment_correct(request: HttpRequest, viewer: Viewer, row: Commitment) -> HttpResponse:
    """Put right a state that was wrong."""
    if not may_correct(viewer, row):
        raise Http404
    form = CorrectForm(request.POST if request.method == "POST" else None, commitment=row)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if take(form, lambda: commitments.correct(viewer=viewer, commitment=row, **data)) is not None:
            messages.success(request, _("Put right."))
            return redirect("commitment", uid=row.uid)
    return _ask(request, viewer, row, form, "correct")


@never_cache
@require_http_methods(GET_AND_POST)
@_for_deciders
def commitment_public(request: HttpRequest, viewer: Viewer, row: Commitment) -> HttpResponse:
    """Let everybody read it, as was agreed; or take it from the public again."""
    back = "take_back" in request.POST
    form = PublicForm(request.POST if request.method == "POST" and not back else None, initial={"version": row.version})
    if back or (request.method == "POST" and form.is_valid()):
        given = {"agreed_on": None} if back else {
            "agreed_on": form.cleaned_data["agreed_public_on"], "version": form.cleaned_data["version"],
        }  # fmt: skip
        if take(form, lambda: commitments.make_public(viewer=viewer, commitment=row, **given)) is not None:
            said = _("It is not public any more.") if back else _("Everybody can read it now.")
            messages.success(request, said)
            return redirect("commitment", uid=row.uid)
    return _ask(request, viewer, row, form, "public")


@never_cache
@require_http_methods(GET_AND_POST)
@_for_deciders
def commitment_person(request: HttpRequest, viewer: Viewer, row: Commitment) -> HttpResponse:
    """Open who promised, with a reason that is kept."""
    if not may_open_person(viewer, row) or row.owner_kind != OwnerKind.PERSON:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    opened: Any = None
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        opened = take(form, lambda: (commitment_people.open_person(viewer=viewer, commitment=row, reason=reason),))
    return _ask(request, viewer, row, form, "person", was_opened=opened is not None, person=opened and opened[0])


@never_cache
@require_POST
@_for_deciders
def commitment_forget(request: HttpRequest, viewer: Viewer, row: Commitment) -> HttpResponse:
    """Delete the name of somebody who takes their consent back."""
    if row.owner_kind != OwnerKind.PERSON:
        raise Http404
    commitment_people.forget_person(viewer=viewer, commitment=row)
    messages.success(request, _("The name is deleted. The promise stays."))
    return redirect("commitment", uid=row.uid)


def _ask(
    request: HttpRequest, viewer: Viewer, row: Commitment, form: forms.Form, name: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "commitment": shown.one(viewer, row),
        "address": reverse("commitment", args=[row.uid]),
        "followed": row.follow_ups.exists(),
        **more,
    }
    return render(request, f"dialogues/commitments/{name}.html", context, status=status_of(form))
