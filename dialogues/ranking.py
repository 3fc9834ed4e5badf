"""Ranking, open to everybody who asks how: a mean for each criterion, the mean of the three, ties share a place.

Numbers are exact (``Fraction``): two priorities that tie really tie, and nothing depends on the order of ballots.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dialogues.models import SCALE, Criterion

Counts = Mapping[str, Mapping[int, int]]
"""Criterion -> value -> how many people gave it."""


@dataclass(frozen=True)
class Spread:
    """How one priority was rated on one criterion. ``people`` has a number for each value from 1 to 5."""

    criterion: str
    people: tuple[int, ...]

    @property
    def voices(self) -> int:
        """How many people rated it."""
        return sum(self.people)

    @property
    def mean(self) -> Fraction | None:
        """The mean of their values; ``None`` where nobody rated."""
        total = sum(value * count for value, count in zip(SCALE, self.people, strict=True))
        return Fraction(total, self.voices) if self.voices else None


@dataclass(frozen=True)
class Ranked:
    """One priority with its place; without one where a criterion was not rated at all."""

    key: int
    spreads: tuple[Spread, ...]
    place: int | None = None

    @property
    def score(self) -> Fraction | None:
        """The mean of the means of the criteria, each of which counts the same."""
        means = [spread.mean for spread in self.spreads]
        known = [mean for mean in means if mean is not None]
        return sum(known, Fraction(0)) / len(known) if len(known) == len(means) and known else None

    @property
    def voices(self) -> int:
        """The largest number of people who rated it on one criterion."""
        return max((spread.voices for spread in self.spreads), default=0)


def spreads(counts: Counts) -> tuple[Spread, ...]:
    """The counts in the order of the criteria and of the scale."""
    return tuple(
        Spread(criterion, tuple(counts.get(criterion, {}).get(value, 0) for value in SCALE))
        for criterion in Criterion.values
    )


def rank(rated: Mapping[int, Counts]) -> list[Ranked]:
    """The best first. Equal scores share a place, and the next place is left out (1, 1, 3).

    Priorities that nobody rated on some criterion come last, without a place. Ties stand in the order they came in.
    """
    found = [Ranked(key, spreads(counts)) for key, counts in rated.items()]
    complete = sorted((one for one in found if one.score is not None), key=lambda one: -(one.score or 0))
    placed: list[Ranked] = []
    for number, one in enumerate(complete, start=1):
        same = bool(placed) and placed[-1].score == one.score
        placed.append(Ranked(one.key, one.spreads, placed[-1].place if same else number))
    return placed + [one for one in found if one.score is None]


def counted(marks: Iterable[tuple[int, str, int, int]], keys: Iterable[int]) -> dict[int, Counts]:
    """Add up (priority, criterion, value, people), from phones and from paper alike; every key is in the answer."""
    found: dict[int, dict[str, Counter[int]]] = {key: {} for key in keys}
    for key, criterion, value, people in marks:
        found[key].setdefault(criterion, Counter())[value] += people
    return dict(found)
