"""How a merge is put into words: two entries beside each other, and what moves from one to the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Organisation
from orgs.presentation.times import exact
from orgs.services.merge_choices import PARTS, UNITED
from orgs.services.merge_links import Link, links, model_of
from orgs.services.merges import carries_people
from orgs.support_lists import known_terms


@dataclass
class Line:
    """One part of two entries; ``field`` is where one of them is chosen, if they differ."""

    key: str
    label: str | Promise
    kept: str
    gone: str
    field: Any = None
    both: str = ""
    """What the kept entry will have, for lists that are united."""

    @property
    def differs(self) -> bool:
        """Whether there is something to choose."""
        return self.kept != self.gone and not self.both


def compared(kept: Organisation, gone: Organisation) -> list[Line]:
    """The parts of two entries, those that are chosen first, then those that are united."""
    lines = [Line(part.key, part.label, _said(part.fields, kept), _said(part.fields, gone)) for part in PARTS]
    terms = known_terms()
    for name in UNITED:
        label = Organisation._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        mine, theirs = (getattr(one, name) for one in (kept, gone))
        united = list(dict.fromkeys([*mine, *theirs]))
        words = [", ".join(terms.get((name, code), code) for code in codes) for codes in (mine, theirs, united)]
        if united:
            lines.append(Line(name, label, words[0], words[1], both=words[2]))
    return [line for line in lines if line.kept or line.gone]


def _said(names: Iterable[str], organisation: Organisation) -> str:
    return ", ".join(word for word in (_one(name, organisation) for name in names) if word)


def _one(name: str, organisation: Organisation) -> str:
    if name in ("seat_id", "seat_place_id", "verified_by_id"):
        other = getattr(organisation, name.removesuffix("_id"))
        return "" if other is None or name == "verified_by_id" else other.label() if name == "seat_id" else other.name
    display = getattr(organisation, f"get_{name}_display", None)
    value = display() if display and getattr(organisation, name) else getattr(organisation, name)
    if isinstance(value, date):
        return exact(value)
    return "" if value in (None, "") else str(value)


@dataclass
class Moves:
    """How many rows of each sort would move."""

    counts: list[tuple[str, int]] = field(default_factory=list)
    people: int = 0
    sent: int = 0
    shares: int = 0

    def people_words(self) -> str:
        """What must be confirmed; nothing where nobody and nothing that was sent goes along."""
        if not (self.people or self.sent or self.shares):
            return ""
        people = ngettext("%(n)s person will belong", "%(n)s people will belong", self.people) % {"n": self.people}
        sent = ngettext("%(n)s thing sent to it", "%(n)s things sent to it", self.sent) % {"n": self.sent}
        said = _(
            "I know that %(people)s to the entry that stays and read what its people read, that %(sent)s will be read "
            "there, and that it shares with %(shares)s more organisations"
        )
        return said % {"people": people, "sent": sent, "shares": self.shares}


def what_moves(gone: Organisation) -> Moves:
    """What points at an entry: one count a column that names organisations, however many rows there are."""
    moves = Moves()
    counts: Counter[str] = Counter()
    for link in links():
        number = link.rows(gone.pk).count()
        if not number:
            continue
        counts[link.words] += number
        if link.label == "orgs.Membership":
            moves.people += link.rows(gone.pk).values("person").distinct().count()
        elif link.label == "orgs.Organisation_serves":
            moves.shares += number
        elif carries_people(link):
            moves.sent += number
    moves.counts = sorted(counts.items())
    return moves


def moved_words(entries: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """How many rows of each sort, of what a merge recorded."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[Link(model_of(entry["model"]), entry.get("field", "")).words] += len(entry["ids"])
    return sorted(counts.items())
