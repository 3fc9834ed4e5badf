"""Basic services of the State: what is said of them, and saying so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import STATE_SERVICES, may_keep_state_services, may_read_gaps, may_state_services_in, viewer_of
from orgs.maps import state_services as shown
from orgs.maps.forms import StatementForm
from orgs.maps.narrowing import Row, division
from orgs.models import Level, StateService
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.services import state_services as services
from orgs.services.errors import NotAllowed
from orgs.views.maps import AreaForm
from orgs.views.steps import address_of_page, only, status_of, take

NEWEST_FIRST = (("as_of", "desc"), ("id", "desc"))
PAGE = 40
TAKEN_BACK = "withdrawn"


@require_safe
@only(may_read_gaps)
def state_services(request: HttpRequest) -> HttpResponse:
    """What each source said last of each service, newest first; or what was taken back."""
    viewer, areas = viewer_of(request), division()
    chosen = areas.choose(request.GET.get("area", ""))
    keeps = may_keep_state_services(viewer)
    taken_back = keeps and request.GET.get("state") == TAKEN_BACK
    rows = shown.withdrawn(viewer) if taken_back else shown.latest(viewer)
    if chosen is not None:
        rows = rows.filter(**{f"area__{chosen.level}": chosen.pk})
    rows = shown.rows_of(rows, viewer)
    try:
        page = keyset(rows, order=NEWEST_FIRST, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(rows, order=NEWEST_FIRST, size=PAGE)
    context = {
        "rows": [(one, _is_own(viewer, one)) for one in shown.said(page.rows, viewer)],
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
        "panel": [AreaForm(areas, chosen)["area"]],
        "chosen": chosen,
        "keeps": keeps,
        "taken_back": taken_back,
    }
    return render(request, "orgs/maps/state_services.html", context)


def _is_own(viewer: Viewer, one: shown.Said) -> bool:
    """Whether this viewer may take a statement back or let it stand again."""
    return may_state_services_in(viewer, one)


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_keep_state_services)
def new_state_service(request: HttpRequest) -> HttpResponse:
    """Say whether a service works."""
    viewer, areas = viewer_of(request), division()
    chosen = areas.choose(request.GET.get("area", ""))
    form = StatementForm(
        request.POST if request.method == "POST" else None, viewer=viewer, areas=areas, initial=_initial(chosen)
    )
    if form.is_bound and form.is_valid():
        done = take(form, lambda: services.state_service(viewer=viewer, statement=form.statement()))
        if done is not None:
            messages.success(request, _("Saved. You can take it back in the list."))
            return redirect("state-services")
    return render(request, "orgs/maps/new_state_service.html", {"form": form}, status=status_of(form))


def _initial(chosen: Row | None) -> dict[str, Any]:
    return {"area": str(chosen.pk)} if chosen is not None and chosen.level in (Level.REGION, Level.CERCLE) else {}


@require_POST
@only(may_keep_state_services)
def withdraw_state_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a statement; it can be undone from the list of what was taken back."""
    viewer = viewer_of(request)
    try:
        services.withdraw_state_service(viewer=viewer, statement=_own(viewer, pk))
    except NotAllowed:
        raise Http404 from None
    messages.success(request, _("Taken back. Nobody counts on it any more; you can undo this here."))
    return redirect(f"{reverse('state-services')}?state={TAKEN_BACK}")


@require_POST
@only(may_keep_state_services)
def restore_state_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a statement stand again."""
    viewer = viewer_of(request)
    try:
        services.restore_state_service(viewer=viewer, statement=_own(viewer, pk))
    except NotAllowed:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("It stands again."))
    return redirect("state-services")


def _own(viewer: Viewer, pk: int) -> StateService:
    """A statement that this viewer keeps, withdrawn or not; 404 for any other."""
    found = STATE_SERVICES.rows_as(viewer, "administrator", "coordinator").select_related("area").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
