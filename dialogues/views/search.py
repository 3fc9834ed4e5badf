"""Looking for words in all of dialogues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import search as reading
from incidents.forms.filters import SHORTEST_TEXT
from orgs.access import viewer_of


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the viewer may see of sessions, processes, commitments, agreements and committees that holds these words."""
    words = reading.cleaned(request.GET.get("q", ""))
    viewer = viewer_of(request)
    context = {
        "words": words,
        "longest": reading.LONGEST,
        "too_short": bool(words) and not reading.is_enough(words),
        "shortest": SHORTEST_TEXT,
        "parts": reading.find(viewer, words),
        "signed_in": viewer.user_id is not None,
    }
    return render(request, "dialogues/search.html", context)
