"""The slips of a round: how many are used, more of them, and the paper to print."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import rated
from dialogues.forms.proposals import MoreSlipsForm
from dialogues.models import RatingRound
from dialogues.services import papers, ratings
from dialogues.views.papers import file_answer
from dialogues.views.ratings import round_to_hold
from orgs.policy import Viewer
from orgs.views.steps import signed_in, status_of, take


def _slips_to_hold(request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, RatingRound, dict[str, object]]:
    """The round that this person holds, while it takes ratings by slips; else 404."""
    viewer, row, shown, _audience = round_to_hold(request, uid)
    if not (row.slips and row.is_open):
        raise Http404
    return viewer, row, shown


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rating_slips(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How many slips there are and are used; a POST makes more."""
    viewer, row, shown = _slips_to_hold(request, uid)
    form = MoreSlipsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        number = form.cleaned_data["number"]
        if take(form, lambda: ratings.add_slips(viewer=viewer, rating=row, number=number)) is not None:
            words = ngettext("%(n)d slip more.", "%(n)d slips more.", number) % {"n": number}
            messages.success(request, words)
            return redirect("rating-slips", uid=uid)
    used = rated.slips_used(row)
    context = {"round": shown, "form": form, "used": used, "unused": row.slips - used}
    return render(request, "dialogues/proposals/slips.html", context, status=status_of(form))


@signed_in
@require_safe
def rating_slips_pdf(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The slips that nobody has used yet, to print."""
    viewer, row, _shown = _slips_to_hold(request, uid)
    try:
        made = papers.print_slips(viewer=viewer, rating=row, address=request.build_absolute_uri(reverse("rate")))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("rating-slips", uid=uid)
    return file_answer(made, f"rating-{str(row.uid)[:8]}-slips.pdf")
