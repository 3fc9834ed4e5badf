"""Processes and sessions: the three answers of a rule agree for everybody; Python and SQL show the same."""

import itertools
from typing import Any

import pytest

from dialogues.access import PROCESSES, SESSIONS
from dialogues.disclosure import PROCESS, SESSION
from dialogues.models import Process, Session, SessionState
from orgs.access import ANYONE, viewer_for
from orgs.disclosure import Table
from orgs.listing import columns_for
from orgs.models import Level, Organisation, Role, Tlp, User
from orgs.policy import Policy, Viewer
from tests.factories import MembershipFactory, OrganisationFactory, area, columns_of, country, person, viewer
from tests.factories_dialogues import ProcessFactory, said, session

pytestmark = pytest.mark.django_db

ABROAD = {"country": "MR", "area": "", "place_text": "Camp de Mbera"}


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(areas=["Koro"])


@pytest.fixture
def people(body: Organisation) -> list[User]:
    """Everybody in every role at home, away, of the organisation that holds it, and one who lost their role."""
    made = [person(role, "Koro") for role in Role.values]
    made += [person(role, "Gao") for role in Role.values]
    made += [person(role, "Gao", organisation=body) for role in Role.values]
    made += [person(Role.COORDINATOR, country()), person(Role.MONITOR, area("Bandiagara", Level.REGION))]
    both = person(Role.COORDINATOR, "Gao")
    MembershipFactory.create(person=both, role=Role.REPORTER, areas=["Koro"])
    return [*made, both, person(Role.FACILITATOR, "Koro", is_active=False)]


@pytest.fixture
def sessions(body: Organisation, people: list[User]) -> list[Session]:
    keeper = viewer(Role.COORDINATOR, country())
    made = []
    places: tuple[dict[str, Any], ...] = ({}, {"area": area("Gao").pcode}, ABROAD)
    for tlp, where in itertools.product(Tlp.values, places):
        made.append(session(by=keeper, tlp=tlp, **where))
        made.append(session(by=keeper, tlp=tlp, present=(body.pk,), **where))
        made.append(session(by=keeper, tlp=tlp, state=SessionState.PLANNED, led_by=body.pk, **where))
    former = person(Role.FACILITATOR, "Koro")
    own = session(by=viewer_for(former), tlp=Tlp.RED)
    former.memberships.update(role=Role.REPORTER)
    people.append(former)
    Session.objects.filter(pk=own.pk).update(**columns_of("Gao"))
    led = session(by=keeper, tlp=Tlp.RED)
    led.facilitators.set([people[0], people[3]])
    return [*made, own, led]


@pytest.fixture
def processes(body: Organisation) -> list[Process]:
    made = []
    for tlp, where in itertools.product(Tlp.values, ("Koro", "Gao", None)):
        made.append(ProcessFactory.create(tlp=tlp, at=where))
        process = ProcessFactory.create(tlp=tlp, at=where, conveners=[body])
        made.append(process)
    made[0].partners.add(body)
    made[2].steering.add(body)
    return made


def _agree(policy: Policy[Any], people: list[User]) -> int:
    seen = 0
    for user in [None, *people]:
        who = ANYONE if user is None else viewer_for(user)
        listed = set(policy.rows(who).values_list("pk", flat=True))
        for row in policy.model._default_manager.all():
            may = policy.sees(who, row)
            assert may == (row.pk in listed), (user and user.memberships.all(), row)
            if user is not None and user.is_active:
                assert may == policy.people(row).filter(pk=user.pk).exists(), (user.memberships.all(), row)
            seen += may
    return seen


def _same_in_sql(policy: Policy[Any], table: Table, who: Viewer) -> int:
    rows = policy.rows(who).annotate(**columns_for(policy, table, who))
    for row in rows:
        shown = table.show(row, policy.audience(who, row) or "")
        assert {name: getattr(row, f"shown_{name}") for name in table.cells} == shown
    return len(rows)


def test_sessions(sessions: list[Session], people: list[User]) -> None:
    assert _agree(SESSIONS, people) > 400


def test_processes(processes: list[Process], people: list[User]) -> None:
    assert _agree(PROCESSES, people) > 300


def test_lists_show_what_single_rows_show(
    sessions: list[Session], processes: list[Process], people: list[User]
) -> None:
    compared = 0
    for user in people:
        compared += _same_in_sql(SESSIONS, SESSION, viewer_for(user))
        compared += _same_in_sql(PROCESSES, PROCESS, viewer_for(user))
    assert compared > 700


def test_the_room_reads_what_was_agreed_and_not_what_was_said(body: Organisation) -> None:
    made = session(present=(body.pk,), tlp=Tlp.AMBER, minutes="Secret", agenda="Le puits", people=12)
    officer = viewer(Role.LIAISON, "Gao", organisation=body)
    assert SESSIONS.audience(officer, made) == "room"
    shown = SESSION.show(made, "room")
    assert shown["agenda"] == "Le puits"
    assert shown["minutes"] is None


def test_the_liaison_who_was_not_there_sees_nothing_of_it() -> None:
    made = session(tlp=Tlp.GREEN)
    assert SESSIONS.audience(viewer(Role.LIAISON, "Koro"), made) is None


def test_small_numbers_of_women_leave_only_for_those_who_held_it() -> None:
    from dialogues.said import Counted

    lines = (Counted("f", "15-35", "women", 2), Counted("m", "15-35", "herders", 10))
    made = session(attendance=lines, absent=("forces",), invited=("forces", "women"))
    assert SESSION.show(made, "network")["women"] is None
    assert SESSION.show(made, "coordinator")["women"] == 2
    assert said(attendance=lines).people == SESSION.show(made, "network")["people"]
