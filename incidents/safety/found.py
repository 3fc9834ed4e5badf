"""What a check found: which words, who would read them, and how much it weighs."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import Audience, SafetyCheck
from orgs import wording


class Weight(IntEnum):
    """What must be done about it."""

    INFORMS = 1
    NEEDS_ANSWER = 2
    HOLDS = 3

    @property
    def label(self) -> Promise:
        """In words."""
        return _WEIGHTS[self]


_WEIGHTS = {
    Weight.INFORMS: _("Good to know"),
    Weight.NEEDS_ANSWER: _("You must decide"),
    Weight.HOLDS: _("Must be rewritten: nobody may let it pass"),
}

ADVICE = MappingProxyType(
    {
        SafetyCheck.FORCES: wording.ADVICE[wording.Kind.FORCES],
        SafetyCheck.PHONE: wording.ADVICE[wording.Kind.PHONE],
        SafetyCheck.EMAIL: wording.ADVICE[wording.Kind.EMAIL],
        SafetyCheck.POINT: wording.ADVICE[wording.Kind.COORDINATES],
        SafetyCheck.COMMUNITY: wording.ADVICE[wording.Kind.COMMUNITY],
        SafetyCheck.NAME: _("This looks like a person. Say what was done, not who it is."),
        SafetyCheck.KNOWN_NAME: _("A person in the directory has this name. Take it out."),
        SafetyCheck.RESPONSIBLE: _("Who is held responsible stays on the desk: it can bring revenge. Take it out."),
        SafetyCheck.SMALL_PLACE: _("Few people live there: readers will know who is meant. Name the commune instead."),
        SafetyCheck.VILLAGE: _("These readers are told the village. If it is very small, they will know who is meant."),
        SafetyCheck.PUBLIC_PLACE: _("The public never reads anything finer than the cercle. Take the name out."),
        SafetyCheck.SOURCE: _("Check it with a second source first, or say why it cannot wait."),
        SafetyCheck.MARKING: _("The marking shuts these readers out. Change the marking, or the readers."),
        SafetyCheck.TOO_EARLY: _("These readers are told only once it is verified."),
        SafetyCheck.UNVERIFIED: _("It goes only to those who can check it. Say below who checks, and by when."),
    }
)
"""What to do about each."""


@dataclass(frozen=True)
class Found:
    """One thing that a check found. ``key`` is what makes it this thing: the same words, the same grades."""

    check: str
    words: str
    weight: Weight
    audiences: tuple[str, ...] = ()
    key: str = ""

    @property
    def label(self) -> str:
        """What it is, in words."""
        return str(SafetyCheck(self.check).label)

    @property
    def advice(self) -> str:
        """What to do about it."""
        return str(ADVICE[SafetyCheck(self.check)])

    @property
    def readers(self) -> str:
        """Who would read it."""
        return ", ".join(str(Audience(code).label) for code in self.audiences)

    @property
    def holds(self) -> bool:
        """Whether it must be rewritten."""
        return self.weight is Weight.HOLDS

    @property
    def needs_answer(self) -> bool:
        """Whether a person must decide."""
        return self.weight is Weight.NEEDS_ANSWER

    @property
    def fingerprint(self) -> str:
        """The same for the same thing before the same readers; other as soon as either changes."""
        return digest([self.check, self.key or self.words.casefold(), list(self.audiences)])

    @property
    def sentence(self) -> str:
        """For lists of problems."""
        return f"“{self.words}”: {self.advice}" if self.words else f"{self.label}. {self.advice}"


def digest(parts: object) -> str:
    """A hash of plain values."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def together(found: Iterable[Found]) -> list[Found]:
    """The same thing before several readers as one, with the greater weight; what holds first."""
    kept: dict[tuple[str, str], Found] = {}
    for one in found:
        key = (one.check, one.key or one.words.casefold())
        before = kept.get(key)
        if before is None:
            kept[key] = one
            continue
        readers = [code for code in Audience.values if code in {*before.audiences, *one.audiences}]
        kept[key] = Found(before.check, before.words, max(before.weight, one.weight), tuple(readers), before.key)
    return sorted(kept.values(), key=lambda one: -one.weight)
