"""What ``manage.py up`` says on the terminal, in French unless the terminal is English."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from gettext import NullTranslations

from config import catalogues

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


class Refusal(Exception):
    """Something the person at the terminal must mend first; the message is one clear sentence."""


def language() -> str:
    """``en`` where the terminal is set to English, otherwise ``fr``."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if chosen.lower().startswith("en") else "fr"


@lru_cache(maxsize=1)
def _translations() -> NullTranslations:
    return NullTranslations() if language() == "en" else catalogues.translations("fr")


def gettext(text: str) -> str:
    """Translate, before Django or the compiled catalogues are there."""
    return _translations().gettext(text)


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)  # noqa: T201 (this is the terminal)


def complain(text: str) -> None:
    """Print one line where errors go."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 (this is the terminal)


@contextmanager
def step(title: str) -> Iterator[Progress]:
    """Say what begins, and how long it took when it is done.

    What takes long says how far it is by the function that it is given; a file of output gets the end alone.
    """
    began = time.monotonic()
    line = f"  {title} ..."

    def progress(done: int, total: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{line} {done}/{total}", end="", flush=True)  # noqa: T201 (this is the terminal)

    print(line, end="", flush=True)  # noqa: T201 (this is the terminal)
    try:
        yield progress
    except BaseException:
        say("")
        raise
    say(f" {time.monotonic() - began:.1f} s")
