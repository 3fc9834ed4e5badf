"""Looking for words in all of dialogues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import search as reading
from incidents.forms.filters import SHORTEST_TEXT
from incidents.views.buckets import Bucket, Buckets
from incidents.views.throttle import address_of
from orgs.access import viewer_of
from orgs.policy import Viewer

PEOPLE = Buckets(Bucket(size=60, a_second=0.5))
STRANGERS = Buckets(Bucket(size=20, a_second=0.2), Bucket(size=100, a_second=2))
"""Without an account: a search looks through five tables, and nobody answers for it."""


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the viewer may see of sessions, processes, commitments, agreements and committees that holds these words."""
    words = reading.cleaned(request.GET.get("q", ""))
    viewer = viewer_of(request)
    is_enough = reading.is_enough(words)
    is_slowed = is_enough and not _may_search(request, viewer)
    context = {
        "words": words,
        "longest": reading.LONGEST,
        "too_short": bool(words) and not is_enough,
        "is_slowed": is_slowed,
        "shortest": SHORTEST_TEXT,
        "parts": [] if is_slowed else reading.find(viewer, words),
        "signed_in": viewer.user_id is not None,
    }
    answer = render(request, "dialogues/search.html", context, status=429 if is_slowed else 200)
    if is_slowed:
        answer["Retry-After"] = str(STRANGERS.seconds_for_one)
    return answer


def _may_search(request: HttpRequest, viewer: Viewer) -> bool:
    return STRANGERS.take(address_of(request)) if viewer.user_id is None else PEOPLE.take(str(viewer.user_id))
