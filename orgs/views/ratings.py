"""How organisations find actors: choosing for which organisation one speaks, and the form."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from orgs import access
from orgs.actor_map.forms import parts_of, read_statements
from orgs.actor_map.raters import coordinated_organisations, entries, own_organisations
from orgs.models import Organisation, Role
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.sections import Section
from orgs.services.actors import rate_actors
from orgs.services.errors import NotAllowed
from orgs.views.steps import address_of_page, only

BY_NAME = (("name_key", "asc"), ("id", "asc"))
PAGE = 30


@require_safe
@only(access.may_rate_at_all)
def choose_rater(request: HttpRequest) -> HttpResponse:
    """For which organisation one speaks: straight on for whoever has one only."""
    viewer = access.viewer_of(request)
    own = own_organisations(viewer)
    coordinates = Role.COORDINATOR in viewer.roles
    if len(own) == 1 and not coordinates:
        return redirect("rate-actors", own[0].slug)
    words = request.GET.get("q", "")[:100]
    rows = coordinated_organisations(viewer, words)
    try:
        page = keyset(rows, order=BY_NAME, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(rows, order=BY_NAME, size=PAGE)
    context = {
        "own": own,
        "coordinates": coordinates,
        "rows": page.rows,
        "q": words,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/actors/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_rate_at_all)
def rate(request: HttpRequest, slug: str) -> HttpResponse:
    """The form on every actor that an organisation may speak of. Only what was changed is said."""
    viewer = access.viewer_of(request)
    organisation = access.ORGANISATIONS.rows(viewer).filter(slug=slug).first()
    if organisation is None:
        raise Http404
    if not access.may_rate_for(viewer, organisation):
        raise PermissionDenied
    shown = entries(viewer, organisation)
    problem = ""
    if request.method == "POST":
        try:
            changed = rate_actors(
                viewer=viewer, organisation=organisation, statements=read_statements(shown, request.POST.dict())
            )
        except (ValidationError, NotAllowed) as error:
            problem = " ".join(getattr(error, "messages", [])) or _("You may not do this, or not any more.")
        else:
            _say(request, changed)
            return redirect("rate-actors", organisation.slug)
    context = {
        "organisation": organisation,
        "parts": parts_of(shown),
        "own": access.is_own(viewer, organisation),
        "problem": problem,
    }
    return render(request, "orgs/actors/rate.html", context, status=422 if problem else 200)


def _say(request: HttpRequest, changed: int) -> None:
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return
    words = ngettext("Saved: %(n)s actor.", "Saved: %(n)s actors.", changed) % {"n": changed}
    messages.success(request, words)


def actor_section(viewer: Viewer, organisation: Organisation) -> Section | None:
    """On an organisation's page: its own place in the actor map, and the way to say how it finds actors."""
    own = organisation.pk in viewer.organisation_ids
    actors = list(access.ACTORS.rows(viewer).filter(organisation=organisation.pk)) if own else []
    may_rate = access.may_rate_for(viewer, organisation)
    if not actors and not may_rate:
        return None
    data = {"actors": actors, "may_rate": may_rate}
    return Section("actors", gettext_lazy("Actor map"), "orgs/actors/section.html", data, position=70)
