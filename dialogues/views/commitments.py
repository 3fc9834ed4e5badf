"""Pages of commitments: the list, one with its follow-ups, what was agreed to be public."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import carried_out
from dialogues import commitments_shown as shown
from dialogues.access import (
    COMMITMENTS,
    PROCESSES,
    SESSIONS,
    SHARED,
    is_owner,
    may_correct,
    may_decide,
    may_follow,
    may_open_person,
)
from dialogues.disclosed_commitments import FOLLOW_UP
from dialogues.forms.commitments import CommitmentFilterForm, FollowForm
from dialogues.models import Commitment, CommitmentState, OwnerKind
from dialogues.services import commitments
from dialogues.views.exports import downloads
from dialogues.views.pages import around
from orgs.access import ANYONE, viewer_of
from orgs.paging import BadToken, Page
from orgs.policy import Viewer
from orgs.presentation.navigation import is_served
from orgs.views.steps import ask_to_sign_in, signed_in, status_of, take

PUBLIC_PAGE = 50


@signed_in
@require_safe
def commitment_list(request: HttpRequest) -> HttpResponse:
    """What was promised, what is overdue first."""
    viewer = viewer_of(request)
    form = CommitmentFilterForm(request.GET, viewer=viewer)
    rows = form.rows()
    page = _page(viewer, rows, request)
    context = {
        "filter": form,
        "groups": shown.grouped(page.rows),
        **around(request, page),
        "is_first": page.previous is None,
        "by_owner": shown.overdue_by_owner(viewer, rows),
        "by_area": shown.overdue_by_area(rows),
        "download": downloads(request, "commitments"),
        "is_narrowed": any(value for name, value in request.GET.items() if name != "page"),
    }
    return render(request, "dialogues/commitments/list.html", context)


@never_cache
@require_safe
def public_promises(request: HttpRequest) -> HttpResponse:
    """What was agreed to be public, for anybody; the same for all, whoever looks."""
    rows = COMMITMENTS.rows(ANYONE)
    page = _page(ANYONE, rows, request, PUBLIC_PAGE)
    context = {
        "groups": shown.grouped(page.rows),
        **around(request, page),
    }
    return render(request, "dialogues/commitments/promises.html", context)


def _page(viewer: Viewer, rows: Any, request: HttpRequest, size: int = shown.PAGE) -> Page[dict[str, Any]]:
    try:
        return shown.page_of(viewer, rows, request.GET.get("page"), size)
    except BadToken as error:
        raise Http404 from error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One commitment, what became of it, and, for those who may, what to write next."""
    viewer = viewer_of(request)
    row = seen_or_none(viewer, uid)
    if row is None:
        return nothing(request, viewer)
    if request.method == "POST" and not may_follow(viewer, row):
        return nothing(request, viewer)
    form = FollowForm(request.POST if request.method == "POST" else None, viewer=viewer, commitment=row)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if take(form, lambda: commitments.follow(viewer=viewer, commitment=row, **data)) is not None:
            messages.success(request, _("Noted."))
            return redirect("commitment", uid=uid)
    return render(request, "dialogues/commitments/one.html", _context(viewer, row, form), status=status_of(form))


def seen_or_none(viewer: Viewer, uid: UUID) -> Commitment | None:
    """The commitment, if this viewer may see it."""
    rows = COMMITMENTS.rows(viewer).filter(uid=uid)
    return rows.select_related("session", "process", "organisation", "actor").first()


def nothing(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What is not there and what may not be seen: signed in, the same words; else, sign in first."""
    if viewer.user_id is None:
        return ask_to_sign_in(request)
    raise Http404


def _context(viewer: Viewer, row: Commitment, form: FollowForm) -> dict[str, Any]:
    found = shown.one(viewer, row)
    decides = may_decide(viewer, row)
    lines = _lines(viewer, row, found["audience"])
    return {
        "commitment": found,
        "lines": lines,
        "form": form if may_follow(viewer, row) else None,
        "decides": decides,
        "corrects": may_correct(viewer, row),
        "rewordable": decides and not row.follow_ups.exists(),
        "is_owner": is_owner(viewer, row),
        "is_person": row.owner_kind == OwnerKind.PERSON,
        "is_reminded": row.is_open and row.due_on is not None and row.tlp in SHARED,
        "is_named": decides and shown.is_named(row),
        "may_open": may_open_person(viewer, row),
        "origin": _origin(viewer, row, found),
        "carries_out": carried_out.carried_by(viewer, row, found),
        "may_tie": decides and bool(carried_out.choices(viewer, row.process)),
        "org_address": _organisation_address(row, found),
    }


def _lines(viewer: Viewer, row: Commitment, audience: str) -> list[dict[str, Any]]:
    if audience == "public":
        return []
    found = []
    for one in row.follow_ups.select_related("by").order_by("-at", "-id"):
        line = FOLLOW_UP.show(one, audience)
        line["changed"] = line["state"] != line["before"]
        line["label"] = CommitmentState(line["state"]).label
        line["tone"] = shown.tone_of(line["state"])
        found.append(line)
    return found


def _origin(viewer: Viewer, row: Commitment, found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where it was promised, as far as the viewer sees that too: kind, title, address."""
    places: list[tuple[str, str, str]] = []
    if found["session_id"] and row.session is not None and SESSIONS.sees(viewer, row.session):
        places.append((_("Session"), row.session.title, f"/dialogues/sessions/{row.session.uid}/"))
    if found["process_id"] and row.process is not None and PROCESSES.sees(viewer, row.process):
        places.append((_("Process"), row.process.title, f"/dialogues/processes/{row.process.uid}/"))
    return [(kind, title, address if is_served(address, None) else "") for kind, title, address in places]


def _organisation_address(row: Commitment, found: dict[str, Any]) -> str:
    if row.organisation is None or found["owner"] != row.organisation.name or found["owner_gone"]:
        return ""
    return f"/orgs/{row.organisation.slug}/"
