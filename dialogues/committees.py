"""What the pages of committees read: whether a meeting is due, who sits there, what was decided.

Whether a meeting is due and what was decided is for those inside. Others learn that there is such a committee, for
whom its seats are, and whether women and the young hold enough of them: no numbers, a seat is one person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from dialogues.access import COMMITTEES, INSIDE, KEEPERS_OF_COMMITTEES, SESSIONS, may_begin_committee
from dialogues.agreements import names_of
from dialogues.disclosed_agreements import DECISION, FOLLOW_UP, HOLDING, SEAT
from dialogues.disclosure import SESSION
from dialogues.models import (
    AgeBand,
    Committee,
    CommitteeState,
    Decision,
    DecisionFollowUp,
    DecisionState,
    Group,
    HolderName,
    Holding,
    Meeting,
    Seat,
    Session,
    SessionKind,
    SessionState,
    Sex,
)
from dialogues.shares import FEWEST, Share
from orgs.listing import columns_for
from orgs.policy import Viewer
from orgs.providers import Waits

MOST_MEETINGS = 24
MOST_DECISIONS = 200
OVERDUE, PLANNED, DUE = "overdue", "planned", "due"


class MonthsLater(Func):
    """A day so many months later, as the calendar counts them: 31 January and one month is 28 February."""

    template = "(%(expressions)s)::date"
    arg_joiner = " + "
    output_field = DateField()

    def __init__(self, day: Any, months: Any) -> None:
        super().__init__(day, Func(months, template="make_interval(months => %(expressions)s::int)"))


def with_due(rows: QuerySet[Committee]) -> Any:
    """With ``last_held``, ``next_planned``, ``next_due`` and ``standing`` (overdue, planned, due, or nothing)."""
    today = timezone.localdate()
    meetings = Session.objects.filter(meeting__committee=OuterRef("pk")).order_by().values("meeting__committee")
    last = meetings.filter(state=SessionState.HELD).annotate(day=Max("held_on")).values("day")
    ahead = meetings.filter(state=SessionState.PLANNED, held_on__gte=today).annotate(day=Min("held_on")).values("day")
    return rows.annotate(
        last_held=Subquery(last, output_field=DateField()),
        next_planned=Subquery(ahead, output_field=DateField()),
    ).annotate(
        next_due=MonthsLater(Coalesce("last_held", "created_on"), F("meets_every"))
    ).annotate(
        standing=Case(
            When(~Q(state=CommitteeState.ACTIVE), then=Value("")),
            When(next_planned__isnull=False, then=Value(PLANNED)),
            When(next_due__lt=today, then=Value(OVERDUE)),
            default=Value(DUE),
            output_field=CharField(),
        )
    )  # fmt: skip


def overdue(viewer: Viewer) -> Any:
    """Of the committees whose meetings this viewer may know of, those that should have met and plan no meeting."""
    return with_due(COMMITTEES.rows_as(viewer, *INSIDE)).filter(standing=OVERDUE)


def committees_waiting(viewer: Viewer) -> list[Waits]:
    """For the home page: the committees that this viewer keeps and that should have met."""
    if not may_begin_committee(viewer):
        return []
    rows = with_due(COMMITTEES.rows_as(viewer, *KEEPERS_OF_COMMITTEES).filter(state=CommitteeState.ACTIVE))
    return [Waits("dialogues", rows.filter(standing=OVERDUE), _overdue_words, reverse("committees"))]


def _overdue_words(count: int) -> str:
    return ngettext("committee should have met", "committees should have met", count)


# --- Seats -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Inclusion:
    """Who sits in a committee today."""

    seats: int
    filled: int
    women: Share
    youth: Share

    @property
    def vacant(self) -> int:
        """Seats that nobody holds."""
        return self.seats - self.filled

    @property
    def may_be_told(self) -> bool:
        """Whether it may be said outside that the benchmark is reached or not."""
        return min(self.women.whole, self.youth.whole) >= FEWEST


def _in_force(today: date) -> Q:
    return Q(ended_on__isnull=True) | Q(ended_on__gt=today)


def _held(today: date) -> Q:
    return Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gt=today))


def inclusion_of(committee: Committee, today: date | None = None) -> Inclusion:
    """Who sits in one committee; two queries."""
    return inclusions([committee.pk], today)[committee.pk]


def inclusions(committees: Iterable[int], today: date | None = None) -> dict[int, Inclusion]:
    """The same of several, counted from the seats and those who hold them; two queries."""
    ids, day = list(committees), today or timezone.localdate()
    seats = Seat.objects.filter(_in_force(day), committee__in=ids)
    counted = Counter(seats.values_list("committee", flat=True))
    held: dict[int, list[tuple[str, str]]] = {pk: [] for pk in ids}
    holdings = Holding.objects.filter(_held(day), seat__in=seats)
    for committee, sex, age in holdings.values_list("seat__committee", "sex", "age_band"):
        held[committee].append((sex, age))
    return {pk: _inclusion(counted[pk], held[pk]) for pk in ids}


def _inclusion(seats: int, held: list[tuple[str, str]]) -> Inclusion:
    sexes, ages = Counter(sex for sex, _age in held), Counter(age for _sex, age in held)
    return Inclusion(
        seats=seats,
        filled=len(held),
        women=Share(sexes[Sex.WOMEN], len(held) - sexes[Sex.UNKNOWN]),
        youth=Share(ages[AgeBand.YOUTH], len(held) - ages[AgeBand.UNKNOWN]),
    )


def shown_seats(viewer: Viewer, committee: Committee, audience: str) -> list[dict[str, Any]]:
    """The seats in force with those who hold them, as far as this audience reads it; three queries."""
    today = timezone.localdate()
    rows = list(committee.seats.filter(_in_force(today)).order_by("position", "id"))
    held: dict[int, dict[str, Any]] = {}
    if audience in INSIDE:
        holdings = Holding.objects.filter(_held(today), seat__in=rows)
        held = {row.seat_id: HOLDING.show(row, audience) for row in holdings}
    shown = [SEAT.show(row, audience) for row in rows]
    names = names_of(viewer, [one["organisation_id"] for one in (*shown, *held.values())])
    holders = {seat: _holder_in_words(one, names) for seat, one in held.items()}
    return [{**_seat_in_words(one, names), "holder": holders.get(one["id"])} for one in shown]


def ended_with_names(committee: Committee, audience: str) -> list[dict[str, Any]]:
    """Seats that are no more and whose holders' names are still kept: they can be taken back there."""
    ended = committee.seats.exclude(_in_force(timezone.localdate())).filter(holdings__holder_name__isnull=False)
    return [SEAT.show(row, audience) for row in ended.distinct().order_by("position", "id")]


def shown_holdings(viewer: Viewer, seat: Seat, audience: str) -> list[dict[str, Any]]:
    """Who held a seat until now, the last first."""
    holdings = list(seat.holdings.order_by("-since")[:100])
    named = set(HolderName.objects.filter(holding__in=holdings).values_list("holding", flat=True))
    rows = [HOLDING.show(row, audience) for row in holdings]
    names = names_of(viewer, [one["organisation_id"] for one in rows])
    return [{**_holder_in_words(one, names), "has_name": one["id"] in named} for one in rows]


def _seat_in_words(shown: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    return {
        **shown,
        "group_words": Group(shown["group"]).label,
        **_body("organisation", shown["organisation_id"], names),
    }


def _holder_in_words(shown: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    return {
        **shown,
        "sex_words": Sex(shown["sex"]).label,
        "age_words": AgeBand(shown["age_band"]).label,
        **_body("organisation", shown["organisation_id"], names),
    }


def _body(field: str, number: int | None, names: dict[int, str]) -> dict[str, Any]:
    """The name of an organisation; ``is_named`` is false where there is one whose name this viewer may not know."""
    return {field: names.get(number, "") if number is not None else "", "is_named": number is None or number in names}


# --- Meetings ----------------------------------------------------------------------------------------------------


def shown_meetings(viewer: Viewer, committee: Committee) -> list[dict[str, Any]]:
    """The meetings whose session this viewer may see, the latest first."""
    columns = columns_for(SESSIONS, SESSION, viewer, only=("uid", "title", "held_on", "state", "people"))
    rows: Any = SESSIONS.rows(viewer).filter(meeting__committee=committee).annotate(**columns)
    found = rows.order_by("-held_on", "-id").values("meeting", *columns)[:MOST_MEETINGS]
    return [
        {"link": row["meeting"], **{name.removeprefix("shown_"): row[name] for name in columns},
         "state_words": SessionState(row["shown_state"]).label}
        for row in found
    ]  # fmt: skip


def sessions_to_link(viewer: Viewer) -> QuerySet[Session]:
    """Sessions that could be a meeting: of this kind, seen by this viewer, and of no committee yet."""
    rows = SESSIONS.rows(viewer).filter(kind=SessionKind.COMMITTEE, meeting__isnull=True)
    return rows.exclude(state=SessionState.CANCELLED).order_by("-held_on", "-id")


def sessions_of(viewer: Viewer, committee: Committee) -> QuerySet[Session]:
    """The meetings in which something can have been decided."""
    rows = SESSIONS.rows(viewer).filter(meeting__committee=committee, state=SessionState.HELD)
    return rows.order_by("-held_on", "-id")


# --- Decisions ---------------------------------------------------------------------------------------------------


def shown_decisions(viewer: Viewer, committee: Committee, audience: str) -> list[dict[str, Any]]:
    """What was decided with its follow-up: what is open first, by the day it is due. Nothing for those outside."""
    if audience not in INSIDE:
        return []
    is_open = Case(When(state=DecisionState.OPEN, then=Value(0)), default=Value(1))
    rows = list(
        committee.decisions.order_by(is_open, F("due_on").asc(nulls_last=True), "-decided_on", "-id")[:MOST_DECISIONS]
    )
    return _decisions_in_words(viewer, rows, audience)


def decisions_of_session(viewer: Viewer, session: Session, audience: str) -> list[dict[str, Any]]:
    """What was decided at one meeting; nothing for those outside."""
    if audience not in INSIDE:
        return []
    rows = list(Decision.objects.filter(session=session).order_by("-decided_on", "-id")[:MOST_DECISIONS])
    return _decisions_in_words(viewer, rows, audience)


def shown_decision(viewer: Viewer, decision: Decision, audience: str) -> dict[str, Any]:
    """One decision with its follow-up."""
    return _decisions_in_words(viewer, [decision], audience)[0]


def _decisions_in_words(viewer: Viewer, rows: list[Decision], audience: str) -> list[dict[str, Any]]:
    notes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in DecisionFollowUp.objects.filter(decision__in=rows).order_by("written_at", "id"):
        one = FOLLOW_UP.show(row, audience)
        notes[one["decision_id"]].append({**one, "state_words": DecisionState(one["state"]).label})
    shown = [DECISION.show(row, audience) for row in rows]
    names, today = names_of(viewer, [one["owner_id"] for one in shown]), timezone.localdate()
    return [
        {
            **one,
            **_body("owner", one["owner_id"], names),
            "state_words": DecisionState(one["state"]).label,
            "late": one["state"] == DecisionState.OPEN and one["due_on"] is not None and one["due_on"] < today,
            "notes": notes[one["id"]],
        }
        for one in shown
    ]


# --- Rows that hang on a committee, if it may be seen ------------------------------------------------------------


def seat_seen(viewer: Viewer, number: int) -> Seat | None:
    """A seat of a committee that this viewer may see."""
    found: Seat | None = _of_seen(viewer, Seat.objects.all()).filter(pk=number).first()
    return found


def holding_seen(viewer: Viewer, number: int) -> Holding | None:
    """Somebody's holding of a seat in a committee that this viewer may see."""
    rows = Holding.objects.filter(seat__committee__in=COMMITTEES.rows(viewer).values("pk"))
    return rows.select_related("seat__committee").filter(pk=number).first()


def decision_seen(viewer: Viewer, number: int) -> Decision | None:
    """A decision of a committee whose inside this viewer reads."""
    inside = COMMITTEES.rows_as(viewer, *INSIDE).values("pk")
    return Decision.objects.filter(committee__in=inside).select_related("committee").filter(pk=number).first()


def meeting_seen(viewer: Viewer, number: int) -> Meeting | None:
    """A meeting of which this viewer may see both the committee and the session."""
    rows = _of_seen(viewer, Meeting.objects.filter(session__in=SESSIONS.rows(viewer).values("pk")))
    found: Meeting | None = rows.select_related("session").filter(pk=number).first()
    return found


def _of_seen(viewer: Viewer, rows: Any) -> Any:
    return rows.filter(committee__in=COMMITTEES.rows(viewer).values("pk")).select_related("committee")


# --- Lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """Of one committee: its seats, how many nobody holds, decisions that are open and late."""

    seats: int = 0
    vacant: int = 0
    open: int = 0
    late: int = 0


def tallies(committees: Iterable[int]) -> dict[int, Tally]:
    """Those of several committees; two queries."""
    ids, today = list(committees), timezone.localdate()
    seats: Counter[int] = Counter()
    vacant: Counter[int] = Counter()
    holders = Holding.objects.filter(_held(today), seat=OuterRef("pk"))
    rows = Seat.objects.filter(_in_force(today), committee__in=ids).annotate(is_held=Exists(holders))
    for committee, is_held in rows.values_list("committee", "is_held"):
        seats[committee] += 1
        vacant[committee] += not is_held
    opened: Counter[int] = Counter()
    late: Counter[int] = Counter()
    decisions = Decision.objects.filter(committee__in=ids, state=DecisionState.OPEN)
    for committee, due_on in decisions.values_list("committee", "due_on"):
        opened[committee] += 1
        late[committee] += due_on is not None and due_on < today
    return {pk: Tally(seats[pk], vacant[pk], opened[pk], late[pk]) for pk in ids}
