"""Rows that many tests share: made once, read and changed by each, and as they were again for the next."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

Made = TypeVar("Made")


@contextmanager
def rows_kept(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Callable[[], Made]]:
    """Make rows in a transaction that outlives the tests inside it: each of these gets back to its own savepoint.

    Gives a function that hands out a copy of what ``make`` returned, because a test also changes what is in memory.
    For fixtures of a module or class whose tests are all marked ``django_db`` and commit nothing (no transactional
    ones among them). The clock of the database stands still for all of them.
    """
    with blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        made = make()
    try:
        yield lambda: copy.deepcopy(made)
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
