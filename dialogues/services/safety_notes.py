"""What could endanger somebody if it were known: added and never changed, sealed, and each opening is noted."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import may_edit_session, may_read_safety_notes
from dialogues.models import SafetyNote, Session
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.crypto import keyed_hash, seal, unseal
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words

LONGEST_NOTE = 4000


@dataclass(frozen=True)
class OpenedNote:
    """A safety note, opened."""

    words: str
    by: str
    at: datetime


def add_safety_note(*, viewer: Viewer, session: Session, words: str, form_key: str) -> SafetyNote:
    """Add a note. The same form sent twice is one note. Raises ``ValidationError`` on ``words``, ``NotAllowed``."""
    if not may_edit_session(viewer, session):
        raise NotAllowed
    words = clean_words(words)
    if not words:
        raise ValidationError({"words": _("Write what others must know to keep somebody safe.")})
    if len(words) > LONGEST_NOTE:
        raise ValidationError({"words": _("At most %(n)d characters.") % {"n": LONGEST_NOTE}})
    if held := held_words(words):
        raise ValidationError({"words": held})
    with transaction.atomic():
        row, is_new = SafetyNote.objects.get_or_create(
            note_key=keyed_hash("safety-note", f"{session.pk} {viewer.user_id} {form_key}"),
            defaults={"session": session, "sealed": seal({"words": words}), "written_by_id": viewer.user_id},
        )
        if is_new:
            note(viewer, session, "added_safety_note", entry=row.pk)
    return row


def open_safety_notes(*, viewer: Viewer, session: Session) -> list[OpenedNote]:
    """Read the notes of a session. That they were opened is on record before anything is read."""
    if not may_read_safety_notes(viewer, session):
        raise NotAllowed
    with transaction.atomic():
        rows = list(session.safety_notes.select_related("written_by"))
        note(viewer, session, "opened_safety_notes", rows=len(rows))
    return [
        OpenedNote(unseal(row.sealed)["words"], row.written_by.name if row.written_by else "", row.written_at)
        for row in rows
    ]
