"""Who was there, as a table of groups by sex and age with its sums; and how far women and the young took part.

30 % is a mark to compare with. Mali's law of 2015 binds appointments and elections, not dialogues.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from dialogues.models import AgeBand, Group, Sex
from incidents.disclosure import SMALLEST_COUNT

BENCHMARK = 30
"""Per cent."""
Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """One sex in one group: a number an age band, ``None`` where a small number is kept back, and their sum."""

    label: str | Promise
    counts: list[int | None]
    total: int | None


@dataclass(frozen=True)
class Part:
    """One group, or everybody."""

    label: str | Promise
    rows: list[Row]


def guarded(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of an attendance (``ATTENDANCE.show``) as they may be told one by one, beside the session's totals."""
    told = list(lines)
    cells = _guarded({_cell(one): one["count"] for one in told})
    return [{**one, "count": cells[_cell(one)]} for one in told]


def parts_of(lines: Iterable[dict[str, Any]]) -> list[Part]:
    """The table of what a viewer is shown of an attendance (``ATTENDANCE.show``); groups of which nobody was there are
    left out. Sums over a number that is kept back are kept back too."""
    cells = _guarded({_cell(one): one["count"] for one in lines})
    if not cells:
        return []
    parts = [Part(Group(group).label, _rows(cells, {group})) for group in Group.values if _has(cells, group)]
    if len(parts) > 1:
        everybody = _rows(cells, set(Group.values))
        parts.append(Part(pgettext_lazy("attendance", "Everybody"), [*everybody, _together(everybody)]))
    return parts


def _together(rows: list[Row]) -> Row:
    counts = [_sum(each) for each in zip(*(row.counts for row in rows), strict=True)]
    return Row(pgettext_lazy("attendance", "Together"), counts, _sum(row.total for row in rows))


def _cell(line: dict[str, Any]) -> Cell:
    return line["group"], line["sex"], line["age_band"]


_TOTALS: Sequence[Callable[[Cell], bool]] = (
    lambda cell: True,
    lambda cell: cell[1] == Sex.WOMEN,
    lambda cell: cell[2] == AgeBand.YOUTH,
    lambda cell: cell[2] != AgeBand.UNKNOWN,
)
"""What the totals of a session count, which its readers may know besides: people, women, youth, people of known age."""


def _guarded(cells: dict[Cell, int | None]) -> dict[Cell, int | None]:
    """A single number that is kept back could be worked out from a total: the next smallest in it goes with it."""
    told = dict(cells)
    sums = [[cell for cell in cells if counts(cell)] for counts in _TOTALS]
    alone = {each[0] for each in sums if len(each) == 1}
    while single := next((each for each in sums if _has_one_gap(told, each)), None):
        shown = [cell for cell in single if told[cell] is not None]
        # What is a total by itself is known from there: it hides nothing.
        told[min(shown, key=lambda cell: (cell in alone, told[cell] or 0, cell))] = None
    return told


def _has_one_gap(told: dict[Cell, int | None], cells: list[Cell]) -> bool:
    return len(cells) > 1 and sum(told[cell] is None for cell in cells) == 1


def _has(cells: dict[Cell, int | None], group: str) -> bool:
    return any(cell[0] == group for cell in cells)


def _rows(cells: dict[Cell, int | None], groups: set[str]) -> list[Row]:
    rows = []
    for sex in Sex:
        some = {cell: count for cell, count in cells.items() if cell[0] in groups and cell[1] == sex}
        if some:
            counts = [_sum(count for cell, count in some.items() if cell[2] == band) for band in AgeBand.values]
            rows.append(Row(sex.label, counts, _sum(some.values())))
    return rows


def _sum(counts: Iterable[int | None]) -> int | None:
    each = list(counts)
    return None if None in each else sum(count for count in each if count is not None)


@dataclass(frozen=True)
class Share:
    """How many of those of whom it is known are women, or young."""

    part: int
    whole: int

    @property
    def per_cent(self) -> int:
        """Rounded; never "30" for less than 30 %."""
        return int(100 * self.part / self.whole) if self.whole else 0

    @property
    def reaches(self) -> bool:
        """Whether it reaches the mark."""
        return 100 * self.part >= BENCHMARK * self.whole > 0


def share_of_women(shown: dict[str, Any]) -> Share | None:
    """Of those whose sex was written down; nothing where one of the two numbers is kept back."""
    women, men = shown["women"], shown["men"]
    return Share(women, women + men) if women is not None and men is not None and women + men else None


def share_of_youth(shown: dict[str, Any], *, keeps_small_back: bool = False) -> Share | None:
    """Of those whose age was written down; nothing where it would tell a small number of others."""
    youth, aged = shown["youth"], shown["aged"]
    if youth is None or not aged or (keeps_small_back and 0 < aged - youth < SMALLEST_COUNT):
        return None
    return Share(youth, aged)
