"""Rating rounds: opening, typing what is on paper or was agreed, dissent, closing for good."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogues import carried_out, grouping, rated
from dialogues.access import may_group
from dialogues.forms.proposals import DissentForm, RoundForm
from dialogues.forms.ratings import BallotForm, PaperForm
from dialogues.models import RatedPriority, RatingRound
from dialogues.services import ratings
from dialogues.views.exports import downloads
from dialogues.views.proposals import not_found, process_to_group
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.views.steps import signed_in, status_of, take

Round = tuple[RatingRound, dict[str, Any], str]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rating_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Open a round on the priorities of a process, as they read now."""
    viewer, process, shown = process_to_group(request, uid)
    offered = [(one["id"], one["title"]) for one in grouping.priorities(viewer, process)]
    sessions = grouping.sessions_of(viewer, process)
    form = RoundForm(
        request.POST if request.method == "POST" else None,
        sessions=[(row.pk, words) for row, words in sessions],
        priorities=offered,
    )
    if form.is_valid():
        data = form.cleaned_data
        chosen = next((row for row, _words in sessions if str(row.pk) == data["session"]), None)
        made = take(
            form,
            lambda: ratings.open_round(
                viewer=viewer, process=process, title=data["title"], method=data["method"], session=chosen,
                priorities=[int(pk) for pk in data["priorities"]], slips=data["slips"] or 0,
            ),
        )  # fmt: skip
        if made is not None:
            return redirect("rating-slips" if made.slips else "rating-round", uid=made.uid)
    context = {"form": form, "process": shown, "offered": offered}
    return render(request, "dialogues/proposals/rating_new.html", context, status=status_of(form))


def round_to_hold(request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, RatingRound, dict[str, Any], str]:
    """The round that this person holds, or 404."""
    viewer = viewer_of(request)
    found = grouping.round_of(viewer, uid)
    if found is None or not may_group(viewer, found[0].process):
        raise Http404
    return viewer, *found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rating_round(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One round: while it is open how many have rated and what is to do, then the ranking. A POST adds dissent."""
    viewer = viewer_of(request)
    found = grouping.round_of(viewer, uid)
    if found is None:
        return not_found(request, viewer)
    row, _shown, audience = found
    may = may_group(viewer, row.process)
    if request.method == "POST" and not may:
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        return _dissent_removed(request, viewer, row)
    items = rated.items_shown(row, audience)
    form = DissentForm(
        request.POST if request.method == "POST" else None, items=[(one["id"], one["title"]) for one in items]
    )
    if form.is_valid() and take(form, lambda: _dissented(viewer, row, form)):
        messages.success(request, _("Written down. It stands beside the ranking."))
        return redirect("rating-round", uid=uid)
    context = _round_context(viewer, found, items) | {"form": form, "may_group": may}
    context["download"] = downloads(request, "rankings", {"round": str(row.uid)})
    return render(request, "dialogues/proposals/round.html", context, status=status_of(form))


def _round_context(viewer: Viewer, found: Round, items: list[dict[str, Any]]) -> dict[str, Any]:
    row, shown, audience = found
    marks = rated.marks_of(row)
    process = grouping.process_of(viewer, row.process.uid)
    session = grouping.session_of(viewer, row.session.uid) if row.session else None
    dissents = rated.dissent_of(row, audience)
    papers = rated.papers_by_item(row) if row.is_open else {}
    return {
        "round": shown,
        "process": process[1] if process else None,
        "session": session[1] if session else None,
        "ranking": carried_out.with_promises(viewer, row, rated.ranking(row, audience, marks)),
        "promises_told": viewer.user_id is not None,
        "turnout": rated.turnout(row, marks),
        "items": [one | {"dissents": dissents.get(one["id"], []), "papers": papers.get(one["id"])} for one in items],
    }


def _dissented(viewer: Viewer, row: RatingRound, form: DissentForm) -> Any:
    data = form.cleaned_data
    item = _item(row, int(data["item"]))
    return ratings.dissent(viewer=viewer, item=item, group=data["group"], words=data["words"])


def _dissent_removed(request: HttpRequest, viewer: Viewer, row: RatingRound) -> HttpResponse:
    try:
        ratings.take_back_dissent(viewer=viewer, rating=row, number=_whole(request.POST["remove"]))
        messages.success(request, _("Taken away."))
    except NotAllowed as error:
        messages.error(request, str(error) or _("You may not do this, or not any more."))
    return redirect("rating-round", uid=row.uid)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _item(row: RatingRound, number: int) -> RatedPriority:
    for item in ratings.items_of(row):
        if item.pk == number:
            return item
    raise Http404


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rating_paper(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """Type how many hands or papers gave each value to one priority; then the next priority."""
    viewer, row, shown, _audience = round_to_hold(request, uid)
    if not (shown["by_phone"] and row.is_open):
        return _says_closed(request, row)
    items, item = ratings.items_of(row), _item(row, number)
    form = PaperForm(request.POST if request.method == "POST" else None, people=rated.paper_of(item))
    if form.is_valid():
        voices = take(form, lambda: ratings.count_paper(viewer=viewer, item=item, people=form.people()))
        if voices is not None:
            words = ngettext("%(n)d voice on paper.", "%(n)d voices on paper.", voices)
            messages.success(request, words % {"n": voices})
            after = next((one for one in items if one.position > item.position), None)
            if after is None:
                return redirect("rating-round", uid=uid)
            return redirect("rating-paper", uid=uid, number=after.pk)
    context = {"round": shown, "item": item, "form": form, "of": len(items)}
    return render(request, "dialogues/proposals/paper_counts.html", context, status=status_of(form))


def _says_closed(request: HttpRequest, row: RatingRound) -> HttpResponse:
    messages.error(request, _("This round does not take this any more."))
    return redirect("rating-round", uid=row.uid)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rating_consensus(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Type on what the room agreed."""
    viewer, row, shown, audience = round_to_hold(request, uid)
    if shown["by_phone"] or not row.is_open:
        return _says_closed(request, row)
    form = BallotForm(
        request.POST if request.method == "POST" else None,
        items=rated.items_shown(row, audience),
        marks=rated.agreed_of(row),
    )
    if form.is_valid():
        try:
            ratings.agree(viewer=viewer, rating=row, values=form.marks())
        except (ValidationError, NotAllowed) as error:
            form.add_error(None, error.messages if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, _("Kept. It can be changed until the round is closed."))
            return redirect("rating-round", uid=uid)
    return render(request, "dialogues/proposals/consensus.html", {"round": shown, "form": form}, status=status_of(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rating_close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Close a round for good: asked once more, then done."""
    viewer, row, shown, _audience = round_to_hold(request, uid)
    if request.method == "POST":
        ratings.close_round(viewer=viewer, rating=row)
        messages.success(request, _("Closed. Here is the ranking."))
        return redirect("rating-round", uid=uid)
    if not row.is_open:
        return redirect("rating-round", uid=uid)
    return render(request, "dialogues/proposals/close.html", {"round": shown, "turnout": rated.turnout(row)})
