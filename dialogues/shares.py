"""Shares of women and of the young among those of whom it is known, beside the benchmark.

30 % is a mark to compare with, on the way to parity: Mali’s law of 2015 binds appointments and elections, no dialogues.
"""

from dataclasses import dataclass

BENCHMARK = 30
"""Per cent."""
PARITY = 50
FEWEST = 5
"""Shares of fewer people say nothing and can point at somebody."""


@dataclass(frozen=True)
class Share:
    """How many (``part``) of those of whom it is known (``whole``)."""

    part: int
    whole: int

    @property
    def percent(self) -> int:
        """In whole per cent, rounded down: 29.9 % is never said to be 30 %."""
        return 100 * self.part // self.whole if self.whole else 0

    @property
    def reaches(self) -> bool:
        """Whether it reaches the benchmark."""
        return self.whole > 0 and self.percent >= BENCHMARK
