"""What the foundation's pages ask of the rooms above it, without knowing them.

An app registers a function in its ``AppConfig.ready``; the home page, the bar of tasks, an area's line of time and
search collect what every registered function gives. Each function is asked with the viewer and answers only with what
that viewer may be shown.

    providers.advisories.register(public_advisories)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, ParamSpec, TypeVar

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
class Moment:
    """One entry of a line of time."""

    at: datetime | None
    title: Words
    detail: Words = ""
    url: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Found:
    """One result of a search."""

    kind: Words
    title: str
    url: str
    detail: Words = ""


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

waiting: Providers[[Viewer], Waiting] = Providers()
"""What waits for the viewer. Asked on every page of a signed-in person: one cheap count each."""

timeline: Providers[[Viewer, int], Moment] = Providers()
"""What happened in an area (its id)."""

search: Providers[[Viewer, str], Found] = Providers()
"""What the viewer may find by these words."""
