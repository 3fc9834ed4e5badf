"""Who was in the room: sums and shares of sessions, told honestly, and who was never there.

People are counted each time they come: a person in two sessions is two attendances. Spectators of a film are apart.
A share is told of those whose sex (or age) is known, with how many they are, and not at all under ``FEWEST``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Sum, TextField
from django.db.models.functions import Coalesce, TruncQuarter

from dialogues.access import COARSELY, SESSIONS, TOLD_ABSENT, TOLD_GROUPS
from dialogues.models import Attendance, Group, Session, SessionState
from incidents.disclosure import SMALLEST_COUNT
from orgs.policy import Viewer

FEWEST = 5
"""Shares of fewer people say nothing and can point at somebody."""

BENCHMARK = 30
"""Per cent: the law of 2015 binds appointments by the State, not dialogues; here it is a mark to compare with."""

PARITY = 50
_SUMS = ("people", "spectators", "women", "men", "youth", "aged")
_NEVER_ASKED = (Group.OTHER, Group.UNKNOWN)


@dataclass(frozen=True)
class Share:
    """How many of how many; ``percent`` is ``None`` where it is not told, ``why`` says why (``few`` or ``small``)."""

    of: int
    percent: int | None
    why: str = ""

    @property
    def reaches(self) -> bool:
        """Whether the benchmark is reached."""
        return self.percent is not None and self.percent >= BENCHMARK


@dataclass(frozen=True)
class Sums:
    """What sessions that were held add up to."""

    sessions: int = 0
    people: int = 0
    spectators: int = 0
    women: int = 0
    men: int = 0
    youth: int = 0
    aged: int = 0
    sex_left_out: int = 0
    """In how many of the sessions women and men are too few for this reader: they are in no share."""
    age_left_out: int = 0

    @property
    def of_women(self) -> Share:
        """Women among those whose sex is known."""
        return share(self.women, self.women + self.men, left_out=self.sex_left_out > 0)

    @property
    def of_youth(self) -> Share:
        """People of 15 to 35 among those whose age is known."""
        return share(self.youth, self.aged, left_out=self.age_left_out > 0)

    @property
    def left_out(self) -> bool:
        """Whether a share leaves sessions out."""
        return self.sex_left_out + self.age_left_out > 0


def share(count: int, of: int, *, left_out: bool = False) -> Share:
    """The share in whole per cent, nothing for too few people; rounded down, so that a mark is reached only when it is.

    ``left_out``: there are more, whom this reader is not told of.
    """
    if of < FEWEST:
        return Share(of, None, "small" if left_out else "few")
    return Share(of, 100 * count // of)


def held(rows: QuerySet[Session]) -> QuerySet[Session]:
    """Those of the sessions that took place."""
    return rows.filter(state=SessionState.HELD)


def sums_of(viewer: Viewer, rows: QuerySet[Session]) -> Sums:
    """What these sessions add up to, in one statement. ``rows`` are sessions that the viewer may see."""
    return _read(_seen_as(viewer, held(rows)).order_by().aggregate(**_totals()))


def sums_by(viewer: Viewer, rows: QuerySet[Session], column: str) -> dict[Any, Sums]:
    """The same for each value of a column, in one statement."""
    each = _seen_as(viewer, held(rows)).order_by().values(column).annotate(**_totals())
    return {row[column]: _read(row) for row in each}


def sums_by_quarter(viewer: Viewer, rows: QuerySet[Session]) -> list[tuple[Any, Sums]]:
    """The same for each quarter of a year in which there was a session, the latest first."""
    found = sums_by(viewer, rows.annotate(quarter=TruncQuarter("held_on")), "quarter")
    return sorted(found.items(), reverse=True)


def _seen_as(viewer: Viewer, rows: QuerySet[Session]) -> QuerySet[Session]:
    """With what is left of the totals, which tells small numbers as well as these themselves."""
    return rows.annotate(
        seen_as=SESSIONS.audience_column(viewer), others=F("people") - F("women"), older=F("aged") - F("youth")
    )


def _few(*names: str) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__gt": 0, f"{name}__lt": SMALLEST_COUNT})
    return found


_COARSE = Q(seen_as__in=COARSELY)
# Left out session by session: of two sums, one with a session and one without it, nobody can work out its numbers.
_SEX_LEFT_OUT = _COARSE & _few("women", "men", "others")
_AGE_LEFT_OUT = _COARSE & _few("youth", "older")


def _totals() -> dict[str, Any]:
    told = {"women": ~_SEX_LEFT_OUT, "men": ~_SEX_LEFT_OUT, "youth": ~_AGE_LEFT_OUT, "aged": ~_AGE_LEFT_OUT}
    sums = {f"all_{name}": Coalesce(Sum(name, filter=told.get(name)), 0) for name in _SUMS}
    left_out = {
        "all_sex_left_out": Count("pk", filter=_SEX_LEFT_OUT),
        "all_age_left_out": Count("pk", filter=_AGE_LEFT_OUT),
    }
    return {"all_sessions": Count("pk"), **sums, **left_out}


def _read(row: Mapping[str, Any]) -> Sums:
    return Sums(**{name: row[f"all_{name}"] for name in ("sessions", *_SUMS, "sex_left_out", "age_left_out")})


# --- Who was never in the room -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """Which groups were not there. ``counted`` is how many sessions it is told of.

    ``unknown`` are people whose group was not written down; ``some`` of them where their number is too small, or where
    this reader gets no small numbers: with the others of a session it could tell one.
    """

    counted: int
    never: tuple[str, ...]
    did_not_come: tuple[tuple[str, int], ...]
    unknown: int = 0
    some: bool = False


class _Each(Func):
    function = "unnest"
    set_returning = True
    output_field = TextField()


def missing(viewer: Viewer, condition: Q) -> Missing:
    """Groups that never were in the room in the sessions of a condition, and those that were invited and did not come.

    Only of sessions of which the viewer is told the groups; in three statements.
    """
    read = held(SESSIONS.rows_as(viewer, *TOLD_GROUPS)).filter(condition).order_by()
    seen = _seen_as(viewer, read).aggregate(counted=Count("pk"), coarse=Count("pk", filter=_COARSE))
    counted = seen["counted"]
    cells = Attendance.objects.filter(session__in=read.values("pk")).values_list("group").annotate(total=Sum("count"))
    present = dict(cells.order_by())
    never = () if not counted else tuple(_labels(set(Group.values) - set(present) - set(_NEVER_ASKED)))
    told = held(SESSIONS.rows_as(viewer, *TOLD_ABSENT)).filter(condition).order_by()
    absent = told.annotate(group=_Each("absent")).values_list("group").annotate(times=Count("pk")).order_by()
    words = dict(Group.choices)
    gone = sorted(((str(words.get(code, code)), times) for code, times in absent), key=lambda one: (-one[1], one[0]))
    unknown = present.get(Group.UNKNOWN, 0)
    some = unknown > 0 and (unknown < SMALLEST_COUNT or seen["coarse"] > 0)
    return Missing(counted, never, tuple(gone), 0 if some else unknown, some)


def _labels(codes: Iterable[str]) -> list[str]:
    return [str(label) for code, label in Group.choices if code in codes]
