"""Taking in what people say of the conduct of forces, and what oversight does with it.

Nothing about the writer is kept. Their receipt is a code of 16 digits; with it, and with nothing else, they see how far
it is and erase it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.access.conduct import CONDUCT, MINIMUM, may_keep_pattern, may_oversee
from incidents.conduct import counts_of
from incidents.models import Act, ConductFeedback, ConductNote, ConductPattern, ConductState, Force, Judgement
from incidents.models.conduct import TO_THEIR_CREDIT
from incidents.services import steps
from incidents.services.errors import NotAllowed
from orgs import audit
from orgs.crypto import derived_digits, keyed_hash, seal, unseal
from orgs.models import Area, Level
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_WORDS = 4000
LONGEST_NOTE = 2000
LONGEST_PATTERN = 500
_LEVELS = (Level.REGION, Level.CERCLE)


@dataclass(frozen=True)
class Taken:
    """What came in, and the code that only its writer gets."""

    feedback: ConductFeedback
    code: str


def take_in(
    *, form_id: str, force: str, acts: Collection[str], occurred_on: date, area: Area, words: str = ""
) -> Taken:
    """Keep what somebody says. The same form sent twice is one row with one code."""
    _check(force, acts, occurred_on, area, words)
    key = keyed_hash("conduct-form", form_id)
    code = derived_digits("conduct-code", key, 16)
    feedback, _is_new = ConductFeedback.objects.get_or_create(
        form_key=key,
        defaults={
            "code_hash": _hash_of(code),
            "force": force,
            "acts": sorted(set(acts)),
            "judgement": judgement_of(acts),
            "occurred_on": occurred_on,
            **_columns(area),
            "sealed": seal({"words": words.strip()}),
        },
    )
    return Taken(feedback, code)


def judgement_of(acts: Collection[str]) -> str:
    """Good, bad or both, from what was done."""
    good = any(act in TO_THEIR_CREDIT for act in acts)
    bad = any(act not in TO_THEIR_CREDIT for act in acts)
    return Judgement.MIXED if good and bad else Judgement.GOOD if good else Judgement.BAD


def by_code(code: str) -> ConductFeedback | None:
    """The feedback of a receipt code, whatever stands between its digits."""
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(digits) == 18 and digits.startswith("00"):
        digits = digits[2:]
    return ConductFeedback.objects.filter(code_hash=_hash_of(digits)).first()


def erase(*, feedback: ConductFeedback) -> ConductFeedback:
    """Erase it for good, with the notes on it; for whoever has its code. Doing it again changes nothing."""
    with transaction.atomic():
        held = ConductFeedback.objects.select_for_update().get(pk=feedback.pk)
        if held.erased_at is None:
            held.notes.all().delete()
            held.acts, held.sealed, held.force = [], seal({"words": ""}), Force.UNKNOWN
            held.state, held.erased_at = ConductState.CLOSED, timezone.now()
            held.save()
            audit.record(None, "erased", held)
    return held


def open_words(*, viewer: Viewer, feedback: ConductFeedback) -> tuple[str, list[tuple[ConductNote, str]]]:
    """What was written, and the notes on it; that it was opened is noted, and it is no longer new."""
    with transaction.atomic():
        held = _hold(viewer, feedback)
        if held.state == ConductState.NEW:
            held.state = ConductState.READ
            held.save(update_fields=["state"])
        steps.note(viewer, held, "opened")
        notes = held.notes.select_related("written_by")
        return unseal(held.sealed)["words"], [(note, unseal(note.sealed)["words"]) for note in notes]


def add_note(*, viewer: Viewer, feedback: ConductFeedback, words: str, close: bool = False) -> ConductFeedback:
    """Note what was done with it; perhaps that is all that can be done."""
    if not words.strip():
        raise ValidationError({"words": _("Write what was done, or what you think of it.")})
    if len(words) > LONGEST_NOTE:
        raise ValidationError({"words": _("At most %(n)s characters.") % {"n": LONGEST_NOTE}})
    with transaction.atomic():
        held = _hold(viewer, feedback)
        if held.erased_at is not None:
            raise NotAllowed(_("Its author has erased it."))
        ConductNote.objects.create(feedback=held, sealed=seal({"words": words.strip()}), written_by_id=viewer.user_id)
        held.state = ConductState.CLOSED if close else ConductState.READ
        held.save(update_fields=["state"])
        steps.note(viewer, held, "closed" if close else "noted")
    return held


def write_pattern(*, viewer: Viewer, area: Area, from_on: date, to_on: date, words: str) -> ConductPattern:
    """Give an area's coordinators and facilitators what is seen again and again; never a single case.

    Refused below ``MINIMUM`` voices, and for words that name people or say where forces are.
    """
    counted = counts_of(CONDUCT.rows_as(viewer, "oversight"), area, from_on, to_on)
    problems: dict[str, str | list[str]] = {}
    if to_on < from_on:
        problems["to_on"] = _("This is before the first day.")
    elif counted.voices < MINIMUM:
        problems["area"] = _("Fewer than %(n)s people spoke of it: that could point at somebody.") % {"n": MINIMUM}
    if not words.strip():
        problems["words"] = _("Say it in a sentence that a dialogue can take up.")
    elif len(words) > LONGEST_PATTERN:
        problems["words"] = _("At most %(n)s characters.") % {"n": LONGEST_PATTERN}
    elif held := held_words(words):
        problems["words"] = held
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        pattern = ConductPattern.objects.create(
            **_columns(area),
            from_on=from_on,
            to_on=to_on,
            good=counted.good,
            bad=counted.bad,
            words=words.strip(),
            written_by_id=viewer.user_id,
        )
        steps.note(viewer, pattern, "written")
    return pattern


def withdraw_pattern(*, viewer: Viewer, pattern: ConductPattern) -> ConductPattern:
    """Take a pattern back: nobody but oversight reads it any more."""
    with transaction.atomic():
        held = ConductPattern.objects.select_for_update().get(pk=pattern.pk)
        if not may_keep_pattern(viewer, held):
            raise NotAllowed(_("Only oversight may do this."))
        if held.withdrawn_at is None:
            held.withdrawn_at = timezone.now()
            held.save(update_fields=["withdrawn_at"])
            steps.note(viewer, held, "withdrawn")
    return held


def _check(force: str, acts: Collection[str], occurred_on: date, area: Area, words: str) -> None:
    problems = {}
    if force not in Force.values:
        problems["force"] = _("Choose one of the list.")
    if not acts or not set(acts) <= set(Act.values):
        problems["acts"] = _("Choose at least one of the list.")
    if occurred_on > timezone.localdate():
        problems["occurred_on"] = _("This day has not come yet.")
    if area.level not in _LEVELS:
        problems["area"] = _("Choose a cercle or a region.")
    if len(words) > LONGEST_WORDS:
        problems["words"] = _("At most %(n)s characters.") % {"n": LONGEST_WORDS}
    if problems:
        raise ValidationError(problems)


def _columns(area: Area) -> dict[str, int | None]:
    return {"region_id": area.region_id, "cercle_id": area.pk} if area.level == Level.CERCLE else {"region_id": area.pk}


def _hold(viewer: Viewer, feedback: ConductFeedback) -> ConductFeedback:
    held = ConductFeedback.objects.select_for_update().get(pk=feedback.pk)
    if not may_oversee(viewer, held):
        raise NotAllowed(_("Only oversight may do this."))
    return held


def _hash_of(code: str) -> str:
    return keyed_hash("conduct-code", code)
