"""The table of who was there: its sums are right, and a number that is kept back cannot be worked out."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dialogues.crowd import kept_back, parts_of, share_of_women, share_of_youth
from dialogues.models import AgeBand, Group, Sex
from dialogues.shares import BENCHMARK, Share

_CELLS = st.dictionaries(
    st.tuples(st.sampled_from(Group.values), st.sampled_from(Sex.values), st.sampled_from(AgeBand.values)),
    st.integers(1, 40),
    max_size=8,
)


def _lines(cells: dict[tuple[str, str, str], int], *, coarse: bool = False) -> list[dict[str, Any]]:
    back = kept_back(cells) if coarse else frozenset()
    return [
        {"group": cell[0], "sex": cell[1], "age_band": cell[2], "count": None if cell in back else count}
        for cell, count in cells.items()
    ]


@given(_CELLS)
def test_every_sum_is_the_sum_of_what_it_stands_under(cells: dict[tuple[str, str, str], int]) -> None:
    parts = parts_of(_lines(cells))
    groups = {group for group, _sex, _band in cells}
    assert len(parts) == len(groups) + (len(groups) > 1)
    for part in parts:
        for row in part.rows:
            assert row.total == sum(count or 0 for count in row.counts)
    if len(groups) > 1:
        assert parts[-1].rows[-1].total == sum(cells.values())
    else:
        assert sum(row.total or 0 for part in parts for row in part.rows) == sum(cells.values())


@given(_CELLS)
def test_one_number_alone_is_never_kept_back(cells: dict[tuple[str, str, str], int]) -> None:
    """The number of all participants is known: one gap alone could be filled."""
    groups = {group for group, _sex, _band in cells}
    parts = parts_of(_lines(cells, coarse=True))
    own = parts[: len(groups)]
    gaps = sum(count is None for part in own for row in part.rows for count in row.counts)
    small = sum(count < 5 for count in cells.values())
    assert gaps >= min(2, len(cells)) if small else gaps == 0
    for part in parts:
        for row in part.rows:
            assert (row.total is None) == (None in row.counts)


_TOTALS = {
    "all": lambda cell: True,
    "women": lambda cell: cell[1] == "f",
    "others": lambda cell: cell[1] != "f",
    "young": lambda cell: cell[2] == "15-35",
    "of another age": lambda cell: cell[2] not in ("15-35", "u"),
}


@given(_CELLS)
def test_no_total_gives_a_small_number_away(cells: dict[tuple[str, str, str], int]) -> None:
    """Of every total that a reader may know beside the lines: what is kept back of it is two cells and not few."""
    back = kept_back(cells)
    assert {cell for cell, count in cells.items() if count < 5} <= back
    assert back or all(count >= 5 for count in cells.values())
    for name, is_in in _TOTALS.items():
        inside = [cell for cell in cells if is_in(cell)]
        hidden = [cell for cell in inside if cell in back]
        if hidden and len(hidden) < len(inside):
            assert len(hidden) > 1, name
            assert sum(cells[cell] for cell in hidden) >= 5, name


@given(st.integers(0, 300), st.integers(0, 300))
def test_thirty_per_cent_is_said_of_no_less(part: int, rest: int) -> None:
    share = Share(part, part + rest)
    assert share.reaches == (part + rest > 0 and part / (part + rest) >= BENCHMARK / 100)
    if share.percent >= BENCHMARK:
        assert share.reaches


def test_a_share_is_said_only_where_both_of_its_numbers_are_shown() -> None:
    assert share_of_women({"women": 7, "men": None}) is None
    assert share_of_women({"women": None, "men": 7}) is None
    assert share_of_women({"women": 0, "men": 0}) is None
    assert share_of_women({"women": 3, "men": 9}) == Share(3, 12)
    assert share_of_youth({"youth": None, "aged": 9}) is None
    assert share_of_youth({"youth": 7, "aged": 9}) == Share(7, 9)
