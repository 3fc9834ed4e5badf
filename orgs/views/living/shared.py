"""What these pages share: the entry that an address names, and the way back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orgs.access import ORGANISATIONS
from orgs.models import Organisation
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from orgs.views import steps

May = Callable[[Viewer, Organisation], bool]
Given = TypeVar("Given")

signed_in = steps.only(lambda viewer: True)
"""For whoever is signed in; what they may do with one entry is asked of that entry."""


def entry_or_404(viewer: Viewer, slug: str) -> Organisation:
    """The entry, if this viewer may see it."""
    rows = ORGANISATIONS.rows(viewer).select_related("verified_by").defer("words", "names_key")
    found = rows.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def own_entry(viewer: Viewer, slug: str, may: May) -> Organisation:
    """The entry, if this viewer may do this with it; somebody who only sees it is told that they may not."""
    found = entry_or_404(viewer, slug)
    if not may(viewer, found):
        raise PermissionDenied
    return found


def address_of(organisation: Organisation) -> str:
    """The page of an entry."""
    return f"/orgs/{organisation.slug}/"


def back_to(organisation: Organisation) -> HttpResponseRedirect:
    """Back to the page of an entry."""
    return redirect(address_of(organisation))


def take(form: forms.Form, action: Callable[[], Given]) -> Given | None:
    """Take a step with what a valid form holds; what is refused is said in the form, which keeps all that was typed.

    When somebody was faster, the form carries the version that stands now, so that sending it again is a decision
    made with knowledge, and ``form.conflict`` is true.
    """

    def watched() -> Given:
        try:
            return action()
        except Faster as error:
            if error.version is not None:
                form.data = with_value(form.data, "version", str(error.version))
            form.conflict = True  # type: ignore[attr-defined]
            raise

    return steps.take(form, watched)


def with_value(data: Any, name: str, value: str) -> Any:
    """What was posted, with another value in one field."""
    changed = data.copy()
    changed[name] = value
    return changed


def step(request: HttpRequest, action: Callable[[], Any], done: str, back: HttpResponse) -> HttpResponse:
    """Take a step that needs no form, say how it went, and go back."""
    try:
        action()
    except NotAllowed as error:
        messages.error(request, str(error) or _("You may not do this, or not any more."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return back


def version_in(request: HttpRequest) -> int:
    """The version of the entry that the button was made from; 0 where it is missing or not a number."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else 0
