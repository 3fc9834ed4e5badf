"""Who sees what hangs on a session: edits that wait, photos, who led it. Decided by the session itself."""

from django.db.models import QuerySet

from dialogues.access.sessions import SESSIONS, WRITERS
from dialogues.models import EditState, PaperKind, Session, SessionEdit, SessionPaper
from orgs.policy import Viewer

IN_THE_ROOM = (*WRITERS, "room")
"""The audiences that know which bodies were in the room: those who were there, and those who write it down."""


def edits_to_settle(viewer: Viewer) -> QuerySet[SessionEdit]:
    """Edits that say something else than what stands, of the sessions that this viewer may write in."""
    rows = SessionEdit.objects.filter(state=EditState.WAITING)
    return rows.filter(session__in=SESSIONS.rows_as(viewer, *WRITERS).order_by().values("pk"))


def edits_of(viewer: Viewer, session: Session) -> QuerySet[SessionEdit]:
    """The history of a session, for those who write in it."""
    return session.edits.all() if _writes(viewer, session) else SessionEdit.objects.none()


def papers_of(viewer: Viewer, session: Session) -> QuerySet[SessionPaper]:
    """Photos and pages of minutes: for those who write in the session."""
    return session.papers.all() if _writes(viewer, session) else SessionPaper.objects.none()


def photos_in_report(viewer: Viewer, session: Session) -> QuerySet[SessionPaper]:
    """Photos that may stand in the report, for the same people: what is agreed for a paper is not agreed for all."""
    return papers_of(viewer, session).filter(kind=PaperKind.PHOTO, in_report=True)


def _writes(viewer: Viewer, session: Session) -> bool:
    return SESSIONS.audience(viewer, session) in WRITERS
