"""Who is on duty: as SQL for the choice of people, and as turns and gaps for the page. Both read the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from incidents.models import DutyReplacement, DutyRoster, Incident
from orgs.models import User

# A shift that ends before it begins ends on the next day; one that ends when it begins lasts a day.
_LENGTH = "CASE WHEN shift.to_time <= shift.from_time THEN interval '1 day' ELSE interval '0' END"
_ON_THIS_DAY = """(shift.on_date = begun.day
        OR (shift.weekday = extract(isodow FROM begun.day)::smallint
            AND (shift.first_day IS NULL OR shift.first_day <= begun.day)
            AND (shift.last_day IS NULL OR shift.last_day >= begun.day)))"""

_ON_DUTY = f"""
    SELECT DISTINCT ON (turn.person_id) turn.person_id, turn.roster_id
      FROM (SELECT coalesce(instead.person_id, shift.person_id) AS person_id, roster.id AS roster_id,
                   roster.organisation_id
              FROM incidents_dutyroster AS roster
              JOIN incidents_dutyshift AS shift ON shift.roster_id = roster.id
             CROSS JOIN LATERAL (SELECT %s::timestamptz AT TIME ZONE roster.time_zone AS now) AS here
             CROSS JOIN LATERAL (VALUES (here.now::date), (here.now::date - 1)) AS begun (day)
              LEFT JOIN LATERAL (
                    SELECT person_id FROM incidents_dutyreplacement AS other
                     WHERE other.shift_id = shift.id AND other.on_date = begun.day
                       AND (other.starts_at IS NULL OR other.starts_at <= %s)
                     ORDER BY other.starts_at DESC NULLS LAST LIMIT 1) AS instead ON true
             CROSS JOIN (SELECT region_id, cercle_id, commune_id, type_id FROM incidents_incident WHERE id = %s) AS what
             WHERE roster.deleted_at IS NULL
               AND {_ON_THIS_DAY}
               AND here.now >= begun.day + shift.from_time
               AND here.now < begun.day + shift.to_time + {_LENGTH}
               AND EXISTS (SELECT 1 FROM incidents_dutyroster_areas AS held
                             JOIN orgs_area AS area ON area.id = held.area_id
                            WHERE held.dutyroster_id = roster.id
                              AND (area.level = 'country'
                                   OR area.id IN (what.region_id, what.cercle_id, what.commune_id)))
               AND (NOT EXISTS (SELECT 1 FROM incidents_dutyroster_types AS of_type
                                 WHERE of_type.dutyroster_id = roster.id)
                    OR EXISTS (SELECT 1 FROM incidents_dutyroster_types AS of_type
                                WHERE of_type.dutyroster_id = roster.id
                                  AND of_type.incidenttype_id = what.type_id))) AS turn
     WHERE EXISTS (SELECT 1 FROM orgs_membership AS post
                    WHERE post.person_id = turn.person_id AND post.organisation_id = turn.organisation_id
                      AND post.starts_at <= statement_timestamp()
       AND (post.ends_at IS NULL OR post.ends_at > statement_timestamp()))
     ORDER BY turn.person_id, turn.roster_id"""  # noqa: S608 (our own words only)


def on_duty(incident: Incident, at: datetime) -> tuple[str, list[Any]]:
    """Everybody who is on duty for this incident at a moment: ``(person_id, roster_id)``.

    Whoever has left the organisation is on no duty of it, whatever the roster says.
    """
    return _ON_DUTY, [at, at, incident.pk]


_TURNS = f"""
    SELECT shift.id, shift.roster_id, begun.day, shift.person_id,
           (begun.day + shift.from_time) AT TIME ZONE roster.time_zone,
           (begun.day + shift.to_time + {_LENGTH}) AT TIME ZONE roster.time_zone
      FROM incidents_dutyshift AS shift
      JOIN incidents_dutyroster AS roster ON roster.id = shift.roster_id
     CROSS JOIN generate_series(%s::date, %s::date, interval '1 day') AS series (at)
     CROSS JOIN LATERAL (SELECT series.at::date AS day) AS begun
     WHERE roster.id = ANY (%s) AND {_ON_THIS_DAY}
     ORDER BY 5, 1"""  # noqa: S608 (our own words only)


@dataclass(frozen=True)
class Turn:
    """One person on duty from then till then; ``instead_of`` whom the roster names."""

    roster_id: int
    shift_id: int
    on_date: date
    person: User
    starts: datetime
    ends: datetime
    instead_of: User | None = None
    replacement_id: int | None = None


@dataclass(frozen=True)
class Gap:
    """A time at which nobody is on duty."""

    starts: datetime
    ends: datetime


def turns_of(rosters: Iterable[DutyRoster], since: datetime, until: datetime) -> dict[int, list[Turn]]:
    """The turns of rosters between two moments, each roster's in order; three queries for any number of them."""
    by_key = {roster.pk: roster for roster in rosters}
    if not by_key:
        return {}
    first, last = (since - timedelta(days=2)).date(), (until + timedelta(days=1)).date()
    with connection.cursor() as cursor:
        cursor.execute(_TURNS, [first, last, list(by_key)])
        rows = [_Row(*row) for row in cursor.fetchall()]
    found = [row for row in rows if row.ends > since and row.starts < until]
    replaced = _replacements({row.shift for row in found}, first, last)
    people = _people([row.person for row in found], replaced)
    turns: dict[int, list[Turn]] = {key: [] for key in by_key}
    for row in found:
        parts = _parts(row, replaced.get((row.shift, row.day), []), people)
        turns[row.roster] += [turn for turn in parts if turn.ends > since and turn.starts < until]
    return {key: sorted(kept, key=lambda turn: (turn.starts, turn.shift_id)) for key, kept in turns.items()}


class _Row(NamedTuple):
    """A shift on one day, as the roster has it."""

    shift: int
    roster: int
    day: date
    person: int
    starts: datetime
    ends: datetime


Replaced = dict[tuple[int, date], list[DutyReplacement]]


def _replacements(shifts: set[int], first: date, last: date) -> Replaced:
    rows = DutyReplacement.objects.filter(shift__in=shifts, on_date__range=(first, last))
    found: Replaced = {}
    for row in rows.order_by("starts_at", "id"):
        found.setdefault((row.shift_id, row.on_date), []).append(row)
    return found


def _people(named: Sequence[int], replaced: Replaced) -> dict[int, User]:
    ids = {*named, *(row.person_id for rows in replaced.values() for row in rows)}
    return {person.pk: person for person in User.objects.filter(pk__in=ids)}


def _parts(row: _Row, replaced: list[DutyReplacement], people: dict[int, User]) -> list[Turn]:
    """A shift of one day in the parts that its replacements make of it."""
    whole = next((one for one in replaced if one.starts_at is None), None)
    steps = [(row.starts, whole.person_id if whole else row.person, whole)]
    steps += [(one.starts_at, one.person_id, one) for one in replaced if one.starts_at and one.starts_at < row.ends]
    made = []
    for place, (begins, who, by) in enumerate(steps):
        since = max(begins, row.starts)
        until = steps[place + 1][0] if place + 1 < len(steps) else row.ends
        if until > since:
            instead = people[row.person] if who != row.person else None
            made.append(Turn(row.roster, row.shift, row.day, people[who], since, until, instead, by.pk if by else None))
    return made


def gaps_in(turns: Sequence[Turn], since: datetime, until: datetime) -> list[Gap]:
    """When nobody is on duty between two moments."""
    gaps, covered = [], since
    for turn in sorted(turns, key=lambda one: one.starts):
        if turn.starts > covered:
            gaps.append(Gap(covered, min(turn.starts, until)))
        covered = max(covered, turn.ends)
        if covered >= until:
            return gaps
    return [*gaps, Gap(covered, until)]


def local_day(roster: DutyRoster, at: datetime) -> date:
    """The day by the roster's own clock."""
    return at.astimezone(ZoneInfo(roster.time_zone)).date()
