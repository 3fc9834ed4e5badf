"""Safety notes of a session: what could endanger somebody if it were known. Added, never changed; sealed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import may_edit_session
from dialogues.models import SafetyNote, Session
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.crypto import keyed_hash, seal
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words

LONGEST_NOTE = 4_000


def add_safety_note(*, viewer: Viewer, session: Session, words: str, key: str) -> SafetyNote:
    """Seal a note of a session. The same ``key`` again is the same note.

    Raises ``ValidationError`` at ``safety_note``, ``NotAllowed``.
    """
    if not may_edit_session(viewer, session):
        raise NotAllowed
    words = clean_words(words)
    _check(words)
    note_key = keyed_hash("safety-note", key)
    with transaction.atomic():
        kept, new = SafetyNote.objects.get_or_create(
            note_key=note_key,
            defaults={"session": session, "sealed": seal({"words": words}), "written_by_id": viewer.user_id},
        )
        if new:
            note(viewer, session, "noted-safety")
    return kept


def _check(words: str) -> None:
    problems = held_words(words)
    if not words:
        problems.append(_("Write what could endanger somebody."))
    if len(words) > LONGEST_NOTE:
        problems.append(_("At most %(n)d characters.") % {"n": LONGEST_NOTE})
    if problems:
        raise ValidationError({"safety_note": problems})
