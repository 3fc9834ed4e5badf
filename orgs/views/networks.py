"""Networks: the list, those tied to no one, the picture around one organisation, its ties; the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.actor_map.matrix import regions
from orgs.models import Level, Organisation, OrganisationLink
from orgs.models.areas import words_of
from orgs.networks import export
from orgs.networks.forms import LinkForm
from orgs.networks.graph import groups_of, picture_of, ties_of
from orgs.networks.listing import BY_NAME, alone, candidates_for, networks
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.sections import Section
from orgs.services import links as services
from orgs.services.errors import NotAllowed
from orgs.views.actors import chosen_area
from orgs.views.steps import address_of_page, only, status_of, take

PAGE = 50


def _has_account(viewer: Viewer) -> bool:
    return bool(viewer.posts)


# --- The lists ---------------------------------------------------------------------------------------------------


@require_safe
@only(access.may_read_actor_map)
def network_list(request: HttpRequest) -> HttpResponse:
    """Networks with their members, or the organisations tied to no one; of one region, if asked."""
    viewer = access.viewer_of(request)
    region = chosen_area(request, "region", Level.REGION)
    show_alone = request.GET.get("show") == "alone"
    rows = alone(viewer, region) if show_alone else networks(viewer, region)
    try:
        page = keyset(rows, order=BY_NAME, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(rows, order=BY_NAME, size=PAGE)
    context = {
        "alone": show_alone,
        "rows": page.rows,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
        "region": region,
        "region_words": words_of(region) if region else "",
        "regions": regions(),
    }
    return render(request, "orgs/networks/list.html", context)


@require_safe
@only(access.may_read_actor_map)
def network_file(request: HttpRequest) -> HttpResponse:
    """The ties that this viewer may see, as CSV with a row of HXL hashtags."""
    answer = HttpResponse("".join(export.lines(access.viewer_of(request))), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="networks.csv"'
    return answer


# --- Around one organisation -------------------------------------------------------------------------------------


def _organisation_or_404(viewer: Viewer, slug: str) -> Organisation:
    found = access.ORGANISATIONS.rows(viewer).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _around(viewer: Viewer, organisation: Organisation, *, depth: int) -> dict[str, Any]:
    ties = ties_of(viewer, organisation)
    current = [link for link in ties if not link.has_ended]
    return {
        "groups": groups_of(organisation, current),
        "past": groups_of(organisation, [link for link in ties if link.has_ended]),
        "picture": picture_of(viewer, organisation, current, depth=depth),
        "may_link": access.may_link(viewer, organisation),
    }


@require_safe
@only(_has_account)
def network(request: HttpRequest, slug: str) -> HttpResponse:
    """The network around one organisation, two steps wide, as a picture and as a list."""
    viewer = access.viewer_of(request)
    organisation = _organisation_or_404(viewer, slug)
    if not access.may_see_network_of(viewer, organisation):
        raise PermissionDenied
    undo = request.GET.get("ended", "")
    context = {
        "organisation": organisation,
        "undo": undo if undo.isdigit() else "",
        **_around(viewer, organisation, depth=2),
    }
    return render(request, "orgs/networks/network.html", context)


def network_section(viewer: Viewer, organisation: Organisation) -> Section | None:
    """The ties of an organisation on its own page."""
    if not viewer.posts or not access.may_see_network_of(viewer, organisation):
        return None
    around = _around(viewer, organisation, depth=1)
    if not around["groups"] and not around["may_link"]:
        return None
    return Section("network", gettext_lazy("Network"), "orgs/networks/section.html", around, position=60)


# --- Steps -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(_has_account)
def add_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Say with whom an organisation is tied: look for the other one, then say how."""
    viewer = access.viewer_of(request)
    organisation = _organisation_or_404(viewer, slug)
    if not access.may_link(viewer, organisation):
        raise PermissionDenied
    words = (request.POST if request.method == "POST" else request.GET).get("q", "")[:100]
    candidates = candidates_for(viewer, organisation, words)
    form = LinkForm(request.POST if request.method == "POST" else None, candidates=candidates)
    if form.is_bound and form.is_valid():
        link = form.link_of(organisation)

        def step() -> bool:
            services.add_link(viewer=viewer, link=link)
            return True

        if take(form, step):
            messages.success(request, _("Saved."))
            return redirect("organisation-network", organisation.slug)
    context = {"organisation": organisation, "form": form, "words": words, "candidates": candidates}
    return render(request, "orgs/networks/add.html", context, status=status_of(form))


def _own_link(request: HttpRequest, pk: int) -> OrganisationLink:
    """A tie that this viewer may change; somebody who only reads it is told that they may not."""
    viewer = access.viewer_of(request)
    found = access.LINKS.rows(viewer).select_related("organisation", "other").filter(pk=pk).first()
    if found is None:
        raise Http404
    if not access.may_change_link(viewer, found):
        raise PermissionDenied
    return found


def _back(viewer: Viewer, link: OrganisationLink, query: str = "") -> HttpResponse:
    """To the network of the end from which this viewer speaks."""
    own = link.organisation if access.may_link(viewer, link.organisation) else link.other
    return redirect(reverse("organisation-network", args=[own.slug]) + query)


@require_POST
@only(_has_account)
def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    """The tie ends today; can be taken back from the page that follows."""
    viewer, link = access.viewer_of(request), _own_link(request, pk)
    try:
        services.end_link(viewer=viewer, link=link)
    except (ValidationError, NotAllowed) as error:
        messages.error(request, " ".join(getattr(error, "messages", [])) or _("This is not possible."))
        return _back(viewer, link)
    return _back(viewer, link, f"?ended={link.pk}")


@require_POST
@only(_has_account)
def resume_link(request: HttpRequest, pk: int) -> HttpResponse:
    """The tie holds after all."""
    viewer, link = access.viewer_of(request), _own_link(request, pk)
    try:
        services.resume_link(viewer=viewer, link=link)
    except (ValidationError, NotAllowed) as error:
        messages.error(request, " ".join(getattr(error, "messages", [])) or _("This is not possible."))
    else:
        messages.success(request, _("It counts again."))
    return _back(viewer, link)


@require_http_methods(["GET", "HEAD", "POST"])
@only(_has_account)
def remove_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a tie that never was: asks once more, since it cannot be taken back."""
    viewer, link = access.viewer_of(request), _own_link(request, pk)
    if request.method == "POST":
        services.remove_link(viewer=viewer, link=link)
        messages.success(request, _("Taken away."))
        return _back(viewer, link)
    return render(request, "orgs/networks/remove.html", {"link": link})
