"""What a hall sees: the screen of a projector with huge letters, and sheets of A4 in black on white."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import grouping, rated
from dialogues.views.proposals import not_found
from incidents.openrosa.connecting import picture
from orgs.access import viewer_of

REFRESHED_SECONDS = 15
RANKS_A_SCREEN = 4


def _where_to_rate(request: HttpRequest, shown: dict[str, Any]) -> dict[str, Any]:
    """The code, apart in two threes, and a picture that leads to the page with the code filled in; or without it,
    where each person has a slip."""
    address = request.build_absolute_uri(reverse("rate"))
    if shown["slips"]:
        return {"slips": True, "address": address.split("://")[-1], "picture": picture(address)}
    if not shown["code"]:
        return {}
    return {
        "code": f"{shown['code'][:3]}\N{NO-BREAK SPACE}{shown['code'][3:]}",
        "address": address.split("://")[-1],
        "picture": picture(f"{address}?code={shown['code']}"),
    }


@never_cache
@require_safe
def rating_hall(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One thing a screen: how to rate, one priority, or a part of the ranking. ``screen`` counts from 0.

    With ``live=1`` the first screen of an open round counts by itself; whoever shows it can make it stand still.
    """
    viewer = viewer_of(request)
    found = grouping.round_of(viewer, uid)
    if found is None:
        return not_found(request, viewer)
    row, shown, audience = found
    screens = _closed_screens(row, audience) if not row.is_open else _open_screens(request, row, shown, audience)
    asked = request.GET.get("screen", "0")
    number = min(int(asked), len(screens) - 1) if asked.isdecimal() and len(asked) < 4 else 0
    context = {
        "round": shown, "screen": screens[number], "number": number + 1, "of": len(screens),
        "before": number - 1 if number else None, "after": number + 1 if number + 1 < len(screens) else None,
        "refresh": REFRESHED_SECONDS if row.is_open and number == 0 and request.GET.get("live") == "1" else None,
    }  # fmt: skip
    return render(request, "dialogues/proposals/hall.html", context)


def _open_screens(request: HttpRequest, row: Any, shown: dict[str, Any], audience: str) -> list[dict[str, Any]]:
    first = {"kind": "start", "turnout": rated.turnout(row), **_where_to_rate(request, shown)}
    return [first, *({"kind": "priority", "item": item} for item in rated.items_shown(row, audience))]


def _closed_screens(row: Any, audience: str) -> list[dict[str, Any]]:
    ranks = rated.ranking(row, audience)
    parts = [ranks[start : start + RANKS_A_SCREEN] for start in range(0, len(ranks), RANKS_A_SCREEN)]
    whole = [{"kind": "ranking", "ranks": part} for part in parts]
    return [*whole, *({"kind": "rank", "rank": one} for one in ranks)]


@never_cache
@require_safe
def rating_print(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same on paper: what is rated and how, or the ranking with its spread and dissent."""
    viewer = viewer_of(request)
    found = grouping.round_of(viewer, uid)
    if found is None:
        return not_found(request, viewer)
    row, shown, audience = found
    marks = rated.marks_of(row)
    context = {
        "round": shown,
        "items": rated.items_shown(row, audience),
        "ranking": rated.ranking(row, audience, marks),
        "turnout": rated.turnout(row, marks),
        **_where_to_rate(request, shown),
    }
    return render(request, "dialogues/proposals/print.html", context)
