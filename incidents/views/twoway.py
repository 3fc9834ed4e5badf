"""Questions about an alert, their answers, and what a coordinator makes of an outcome."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents import alerting, twoway
from incidents.access import may_ask
from incidents.disclosure import ANSWER
from incidents.forms.twoway import AnswerQuestionForm, AskForm
from incidents.models import AlertQuestion, QuestionState, Verdict
from incidents.services import outcomes_told, questions
from incidents.services.errors import NotAllowed
from incidents.views.alerts import seen_alert
from incidents.views.steps import coordinators_only, signed_in, status_of, take
from orgs.access import viewer_of
from orgs.policy import Viewer


@signed_in
@require_http_methods(["GET", "POST"])
def alert_ask(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """A recipient asks the coordinators."""
    viewer = viewer_of(request)
    alert = seen_alert(viewer, number)
    own = alerting.own_delivery(viewer, alert) if alert is not None else None
    if alert is None or own is None or not may_ask(viewer, own):
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        text = form.cleaned_data["text"]
        if take(form, lambda: questions.ask(viewer=viewer, delivery=own, text=text)) is not None:
            messages.success(request, _("Your question is with the coordinators. You are told when they answer."))
            return redirect("alert", number=number)
    context = {"alert": alert, "own": own, "form": form, "threads": twoway.threads_of(viewer, alert)}
    return render(request, "incidents/twoway/ask.html", context, status=status_of(form))


@coordinators_only
@require_http_methods(["GET", "POST"])
def question_answer(request: HttpRequest, question: int) -> HttpResponse:
    """A coordinator answers, with the whole thread in view."""
    viewer = viewer_of(request)
    found = _question_or_404(viewer, question)
    form = AnswerQuestionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        if take(form, lambda: questions.answer_question(viewer=viewer, question=found, **said)) is not None:
            messages.success(request, _("Your answer goes out now."))
            return redirect("alert", number=found.delivery.alert_id)
    return _thread_page(request, found, form)


@coordinators_only
@require_POST
def question_close(request: HttpRequest, question: int) -> HttpResponse:
    """Take a question off the list, or put it back."""
    viewer = viewer_of(request)
    found = _question_or_404(viewer, question)
    try:
        closed = questions.close_question(viewer=viewer, question=found)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        over = closed.state == QuestionState.CLOSED
        messages.success(request, _("Closed. It can be opened again.") if over else _("It waits for an answer again."))
    return redirect("alert", number=found.delivery.alert_id)


@coordinators_only
@require_POST
def outcome_decide(request: HttpRequest, reply: int) -> HttpResponse:
    """Pass an outcome on to the reporters, or keep it."""
    viewer = viewer_of(request)
    found = get_object_or_404(twoway.outcomes_followed(viewer), pk=reply)
    verdict = request.POST.get("verdict", "")
    try:
        outcomes_told.decide_on_outcome(viewer=viewer, reply=found, verdict=verdict)
    except (NotAllowed, ValidationError) as error:
        words = error.messages if isinstance(error, ValidationError) else [str(error)]
        for one in words:
            messages.error(request, one)
    else:
        kept = _("Kept here. You can still pass it on.")
        told = _("Passed on: those who reported read what was done, in safe words.")
        messages.success(request, told if verdict == Verdict.ACCEPTED else kept)
    return redirect("alert", number=found.delivery.alert_id)


def _question_or_404(viewer: Viewer, number: int) -> AlertQuestion:
    return get_object_or_404(twoway.questions_followed(viewer), pk=number)


def _thread_page(request: HttpRequest, found: AlertQuestion, form: AnswerQuestionForm) -> HttpResponse:
    alert = found.delivery.alert
    context: dict[str, Any] = {
        "question": found,
        "alert": alert,
        "answers": [ANSWER.show(one, "coordinator") for one in found.answers.all()],
        "form": form,
        "reports": twoway.reports_to_ask(alert),
        "open": found.state == QuestionState.OPEN,
    }
    return render(request, "incidents/twoway/answer.html", context, status=status_of(form))
