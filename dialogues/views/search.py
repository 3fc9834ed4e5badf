"""Looking for words in all of dialogues."""

from http import HTTPStatus

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

PEOPLE = Buckets(Bucket(size=40, a_second=0.5))
"""Searches of one person with an account: five statements that read whole tables each."""
WITHOUT_ACCOUNT = Buckets(Bucket(size=60, a_second=0.5), Bucket(size=300, a_second=5))
"""Searches from one address, which many people share in a mobile network, and of all of them together."""


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the viewer may see of sessions, processes, commitments, agreements and committees that holds these words."""
    words = reading.cleaned(request.GET.get("q", ""))
    viewer = viewer_of(request)
    is_enough = reading.is_enough(words)
    bucket, name = _bucket_of(request, viewer)
    must_wait = is_enough and not bucket.take(name)
    context = {
        "words": words,
        "longest": reading.LONGEST,
        "too_short": bool(words) and not is_enough,
        "shortest": SHORTEST_TEXT,
        "must_wait": must_wait,
        "parts": [] if must_wait else reading.find(viewer, words),
        "signed_in": viewer.user_id is not None,
    }
    if not must_wait:
        return render(request, "dialogues/search.html", context)
    answer = render(request, "dialogues/search.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(bucket.seconds_for_one)
    return answer


def _bucket_of(request: HttpRequest, viewer: Viewer) -> tuple[Buckets, str]:
    """From which buckets a search is taken, and under which name."""
    if viewer.user_id is None:
        return WITHOUT_ACCOUNT, address_of(request)
    return PEOPLE, str(viewer.user_id)
