"""The figures of committees for files and programs: as their pages tell them, for many at once."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count

from dialogues.access import INSIDE, SESSIONS
from dialogues.committees import Inclusion, Tally, inclusions, tallies, with_due
from dialogues.models import Committee, SessionState
from dialogues.shares import Share
from orgs.policy import Viewer

_DUE = ("last_held", "next_planned", "next_due", "standing")
_OF_PERSONS = ("held", "vacant", "women", "women_of", "youth", "youth_of", "decisions_open", "decisions_late")
KEYS = ("seats", "meetings_held", *_DUE, *_OF_PERSONS, "women_reach", "youth_reach")
"""``women_reach`` and ``youth_reach``: whether they hold the share of the benchmark."""


def figures(viewer: Viewer, audiences: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """The figures of committees, by primary key, each for the audience that the viewer is to it; six queries.

    Whoever is not inside gets no number of persons and no day: how many seats there are, the meetings whose session
    they may see, and, from five known holders on, whether women and the young hold their share.
    """
    ids = list(audiences)
    due = {row["pk"]: row for row in with_due(Committee.objects.filter(pk__in=ids)).order_by().values("pk", *_DUE)}
    met = SESSIONS.rows(viewer).filter(meeting__committee__in=ids, state=SessionState.HELD).order_by()
    meetings = dict(met.values_list("meeting__committee").annotate(n=Count("pk")))
    counted, tallied = inclusions(ids), tallies(ids)
    found = {}
    for pk, audience in audiences.items():
        told = dict.fromkeys(KEYS) | {"seats": counted[pk].seats, "meetings_held": meetings.get(pk, 0)}
        if audience in INSIDE:
            told |= _inside(counted[pk], tallied[pk]) | {name: due[pk][name] for name in _DUE}
        elif counted[pk].may_be_told:
            told |= {"women_reach": counted[pk].women.reaches, "youth_reach": counted[pk].youth.reaches}
        found[pk] = told
    return found


def _inside(counted: Inclusion, tally: Tally) -> dict[str, Any]:
    return {
        "held": counted.filled,
        "vacant": counted.vacant,
        "women": counted.women.part,
        "women_of": counted.women.whole,
        "women_reach": _reach(counted.women),
        "youth": counted.youth.part,
        "youth_of": counted.youth.whole,
        "youth_reach": _reach(counted.youth),
        "decisions_open": tally.open,
        "decisions_late": tally.late,
    }


def _reach(share: Share) -> bool | None:
    return share.reaches if share.whole else None
