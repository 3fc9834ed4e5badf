"""Pages of committees: the list with what is overdue, one, writing it, its meetings."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import get_urlconf
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues import committees as reading
from dialogues.access import (
    COMMITTEES,
    INSIDE,
    PROCESSES,
    may_begin_committee,
    may_edit_committee,
)
from dialogues.disclosed_agreements import COMMITTEE
from dialogues.forms.committees import MOST_LISTED, CommitteeForm, MeetingForm
from dialogues.models import Committee, CommitteeKind, CommitteeState
from dialogues.services import committees as writing
from dialogues.shares import BENCHMARK
from dialogues.views.exports import downloads
from dialogues.views.pages import around, page_or_404
from dialogues.views.versions import take
from incidents.desk import SHAPES
from orgs.access import viewer_of
from orgs.listing import columns_for
from orgs.policy import Viewer
from orgs.presentation.navigation import is_served
from orgs.views import steps

ORDER = (("name", "asc"), ("id", "asc"))
MOST_OVERDUE = 20
NEW_SESSION = "/dialogues/sessions/new/"
_LISTED = ("uid", "name", "kind", "state", "region", "cercle", "commune", "tlp", "is_demo")
_DUE = ("last_held", "next_planned", "next_due", "standing")

beginners_only = steps.only(may_begin_committee)
people_only = steps.only(lambda viewer: viewer.user_id is not None)


@never_cache
@require_safe
def committees(request: HttpRequest) -> HttpResponse:
    """The list by name; above it, those that should have met."""
    viewer = viewer_of(request)
    kind = request.GET.get("kind", "")
    rows = reading.with_due(COMMITTEES.rows(viewer).filter(**({"kind": kind} if kind in CommitteeKind.values else {})))
    page = page_or_404(request, _values(viewer, rows), ORDER)
    late = list(_values(viewer, reading.overdue(viewer)).order_by("next_due", "id")[: MOST_OVERDUE + 1])
    tallies = reading.tallies(row["id"] for row in (*page.rows, *late))
    context = {
        "rows": [_listed(row, tallies) for row in page.rows],
        "late": [_listed(row, tallies) for row in late[:MOST_OVERDUE]],
        "more_late": len(late) > MOST_OVERDUE,
        "kinds": CommitteeKind.choices,
        "kind": kind,
        **around(request, page),
        "may_begin": may_begin_committee(viewer),
        "download": downloads(request, "committees"),
    }
    return render(request, "dialogues/committees/list.html", context)


def _values(viewer: Viewer, rows: Any) -> Any:
    columns = columns_for(COMMITTEES, COMMITTEE, viewer, only=_LISTED)
    shown = rows.annotate(**columns, audience=COMMITTEES.audience_column(viewer))
    return shown.values("id", "name", "audience", *_DUE, *columns)


def _listed(row: dict[str, Any], tallies: dict[int, reading.Tally]) -> dict[str, Any]:
    inside = row["audience"] in INSIDE
    return {
        **{name: row[f"shown_{name}"] for name in _LISTED},
        **({name: row[name] for name in _DUE} if inside else {}),
        "kind_words": CommitteeKind(row["shown_kind"]).label,
        "state_words": CommitteeState(row["shown_state"]).label,
        "inside": inside,
        "seats": tallies[row["id"]].seats,
        "tally": tallies[row["id"]] if inside else None,
    }


@never_cache
@require_safe
def committee(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One committee: whether a meeting is due, its seats, its meetings, its decisions."""
    viewer = viewer_of(request)
    found = committee_or_404(viewer, uid)
    audience = COMMITTEES.audience(viewer, found) or "public"
    inside, counted = audience in INSIDE, reading.inclusion_of(found)
    context = {
        **head_of(viewer, found),
        "due": {name: getattr(found, name) for name in _DUE} if inside else None,
        "inside": inside,
        "seats": reading.shown_seats(viewer, found, audience),
        "inclusion": counted if inside else None,
        # Outside no number is told: of a seat, every number is a person.
        "told": (counted.women.reaches, counted.youth.reaches) if not inside and counted.may_be_told else None,
        "benchmark": BENCHMARK,
        "ended": reading.ended_with_names(found, audience) if may_edit_committee(viewer, found) else [],
        "meetings": reading.shown_meetings(viewer, found),
        "decisions": reading.shown_decisions(viewer, found, audience),
        "process": _process_of(viewer, found),
        "new_session": NEW_SESSION if is_served(NEW_SESSION, get_urlconf()) else "",
    }
    return render(request, "dialogues/committees/committee.html", context)


def committee_or_404(viewer: Viewer, uid: uuid.UUID) -> Committee:
    """The committee, if the viewer may see it, and whether its next meeting is due."""
    rows = reading.with_due(COMMITTEES.rows(viewer).select_related("region", "cercle", "commune", "process"))
    found: Committee = get_object_or_404(rows.defer(*SHAPES), uid=uid)
    return found


def committee_to_edit(viewer: Viewer, found: Committee) -> Committee:
    """The same, if the viewer keeps it."""
    if not may_edit_committee(viewer, found):
        raise PermissionDenied
    return found


def head_of(viewer: Viewer, found: Committee) -> dict[str, Any]:
    """What every page of a committee shows of it."""
    shown = COMMITTEE.show(found, COMMITTEES.audience(viewer, found) or "public")
    return {
        "committee": {
            **shown,
            "kind_words": CommitteeKind(shown["kind"]).label,
            "state_words": CommitteeState(shown["state"]).label,
        },
        "may_edit": may_edit_committee(viewer, found),
    }


def _process_of(viewer: Viewer, found: Committee) -> dict[str, str] | None:
    process = found.process
    if process is None or not PROCESSES.sees(viewer, process):
        return None
    address = f"/dialogues/processes/{process.uid}/"
    return {"title": process.title, "address": address if is_served(address, get_urlconf()) else ""}


@beginners_only
@require_http_methods(["GET", "HEAD", "POST"])
def committee_new(request: HttpRequest) -> HttpResponse:
    """Enter a committee."""
    return _form_page(request, viewer_of(request), None)


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def committee_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Change one."""
    viewer = viewer_of(request)
    return _form_page(request, viewer, committee_to_edit(viewer, committee_or_404(viewer, uid)))


def _form_page(request: HttpRequest, viewer: Viewer, found: Committee | None) -> HttpResponse:
    form = CommitteeForm(request.POST if request.method == "POST" else None, viewer=viewer, row=found)
    if form.is_valid():
        kept = take(
            form,
            lambda: writing.keep_committee(
                viewer=viewer, said=form.said(found), committee=found, version=form.cleaned_data["version"]
            ),
        )
        if kept is not None:
            messages.success(request, _("Saved.") if found else _("Saved. Now add its seats."))
            return redirect("committee" if found else "committee-seat-new", uid=kept.uid)
    context = {"form": form, **(head_of(viewer, found) if found else {})}
    return render(request, "dialogues/committees/form.html", context, status=steps.status_of(form))


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def committee_meetings(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Say which session was, or will be, a meeting."""
    viewer = viewer_of(request)
    found = committee_to_edit(viewer, committee_or_404(viewer, uid))
    sessions = reading.sessions_to_link(viewer)
    form = MeetingForm(request.POST if request.method == "POST" else None, sessions=sessions)
    if form.is_valid():
        session = form.cleaned_data["session"]
        if take(form, lambda: writing.link_meeting(viewer=viewer, committee=found, session=session)) is not None:
            messages.success(request, _("The session is a meeting of this committee now."))
            return redirect("committee", uid=found.uid)
    if not form.is_bound:
        # The latest ones to choose from; an older one that is sent all the same is taken.
        form.fields["session"].queryset = sessions[:MOST_LISTED]  # type: ignore[attr-defined]
    context = {
        **head_of(viewer, found),
        "form": form,
        "any": sessions.exists(),
        "new_session": NEW_SESSION if is_served(NEW_SESSION, get_urlconf()) else "",
    }
    return render(request, "dialogues/committees/meetings.html", context, status=steps.status_of(form))


@people_only
@require_POST
def meeting_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take back that a session is a meeting."""
    viewer = viewer_of(request)
    found = reading.meeting_seen(viewer, number)
    if found is None:
        raise Http404
    owner = committee_to_edit(viewer, found.committee)
    writing.unlink_meeting(viewer=viewer, meeting=found)
    messages.success(request, _("The link is taken back. The session itself stays."))
    return redirect("committee", uid=owner.uid)
