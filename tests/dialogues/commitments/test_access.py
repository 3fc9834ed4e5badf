"""Who sees which commitment, as whom, and what of it. Every result was typed by hand."""

import itertools
from typing import Any

import pytest

from dialogues.access import COMMITMENTS
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.models import Commitment, FollowUp
from orgs.access import ANYONE, viewer_for
from orgs.listing import columns_for
from orgs.models import Organisation, OrganisationKind, Role, Tlp, User
from orgs.policy import Policy
from tests.dialogues.commitments.made import keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, country, person
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
    made = [person(role, where) for role in Role.values for where in ("Koro", "Gao")]
    made += [person(role, "Gao", organisation=one) for role in Role.values for one in (body, room)]
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
    return made


def _seen(policy: Policy[Any], people: list[User]) -> int:
    seen = 0
    rows = list(policy.model._default_manager.all())
    for user in [None, *people]:
        who = viewer_for(user)
        listed = set(policy.rows(who).values_list("pk", flat=True))
        for row in rows:
            may = policy.sees(who, row)
            assert may == (row.pk in listed), (user and user.memberships.all(), row)
            if user is not None and user.is_active:
                assert may == policy.people(row).filter(pk=user.pk).exists(), (user.memberships.all(), row)
            seen += may
    return seen


def test_the_three_answers_agree_and_every_rule_counts(people: list[User]) -> None:
    whole = _seen(COMMITMENTS, people)
    assert whole > 500
    rows = list(Commitment.objects.all())
    viewers = [viewer_for(user) for user in [None, *people]]

    def answers(policy: Policy[Any]) -> list[str | None]:
        return [policy.audience(who, row) for who in viewers for row in rows]

    every = answers(COMMITMENTS)
    for number in range(len(COMMITMENTS.grants)):
        fewer = [grant for place, grant in enumerate(COMMITMENTS.grants) if place != number]
        assert answers(Policy(Commitment, fewer)) != every, COMMITMENTS.grants[number]


def test_lists_show_what_single_rows_show(people: list[User]) -> None:
    compared = 0
    for user in people:
        who = viewer_for(user)
        rows = COMMITMENTS.rows(who).annotate(**columns_for(COMMITMENTS, COMMITMENT, who))
        for row in rows:
            shown = COMMITMENT.show(row, COMMITMENTS.audience(who, row) or "")
            assert {name: getattr(row, f"shown_{name}") for name in COMMITMENT.cells} == shown
            compared += 1
    assert compared > 500


def test_the_name_of_a_person_is_in_no_table() -> None:
    promised(person=somebody())
    assert not any("person" in name or "sealed" in name for name in COMMITMENT.cells)
    assert FollowUp.objects.count() == 0
