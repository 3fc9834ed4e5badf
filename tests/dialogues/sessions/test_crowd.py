"""The table of who was there: its sums are right, and a number that is kept back cannot be worked out."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dialogues.crowd import BENCHMARK, Share, guarded, parts_of, share_of_women, share_of_youth
from dialogues.models import AgeBand, Group, Sex
from incidents.disclosure import NO_SMALL_COUNTS

_CELLS = st.dictionaries(
    st.tuples(st.sampled_from(Group.values), st.sampled_from(Sex.values), st.sampled_from(AgeBand.values)),
    st.integers(1, 40),
    max_size=8,
)


def _lines(cells: dict[tuple[str, str, str], int], *, coarse: bool = False) -> list[dict[str, Any]]:
    shown = NO_SMALL_COUNTS.python if coarse else int
    return [
        {"group": group, "sex": sex, "age_band": band, "count": shown(count)}
        for (group, sex, band), count in cells.items()
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


@given(st.integers(0, 300), st.integers(0, 300))
def test_thirty_per_cent_is_said_of_no_less(part: int, rest: int) -> None:
    share = Share(part, part + rest)
    assert share.reaches == (part + rest > 0 and part / (part + rest) >= BENCHMARK / 100)
    if share.per_cent >= BENCHMARK:
        assert share.reaches


def test_a_share_is_said_only_where_both_of_its_numbers_are_shown() -> None:
    assert share_of_women({"women": 7, "men": None}) is None
    assert share_of_women({"women": None, "men": 7}) is None
    assert share_of_women({"women": 0, "men": 0}) is None
    assert share_of_women({"women": 3, "men": 9}) == Share(3, 12)
    assert share_of_youth({"youth": None, "aged": 9}) is None
    assert share_of_youth({"youth": 7, "aged": 9}) == Share(7, 9)
    assert share_of_youth({"youth": 7, "aged": 9}, keeps_small_back=True) is None
    assert share_of_youth({"youth": 9, "aged": 9}, keeps_small_back=True) == Share(9, 9)


@given(_CELLS)
def test_no_total_of_a_session_tells_the_one_number_that_is_kept_back(cells: dict[tuple[str, str, str], int]) -> None:
    lines = _lines(cells, coarse=True)
    told = guarded(lines)
    totals = (
        told,
        [one for one in told if one["sex"] == Sex.WOMEN],
        [one for one in told if one["age_band"] == AgeBand.YOUTH],
        [one for one in told if one["age_band"] != AgeBand.UNKNOWN],
    )
    for counted in totals:
        assert len(counted) < 2 or sum(one["count"] is None for one in counted) != 1
    assert all(one["count"] in (None, line["count"]) for one, line in zip(told, lines, strict=True))
    assert any(one["count"] is None for one in told) == any(line["count"] is None for line in lines)
