"""Sessions: the list, one of them, and its history."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import get_urlconf
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.access import SESSIONS, WRITERS, edits_of, edits_to_settle, may_record
from dialogues.disclosed_sessions import EDIT
from dialogues.models import Session, SessionEdit
from dialogues.said import SessionSaid, from_json
from dialogues.session_shown import shown_to
from dialogues.sessions_listed import NEWEST_FIRST, SessionFilters, in_words, rows_of
from dialogues.unit_words import UNIT_LABELS, changed_units, lines_of, names_for
from dialogues.views.exports import downloads
from dialogues.views.pages import around, page_or_404
from incidents.desk import SHAPES
from incidents.forms.filters import all_areas
from orgs.access import viewer_of
from orgs.models import Area
from orgs.policy import Viewer
from orgs.presentation.navigation import is_served
from orgs.views.steps import only

PAGE = 50
HISTORY_PAGE = 20
MOST_WAITING = 10
OFFLINE = "/dialogues/offline/"
_NOWHERE_IS_NO_AREA = -1


@require_safe
@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions that this viewer may see, newest first, each as they may read it; above them what waits."""
    viewer = viewer_of(request)
    areas = all_areas()[:_NOWHERE_IS_NO_AREA]
    filters = SessionFilters(request.GET, queryset=SESSIONS.rows(viewer), viewer=viewer, areas=areas)
    page = page_or_404(request, rows_of(filters.qs, viewer), NEWEST_FIRST, PAGE)
    context = {
        "filters": filters.form,
        "narrowed": filters.chosen,
        "download": downloads(request, "sessions", _for_file(filters)),
        "rows": in_words(page.rows),
        **around(request, page),
        "waiting": _waiting(viewer),
        "may_record": may_record(viewer),
        "offline": OFFLINE if may_record(viewer) and is_served(OFFLINE, get_urlconf()) else "",
        "signed_in": viewer.user_id is not None,
    }
    return render(request, "dialogues/sessions/list.html", context)


def _for_file(filters: SessionFilters) -> dict[str, str]:
    """What a file is narrowed by of what the list is, by the names that the API has for it."""
    chosen = filters.form.cleaned_data if filters.is_valid() else {}
    found = {name: str(chosen[name]) for name in ("kind", "state", "absent", "text") if chosen.get(name)}
    found |= {"process": str(chosen["process"].uid)} if chosen.get("process") else {}
    days = {"since": "held_after", "until": "held_before"}
    found |= {outside: chosen[name].isoformat() for name, outside in days.items() if chosen.get(name)}
    if chosen.get("area"):
        area = Area.objects.filter(pk=chosen["area"]).only("pcode").first()
        found |= {"area": area.pcode} if area is not None else {}
    return found


def _waiting(viewer: Viewer) -> list[dict[str, Any]]:
    if viewer.user_id is None:
        return []
    rows = edits_to_settle(viewer).select_related("session", "written_by", "settled_by").order_by("written_at", "id")
    return [
        {**EDIT.show(edit, "team"), "session_uid": edit.session.uid, "title": edit.session.title}
        for edit in rows[:MOST_WAITING]
    ]


def session_or_404(viewer: Viewer, uid: UUID) -> Session:
    """A session that this viewer may see."""
    rows = SESSIONS.rows(viewer).select_related("region", "cercle", "commune", "process", "led_by").defer(*SHAPES)
    return get_object_or_404(rows, uid=uid)


@require_safe
@never_cache
def session(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One session, as this viewer may read it. For anyone, if it may be public."""
    viewer = viewer_of(request)
    found = session_or_404(viewer, uid)
    shown = shown_to(viewer, found)
    if shown is None:
        raise Http404
    return render(request, "dialogues/sessions/session.html", {**shown, "unit_labels": UNIT_LABELS})


@require_safe
@only(may_record)
def session_history(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who wrote what when, and what they changed of the version that they had before them."""
    viewer = viewer_of(request)
    found = session_or_404(viewer, uid)
    audience = SESSIONS.audience(viewer, found)
    if audience not in WRITERS:
        raise Http404
    rows = edits_of(viewer, found).select_related("written_by", "settled_by")
    page = page_or_404(request, rows, (("id", "desc"),), HISTORY_PAGE)
    context = {
        "session": {"uid": found.uid, "title": found.title, "version": found.version},
        "edits": _edits(viewer, found, page.rows, audience),
        **around(request, page),
    }
    return render(request, "dialogues/sessions/history.html", context)


def _edits(viewer: Viewer, found: Session, edits: list[SessionEdit], audience: str) -> list[dict[str, Any]]:
    """Each edit with the units in which it differs from the version it began from, before and after."""
    begun = found.edits.filter(version__in={edit.base_version for edit in edits}).values_list("version", "stood")
    stood = {version: from_json(kept) for version, kept in begun}
    pairs = [(edit, stood.get(edit.base_version, SessionSaid()), from_json(edit.said)) for edit in edits]
    names = names_for(viewer, [version for _edit, *versions in pairs for version in versions])
    return [
        {
            **EDIT.show(edit, audience),
            "changes": [
                (UNIT_LABELS[unit], lines_of(before, unit, names), lines_of(after, unit, names))
                for unit in changed_units(before, after)
            ],
            "conflict_words": [UNIT_LABELS[unit] for unit in edit.conflicts],
        }
        for edit, before, after in pairs
    ]
