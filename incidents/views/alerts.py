"""Inbox, one alert and its answers. Opening a page never answers: mail scanners open links too."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from incidents import alerting, exercise_desk, ladder_desk, panels, twoway
from incidents.access import ALERTS, SENT, may_answer, may_follow, may_tell_outcome
from incidents.ended import WORDS, place_of
from incidents.forms.alerts import AnswerForm, CallForm
from incidents.models import Alert, AlertState, Delivery, ReplyKind
from incidents.sent_as import sent_as
from incidents.services import replies
from incidents.services.errors import NotAllowed
from incidents.services.steps import note
from incidents.views.steps import ask_to_sign_in, coordinators_only, signed_in
from orgs.access import viewer_of
from orgs.models import Role
from orgs.paging import BadToken, Page, keyset
from orgs.policy import Viewer

PAGE = 30
MOST_UNANSWERED = 50
MOST_OTHERS = 20
WITH_MORE = (ReplyKind.DECLINE, ReplyKind.NEED_MORE, ReplyKind.OUTCOME)
"""Answers that ask for more than a tap."""
DELIVERY_ORDER = (("created_at", "desc"), ("id", "desc"))


@signed_in
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The inbox: what waits for an answer first; for coordinators also the alerts of their areas."""
    viewer = viewer_of(request)
    busy = twoway.busy_with(viewer)  # these stand in a list of their own
    rest = alerting.answered(viewer).exclude(pk__in=[one.pk for one in busy])
    page = _page(alerting.newest_of_threads(rest), request)
    first = not request.GET.get("after")
    waiting = list(alerting.unanswered(viewer)[:MOST_UNANSWERED]) if first else []
    folded = alerting.with_earlier(viewer, [*waiting, *page.rows])
    context: dict[str, Any] = {
        "waiting": folded[: len(waiting)],
        "answered": page,
        "answered_rows": folded[len(waiting) :],
        "first": first,
        "others": _others(viewer) if first else [],
        "worked_on": _worked_on(viewer) if first else [],
        "drills": exercise_desk.running_for(viewer),
        "nobody": ladder_desk.nobody_answered_shown(viewer) if first else [],
        "totals": alerting.totals_of_own_areas(viewer) if first else [],
        "is_liaison": Role.LIAISON in viewer.roles,
        "is_coordinator": Role.COORDINATOR in viewer.roles,
        "twoway": {**twoway.inbox_of(viewer), "busy": busy} if first else {},
    }
    return render(request, "incidents/alerts/inbox.html", context)


def _page(rows: Any, request: HttpRequest) -> Page[Any]:
    try:
        return keyset(rows, order=DELIVERY_ORDER, after=request.GET.get("after"), size=PAGE)
    except BadToken as error:
        raise Http404 from error


def _others(viewer: Viewer) -> list[tuple[Alert, Any]]:
    """Alerts of colleagues and of the network, with what the viewer reads of them."""
    if Role.COORDINATOR in viewer.roles:
        return []
    found = alerting.may_also_read(viewer).prefetch_related("renditions")[:MOST_OTHERS]
    shown = ((alert, alerting.reading_for(viewer, alert)) for alert in found)
    return [(alert, rendition) for alert, rendition in shown if rendition is not None]


def _worked_on(viewer: Viewer) -> list[dict[str, Any]]:
    if Role.COORDINATOR not in viewer.roles:
        return []
    return [
        {"alert": alert, "state": alerting.shown_state(alert), "mine": alert.created_by_id == viewer.user_id}
        for alert in alerting.worked_on(viewer)[:MOST_OTHERS]
    ]


@never_cache
@require_safe
def alert(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """One alert: what the viewer's audience reads, and the buttons to answer it."""
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is None:
        return _not_there(request)
    if found.state not in SENT:
        return redirect("alert-preview", number=number)
    return alert_page(request, viewer, found)


def alert_page(request: HttpRequest, viewer: Viewer, found: Alert, *, form: AnswerForm | None = None) -> HttpResponse:
    """The page of a released or cancelled alert."""
    own = alerting.own_delivery(viewer, found)
    follows = may_follow(viewer, found)
    rendition = alerting.reading_for(viewer, found, own)
    if rendition is None and not follows:
        raise Http404
    context: dict[str, Any] = {
        "alert": found,
        "rendition": rendition,
        "own": own,
        "answers": own.replies.order_by("at", "id") if own else [],
        "may_answer": own is not None and may_answer(viewer, own),
        "may_tell": own is not None and may_tell_outcome(viewer, own),
        "form": form,
        "forms": _answer_forms(form),
        "told_outcome": own is not None and own.replies.filter(kind=ReplyKind.OUTCOME).exists(),
        "refused": form is not None,
        "kinds": ReplyKind,
        "state": alerting.shown_state(found),
        "over": found.state != AlertState.RELEASED,
        "place": place_of(viewer, found),
        "follows": follows,
        "signed_in": viewer.user_id is not None,
        "sections": panels.alert_page.of(viewer, found),
    }
    if follows:
        context |= _followed(request, viewer, found)
    return render(request, "incidents/alerts/alert.html", context, status=422 if form is not None else 200)


def _answer_forms(refused: AnswerForm | None) -> dict[str, AnswerForm]:
    """A form for each answer that asks for more than a tap; the one that was refused keeps what was typed."""
    empty = {str(kind): AnswerForm(kind=kind) for kind in WITH_MORE}
    return empty if refused is None else {**empty, str(refused.data.get("kind", "")): refused}


def _followed(request: HttpRequest, viewer: Viewer, found: Alert) -> dict[str, Any]:
    rows = alerting.recipients_of(viewer, found).select_related("recipient", "organisation", "alert", "rendition")
    page = _page(rows, request)
    return {
        "told": alerting.with_messages(page.rows),
        "page_of_told": page,
        "progress": alerting.progress_of(found),
        "renditions": sent_as(found),
        "calls": alerting.call_list(viewer, found).count(),
    }


@require_POST
@signed_in
def alert_answer(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Acknowledge, act, have done, or decline."""
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    own = alerting.own_delivery(viewer, found) if found is not None else None
    if found is None or own is None:
        raise Http404
    form = AnswerForm(request.POST)
    if form.is_valid() and _answered(viewer, own, form):
        messages.success(request, _("Your answer is noted. Those who work on this see it."))
        return redirect("alert", number=number)
    return alert_page(request, viewer, found, form=form)


def _answered(viewer: Viewer, own: Delivery, form: AnswerForm) -> bool:
    try:
        replies.answer(viewer=viewer, delivery=own, **form.said())
    except ValidationError as error:
        for name, words in error.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
    except NotAllowed as error:
        form.add_error(None, str(error))
    return not form.errors


# --- The call list -----------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def alert_calls(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Whom to call. The only page that shows recipients' phone numbers; that it was opened is noted."""
    viewer, found = _followed_alert(request, number)
    note(viewer, found, "calls_opened")
    return calls_page(request, viewer, found)


def calls_page(
    request: HttpRequest, viewer: Viewer, found: Alert, *, refused: tuple[int, CallForm] | None = None
) -> HttpResponse:
    """The list, with a form for each person."""
    rows = list(alerting.call_list(viewer, found)[:200])
    tries = alerting.tries_of(rows)
    shown = [
        {
            "delivery": row,
            "tries": tries.get(str(row.pk), 0),
            "form": refused[1] if refused and refused[0] == row.pk else CallForm(auto_id=f"call{row.pk}_%s"),
        }
        for row in rows
    ]
    context = {
        "alert": found,
        "rows": shown,
        "ladder_call": ladder_desk.call_to_make(viewer, found),
        "cancelled": WORDS.get(found.state, ""),
    }
    return render(request, "incidents/alerts/calls.html", context, status=422 if refused else 200)


@coordinators_only
@require_POST
def alert_call(request: HttpRequest, number: uuid.UUID, delivery: int) -> HttpResponse:
    """Tick off one call."""
    viewer, found = _followed_alert(request, number)
    row = alerting.call_list(viewer, found).filter(pk=delivery).first()
    if row is None:
        raise Http404
    form = CallForm(request.POST, auto_id=f"call{row.pk}_%s")
    if form.is_valid() and _ticked(viewer, row, form):
        messages.success(request, _("Noted."))
        return redirect("alert-calls", number=number)
    return calls_page(request, viewer, found, refused=(row.pk, form))


def _ticked(viewer: Viewer, row: Delivery, form: CallForm) -> bool:
    try:
        replies.tick_call(viewer=viewer, delivery=row, **form.cleaned_data)
    except ValidationError as error:
        for name, words in error.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
    except NotAllowed as error:
        form.add_error(None, str(error))
    return not form.errors


def _followed_alert(request: HttpRequest, number: uuid.UUID) -> tuple[Viewer, Alert]:
    viewer = viewer_of(request)
    found = seen_alert(viewer, number)
    if found is None or not may_follow(viewer, found) or found.state not in SENT:
        raise Http404
    return viewer, found


def seen_alert(viewer: Viewer, number: uuid.UUID) -> Alert | None:
    """The alert of this number if the viewer may see it."""
    rows = ALERTS.rows(viewer).filter(pk=number)
    return rows.select_related("incident__type", "incident__place", "created_by", "released_by", "exercise").first()


def _not_there(request: HttpRequest) -> HttpResponse:
    """Whoever is not signed in may be a recipient who followed the link of a message: they sign in first.

    What is there and what is not looks the same.
    """
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    raise Http404
