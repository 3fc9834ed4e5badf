"""Writing a session down, changing it, and settling what two people wrote differently."""

import uuid
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dialogues.access import SESSIONS, WRITERS, edits_of, may_edit_session, may_record
from dialogues.forms.sessions import SessionForm, copied, initial_of, last_of, names_present, own_body
from dialogues.models import EditState, How, Session, SessionEdit
from dialogues.said import JOINABLE, SessionSaid, from_json, said_of
from dialogues.services.sessions import BOTH, MINE, THEIRS, Kept, keep_session, settle
from dialogues.unit_words import UNIT_LABELS, lines_of, names_for
from dialogues.views.sessions import session_or_404
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.services.errors import Faster
from orgs.views.steps import only, status_of, take


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_new(request: HttpRequest) -> HttpResponse:
    """Write a new session down; ``?from=`` begins with what the last one of a series has in common with it,
    ``?process=`` with the process it belongs to.
    """
    viewer = viewer_of(request)
    before = _copied_session(viewer, request.GET.get("from", ""))
    stands = SessionSaid()
    if request.method == "POST":
        form = SessionForm(request.POST, viewer=viewer, stands=stands)
        if (kept := _keep(viewer, form, request)) is not None:
            return _after(request, viewer, kept)
    else:
        start = copied(said_of(before)) if before is not None else SessionSaid(led_by=own_body(viewer))
        start = replace(start, process=_asked_process(request) or start.process)
        start = start if start.facilitators or viewer.user_id is None else _led_by_writer(start, viewer.user_id)
        form = _filled(viewer, start, uuid.uuid4(), 0, stands)
        form.begin_at_title()
        if before is not None:
            form.initial["how"] = before.how
    if before is not None:
        form.open_groups({one.group for one in before.attendance.all()})
    return _form_page(request, form, before=before, last=last_of(viewer) if before is None else None)


def _asked_process(request: HttpRequest) -> str:
    try:
        return str(uuid.UUID(request.GET.get("process", "")))
    except ValueError:
        return ""


def _led_by_writer(said: SessionSaid, person: int) -> SessionSaid:
    led: SessionSaid = replace(said, facilitators=(person,))
    return led


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a session; ``?version=`` begins with what stood then: undoing is another edit."""
    viewer = viewer_of(request)
    found = _own_session(viewer, uid)
    stands = said_of(found)
    if request.method == "POST":
        form = SessionForm(request.POST, viewer=viewer, stands=_begun_from(found, request, stands))
        if (kept := _keep(viewer, form, request, found)) is not None:
            return _after(request, viewer, kept)
    else:
        start = _stood_at(found, request.GET.get("version", "")) or stands
        form = _filled(viewer, start, found.uid, found.version, stands)
    return _form_page(request, form, session=found)


def _own_session(viewer: Viewer, uid: UUID) -> Session:
    found = session_or_404(viewer, uid)
    if not may_edit_session(viewer, found):
        raise PermissionDenied
    return found


def _begun_from(found: Session, request: HttpRequest, stands: SessionSaid) -> SessionSaid:
    """What its writer had before them: fields that the form does not hold, or may not show, stay as they were then."""
    return _stood_at(found, request.POST.get("base_version", "")) or stands


def _stood_at(found: Session, version: str) -> SessionSaid | None:
    if not version.isascii() or not version.isdecimal() or len(version) > 9:
        return None
    edit = found.edits.filter(version=int(version)).first()
    return from_json(edit.stood) if edit is not None else None


def _copied_session(viewer: Viewer, uid: str) -> Session | None:
    try:
        wanted = UUID(uid) if uid else None
    except ValueError:
        return None
    rows = SESSIONS.rows_as(viewer, *WRITERS).select_related("region", "cercle", "commune", "process")
    return rows.filter(uid=wanted).first() if wanted else None


def _filled(viewer: Viewer, said: SessionSaid, uid: UUID, version: int, stands: SessionSaid) -> SessionForm:
    given = {**initial_of(viewer, said, uid=uid, version=version), "present": names_present(viewer, said)}
    return SessionForm(viewer=viewer, stands=said if not version else stands, initial=given)


def _keep(viewer: Viewer, form: SessionForm, request: HttpRequest, session: Session | None = None) -> Kept | None:
    """Keep what was written; ``None`` where the form is shown again."""
    if "more" in request.POST:
        form.want_more_lines()
        return None
    if not form.is_valid():
        return None
    given = form.cleaned_data
    return take(
        form,
        lambda: keep_session(
            viewer=viewer,
            uid=session.uid if session is not None else given["uid"],
            edit_key=given["edit_key"],
            base_version=given["base_version"],
            said=form.said(),
            how=given["how"] or How.PAGE,
        ),
    )


def _after(request: HttpRequest, viewer: Viewer, kept: Kept) -> HttpResponse:
    """Where somebody goes after saving: to what waits for them, to the next form, or to the session."""
    session = kept.session
    if kept.conflicts:
        messages.warning(request, _("Your words are kept. Somebody else changed the same things: choose what stands."))
        return redirect("dialogue-session-settle", uid=session.uid, number=kept.edit.pk)
    if kept.edit.version and kept.edit.version > kept.edit.base_version + 1:
        messages.success(request, _("Saved, together with what somebody else wrote meanwhile."))
    else:
        messages.success(request, _("Saved: %(title)s") % {"title": session.title})
    if "next" in request.POST:
        return redirect(f"{reverse('dialogue-session-new')}?from={session.uid}")
    if not SESSIONS.sees(viewer, session):
        return redirect("dialogues")
    return redirect("dialogue-session", uid=session.uid)


def _form_page(request: HttpRequest, form: SessionForm, **context: Any) -> HttpResponse:
    status = status_of(form) if form.errors else 200
    return render(request, "dialogues/sessions/form.html", {"form": form, **context}, status=status)


# --- Settling ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_settle(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """Both versions beside each other, unit by unit; a person chooses which stands."""
    viewer = viewer_of(request)
    found = _own_session(viewer, uid)
    edit = edits_of(viewer, found).select_related("written_by").filter(pk=number).first()
    if edit is None:
        raise Http404
    if edit.state != EditState.WAITING:
        messages.info(request, _("Somebody has settled this already."))
        return redirect("dialogue-session", uid=uid)
    problems: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            _settle(viewer, edit, request)
        except Faster as error:
            problems = {"version": error.messages}
        except ValidationError as error:
            problems = error.message_dict
        else:
            messages.success(request, _("Settled. Both versions stay in the history."))
            return redirect("dialogue-session", uid=uid)
    context = {
        "session": {"uid": found.uid, "title": found.title, "version": found.version},
        "edit": edit,
        "by_me": edit.written_by_id == viewer.user_id,
        "units": _units(viewer, found, edit, request, problems),
        "problems": problems,
        "elsewhere": [words for unit, each in problems.items() if unit not in edit.conflicts for words in each],
    }
    return render(request, "dialogues/sessions/settle.html", context, status=422 if problems else 200)


def _settle(viewer: Viewer, edit: SessionEdit, request: HttpRequest) -> None:
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    settle(
        viewer=viewer,
        edit=edit,
        choices={unit: request.POST.get(unit, "") for unit in edit.conflicts},
        seen_version=seen,
    )


def _units(
    viewer: Viewer, found: Session, edit: SessionEdit, request: HttpRequest, problems: dict[str, list[str]]
) -> list[dict[str, Any]]:
    stands, written = said_of(found), from_json(edit.said)
    names = names_for(viewer, [stands, written])
    return [
        {
            "name": unit,
            "label": UNIT_LABELS[unit],
            "theirs": lines_of(stands, unit, names),
            "mine": lines_of(written, unit, names),
            "choices": (MINE, THEIRS, *([BOTH] if unit in JOINABLE else [])),
            "chosen": request.POST.get(unit, ""),
            "errors": problems.get(unit, []),
        }
        for unit in edit.conflicts
    ]
