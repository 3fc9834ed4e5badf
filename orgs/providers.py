"""What the foundation's pages ask of the rooms above it, without knowing them.

An app registers a function in its ``AppConfig.ready``; the home page and the bar of tasks collect what every
registered function gives. Each function is asked with the viewer and answers only with what that viewer may be shown.

    providers.advisories.register(public_advisories)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise

from orgs.policy import Viewer

Asked = ParamSpec("Asked")
Given = TypeVar("Given")
Words = str | Promise


@dataclass(frozen=True)
class Advisory:
    """Something that anybody may be told: shown on the home page."""

    title: str
    area: str
    severity: str
    """A CAP severity: extreme, severe, moderate, minor or unknown."""
    issued_at: datetime
    text: str = ""
    url: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """How many things wait for this person behind one of their tasks (``orgs.presentation.navigation.TASKS``)."""

    task: str
    count: int
    label: Words
    url: str


@dataclass(frozen=True)
class Waits:
    """Rows that may wait for a person behind one of their tasks; ``words`` says what they are, for so many of them.

    Rooms give rows and not numbers, so that a page counts what waits in all rooms by one statement.
    """

    task: str
    rows: QuerySet[Any, Any]
    words: Callable[[int], Words]
    url: str


@dataclass(frozen=True)
class Moment:
    """One entry of a line of time."""

    at: datetime | None
    title: Words
    detail: Words = ""
    url: str = ""
    waits: bool = False


class Providers(Generic[Asked, Given]):
    """Functions that answer one question, in the order in which they were registered."""

    def __init__(self) -> None:
        self._functions: list[Callable[Asked, Iterable[Given]]] = []

    def register(self, function: Callable[Asked, Iterable[Given]]) -> Callable[Asked, Iterable[Given]]:
        """Add a function, once; usable as a decorator."""
        if function not in self._functions:
            self._functions.append(function)
        return function

    def collect(self, *args: Asked.args, **kwargs: Asked.kwargs) -> list[Given]:
        """Ask every function and put their answers one behind the other."""
        return [given for function in self._functions for given in function(*args, **kwargs)]


advisories: Providers[[Viewer], Advisory] = Providers()
"""Current advisories, the gravest first."""

waiting: Providers[[Viewer], Waits] = Providers()
"""What may wait for the viewer. Counted on every page of a signed-in person (``waiting_for``)."""


def waiting_for(viewer: Viewer) -> list[Waiting]:
    """How much of everything waits for the viewer, also where nothing does; one statement for all rooms."""
    given = waiting.collect(viewer)
    counts = _counts([one.rows for one in given])
    return [Waiting(one.task, count, one.words(count), one.url) for one, count in zip(given, counts, strict=True)]


def _counts(each: list[QuerySet[Any, Any]]) -> list[int]:
    parts: dict[int, str] = {}
    parameters: list[Any] = []
    for place, rows in enumerate(each):
        try:
            words, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # the viewer can see none of them
            continue
        parts[place] = f"(SELECT count(*) FROM ({words}) AS rows_{place})"  # noqa: S608 (Django’s own words)
        parameters += values
    if not parts:
        return [0] * len(each)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts.values()), parameters)
        found = dict(zip(parts, cursor.fetchone(), strict=True))
    return [found.get(place, 0) for place in range(len(each))]
