"""One organisation: its entry, its contacts, what other parts of the directory add; hiding it, showing it again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.access import may_hide, viewer_of
from orgs.directory.contacts import contacts_of
from orgs.directory.reading import organisation_at, shown_to
from orgs.models import Organisation, Vocabulary
from orgs.policy import Viewer
from orgs.sections import organisation_page
from orgs.services import hiding
from orgs.services.errors import NotAllowed
from orgs.views.steps import ask_to_sign_in


def organisation_or_404(viewer: Viewer, slug: str) -> Organisation:
    """The organisation that this viewer may see at this address."""
    found = organisation_at(viewer, slug)
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation, as this viewer may read it. The address of a merged entry leads to the one that took it up."""
    viewer = viewer_of(request)
    found = organisation_or_404(viewer, slug)
    if found.slug != slug:
        return redirect("organisation", slug=found.slug)
    shown = shown_to(viewer, found)
    languages = dict(shown.terms.labels.get(Vocabulary.SPOKEN, {}))
    sections = organisation_page.of(viewer, found)
    context = {
        "organisation": found,
        "shown": shown,
        "entry": shown.fields,
        "contacts": contacts_of(viewer, [found.pk], spoken=languages).get(found.pk, []),
        "sections": [section for section in sections if not section.aside],
        "asides": [section for section in sections if section.aside],
        "may_hide": may_hide(viewer, found),
        "signed_in": viewer.user_id is not None,
    }
    return render(request, "orgs/directory/organisation.html", context)


@require_POST
@never_cache
def hide(request: HttpRequest, slug: str) -> HttpResponse:
    """Hide a threatened organisation at once."""
    words = _(
        "It is hidden. Only its own people, coordinators and administrators see it from now on. "
        "What was downloaded or printed before is not undone."
    )
    return _step(request, slug, hiding.hide_organisation, words)


@require_POST
@never_cache
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show it again, as it agreed to be shown."""
    return _step(request, slug, hiding.show_organisation, _("It is shown again, as it agreed to be."))


def _step(request: HttpRequest, slug: str, step: Callable[..., bool], words: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    viewer = viewer_of(request)
    found = organisation_or_404(viewer, slug)
    try:
        step(viewer=viewer, organisation=found)
    except NotAllowed:
        raise PermissionDenied from None
    messages.success(request, words)
    return redirect("organisation", slug=found.slug)
