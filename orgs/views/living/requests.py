"""Suggested changes: the queue of those who decide, one request fact by fact, and what became of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.access import CHANGES, viewer_of
from orgs.disclosed import CHANGE_ITEM, CHANGE_REQUEST
from orgs.living import entry
from orgs.living.waiting import queue_of
from orgs.living.words import Words, label_of
from orgs.models import ChangeRequest, ChangeState, Decision
from orgs.paging import BadToken, Page, keyset
from orgs.policy import Viewer
from orgs.services import changes
from orgs.services.changes import Verdict
from orgs.services.errors import Faster, NotAllowed
from orgs.views.living.shared import address_of, signed_in, step, version_in
from orgs.views.steps import CONFLICT, address_of_page, only

OLDEST_FIRST = (("asked_at", "asc"), ("id", "asc"))
NEWEST_FIRST = (("asked_at", "desc"), ("id", "desc"))
PAGE = 30
TONES = {
    ChangeState.OPEN: "new",
    ChangeState.DECIDED: "done",
    ChangeState.WITHDRAWN: "stopped",
    Decision.PENDING: "new",
    Decision.ACCEPTED: "done",
    Decision.REFUSED: "stopped",
}
ACCEPT, REFUSE = "accept", "refuse"


@require_safe
@only(access.may_see_queue)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits in one's own areas, oldest first."""
    viewer = viewer_of(request)
    rows = queue_of(viewer).select_related("organisation", "asked_by", "contact").prefetch_related("items")
    page = _page(rows, OLDEST_FIRST, request)
    shown = [
        {
            "row": CHANGE_REQUEST.show(row, _audience(viewer, row)),
            "organisation": row.organisation,
            "facts": [label_of(item.field) for item in row.items.all() if item.decision == Decision.PENDING],
        }
        for row in page.rows
    ]
    context = {
        "rows": shown,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/living/queue.html", context)


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """What one has asked for oneself, newest first, and what became of it."""
    viewer = viewer_of(request)
    rows = CHANGES.rows(viewer).filter(asked_by=viewer.user_id)
    page = _page(rows.select_related("organisation").prefetch_related("items"), NEWEST_FIRST, request)
    words = _words(item for row in page.rows for item in row.items.all())
    shown = [
        {
            "row": CHANGE_REQUEST.show(row, "asker"),
            "organisation": row.organisation,
            "address": address_of(row.organisation),
            "state": row.get_state_display(),
            "tone": TONES[ChangeState(row.state)],
            "items": [_shown(item, "asker", words) for item in row.items.all()],
            "is_open": row.state == ChangeState.OPEN,
        }
        for row in page.rows
    ]
    context = {
        "rows": shown,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/living/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, fact by fact: what was there and what is asked for, side by side."""
    viewer = viewer_of(request)
    found = _request_or_404(viewer, pk)
    wrong, status = "", 200
    if request.method == "POST":
        if not access.may_decide_on(viewer, found.organisation):
            raise PermissionDenied
        try:
            decided = changes.decide(
                viewer=viewer, request=found, verdicts=_verdicts(request, found), version=version_in(request)
            )
        except Faster as error:
            wrong, status = " ".join(error.messages), CONFLICT
        except NotAllowed as error:
            wrong, status = str(error) or _("You may not do this, or not any more."), 422
        except ValidationError as error:
            wrong, status = " ".join(error.messages), 422
        else:
            return _after(request, decided)
        found = _request_or_404(viewer, pk)
    return render(request, "orgs/living/request.html", _context(request, viewer, found, wrong), status=status)


def _after(request: HttpRequest, decided: ChangeRequest) -> HttpResponse:
    if decided.state == ChangeState.OPEN:
        messages.success(request, _("Noted. The other changes of this suggestion still wait."))
        return redirect("change-request", pk=decided.pk)
    messages.success(request, _("Decided. Whoever asked reads what became of it."))
    return redirect("change-requests")


def _context(request: HttpRequest, viewer: Viewer, found: ChangeRequest, wrong: str) -> dict[str, Any]:
    audience = _audience(viewer, found)
    decides = access.may_decide_on(viewer, found.organisation)
    items = list(found.items.all())
    now = entry.values_of(found.organisation) if decides else {}
    words = _words(items, now)
    return {
        "row": CHANGE_REQUEST.show(found, audience),
        "organisation": found.organisation,
        "address": address_of(found.organisation),
        "items": [_shown(item, audience, words, now, request.POST) for item in items],
        "state": found.get_state_display(),
        "tone": TONES[ChangeState(found.state)],
        "decides": decides and found.state == ChangeState.OPEN,
        "mine": found.asked_by_id == viewer.user_id,
        "is_open": found.state == ChangeState.OPEN,
        "version": found.organisation.version,
        "wrong": wrong,
    }


@require_POST
@signed_in
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one has asked for."""
    viewer = viewer_of(request)
    found = _request_or_404(viewer, pk)
    if found.asked_by_id != viewer.user_id:
        raise PermissionDenied
    return step(
        request,
        lambda: changes.withdraw(viewer=viewer, request=found),
        _("Taken back: nobody needs to look at it any more."),
        redirect("changes-mine"),
    )


def _request_or_404(viewer: Viewer, pk: int) -> ChangeRequest:
    rows = CHANGES.rows(viewer).select_related("organisation", "asked_by", "contact")
    found = rows.prefetch_related("items__decided_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _audience(viewer: Viewer, row: ChangeRequest) -> str:
    return CHANGES.audience(viewer, row) or "asker"


def _page(rows: Any, order: Any, request: HttpRequest) -> Page[ChangeRequest]:
    try:
        return keyset(rows, order=order, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        return keyset(rows, order=order, size=PAGE)


def _verdicts(request: HttpRequest, found: ChangeRequest) -> dict[int, Verdict]:
    """What was chosen for each change that waits; with the button for all, every one of them is accepted."""
    waiting = [item.pk for item in found.items.all() if item.decision == Decision.PENDING]
    if "all" in request.POST:
        return {pk: Verdict(accept=True) for pk in waiting}
    # Also those that were decided meanwhile: the service says that somebody was faster.
    chosen = {item.pk: request.POST.get(f"item-{item.pk}", "") for item in found.items.all()}
    return {
        pk: Verdict(accept=choice == ACCEPT, reason=request.POST.get(f"reason-{pk}", ""))
        for pk, choice in chosen.items()
        if choice in (ACCEPT, REFUSE)
    }


def _words(items: Iterable[Any], now: dict[str, Any] | None = None) -> Words:
    rows = list(items)
    values = [(item.field, value) for item in rows for value in (item.before, item.asked)]
    return Words([*values, *((item.field, (now or {}).get(item.field)) for item in rows)])


def _shown(
    item: Any, audience: str, words: Words, now: dict[str, Any] | None = None, typed: Any = None
) -> dict[str, Any]:
    shown = CHANGE_ITEM.show(item, audience)
    field = shown["field"]
    before, asked = words.say(field, shown["before"]), words.say(field, shown["asked"])
    stands = (now or {}).get(field)
    moved = bool(now) and field in entry.FACTS and stands not in (shown["before"], shown["asked"])
    return {
        **shown,
        "label": label_of(field),
        "before": [(line, line not in asked) for line in before],
        "asked": [(line, line not in before) for line in asked],
        "now": words.say(field, stands) if moved and item.decision == Decision.PENDING else None,
        "moved": moved and item.decision == Decision.PENDING,
        "waits": shown["decision"] == Decision.PENDING,
        "decision_words": item.get_decision_display(),
        "tone": TONES[Decision(shown["decision"])],
        "chosen": (typed or {}).get(f"item-{item.pk}", ""),
        "typed": (typed or {}).get(f"reason-{item.pk}", ""),
    }
