"""Answers that a process keeps for a while: what hardly ever changes and every request asks for.

The cache that processes share is a table: asking it costs as much as asking for the answer itself.
"""

import time
from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Generic, ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Kept(Generic[Given, Answer]):
    """A function whose answers are kept until the period of ``seconds`` ends, for the ``most`` last ways to call it."""

    def __init__(self, function: Callable[Given, Answer], *, seconds: int, most: int) -> None:
        @lru_cache(maxsize=most)
        def ask(_period: int, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
            return function(*args, **kwargs)

        self._ask, self._seconds = ask, seconds
        update_wrapper(self, function)

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        """The answer, at most one period old."""
        return self._ask(int(time.monotonic() // self._seconds), *args, **kwargs)  # type: ignore[arg-type]

    def forget(self) -> None:
        """Ask anew from now on; in this process alone."""
        self._ask.cache_clear()


def kept(*, seconds: int = 60, most: int = 1) -> Callable[[Callable[Given, Answer]], Kept[Given, Answer]]:
    """Keep the answers of a function in this process, "no" among them; what it raises is not kept."""

    def decorate(function: Callable[Given, Answer]) -> Kept[Given, Answer]:
        return Kept(function, seconds=seconds, most=most)

    return decorate
