"""Recorded questions of the report form, kept by administrators, heard by everybody."""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.access import may_keep_types
from incidents.media import Unfit, clean
from incidents.models import MediaKind, Prompt, Question
from incidents.services.errors import NotAllowed
from incidents.services.steps import note
from orgs.policy import Viewer

LARGEST = 500_000
"""Bytes of one recording: half a minute, and people pay for each of them."""
_KEPT_SECONDS = 60


@dataclass(frozen=True)
class Heard:
    """A recording as pages offer it."""

    number: int
    question: str
    language: str
    language_name: str
    media_type: str
    mark: str

    @property
    def label(self) -> str:
        """The question in words, in the language in force."""
        return str(Question(self.question).label)


def keep_prompt(*, viewer: Viewer, prompt: Prompt, data: bytes | None) -> Prompt:
    """Save a recorded question; ``data`` is the sound file, or ``None`` to keep the one that is there."""
    if not may_keep_types(viewer):
        raise NotAllowed
    if data is not None:
        _put_sound(prompt, data)
    if not prompt.sha256:
        raise ValidationError(_("Choose a sound file."))
    prompt.full_clean(exclude=["audio", "media_type", "size", "sha256"])
    with transaction.atomic():
        prompt.save()
        note(viewer, prompt, "keep_prompt", question=prompt.question, size=prompt.size)
    cache.delete("prompts")
    return prompt


def _put_sound(prompt: Prompt, data: bytes) -> None:
    if len(data) > LARGEST:
        raise ValidationError(_("This recording is too heavy: half a megabyte at most."))
    try:
        cleaned = clean(data)
    except Unfit as unfit:
        raise ValidationError(str(unfit.refusal.label)) from None
    if cleaned.kind != MediaKind.VOICE:
        raise ValidationError(_("This is not a sound file."))
    prompt.audio, prompt.media_type, prompt.size = cleaned.data, cleaned.media_type, len(cleaned.data)
    prompt.sha256 = hashlib.sha256(cleaned.data).hexdigest()


def prompts_heard() -> list[Heard]:
    """Every recording in use, in the order of languages and of the form. Kept for a minute."""
    found: list[Heard] | None = cache.get("prompts")
    if found is None:
        rows = Prompt.objects.filter(is_active=True).defer("audio")
        places = {str(question): place for place, question in enumerate(Question.values)}
        found = [
            Heard(row.pk, row.question, row.language, row.language_name, row.media_type, row.sha256[:12])
            for row in sorted(rows, key=lambda row: (row.language, places.get(row.question, 99)))
        ]
        cache.set("prompts", found, _KEPT_SECONDS)
    return found


def prompt_sound(number: int) -> Prompt | None:
    """A recording in use, with its sound."""
    return Prompt.objects.filter(pk=number, is_active=True).first()
