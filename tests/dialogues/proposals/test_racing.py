"""A hall rates at once: every phone counts once, and nothing comes in after the round was closed."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from dialogues import rated
from dialogues.models import Ballot, RatingRound
from dialogues.services import ballots, ratings
from orgs.services.errors import NotAllowed
from tests.dialogues.proposals.rows import a_round, ballot, keeper, priority
from tests.factories_dialogues import ProcessFactory

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*steps: Callable[[], object]) -> list[Exception]:
    start, errors = threading.Barrier(len(steps)), []

    def take(step: Callable[[], object]) -> None:
        start.wait()
        try:
            step()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def _round() -> RatingRound:
    process = ProcessFactory.create()
    priority(process)
    return a_round(process)


def test_one_phone_that_sends_many_times_at_once_has_one_ballot() -> None:
    rating = _round()
    errors = _at_once(*(lambda value=n % 5 + 1: ballot(rating, "a", value, value, value) for n in range(8)))
    assert errors == []
    assert Ballot.objects.count() == 1
    values = set(Ballot.objects.get().marks.values_list("value", flat=True))
    assert len(values) == 1


def test_what_comes_in_while_it_is_closed_is_counted_whole_or_refused() -> None:
    rating, who = _round(), keeper()
    steps = [lambda voter=n: ballot(rating, f"v{voter}", 5, 5, 5) for n in range(8)]
    closing = lambda: ratings.close_round(viewer=who, rating=rating)  # noqa: E731
    errors = _at_once(*steps[:4], closing, *steps[4:])
    assert all(isinstance(error, NotAllowed) for error in errors)
    ((one,),) = rated.rankings_exactly([RatingRound.objects.get()]).values()
    assert one.voices == 8 - len(errors) == Ballot.objects.count()
    with pytest.raises(NotAllowed):
        ballot(rating, "late", 1, 1, 1)


def test_of_many_phones_with_one_slip_one_counts() -> None:
    process = ProcessFactory.create()
    priority(process)
    rating = a_round(process, slips=1)
    (slip,) = rating.printed.values_list("pk", flat=True)
    marks = {(rating.items.get().pk, "urgency"): 3}
    errors = _at_once(
        *(partial(ballots.cast, rating=rating, voter=f"phone-{n}", marks=marks, slip=slip) for n in range(6))
    )
    assert [type(error) for error in errors] == [ValidationError] * 5
    assert Ballot.objects.count() == 1


def test_a_phone_that_sends_its_slip_twice_at_once_is_told_nothing_bad() -> None:
    process = ProcessFactory.create()
    priority(process)
    rating = a_round(process, slips=1)
    (slip,) = rating.printed.values_list("pk", flat=True)
    marks = {(rating.items.get().pk, "urgency"): 3}
    assert _at_once(*[partial(ballots.cast, rating=rating, voter="phone", marks=marks, slip=slip)] * 6) == []
    assert Ballot.objects.count() == 1
