"""What the pages of duty rosters show: who is on duty now and in the next days, and when nobody is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.access.choice import ROSTERS, organisations_with_rosters_of
from incidents.models import DutyReplacement, DutyRoster, DutyShift
from incidents.services import duty
from incidents.services.duty import Gap, Turn
from orgs.access import ORGANISATIONS
from orgs.models import Membership, Organisation, Role
from orgs.policy import Viewer

DAYS_SHOWN = 7
MOST_GAPS = 10


@dataclass(frozen=True)
class Local:
    """A stretch of time by the roster's own clock."""

    starts: datetime
    ends: datetime

    @property
    def one_day(self) -> bool:
        """Whether it ends on the day on which it begins."""
        return self.starts.date() == self.ends.date()


@dataclass(frozen=True)
class TurnShown:
    """One turn, by the roster's own clock."""

    turn: Turn
    when: Local
    is_now: bool


@dataclass
class RosterShown:
    """A roster with who is on duty now and next, and its gaps."""

    roster: DutyRoster
    now: list[TurnShown] = field(default_factory=list)
    days: list[tuple[date, list[TurnShown]]] = field(default_factory=list)
    gaps: list[Local] = field(default_factory=list)
    more_gaps: int = 0


def rosters_seen_by(viewer: Viewer) -> QuerySet[DutyRoster]:
    """The rosters of the viewer's own service or organisation, and of the areas that they coordinate."""
    rows = ROSTERS.rows_as(viewer, "keeper", "coordinator").filter(deleted_at=None)
    return (
        rows.select_related("organisation")
        .prefetch_related("areas", "types")
        .order_by("organisation__name", "name", "pk")
    )


def roster_seen_by(viewer: Viewer, number: int, *, deleted_too: bool = False) -> DutyRoster | None:
    """One of them; with ``deleted_too`` also one that was deleted, to take that back."""
    rows = ROSTERS.rows_as(viewer, "keeper", "coordinator").filter(pk=number)
    rows = rows if deleted_too else rows.filter(deleted_at=None)
    return rows.select_related("organisation").prefetch_related("areas", "types").first()


def with_turns(rosters: Sequence[DutyRoster], *, at: datetime | None = None) -> list[RosterShown]:
    """Rosters with the turns and gaps of the next days; the queries do not grow with the rosters."""
    since = at or timezone.now()
    until = since + timedelta(days=DAYS_SHOWN)
    turns = duty.turns_of(rosters, since, until)
    return [_shown(roster, turns.get(roster.pk, []), since, until) for roster in rosters]


def _shown(roster: DutyRoster, turns: Sequence[Turn], since: datetime, until: datetime) -> RosterShown:
    zone = ZoneInfo(roster.time_zone)
    shown = [TurnShown(turn, _local(turn, zone), turn.starts <= since < turn.ends) for turn in turns]
    days: dict[date, list[TurnShown]] = {}
    for one in shown:
        days.setdefault(one.when.starts.date(), []).append(one)
    gaps = [_local(gap, zone) for gap in duty.gaps_in(turns, since, until)]
    return RosterShown(
        roster=roster,
        now=[one for one in shown if one.is_now],
        days=sorted(days.items()),
        gaps=gaps[:MOST_GAPS],
        more_gaps=max(0, len(gaps) - MOST_GAPS),
    )


def _local(stretch: Turn | Gap, zone: ZoneInfo) -> Local:
    return Local(stretch.starts.astimezone(zone), stretch.ends.astimezone(zone))


def shifts_of(roster: DutyRoster) -> list[list[DutyShift]]:
    """Every shift of a roster, those of one person and the same hours together; weekly ones in the order of days."""
    together: dict[tuple[object, ...], list[DutyShift]] = {}
    for shift in roster.shifts.select_related("person").order_by("weekday", "on_date", "pk"):
        key = (shift.person_id, shift.from_time, shift.to_time, shift.first_day, shift.last_day, shift.on_date is None)
        together.setdefault(key, []).append(shift)
    return sorted(together.values(), key=lambda group: (group[0].from_time, group[0].person.name, group[0].pk))


def shift_of(roster: DutyRoster, number: int) -> DutyShift | None:
    """One shift of a roster."""
    return roster.shifts.select_related("roster").filter(pk=number).first()


def replacement_of(roster: DutyRoster, number: int) -> DutyReplacement | None:
    """One replacement of a roster."""
    return DutyReplacement.objects.select_related("shift__roster").filter(pk=number, shift__roster=roster).first()


def organisations_for(viewer: Viewer) -> QuerySet[Organisation]:
    """For whom the viewer may begin a roster: their own; a coordinator for services with liaisons that they see."""
    own = Q(pk__in=organisations_with_rosters_of(viewer))
    if Role.COORDINATOR in viewer.roles:
        liaisons = Membership.objects.current().filter(role=Role.LIAISON)
        own |= Q(pk__in=ORGANISATIONS.rows(viewer).order_by().values("pk")) & Q(pk__in=liaisons.values("organisation"))
    return Organisation.objects.filter(own).order_by("name")
