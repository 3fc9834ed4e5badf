"""Who was there, as a table of groups by sex and age with its sums; and how far women and the young took part."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from dialogues.disclosure import ATTENDANCE
from dialogues.models import AgeBand, Attendance, Group, Sex
from dialogues.shares import Share
from incidents.disclosure import SMALLEST_COUNT
from orgs.disclosure import Treatment
from orgs.models import Tlp

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


def lines_shown(lines: Iterable[Attendance], audience: str) -> list[dict[str, Any]]:
    """The lines of one session as an audience reads them (``ATTENDANCE``), and no number that its totals give away."""
    rows = list(lines)
    shown = [ATTENDANCE.show(row, audience) for row in rows]
    if ATTENDANCE.treatment("count", audience, Tlp.CLEAR) is not Treatment.COARSEN:
        return shown
    back = kept_back({(row.group, row.sex, row.age_band): row.count for row in rows})
    return [
        {**one, "count": None} if (row.group, row.sex, row.age_band) in back else one
        for row, one in zip(rows, shown, strict=True)
    ]


def kept_back(cells: Mapping[Cell, int]) -> frozenset[Cell]:
    """The cells that are not told: small ones, and others beside them.

    Who reads the lines may know the totals: of all, of women, of the young, of those whose age is known. In each total
    (and in what is left of it) at least two cells are kept back or none, and together they are not few.
    """
    back = {cell for cell, count in cells.items() if 0 < count < SMALLEST_COUNT}
    totals = [[cell for cell in cells if is_in(cell)] for is_in in _TOTALS]
    while cover := next((one for total in totals if (one := _cover(cells, total, back)) is not None), None):
        back.add(cover)
    return frozenset(back)


_TOTALS: tuple[Callable[[Cell], bool], ...] = (
    lambda cell: True,
    lambda cell: cell[1] == Sex.WOMEN,
    lambda cell: cell[1] != Sex.WOMEN,
    lambda cell: cell[2] == AgeBand.YOUTH,
    lambda cell: cell[2] not in (AgeBand.YOUTH, AgeBand.UNKNOWN),
    lambda cell: cell[2] == AgeBand.UNKNOWN,
)


def _cover(cells: Mapping[Cell, int], total: list[Cell], back: set[Cell]) -> Cell | None:
    """The smallest cell that must be kept back besides, so that this total gives nothing away."""
    hidden = [cell for cell in total if cell in back]
    others = [cell for cell in total if cell not in back]
    safe = len(hidden) > 1 and sum(cells[cell] for cell in hidden) >= SMALLEST_COUNT
    return None if not hidden or safe or not others else min(others, key=lambda cell: (cells[cell], cell))


def parts_of(lines: Iterable[dict[str, Any]]) -> list[Part]:
    """The table of what a viewer is shown of an attendance (``lines_shown``); groups of which nobody was there are
    left out. Sums over a number that is kept back are kept back too."""
    cells = {(one["group"], one["sex"], one["age_band"]): one["count"] for one in lines}
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


def share_of_women(shown: dict[str, Any]) -> Share | None:
    """Of those whose sex was written down; nothing where one of the two numbers is kept back."""
    women, men = shown["women"], shown["men"]
    return Share(women, women + men) if women is not None and men is not None and women + men else None


def share_of_youth(shown: dict[str, Any]) -> Share | None:
    """Of those whose age was written down; nothing where one of the two numbers is kept back."""
    youth, aged = shown["youth"], shown["aged"]
    return Share(youth, aged) if youth is not None and aged else None
