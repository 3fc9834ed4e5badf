"""One session as one viewer may see it: every field by the disclosure tables, every name by its own policy."""

from typing import Any

from django.utils.translation import gettext as _

from dialogues.access import (
    IN_THE_ROOM,
    PROCESSES,
    SESSIONS,
    WRITERS,
    edits_of,
    may_edit_session,
    may_open_names,
    may_read_safety_notes,
    papers_of,
)
from dialogues.crowd import lines_shown, parts_of, share_of_women, share_of_youth
from dialogues.disclosed_sessions import EDIT, PAPER
from dialogues.disclosure import ISSUE, POINT, SESSION
from dialogues.models import AgeBand, EditState, Group, How, Need, PointKind, Session, SessionKind, SessionState
from dialogues.panels import session_page
from dialogues.sessions_listed import where_words
from dialogues.shares import BENCHMARK
from incidents.desk import finest_area, words_for_areas
from orgs.access import ORGANISATIONS
from orgs.models import Organisation, Term, Vocabulary
from orgs.policy import Viewer


def shown_to(viewer: Viewer, session: Session) -> dict[str, Any] | None:
    """Everything that the page of a session shows to this viewer; ``None`` for a session that they may not see."""
    audience = SESSIONS.audience(viewer, session)
    if audience is None:
        return None
    shown = SESSION.show(session, audience)
    lines = lines_shown(session.attendance.all(), audience)
    may_see_lines = all(one["group"] is not None for one in lines)
    return {
        "session": {**shown, **_words(viewer, session, shown)},
        "audience": audience,
        "parts": parts_of(lines) if may_see_lines else [],
        "bands": AgeBand.choices,
        "women": share_of_women(shown),
        "youth": share_of_youth(shown),
        "benchmark": BENCHMARK,
        **_said(session, audience),
        **_who(viewer, session, audience),
        **_besides(viewer, session, audience),
        "sections": session_page.of(viewer, session),
    }


def _words(viewer: Viewer, session: Session, shown: dict[str, Any]) -> dict[str, Any]:
    groups, spoken = dict(Group.choices), _terms(Vocabulary.SPOKEN)
    areas = words_for_areas([finest_area(shown, "")])
    process = session.process
    led_by = session.led_by if shown["led_by_id"] else None
    return {
        "kind_words": SessionKind(shown["kind"]).label,
        "state_words": SessionState(shown["state"]).label,
        "how_words": How(shown["how"]).label if shown["how"] else "",
        "where": where_words(shown, areas, ""),
        "spoken_words": ", ".join(spoken.get(code, code) for code in shown["spoken"]),
        "interpreted_words": ", ".join(spoken.get(code, code) for code in shown["interpreted"]),
        "invited_words": [groups[code] for code in shown["invited"] or () if code not in (shown["absent"] or ())],
        "absent_words": [groups[code] for code in shown["absent"] or ()],
        "process": process if process is not None and PROCESSES.sees(viewer, process) else None,
        "led_by": led_by if led_by is not None and ORGANISATIONS.sees(viewer, led_by) else None,
    }


def _terms(vocabulary: str) -> dict[str, str]:
    return {term.code: term.label for term in Term.objects.of(vocabulary)}


def _said(session: Session, audience: str) -> dict[str, Any]:
    needs, themes = dict(Need.choices), _terms(Vocabulary.THEME)
    issues = [ISSUE.show(one, audience) for one in session.issues.all()]
    points = [POINT.show(one, audience) for one in session.points.all()]
    return {
        "has_tags": any(one["needs"] or one["themes"] for one in issues),
        "issues": [
            {
                "words": one["words"],
                "needs": [needs[code] for code in one["needs"] or ()],
                "themes": [themes.get(code, code) for code in one["themes"] or ()],
            }
            for one in issues
            if one["words"] or one["needs"] or one["themes"]
        ],
        "agreements": [one["words"] for one in points if one["kind"] == PointKind.AGREEMENT and one["words"]],
        "disagreements": [one["words"] for one in points if one["kind"] == PointKind.DISAGREEMENT and one["words"]],
        "agreed_count": sum(one["kind"] == PointKind.AGREEMENT for one in points),
        "not_agreed_count": sum(one["kind"] == PointKind.DISAGREEMENT for one in points),
    }


def _who(viewer: Viewer, session: Session, audience: str) -> dict[str, Any]:
    """Bodies in the room, for those who were there; who led it, for those who write it down."""
    bodies: list[str] = []
    if audience in IN_THE_ROOM:
        present = Organisation.objects.filter(attended_sessions=session.pk)
        names = list(ORGANISATIONS.rows(viewer, present).order_by("name_key").values_list("name", flat=True))
        unseen = present.count() - len(names)
        bodies = [*names, *([_("and %(n)d that you may not see") % {"n": unseen}] if unseen else [])]
    people = session.facilitators.order_by("name").values_list("name", flat=True) if audience in WRITERS else []
    return {"present": bodies, "facilitators": list(people)}


def _besides(viewer: Viewer, session: Session, audience: str) -> dict[str, Any]:
    """What those who write in it find besides: photos, edits that wait, how much is sealed."""
    if not may_edit_session(viewer, session):
        return {"writes": False}
    waiting = edits_of(viewer, session).filter(state=EditState.WAITING).select_related("written_by", "settled_by")
    return {
        "writes": True,
        "papers": [PAPER.show(one, audience) for one in papers_of(viewer, session)],
        "waiting": [EDIT.show(one, audience) for one in waiting],
        "edits": edits_of(viewer, session).count(),
        "names": session.names.count(),
        "may_open_names": may_open_names(viewer, session),
        "notes": session.safety_notes.count() if may_read_safety_notes(viewer, session) else 0,
    }
