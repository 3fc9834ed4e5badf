"""What a report is made of, and what other parts of dialogues add to it.

A part that has something to say of a session or a process (commitments, a ranking) registers a function in
``DialoguesConfig.ready``. It is asked with the viewer and the row, answers with what that viewer may be shown, and
gives nothing (``None``) where there is nothing to say:

    session_sections.register(commitments_of_session)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.functional import Promise

from dialogues.models import Process, Session
from orgs.models import Tlp
from orgs.policy import Viewer

Row = TypeVar("Row")
Words = str | Promise


@dataclass(frozen=True)
class Bar:
    """One bar of a chart. ``words`` are what stands beside it: the number itself, and of how many."""

    label: Words
    value: float
    words: Words


@dataclass(frozen=True)
class Picture:
    """A photo: where the page finds it, the name it is stored under, and what stands below it."""

    address: str
    stored: str
    words: Words


@dataclass(frozen=True)
class Section:
    """One part of a report: a heading, then whatever of the rest is there, in this order.

    ``benchmark`` is a value at which a line crosses the bars. ``tlp`` is the strictest marking of what is said here:
    the whole paper carries the strictest of its parts.
    """

    title: Words
    text: Sequence[Words] = ()
    lines: Sequence[Words] = ()
    bars: Sequence[Bar] = ()
    benchmark: float | None = None
    whole: float | None = None
    """The value of a bar over the full width; the largest bar, when not said."""
    headings: Sequence[Words] = ()
    rows: Sequence[Sequence[Words | int]] = ()
    pictures: Sequence[Picture] = ()
    note: Words = ""
    tlp: str = Tlp.CLEAR

    @property
    def longest(self) -> float:
        """The value of a bar over the full width."""
        return self.whole or max((bar.value for bar in self.bars), default=0) or 1


@dataclass(frozen=True)
class Report:
    """A report as one audience reads it, on a page or as PDF."""

    title: str
    kind: Words
    """What sort of report: of a session, of a process."""
    tlp: str
    audience: Words
    """For whom it was written, in words."""
    narrow: bool = False
    """Whether it says more than others with this marking may read."""
    facts: Sequence[tuple[Words, Words]] = ()
    sections: Sequence[Section] = field(default_factory=tuple)


def strictest(markings: Iterable[str]) -> str:
    """The strictest of some markings; CLEAR of none."""
    order = [str(value) for value in Tlp.values]
    return order[max((order.index(one) for one in markings), default=0)]


class Providers(Generic[Row]):
    """Functions that say something of a row to a viewer, asked in the order in which they were registered."""

    def __init__(self) -> None:
        self._given: list[Callable[[Viewer, Row], Section | None]] = []

    def register(self, function: Callable[[Viewer, Row], Section | None]) -> None:
        """Take a function in, once."""
        if function not in self._given:
            self._given.append(function)

    def of(self, viewer: Viewer, row: Row) -> list[Section]:
        """What they all say. What is RED is read where it stands and is in no report."""
        said = (function(viewer, row) for function in self._given)
        return [section for section in said if section is not None and section.tlp != Tlp.RED]


session_sections: Providers[Session] = Providers()
process_sections: Providers[Process] = Providers()

PriorityLines = Callable[[Viewer, Session | Process], Sequence[str]]


class Priorities:
    """Who knows the priorities that people rate on paper; nobody, until a part of dialogues registers itself."""

    def __init__(self) -> None:
        self._given: list[PriorityLines] = []

    def register(self, function: PriorityLines) -> None:
        """Take a function in, once."""
        if function not in self._given:
            self._given.append(function)

    def of(self, viewer: Viewer, row: Session | Process) -> list[str]:
        """The lines to rate that this viewer may read."""
        return [line for function in self._given for line in function(viewer, row)]


priorities = Priorities()
