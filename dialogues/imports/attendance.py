"""How many people a line counts, by sex, age band and group, put into the one shape that a session has.

Files mostly count ages in some columns and groups in others. A session counts people once, in cells of sex, age band
and group: so both are joined such that every total of the file stands. Who in a group is of which age the file does
not say; women's groups are taken for women and youth groups for the young first, and the bringer is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogues.imports.problems import problem
from dialogues.imports.words import group_of, number
from dialogues.models import AgeBand, Group, Sex
from dialogues.said import Counted
from orgs.imports.cells import listed, meant

Cell = tuple[str, str]
"""Sex and age band."""
_SEXES = (str(Sex.WOMEN), str(Sex.MEN))
_BANDS = tuple(str(band) for band in AgeBand if band != AgeBand.UNKNOWN)
_GROUP = re.compile(r"^(?P<name>.+?)\s*(?:[:=(]|\s)\s*(?P<count>-?\d[\d\s]*)\)?$")
_GROUP_LAST = re.compile(r"^(?P<count>\d[\d\s]*?)\s+(?P<name>\D.*)$")


@dataclass
class People:
    """The people of one line, and what is wrong with how they are counted."""

    people: int = 0
    spectators: int = 0
    attendance: tuple[Counted, ...] = ()
    problems: list[dict[str, Any]] = field(default_factory=list)


def count(values: Mapping[str, str], titles: Mapping[str, str]) -> People:
    """Read the numbers of a line (by field)."""
    return _Counting(values, titles).result()


class _Counting:
    def __init__(self, values: Mapping[str, str], titles: Mapping[str, str]) -> None:
        self.values, self.titles = values, titles
        self.problems: list[dict[str, Any]] = []

    def result(self) -> People:
        ages, groups = self._ages(), self._groups()
        given = self._number("people")
        counted = max(sum(ages.values()), sum(groups.values()))
        people = counted if given is None else given
        if sum(groups.values()) > people:
            self._say("session_groups", "groups", str(sum(groups.values())), str(people))
            groups = Counter()
        return People(people, self._number("spectators") or 0, self._joined(ages, groups, people), self.problems)

    def _number(self, code: str) -> int | None:
        text = meant(self.values.get(code, ""))
        if not text:
            return None
        found = number(text)
        if found is None:
            self._say("session_number", code, text)
        return found

    def _ages(self) -> Counter[Cell]:
        ages: Counter[Cell] = Counter()
        for sex in _SEXES:
            for band in _BANDS:
                if found := self._number(f"{sex}:{band}"):
                    ages[sex, band] = found
            whole = self._number(sex)
            rest = 0 if whole is None else whole - sum(ages[sex, band] for band in _BANDS)
            if rest < 0:
                self._say("session_sum", sex, str((whole or 0) - rest), str(whole))
            elif rest:
                ages[sex, str(AgeBand.UNKNOWN)] = rest
        return ages

    def _groups(self) -> Counter[str]:
        groups: Counter[str] = Counter()
        for group in Group:
            if found := self._number(f"group:{group}"):
                groups[str(group)] += found
        for part in listed(self.values.get("groups", "").replace(",", ";")):
            read = _GROUP.match(part) or _GROUP_LAST.match(part)
            code, many = (group_of(read["name"]), number(read["count"])) if read else ("", None)
            if not code or many is None:
                self._say("session_group", "groups", part)
            else:
                groups[code] += many
        return groups

    def _joined(self, ages: Counter[Cell], groups: Counter[str], people: int) -> tuple[Counted, ...]:
        if not ages and not groups:
            return ()
        missing = people - sum(ages.values())
        if not groups or missing < 0:
            cells = [Counted(sex, band, Group.UNKNOWN, many) for (sex, band), many in ages.items()]
            return (*cells, *([Counted(count=missing)] if missing > 0 else []))
        if ages:
            self._say("session_apart", "groups")
        left = Counter(ages)
        left[str(Sex.UNKNOWN), str(AgeBand.UNKNOWN)] += missing
        wanted = Counter(groups)
        wanted[str(Group.UNKNOWN)] += people - sum(groups.values())
        return tuple(_shared_out(left, wanted))

    def _say(self, code: str, column: str, given: str = "", hint: str = "") -> None:
        self.problems.append(problem(code, column=self.titles.get(column, ""), given=given, hint=hint))


def _likely(group: str, cell: Cell) -> bool:
    if group == Group.WOMEN_GROUPS:
        return cell[0] == Sex.WOMEN
    return group == Group.YOUTH_GROUPS and cell[1] == AgeBand.YOUTH


def _shared_out(left: Counter[Cell], wanted: Counter[str]) -> list[Counted]:
    """Cells whose totals by sex and age, and by group, are those given; both make the same number of people."""
    first = (str(Group.WOMEN_GROUPS), str(Group.YOUTH_GROUPS))
    cells: list[Counted] = []
    for group in sorted(wanted, key=lambda one: (first.index(one) if one in first else len(first), one)):
        many = wanted[group]
        for cell in sorted(left, key=lambda one: (not _likely(group, one), one)):
            taken = min(many, left[cell])
            if taken > 0:
                cells.append(Counted(cell[0], cell[1], group, taken))
                left[cell] -= taken
                many -= taken
    return cells
