"""Changing an entry or asking for changes, and entering a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orgs import access
from orgs.access import ORGANISATIONS, viewer_of
from orgs.disclosed import ENTRY
from orgs.disclosure import Treatment
from orgs.living import entry
from orgs.living.forms import EntryForm
from orgs.living.words import Words, label_of
from orgs.models import Organisation, name_key
from orgs.policy import Viewer
from orgs.services import changes
from orgs.views.living.shared import address_of, back_to, entry_or_404, own_entry, signed_in, take
from orgs.views.steps import only, status_of

MOST_ALIKE = 6
ALIKE = 0.45
"""From this likeness of the whole name on, an entry is shown as perhaps the same."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole entry as a form: those who decide change it at once, others ask."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_suggest)
    values = entry.values_of(found)
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        values=values,
        without=_hidden(viewer, found),
        initial={"version": found.version},
    )
    decides = access.may_decide_on(viewer, found)
    if request.method == "POST" and form.is_valid():
        asked = form.asked()
        given: list[Any] = []
        take(form, lambda: given.append(changes.ask(viewer=viewer, organisation=found, asked=asked)))
        if given:
            return _after(request, found, given[0], decides)
    conflict = getattr(form, "conflict", False)
    context = {
        "form": form,
        "organisation": found,
        "back": address_of(found),
        "decides": decides,
        "own": access.may_edit(viewer, found),
        "conflict": conflict,
        "differences": _differences(entry_or_404(viewer, slug), form) if conflict else [],
    }
    return render(request, "orgs/living/edit.html", context, status=status_of(form))


def _hidden(viewer: Viewer, organisation: Organisation) -> list[str]:
    """The facts that this viewer may not read or may not ask to change."""
    audience = ORGANISATIONS.audience(viewer, organisation) or "public"
    hidden = [name for name in ENTRY.cells if ENTRY.treatment(name, audience, "clear") is Treatment.HIDE]
    if not access.may_ask_visibility(viewer, organisation):
        hidden.append("visibility")
    return hidden


def _after(request: HttpRequest, found: Organisation, given: Any, decides: bool) -> HttpResponse:
    if given is None:
        messages.info(request, _("Nothing was changed: everything is as it was."))
        return back_to(found)
    if decides:
        messages.success(request, _("Saved."))
        return back_to(found)
    messages.success(request, _("Thank you. A coordinator will look at it; you see here what becomes of it."))
    return redirect("changes-mine")


def _differences(now: Organisation, form: EntryForm) -> list[tuple[str, list[str], list[str]]]:
    """Each fact that stands otherwise than what was typed: what stands now, and what was typed."""
    stands, typed = entry.values_of(now), form.asked().values
    differing = entry.differences(stands, typed)
    words = Words([*((name, stands[name]) for name in differing), *differing.items()])
    return [
        (label_of(name), words.say(name, stands[name]), words.say(name, value)) for name, value in differing.items()
    ]


# --- New ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_add_organisation)
def new(request: HttpRequest) -> HttpResponse:
    """Enter an organisation. Those that may be the same are shown first; sending it again says that they are not."""
    viewer = viewer_of(request)
    values = entry.values_of(Organisation())
    form = EntryForm(
        request.POST if request.method == "POST" else None, values=values, without=["note"], initial={"version": 0}
    )
    alike: list[Organisation] = []
    if request.method == "POST" and form.is_valid():
        if "not_alike" not in request.POST:
            alike = list(alike_to(viewer, form.cleaned_data["name"], form.cleaned_data["acronym"]))
        if not alike:
            asked = form.asked()
            made = take(form, lambda: changes.add(viewer=viewer, asked=asked))
            if made is not None:
                messages.success(request, _("Entered, as a draft. Verify it once you have checked it."))
                return back_to(made)
    context = {"form": form, "alike": alike, "asked_before": bool(alike) or "not_alike" in request.POST}
    return render(request, "orgs/living/new.html", context, status=409 if alike else status_of(form))


def alike_to(viewer: Viewer, name: str, acronym: str) -> QuerySet[Organisation]:
    """Entries that may be the same: a name that is nearly this one, or the same acronym."""
    from django.contrib.postgres.search import TrigramSimilarity
    from django.db.models import Q

    key = name_key(name)
    near = Q(names_key__trigram_word_similar=key) & Q(likeness__gte=ALIKE)
    if acronym:
        near |= Q(acronym__iexact=acronym)
    rows = ORGANISATIONS.rows(viewer).annotate(likeness=TrigramSimilarity("name_key", key))
    return rows.filter(near).defer("words").order_by("-likeness", "pk")[:MOST_ALIKE]
