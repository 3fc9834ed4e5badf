"""Looking for words in all of dialogues: found are the rows that the viewer sees, by what they are shown of them.

A column that an audience does not read is not searched for them either: a search answers questions about what it
looks at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.access import AGREEMENTS, COMMITMENTS, COMMITTEES, PROCESSES, SESSIONS
from dialogues.disclosed_agreements import AGREEMENT, COMMITTEE
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.disclosure import PROCESS, SESSION
from dialogues.models import AgreementKind, CommitmentState, CommitteeKind, ProcessKind, SessionKind
from dialogues.sessions_listed import holding_words
from incidents.forms.filters import SHORTEST_TEXT
from orgs.disclosure import Table
from orgs.listing import columns_for
from orgs.policy import Policy, Viewer

MOST_FOUND = 10
LONGEST = 80


@dataclass(frozen=True)
class Found:
    """One row that was found."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Part:
    """What was found of one sort; ``more`` says that there is more than is shown."""

    heading: Any
    rows: list[Found]
    more: bool


@dataclass(frozen=True)
class Sort:
    """One sort of rows: where words are looked for, the latest first by ``order``, and how each is told.

    ``page`` is the name of the address of one; ``words`` of the first column of ``columns`` are its title.
    """

    heading: Any
    policy: Policy[Any]
    table: Table
    columns: tuple[str, ...]
    order: str
    page: str
    told: Callable[[Mapping[str, Any]], tuple[Any, Any]]
    """Of a row, its kind or state in words, and its day."""
    besides: tuple[str, ...] = ()
    narrowed: Callable[[Viewer, QuerySet[Any], str], QuerySet[Any]] | None = None
    """For rows that are looked for in another way than by ``columns``."""

    def find(self, viewer: Viewer, words: str) -> Part:
        """The latest of these rows that hold the words; one statement."""
        given = ("uid", *self.columns, *self.besides)
        shown = columns_for(self.policy, self.table, viewer, only=given)
        rows: QuerySet[Any, Any] = self.policy.rows(viewer).annotate(**shown)
        if self.narrowed is not None:
            rows = self.narrowed(viewer, rows, words)
        else:
            rows = rows.filter(reduce(or_, (Q(**{f"shown_{name}__icontains": words}) for name in self.columns)))
        found = [
            {name.removeprefix("shown_"): value for name, value in row.items()}
            for row in rows.order_by(f"-{self.order}", "-pk").values(*shown)[: MOST_FOUND + 1]
        ]
        return Part(self.heading, [self._found(row) for row in found[:MOST_FOUND]], len(found) > MOST_FOUND)

    def _found(self, row: Mapping[str, Any]) -> Found:
        kind, day = self.told(row)
        when = date_format(day, "j F Y") if day is not None else ""
        detail = " · ".join(str(part) for part in (kind, when) if part)
        return Found(row[self.columns[0]], detail, reverse(self.page, args=[row["uid"]]))


SORTS = (
    Sort(
        heading=pgettext_lazy("dialogues", "Sessions"),
        policy=SESSIONS,
        table=SESSION,
        columns=("title",),
        order="held_on",
        page="dialogue-session",
        told=lambda row: (SessionKind(row["kind"]).label, row["held_on"]),
        besides=("kind", "held_on"),
        narrowed=holding_words,
    ),
    Sort(
        heading=_("Processes"),
        policy=PROCESSES,
        table=PROCESS,
        columns=("title", "purpose"),
        order="id",
        page="dialogue-process",
        told=lambda row: (ProcessKind(row["kind"]).label, row["starts_on"]),
        besides=("kind", "starts_on"),
    ),
    Sort(
        heading=_("Commitments"),
        policy=COMMITMENTS,
        table=COMMITMENT,
        columns=("what",),
        order="promised_on",
        page="commitment",
        told=lambda row: (CommitmentState(row["state"]).label, row["promised_on"]),
        besides=("state", "promised_on"),
    ),
    Sort(
        heading=_("Agreements"),
        policy=AGREEMENTS,
        table=AGREEMENT,
        columns=("title", "place_text"),
        order="signed_on",
        page="agreement",
        told=lambda row: (AgreementKind(row["kind"]).label, row["signed_on"]),
        besides=("kind", "signed_on"),
    ),
    Sort(
        heading=_("Committees"),
        policy=COMMITTEES,
        table=COMMITTEE,
        columns=("name",),
        order="created_on",
        page="committee",
        told=lambda row: (CommitteeKind(row["kind"]).label, None),
        besides=("kind",),
    ),
)


def is_enough(words: str) -> bool:
    """Whether these words are enough to look for."""
    return len(words) >= SHORTEST_TEXT


def cleaned(typed: str) -> str:
    """What was typed, as it is looked for."""
    return " ".join(typed.replace("\x00", " ").split())[:LONGEST]


def find(viewer: Viewer, words: str) -> list[Part]:
    """What holds these words, by sort; sorts without any are left out. A statement for each."""
    if not is_enough(words):
        return []
    return [part for part in (sort.find(viewer, words) for sort in SORTS) if part.rows]
