"""Whom reminders may reach: grants of ``COMMITMENTS`` and ``COMMITTEES``, asked for many rows at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dialogues.access.commitments import ANSWERING_ROLES, OWNER_ROLES, SHARED, owner_organisation
from dialogues.access.committees import holdings_now, kept_seats
from dialogues.access.sessions import RECORDERS, TEAM_ROLES
from dialogues.models import Commitment, Committee, Process, Session
from orgs.models import Level, Membership, Role

People = Mapping[int, set[int]]


def owners_among(commitments: Iterable[Commitment], people: Iterable[int]) -> set[tuple[int, int]]:
    """Which of these people read which of these commitments as their owner’s: pairs of both numbers; one query.

    The grants *owner*, asked for many rows at once. For actors, ``actor`` must be at hand.
    """
    owners = {row.pk: owner_organisation(row) for row in commitments if row.tlp in SHARED}
    posts = Membership.objects.current().filter(
        organisation__in={owner for owner in owners.values() if owner is not None},
        person__in=set(people),
        role__in=OWNER_ROLES,
    )
    belong = set(posts.values_list("organisation_id", "person_id"))
    known = {person for _organisation, person in belong}
    return {(pk, person) for pk, owner in owners.items() for person in known if (owner, person) in belong}


def answering() -> QuerySet[Membership]:
    """The posts of those who are reminded of what their organisation promised."""
    return Membership.objects.current().filter(role__in=ANSWERING_ROLES, person__is_active=True)


def without_owner_here(commitments: Iterable[Commitment]) -> list[Commitment]:
    """Those of which nobody who promised can be written to; one query. For actors, ``actor`` must be at hand."""
    owners = {row: owner_organisation(row) for row in commitments}
    posts = answering().filter(organisation__in={owner for owner in owners.values() if owner is not None})
    here = set(posts.values_list("organisation_id", flat=True))
    return [row for row, owner in owners.items() if owner not in here]


def holders_among(commitments: Iterable[Commitment]) -> People:
    """Who asks the owners that nobody here can write to: by commitment, those who hold what it was promised in.

    Grants *team*: those who led the session; where nobody of them is left the people of the process’s conveners, and
    else whoever wrote it down. Three queries for any number; ``session`` and ``process`` must be at hand.
    """
    rows = [row for row in commitments if row.tlp in SHARED]
    if not rows:
        return {}
    leading, convening = _facilitators(rows), _conveners(rows)
    writers = {row.pk: _writers(row) for row in rows}
    led_by: Mapping[int, set[int | None]] = {
        row.pk: {row.session.led_by_id} if row.session is not None else set() for row in rows
    }
    by_body, recording = _posts_of(
        set[int | None]().union(*led_by.values(), *convening.values()),
        set[int]().union(*leading.values(), *writers.values()),
    )

    def of_bodies(bodies: Iterable[int | None]) -> set[int]:
        return set().union(*(by_body[body] for body in bodies))

    return {
        row.pk: of_bodies(led_by[row.pk]) | leading[row.session_id] & recording
        or of_bodies(convening[row.process_id])
        or writers[row.pk] & recording
        for row in rows
    }


def _facilitators(rows: Sequence[Commitment]) -> Mapping[int | None, set[int]]:
    named: dict[int | None, set[int]] = defaultdict(set)
    pairs = Session.facilitators.through._default_manager.filter(session__in={row.session_id for row in rows})
    for session, person in pairs.values_list("session_id", "user_id"):
        named[session].add(person)
    return named


def _conveners(rows: Sequence[Commitment]) -> Mapping[int | None, set[int]]:
    convening: dict[int | None, set[int]] = defaultdict(set)
    pairs = Process.conveners.through._default_manager.filter(process__in={row.process_id for row in rows})
    for process, body in pairs.values_list("process_id", "organisation_id"):
        convening[process].add(body)
    return convening


def _writers(row: Commitment) -> set[int]:
    session = row.session.recorded_by_id if row.session is not None else None
    process = row.process.created_by_id if row.process is not None else None
    return {person for person in (session or process,) if person is not None}


def _posts_of(bodies: set[int | None], people: set[int]) -> tuple[Mapping[int | None, set[int]], set[int]]:
    """Who holds sessions for which of these organisations, and which of these people still record; one query."""
    posts = Membership.objects.current().filter(
        Q(organisation__in=bodies - {None}, role__in=TEAM_ROLES) | Q(person__in=people, role__in=RECORDERS),
        person__is_active=True,
    )
    by_body: dict[int | None, set[int]] = defaultdict(set)
    recording: set[int] = set()
    for body, person, role in posts.values_list("organisation_id", "person_id", "role"):
        recording.add(person)
        if role in TEAM_ROLES and body is not None:
            by_body[body].add(person)
    return by_body, recording


@dataclass(frozen=True)
class Keepers:
    """Who keeps committees: by committee, the people with the grant *team*, and those with *coordinator*."""

    team: People
    coordinators: People

    def keeps(self, committee: Committee, person_id: int) -> bool:
        """Whether this person keeps this committee."""
        return person_id in self.team[committee.pk] or person_id in self.coordinators[committee.pk]

    def to_remind(self, committee: Committee) -> set[int]:
        """Those who are told what a committee still has to do: its team, and the coordinator who holds its process.

        Where there is none of them, every coordinator of its area: not otherwise, they see it on their pages.
        """
        began = committee.process.created_by_id if committee.process is not None else None
        holders = {began} & self.coordinators[committee.pk] if began is not None else set()
        return self.team[committee.pk] | holders or self.coordinators[committee.pk]


def committees_kept(committees: Iterable[Committee]) -> Keepers:
    """Who keeps these committees; five queries for any number."""
    rows = list(committees)
    return Keepers(_team(rows), _coordinators(rows))


def _team(rows: Sequence[Committee]) -> People:
    seats = kept_seats().filter(committee__in=rows).values_list("committee_id", "organisation_id")
    held = holdings_now().filter(seat__committee__in=rows).values_list("seat__committee_id", "organisation_id")
    bodies = {(committee, body) for committee, body in (*seats, *held) if body is not None}
    members: dict[int, set[int]] = defaultdict(set)
    posts = Membership.objects.current().filter(organisation__in={body for _pk, body in bodies}, role__in=TEAM_ROLES)
    for body, person in posts.values_list("organisation_id", "person_id"):
        members[body].add(person)
    team: dict[int, set[int]] = {row.pk: set() for row in rows}
    for committee, body in bodies:
        team[committee] |= members[body]
    makers = {row.made_by_id for row in rows} - {None}
    recording = Membership.objects.current().filter(person__in=makers, role__in=RECORDERS)
    still = set(recording.values_list("person_id", flat=True))
    for row in rows:
        if row.made_by_id in still:
            team[row.pk].add(row.made_by_id)
    return team


def _coordinators(rows: Sequence[Committee]) -> People:
    posts = Membership.objects.current().filter(role=Role.COORDINATOR)
    by_area: dict[int | None, set[int]] = defaultdict(set)
    everywhere: set[int] = set()
    all_of_them: set[int] = set()
    for person, area, level in posts.values_list("person_id", "areas", "areas__level"):
        all_of_them.add(person)
        by_area[area].add(person)
        if level == Level.COUNTRY:
            everywhere.add(person)
    return {
        row.pk: everywhere.union(
            *(by_area[area] for area in (row.region_id, row.cercle_id, row.commune_id) if area is not None)
        )
        if row.region_id is not None
        else all_of_them
        for row in rows
    }
