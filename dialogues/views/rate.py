"""Rating on a phone: a code typed from the screen of the hall, then one ballot. No account, no address, no name kept.

The phone keeps a sealed cookie with a number made at random; the database keeps only its hash with the round, so that
a phone has one ballot in a round and nobody can say whose it is, or which ballots of two rounds are of one phone.
"""

import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dialogues import rated
from dialogues.forms.proposals import RoundCodeForm
from dialogues.forms.ratings import BallotForm
from dialogues.models import RatingRound
from dialogues.services import ballots
from incidents.views import throttle
from incidents.views.receipts import sealed
from incidents.views.tokens import is_forged, posted
from orgs.crypto import seal
from orgs.services.errors import NotAllowed

COOKIE = "rating"
KEPT = timedelta(days=3)
"""As long as a conference: the phone may change its ballot until the round is closed."""
WRONG = throttle.Tries("wrong-rating-codes", allowed=100, under_attack=10, attack_from=1000)
"""A hall of 200 phones behind one address types some codes wrong; at this pace guessing one of six digits takes weeks
from one address. Counted apart from codes of reports, so that a hall locks nobody out of those."""

_UNKNOWN = gettext_lazy("No rating that is open has this code. Look at the screen or the slip again, digit by digit.")
_USED = gettext_lazy(
    "Somebody has rated with this slip already. To change those numbers take the same phone; else ask for another slip."
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rate(request: HttpRequest) -> HttpResponse:
    """Type the code; a picture on the screen may have brought it."""
    if request.method != "POST":
        return _code_page(request, RoundCodeForm(initial={"code": request.GET.get("code", "")[:6]}))
    form = RoundCodeForm(posted(request) or QueryDict())
    if is_forged(request):
        problem = _("This page had been open for too long. Nothing is lost: send it again.")
        return _code_page(request, form, status=403, problem=problem)
    if throttle.is_blocked(request, WRONG):
        problem = _("Too many wrong codes came from your network. Wait ten minutes, then try again.")
        return _code_page(request, form, status=429, problem=problem)
    if not form.is_valid():
        return _code_page(request, form, status=422)
    started = time.monotonic()
    found = ballots.entry_by_code(form.cleaned_data["code"])
    if found is not None and not (found.is_used and not _came_by(request, found)):
        return _entered(request, found)
    throttle.count_wrong(request, WRONG)
    form.add_error("code", _USED if found else _UNKNOWN)
    response = _code_page(request, form, status=422)
    throttle.wait_until(started)
    return response


def _code_page(request: HttpRequest, form: RoundCodeForm, *, status: int = 200, problem: str = "") -> HttpResponse:
    response = render(request, "dialogues/proposals/rate.html", {"form": form, "problem": problem}, status=status)
    if status == 429:
        response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response


def _came_by(request: HttpRequest, found: ballots.Entry) -> bool:
    """Whether this phone holds the ballot of this slip, or may rate by the code for all."""
    return found.slip is None or sealed(request, COOKIE).get("slip") == found.slip


def _entered(request: HttpRequest, found: ballots.Entry) -> HttpResponse:
    """Give the phone its number. A slip is one person: where another slip is typed on the same phone, it is another."""
    known = str(sealed(request, COOKIE).get("voter", "")) if _came_by(request, found) else ""
    voter = known or secrets.token_hex(16)
    response = redirect("rate-ballot")
    response.status_code = 303
    response.set_cookie(
        COOKIE,
        seal({"voter": voter, "round": str(found.rating.pk), "slip": found.slip}).decode(),
        max_age=KEPT,
        path=reverse("rate"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rate_ballot(request: HttpRequest) -> HttpResponse:
    """The ballot of this phone in the round that it entered, with what it said before."""
    kept = sealed(request, COOKIE)
    voter, number = str(kept.get("voter", "")), str(kept.get("round", ""))
    rating = ballots.open_round_of(int(number)) if voter and number.isdecimal() else None
    if rating is None:
        return _nothing_open(request, entered=bool(voter))
    items = rated.items_shown(rating, "public")
    form = BallotForm(
        (posted(request) or QueryDict()) if request.method == "POST" else None,
        items=items,
        marks=ballots.marks_of(rating, voter),
    )
    if request.method != "POST":
        return _ballot_page(request, rating, form, kept=request.GET.get("kept") == "1")
    if is_forged(request):
        form.add_error(None, _("This page had been open for too long. Nothing is lost: send it again."))
        return _ballot_page(request, rating, form, status=403)
    if form.is_valid():
        try:
            ballots.cast(rating=rating, voter=voter, marks=form.marks(), slip=kept.get("slip"))
        except NotAllowed:
            return _nothing_open(request, entered=True)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            response = redirect(f"{reverse('rate-ballot')}?kept=1")
            response.status_code = 303
            return response
    return _ballot_page(request, rating, form, status=422)


def _ballot_page(
    request: HttpRequest, rating: RatingRound, form: BallotForm, *, status: int = 200, kept: bool = False
) -> HttpResponse:
    missing = sum(field.value() is None for one in form.asked() for field in one.fields) if kept else 0
    context = {
        "title": rating.title, "form": form, "kept": kept, "missing": missing, "by_slip": rating.slips > 0,
    }  # fmt: skip
    return render(request, "dialogues/proposals/ballot.html", context, status=status)


def _nothing_open(request: HttpRequest, *, entered: bool) -> HttpResponse:
    """The rating is closed, or this phone has not typed its code yet."""
    if not entered:
        return redirect("rate")
    problem = _("This rating is closed. Type the code of another one, if there is one.")
    return _code_page(request, RoundCodeForm(), problem=problem)
