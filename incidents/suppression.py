"""Keeping small counts out of tables, and out of what can be worked out from their totals.

A count from 1 to 4 is kept back. Where a total or another count would give it away, more is kept back: another row of
the same column, or the total itself. In a column that keeps something back, a nought is kept back too: otherwise five
rows that are not noughts and add up to five would each be one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.disclosure import SMALLEST_COUNT

Row = Any
Counts = Mapping[Row, int]


@dataclass(frozen=True)
class Kept:
    """What is kept back of one column: which rows, and whether the total."""

    rows: frozenset[Row]
    total: bool


NOTHING_KEPT = Kept(frozenset(), total=False)


def is_small(count: int) -> bool:
    """Whether a count could point at people."""
    return 0 < count < SMALLEST_COUNT


def kept_back(*columns: Counts, known: Collection[Row] = ()) -> Kept:
    """What to keep back of columns that must be shown or kept together, row by row.

    Columns belong together where one can be worked out from the other (answered and unanswered of those told).
    ``known`` are rows that the reader may see whole: they are shown, and the rest must be safe without them.
    """
    rows = [row for row in columns[0] if row not in known]
    small = {row for row in rows if any(is_small(column[row]) for column in columns)}
    rest_is_small = any(is_small(sum(column[row] for row in rows)) for column in columns)
    if not small and not rest_is_small:
        return NOTHING_KEPT
    noughts = {row for row in rows if all(column[row] == 0 for column in columns)}
    others = [row for row in rows if row not in small and row not in noughts]
    if others:  # somebody to hide behind
        others.sort(key=lambda row: (sum(column[row] for column in columns), str(row)))
        return Kept(frozenset({*small, *noughts, others[0]}), total=rest_is_small)
    return Kept(frozenset(rows), total=True)
