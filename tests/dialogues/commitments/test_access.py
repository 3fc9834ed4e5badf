"""Who sees which commitment, as whom, and what of it. Every result was typed by hand."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from dialogues.access import COMMITMENTS, seen_one_by_one
from dialogues.disclosed_commitments import COMMITMENT, FOLLOW_UP
from dialogues.models import Commitment, FollowUp
from orgs.access import ANYONE, viewer_for
from orgs.disclosure import Table, Treatment
from orgs.listing import columns_for
from orgs.models import Organisation, OrganisationKind, Role, Tlp, User
from orgs.policy import Policy, Viewer, _holds
from tests.dialogues.commitments.made import keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, area, country, person
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db

# Who: at home (Koro), away (Gao), of the owner, of an organisation in the room, of the one that held the session.
TABLE = """
who                 GREEN        AMBER        STRICT       RED
anyone              -            -            -            -
reporter            network      -            -            -
editor              network      -            -            -
monitor             network      -            -            -
facilitator         network      -            -            -
liaison             -            -            -            -
coordinator         coordinator  coordinator  coordinator  coordinator
analyst             analyst      analyst      analyst      analyst
oversight           -            -            -            -
administrator       -            -            -            -
operator            -            -            -            -
reporter-away       -            -            -            -
facilitator-away    -            -            -            -
coordinator-away    -            -            -            -
analyst-away        -            -            -            -
liaison-owner       owner        owner        owner        -
facilitator-owner   owner        owner        owner        -
reporter-owner      owner        owner        owner        -
administrator-owner -            -            -            -
operator-owner      -            -            -            -
liaison-room        room         room         room         -
reporter-room       room         room         room         -
facilitator-held    team         team         team         team
editor-held         team         team         team         team
monitor-held        room         room         room         -
"""


def test_who_sees_a_promise_made_in_a_session() -> None:
    owner, room, holder = (OrganisationFactory.create() for _n in range(3))
    bodies = {"owner": owner, "room": room, "held": holder}
    made = []
    for tlp in (Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED):
        place = session(by=keeper(), tlp=tlp, present=(room.pk,), led_by=holder.pk)
        made.append(promised(place=place, body=owner))
    for line in TABLE.strip().splitlines()[1:]:
        name, *expected = line.split()
        who = viewer_for(_person(name, bodies))
        got = [COMMITMENTS.audience(who, one) or "-" for one in made]
        assert got == expected, name


def test_what_was_promised_in_a_red_session_stays_with_those_who_hold_it() -> None:
    """Who convenes the process sees neither the session nor what was promised in it; of the process itself they do."""
    convener, holder = OrganisationFactory.create(), OrganisationFactory.create()
    process = ProcessFactory.create(conveners=[convener], tlp=Tlp.RED)
    red = promised(place=session(by=keeper(), tlp=Tlp.RED, led_by=holder.pk, process=str(process.uid)))
    strict = promised(place=session(by=keeper(), tlp=Tlp.AMBER_STRICT, led_by=holder.pk, process=str(process.uid)))
    own = promised(place=process)
    who = viewer_for(person(Role.FACILITATOR, "Gao", organisation=convener))
    assert [COMMITMENTS.audience(who, one) for one in (red, strict, own)] == [None, "team", "team"]
    assert set(COMMITMENTS.rows(who)) == {strict, own}
    assert COMMITMENTS.audience(viewer_for(person(Role.FACILITATOR, organisation=holder)), red) == "team"


def _person(name: str, bodies: dict[str, Organisation]) -> User | None:
    if name == "anyone":
        return None
    role, _dash, side = name.partition("-")
    if side in bodies:
        return person(role, "Gao", organisation=bodies[side])
    return person(role, "Gao" if side == "away" else "Koro")


def test_everybody_reads_what_was_agreed_to_be_public_and_no_more_of_it() -> None:
    made = promised(agreed_public_on=today(), evidence="Le poste est ouvert")
    assert COMMITMENTS.audience(ANYONE, made) == "public"
    shown = COMMITMENT.show(made, "public")
    hidden = ("evidence", "session_id", "process_id", "commune", "tlp", "agreed_public_on", "version")
    assert [name for name in hidden if shown[name] is not None] == []
    assert shown["what"] == made.what
    Commitment.objects.update(tlp=Tlp.AMBER)
    made.refresh_from_db()
    assert COMMITMENTS.audience(ANYONE, made) is None


def test_a_session_that_is_marked_more_closely_is_closed_at_once_even_where_the_copy_is_old() -> None:
    made = promised()
    reporter = viewer_for(person(Role.REPORTER, "Koro"))
    assert COMMITMENTS.sees(reporter, made)
    assert made.session is not None
    type(made.session).objects.update(tlp=Tlp.AMBER)
    made = Commitment.objects.get(pk=made.pk)
    assert not COMMITMENTS.sees(reporter, made)
    assert not COMMITMENTS.rows(reporter).exists()


@pytest.fixture
def people() -> list[User]:
    body, room = OrganisationFactory.create(kind=OrganisationKind.SECURITY), OrganisationFactory.create()
    made = [person(role, "Koro") for role in Role.values]
    made += [person(role, "Gao") for role in (Role.COORDINATOR, Role.REPORTER, Role.ANALYST)]
    made += [person(role, "Gao", organisation=body) for role in (Role.LIAISON, Role.EDITOR, Role.ADMINISTRATOR)]
    made += [person(role, "Gao", organisation=room) for role in (Role.LIAISON, Role.FACILITATOR, Role.MONITOR)]
    made += [person(Role.COORDINATOR, country()), person(Role.FACILITATOR, "Koro", is_active=False)]
    who = keeper()
    actor = ActorFactory.create(organisation=body)
    owners: tuple[dict[str, Any], ...] = ({"body": body}, {"actor": actor}, {"person": somebody()}, {})
    abroad = {"country": "MR", "area": "", "place_text": "Camp de Mbera"}
    for (tlp, where), owner in itertools.product(itertools.product(Tlp.values, ({}, abroad)), owners):
        promised(by=who, place=session(by=who, tlp=tlp, present=(room.pk,), **where), **owner)
        promised(by=who, place=session(by=who, tlp=tlp, led_by=room.pk, **where), **owner)
    for tlp, at in itertools.product(Tlp.values, ("Koro", None)):
        promised(by=who, place=ProcessFactory.create(tlp=tlp, at=at, conveners=[room]))
        promised(by=who, place=ProcessFactory.create(tlp=tlp, at=at))
    promised(by=who, agreed_public_on=today())
    _out_of_step(who, body, room)
    return made


def _out_of_step(who: Viewer, body: Organisation, room: Organisation) -> None:
    """Rows whose marking is not that of their session, and sessions that lie elsewhere than their process or are held
    by others than it."""
    closer = promised(by=who, place=session(by=who, tlp=Tlp.AMBER, present=(room.pk,)))
    Commitment.objects.filter(pk=closer.pk).update(tlp=Tlp.RED)
    closed = promised(by=who, place=session(by=who))
    Commitment.objects.filter(pk=closed.pk).update(tlp=Tlp.AMBER)
    around = ProcessFactory.create(at="Koro")
    promised(by=who, place=session(by=who, area=area("Gao").pcode, process=str(around.uid)))
    convened = ProcessFactory.create(at=None, conveners=[room])
    for tlp in (Tlp.AMBER_STRICT, Tlp.RED):
        promised(by=who, place=session(by=who, tlp=tlp, area=area("Gao").pcode, process=str(convened.uid)))
    amber = promised(by=who, place=session(by=who), agreed_public_on=today())
    Commitment.objects.filter(pk=amber.pk).update(tlp=Tlp.AMBER)


def _seen(policy: Policy[Any], people: list[User]) -> int:
    seen = 0
    rows = list(policy.model._default_manager.select_related("session", "process", "actor"))
    named = {row.pk: set(policy.people(row).values_list("pk", flat=True)) for row in rows}
    for user in [None, *people]:
        who = viewer_for(user)
        listed = set(policy.rows(who).values_list("pk", flat=True))
        for row in rows:
            may = policy.sees(who, row)
            assert may == (row.pk in listed), (user and user.memberships.all(), row)
            if user is not None and user.is_active:
                assert may == (user.pk in named[row.pk]), (user.memberships.all(), row)
            seen += may
    return seen


def test_the_three_answers_agree_and_pages_ask_each_row_to_the_same_end(people: list[User]) -> None:
    assert _seen(COMMITMENTS, people) > 300
    rows, found = list(Commitment.objects.select_related("session", "process", "actor")), set()
    for who in [viewer_for(user) for user in [None, *people]]:
        seen = {row.pk: audience for row, audience in seen_one_by_one(who, Commitment.objects.all())}
        assert seen == {row.pk: audience for row in rows if (audience := COMMITMENTS.audience(who, row))}
        found |= set(seen.values())
    assert found == {grant.audience for grant in COMMITMENTS.grants}


def test_every_rule_counts(people: list[User]) -> None:
    """Without any one grant, or any one condition of a grant, somebody would see something else."""
    rows = list(Commitment.objects.select_related("session", "process", "actor"))
    viewers = [viewer_for(user) for user in [None, *people]]
    # Asked of the database once; the rules are then put together anew in memory.
    reached = [
        {(place, row.pk) for place, who in enumerate(viewers) for row in rows if replace(grant, when={}).sees(who, row)}
        for grant in COMMITMENTS.grants
    ]

    def answers(whens: list[Any]) -> list[str | None]:
        found: list[str | None] = []
        for place, row in itertools.product(range(len(viewers)), rows):
            rules = zip(COMMITMENTS.grants, whens, reached, strict=True)
            found.append(
                next(
                    (
                        grant.audience
                        for grant, when, pairs in rules
                        if when is not None and (place, row.pk) in pairs and _holds(row, when)
                    ),
                    None,
                )
            )
        return found

    whens: list[Any] = [grant.when for grant in COMMITMENTS.grants]
    every = answers(whens)
    for number, grant in enumerate(COMMITMENTS.grants):
        assert answers([*whens[:number], None, *whens[number + 1 :]]) != every, grant
        for condition in grant.when:
            fewer = {key: one for key, one in grant.when.items() if key != condition}
            assert answers([*whens[:number], fewer, *whens[number + 1 :]]) != every, (grant, condition)


def test_lists_show_what_single_rows_show(people: list[User]) -> None:
    compared = 0
    for user in people:
        who = viewer_for(user)
        rows = COMMITMENTS.rows(who).annotate(**columns_for(COMMITMENTS, COMMITMENT, who))
        for row in rows:
            shown = COMMITMENT.show(row, COMMITMENTS.audience(who, row) or "")
            assert {name: getattr(row, f"shown_{name}") for name in COMMITMENT.cells} == shown
            compared += 1
    assert compared > 300


HIDDEN = {
    "public": "session_id process_id priority_id evidence commune_id commune commune_pcode agreed_public_on tlp "
    "version",
    "network": "evidence agreed_public_on version",
    "analyst": "what evidence commune_id commune commune_pcode agreed_public_on version",
    "room": "agreed_public_on version",
    "owner": "version",
    "team": "",
    "coordinator": "",
}
HIDDEN_OF_NOTES = {
    "public": "at before state words evidence is_correction by_owner by",
    "network": "words evidence by",
    "analyst": "words evidence by",
    "room": "by",
    "owner": "by",
    "team": "",
    "coordinator": "",
}


@pytest.mark.parametrize(
    ("table", "hidden"), [(COMMITMENT, HIDDEN), (FOLLOW_UP, HIDDEN_OF_NOTES)], ids=["one", "notes"]
)
def test_what_each_audience_is_not_shown(table: Table, hidden: dict[str, str]) -> None:
    assert set(table.audiences) == set(hidden)
    for audience, names in hidden.items():
        got = {name for name, cells in table.cells.items() if set(cells[audience].values()) == {Treatment.HIDE}}
        assert got == set(names.split()), audience


def test_the_name_of_a_person_is_in_no_table() -> None:
    promised(person=somebody())
    assert not any("person" in name or "sealed" in name for name in COMMITMENT.cells)
    assert FollowUp.objects.count() == 0
