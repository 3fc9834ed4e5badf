"""How organisations find actors: choosing for which organisation one speaks, and the form."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from orgs import access
from orgs.actor_map.forms import Entry, entries_of, parts_of, read_statements
from orgs.models import NETWORK_ROLES, Actor, Organisation, Role, plain_words
from orgs.paging import BadToken, keyset
from orgs.policy import NOTHING, AreasOfOrganisation, Viewer
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
    own = list(_own(viewer).order_by("name_key", "id"))
    coordinates = Role.COORDINATOR in viewer.roles
    if len(own) == 1 and not coordinates:
        return redirect("rate-actors", own[0].slug)
    words = request.GET.get("q", "")[:100]
    rows = _coordinated(viewer) if coordinates else Organisation.objects.none()
    for word in plain_words(words).split()[:5]:
        rows = rows.filter(names_key__contains=word)
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


def _own(viewer: Viewer) -> QuerySet[Organisation]:
    posts = viewer.posts_as((*NETWORK_ROLES, Role.COORDINATOR))
    ids = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
    return _light(access.ORGANISATIONS.rows(viewer).filter(pk__in=ids))


def _coordinated(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations that are or work where this viewer coordinates."""
    inside = AreasOfOrganisation("").rows(viewer, viewer.posts_as((Role.COORDINATOR,)))
    return _light(
        access.ORGANISATIONS.rows(viewer, Organisation.objects.active()).filter(NOTHING if inside is None else inside)
    )


def _light(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return rows.only("name", "name_key", "acronym", "slug")


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
    entries = _entries(viewer, organisation)
    problem = ""
    if request.method == "POST":
        try:
            changed = rate_actors(
                viewer=viewer, organisation=organisation, statements=read_statements(entries, request.POST.dict())
            )
        except (ValidationError, NotAllowed) as error:
            problem = " ".join(getattr(error, "messages", [])) or _("You may not do this, or not any more.")
        else:
            _say(request, changed)
            return redirect("rate-actors", organisation.slug)
    context = {
        "organisation": organisation,
        "parts": parts_of(entries),
        "own": access.is_own(viewer, organisation),
        "problem": problem,
    }
    return render(request, "orgs/actors/rate.html", context, status=422 if problem else 200)


def _entries(viewer: Viewer, organisation: Organisation) -> list[Entry]:
    actors = access.ACTORS.rows(viewer, Actor.objects.asked_about()).exclude(
        organisation__in=[organisation.pk, *viewer.organisation_ids]
    )
    said = access.ACTOR_VIEWS.rows(viewer).filter(organisation=organisation.pk, superseded_at=None)
    return entries_of(actors.defer("source", "civil_contact"), said)


def _say(request: HttpRequest, changed: int) -> None:
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return
    words = ngettext("Saved: %(n)s actor.", "Saved: %(n)s actors.", changed) % {"n": changed}
    messages.success(request, words)
