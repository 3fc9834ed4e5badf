"""Ranking: everybody counts once, ties share a place, nothing depends on the order in which ballots came."""

import random
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dialogues.models import Criterion
from dialogues.ranking import counted, rank

NAMES = tuple(Criterion.values)
MARK = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
BALLOTS = st.lists(st.lists(MARK, min_size=3, max_size=3), min_size=1, max_size=12)


def _marks(ballots: list[list[tuple[int, int, int]]]) -> list[tuple[int, str, int, int]]:
    return [
        (item, name, value, 1)
        for each in ballots
        for item, three in enumerate(each)
        for name, value in zip(NAMES, three, strict=True)
    ]


@given(BALLOTS, st.randoms(use_true_random=False))
def test_the_order_of_ballots_changes_nothing(ballots: list[list[tuple[int, int, int]]], chance: random.Random) -> None:
    marks = _marks(ballots)
    mixed = list(marks)
    chance.shuffle(mixed)
    assert rank(counted(marks, range(3))) == rank(counted(mixed, range(3)))


@given(BALLOTS)
def test_every_vote_counts_once_and_the_score_is_the_mean_of_three_means(
    ballots: list[list[tuple[int, int, int]]],
) -> None:
    for one in rank(counted(_marks(ballots), range(3))):
        assert [spread.voices for spread in one.spreads] == [len(ballots)] * 3
        plain = [Fraction(sum(each[one.key][n] for each in ballots), len(ballots)) for n in range(3)]
        assert one.score == sum(plain) / 3


@given(BALLOTS)
def test_places_follow_scores_and_ties_share_one(ballots: list[list[tuple[int, int, int]]]) -> None:
    ranked = rank(counted(_marks(ballots), range(3)))
    for one in ranked:
        assert one.place == 1 + sum((other.score or 0) > (one.score or 0) for other in ranked)
    assert [one.place for one in ranked] == sorted(one.place or 0 for one in ranked)


@given(BALLOTS, BALLOTS)
def test_paper_and_phones_add_up(
    phones: list[list[tuple[int, int, int]]], paper: list[list[tuple[int, int, int]]]
) -> None:
    hands: dict[tuple[int, str, int], int] = {}
    for item, name, value, people in _marks(paper):
        hands[item, name, value] = hands.get((item, name, value), 0) + people
    together = counted([*_marks(phones), *((*key, people) for key, people in hands.items())], range(3))
    assert rank(together) == rank(counted(_marks([*phones, *paper]), range(3)))


@given(BALLOTS, st.integers(0, 2))
def test_a_better_number_never_costs_a_place(ballots: list[list[tuple[int, int, int]]], item: int) -> None:
    before = {one.key: one.place for one in rank(counted(_marks(ballots), range(3)))}
    raised = [[*each] for each in ballots]
    raised[0][item] = (5, 5, 5)
    after = {one.key: one.place for one in rank(counted(_marks(raised), range(3)))}
    assert (after[item] or 0) <= (before[item] or 0)


def test_what_was_not_rated_on_every_criterion_has_no_place_and_comes_last() -> None:
    marks = [(0, "urgency", 5, 3), (1, "urgency", 1, 1), (1, "feasible", 1, 1), (1, "impact", 1, 1)]
    first, last, never = rank(counted(marks, (0, 1, 2)))
    assert (first.key, first.place) == (1, 1)
    assert first.score == Fraction(1)
    assert [(one.key, one.place) for one in (last, never)] == [(0, None), (2, None)]


def test_two_first_places_leave_no_second() -> None:
    marks = [(item, name, value, 1) for item, value in ((0, 4), (1, 4), (2, 3)) for name in NAMES]
    assert [one.place for one in rank(counted(marks, range(3)))] == [1, 1, 3]
