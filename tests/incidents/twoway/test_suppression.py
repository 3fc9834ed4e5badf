"""Small counts cannot be worked out: every table that agrees with what is shown is tried, for many small tables."""

import itertools
import random
from collections.abc import Iterator, Mapping

import pytest

from incidents.suppression import Kept, is_small, kept_back

Column = Mapping[str, int]
CHANCE = random.Random(20261128)


def _agreeing(shown: Column, hidden: list[str], total: int | None, most: int) -> Iterator[dict[str, int]]:
    """Every column that looks the same: hidden cells from nought on, adding up to what is missing of the total."""
    for values in itertools.product(range(most + 1), repeat=len(hidden)):
        if total is None or sum(values) == total - sum(shown.values()):
            yield dict(zip(hidden, values, strict=True))


def _can_be_worked_out(column: Column, kept: Kept, known: frozenset[str] = frozenset()) -> list[str]:
    """The small cells that can have one value only."""
    shown = {row: count for row, count in column.items() if row not in kept.rows}
    hidden = sorted(kept.rows)
    total = None if kept.total else sum(column.values())
    most = min(max(column.values(), default=0) + 6, 16)
    possible: dict[str, set[int]] = {row: set() for row in hidden}
    for values in _agreeing(shown, hidden, total, most):
        for row, value in values.items():
            possible[row].add(value)
    small = [row for row in column if is_small(column[row]) and row not in known]
    return [row for row in small if row in shown or len(possible[row]) < 2]


@pytest.mark.parametrize("_round", range(120))
def test_no_small_count_can_be_worked_out(_round: int) -> None:
    rows = "abcd"[: CHANCE.randint(1, 4)]
    column = {row: CHANCE.choice((0, 0, 1, 1, 2, 3, 4, 5, 6, 9)) for row in rows}
    known = frozenset(row for row in rows if CHANCE.random() < 0.2)
    assert _can_be_worked_out(column, kept_back(column, known=known), known) == [], column


def test_the_search_finds_what_a_rule_left_out_gives_away() -> None:
    column = {"a": 3, "b": 12, "c": 9}
    assert _can_be_worked_out(column, Kept(frozenset({"a"}), total=False)) == ["a"]
    assert _can_be_worked_out(column, kept_back(column)) == []


@pytest.mark.parametrize(
    ("column", "rows", "total"),
    [
        ({"a": 5, "b": 9}, "", False),
        ({"a": 0, "b": 0}, "", False),
        ({"a": 3, "b": 12, "c": 9}, "ac", False),
        ({"a": 3, "b": 12, "c": 0}, "abc", False),
        ({"a": 3, "b": 4}, "ab", True),
        ({"a": 2}, "a", True),
        ({}, "", False),
    ],
)
def test_what_is_kept_back(column: dict[str, int], rows: str, total: bool) -> None:
    assert kept_back(column) == Kept(frozenset(rows), total)


@pytest.mark.parametrize("_round", range(60))
def test_answered_and_unanswered_do_not_give_each_other_away(_round: int) -> None:
    """Those told are shown: a pair of answered and unanswered is known as soon as one of the two is."""
    rows = "abc"[: CHANCE.randint(1, 3)]
    told = {row: CHANCE.randint(5, 12) for row in rows}
    answered = {row: CHANCE.randint(0, told[row]) for row in rows}
    unanswered = {row: told[row] - answered[row] for row in rows}
    kept = kept_back(answered, unanswered)
    shown = {row: count for row, count in answered.items() if row not in kept.rows}
    total = None if kept.total else sum(answered.values())
    hidden = sorted(kept.rows)
    possible: dict[str, set[int]] = {row: set() for row in hidden}
    for values in itertools.product(*(range(told[row] + 1) for row in hidden)):
        if total is None or sum(values) == total - sum(shown.values()):
            for row, value in zip(hidden, values, strict=True):
                possible[row].add(value)
    for row in rows:
        if is_small(answered[row]) or is_small(unanswered[row]):
            assert len(possible.get(row, ())) > 1, (told, answered)


def test_what_the_reader_knows_protects_nobody() -> None:
    column = {"own": 7, "other": 2}
    assert kept_back(column, known={"own"}) == Kept(frozenset({"other"}), total=True)
