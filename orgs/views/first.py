"""Who can be here first: a page to be used in a hurry, by a few taps, all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from orgs.access import ORGANISATIONS, may_look_for_first, viewer_of
from orgs.areas.search import Candidate
from orgs.directory.contacts import WORKING
from orgs.directory.filters import DirectoryFilters
from orgs.directory.first import main_languages, who_can_be_first
from orgs.directory.places import Spot, spot_of, spot_of_area, spot_of_town, spots_named
from orgs.directory.words import Terms
from orgs.models import OrganisationKind, OrganisationState, Vocabulary
from orgs.views.steps import only

NARROWING = ("kind", "spoken", "capacity", "state", "emergency")
"""What this page narrows by; the place is not one of them."""
QUICK_KINDS = (
    (OrganisationKind.WOMEN, gettext_lazy("Women")),
    (OrganisationKind.MEDIATOR, gettext_lazy("Mediators")),
    (OrganisationKind.CUSTOMARY, gettext_lazy("Customary authorities")),
    (OrganisationKind.RELIGIOUS, gettext_lazy("Religious bodies")),
    (OrganisationKind.YOUTH, gettext_lazy("Youth")),
    (OrganisationKind.SECURITY, gettext_lazy("Security services")),
)
PLACE_LENGTH = 120


@dataclass(frozen=True)
class Chip:
    """A choice of one tap: its words, where it leads, and whether it holds now (then it takes itself away)."""

    words: str
    address: str
    is_on: bool


@require_safe
@only(may_look_for_first)
def who_first(request: HttpRequest) -> HttpResponse:
    """The organisations that cover a place, the best placed first; those who may see them are shown whom to call."""
    viewer = viewer_of(request)
    spot, others = _spot(request)
    context: dict[str, Any] = {
        "spot": spot,
        "others": others,
        "typed": request.GET.get("place", "")[:PLACE_LENGTH],
        "asked": any(request.GET.get(name) for name in ("place", "area", "town")),
    }
    if spot is not None:
        terms = Terms.read()
        filters = DirectoryFilters(_narrowing(request), queryset=ORGANISATIONS.rows(viewer), viewer=viewer, terms=terms)
        languages = main_languages(viewer, spot)
        given = filters.form.cleaned_data if filters.form.is_valid() else {}
        firsts, more = who_can_be_first(
            viewer,
            spot,
            filters.qs,
            terms=terms,
            spoken=given.get("spoken") or languages,
            capacities=given.get("capacity") or (),
        )
        context |= {
            "firsts": firsts,
            "more": more,
            "form": filters.form,
            "facets": [(field, count) for field, count in filters.facets if field.name in {"spoken", "capacity"}],
            "chips": _chips(filters, spot, languages, terms),
            "hidden": [*spot.query.items(), *_kept(filters)],
            "plain": _address(spot, {}),
            "narrowed": any(filters.data.getlist(name) for name in NARROWING),
        }
    return render(request, "orgs/directory/first.html", context)


def _spot(request: HttpRequest) -> tuple[Spot | None, list[Candidate]]:
    """The place that is asked about, and what else the typed words may mean."""
    asked = request.GET
    if asked.get("area"):
        return spot_of_area(asked["area"][:20]), []
    if asked.get("town"):
        return spot_of_town(asked["town"][:20]), []
    found = spots_named(asked.get("place", "")[:PLACE_LENGTH].replace("\x00", " "))
    return (spot_of(found[0]), found[1:]) if found else (None, [])


def _narrowing(request: HttpRequest) -> Any:
    """What narrows the list, without the place: that is not asked of the filters."""
    query = request.GET.copy()
    for name in list(query):
        if name not in NARROWING:
            del query[name]
    return query


def _address(spot: Spot, chosen: dict[str, list[str]]) -> str:
    query = QueryDict(mutable=True)
    for name, value in spot.query.items():
        query[name] = value
    for name in NARROWING:
        if chosen.get(name):
            query.setlist(name, chosen[name])
    return f"?{query.urlencode()}"


def _chips(filters: DirectoryFilters, spot: Spot, languages: list[str], terms: Terms) -> list[list[Chip]]:
    """The quick choices: whom one can call now; and what sort of organisation."""
    spoken = _(" or ").join(word[:1].lower() + word[1:] for word in terms.of(Vocabulary.SPOKEN, languages))
    verified = {"state": [str(OrganisationState.VERIFIED)]}
    working = {"emergency": [WORKING]}
    speaking = {"spoken": languages}
    ready = {**verified, **working, **(speaking if languages else {})}
    first = [
        (
            _("Ready to be called: verified, emergency contact that works, speaks %(languages)s")
            % {"languages": spoken}
            if languages
            else _("Ready to be called: verified, emergency contact that works"),
            ready,
        ),
        (pgettext("organisations", "Verified"), verified),
        (_("Emergency contact that works"), working),
    ]
    if languages:
        first.append((_("Speaks %(languages)s") % {"languages": spoken}, speaking))
    kinds = [(str(words), {"kind": [str(kind)]}) for kind, words in QUICK_KINDS]
    chosen = {name: filters.data.getlist(name) for name in NARROWING}
    return [[_chip(spot, chosen, words, choice) for words, choice in row] for row in (first, kinds)]


def _chip(spot: Spot, chosen: dict[str, list[str]], words: str, choice: dict[str, list[str]]) -> Chip:
    is_on = all(sorted(chosen[name]) == sorted(values) for name, values in choice.items())
    changed = {**chosen, **({name: [] for name in choice} if is_on else choice)}
    return Chip(words, _address(spot, changed), is_on)


def _kept(filters: DirectoryFilters) -> list[tuple[str, str]]:
    """What the form of languages and capacities does not hold itself and must not lose."""
    return [(name, value) for name in ("kind", "state", "emergency") for value in filters.data.getlist(name)]
