"""Who reads proposals, priorities and ratings: the three answers agree, every rule counts, lists show the same."""

import itertools
from typing import Any

import pytest
from django.test import Client

from dialogues.access import PRIORITIES, PROPOSALS, ROUNDS
from dialogues.disclosed_proposals import PRIORITY, PROPOSAL, ROUND
from dialogues.models import Ballot, BallotMark, Session
from dialogues.services import proposals as writing
from dialogues.services import ratings
from orgs.access import ANYONE, viewer_for
from orgs.disclosure import Table
from orgs.listing import columns_for
from orgs.models import Role, Tlp, User
from orgs.policy import Policy, Viewer
from tests.dialogues.proposals.rows import a_round, keeper, priority, proposed, session_of
from tests.factories import OrganisationFactory, area, country, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def _agree(policy: Policy[Any], table: Table, people: list[User]) -> int:
    seen = 0
    for user in [None, *people]:
        who = ANYONE if user is None else viewer_for(user)
        listed = {row.pk: row for row in policy.rows(who).annotate(**columns_for(policy, table, who))}
        for row in policy.model._default_manager.all():
            may = policy.sees(who, row)
            assert may == (row.pk in listed), (user and user.memberships.all(), row)
            if user is not None:
                assert may == policy.people(row).filter(pk=user.pk).exists(), (user.memberships.all(), row)
            if may:
                shown = table.show(row, policy.audience(who, row) or "")
                got = {name: getattr(listed[row.pk], f"shown_{name}") for name in table.cells}
                assert {**got, "session": None} == {**shown, "session": None}
            seen += may
    return seen


def _seen(policy: Policy[Any], viewers: list[Viewer]) -> list[list[tuple[int, str]]]:
    """Which rows each of them sees, and as whom: one query a person."""
    return [
        list(policy.rows(who).order_by("pk").values_list("pk", policy.audience_column(who)))
        if policy.openings(who)
        else []
        for who in viewers
    ]


def _every_rule_counts(policy: Policy[Any], people: list[User]) -> None:
    """Whichever grant or barrier is left out, somebody sees something else or as somebody else."""
    viewers = [ANYONE, *map(viewer_for, people)]
    as_it_is = _seen(policy, viewers)
    for left_out in policy.grants:
        grants = [grant for grant in policy.grants if grant is not left_out]
        assert _seen(Policy(policy.model, grants, policy.barriers), viewers) != as_it_is, left_out
    for barrier in policy.barriers:
        barriers = [each for each in policy.barriers if each is not barrier]
        assert _seen(Policy(policy.model, policy.grants, barriers), viewers) != as_it_is, barrier


def test_the_three_answers_agree_and_lists_show_what_rows_show() -> None:
    body = OrganisationFactory.create(areas=["Koro"])
    roles = (Role.COORDINATOR, Role.FACILITATOR, Role.ANALYST, Role.MONITOR, Role.LIAISON)
    people = [person(role, place) for role in roles for place in ("Koro", "Gao")]
    people += [person(role, "Gao", organisation=body) for role in (Role.FACILITATOR, Role.EDITOR, Role.LIAISON)]
    people += [person(Role.ADMINISTRATOR), person(Role.OVERSIGHT)]
    for number, (tlp, where) in enumerate(itertools.product((Tlp.CLEAR, Tlp.GREEN, Tlp.RED), ("Koro", None))):
        process = ProcessFactory.create(tlp=tlp, at=where, conveners=[body] if number % 2 else [])
        proposed(session_of(process, tlp=tlp), "Ouvrir le puits")
        priority(process)
        a_round(process)
        ratings.close_round(viewer=keeper(), rating=a_round(process))
    proposed(session(led_by=body.pk), "Réparer le pont")
    away = session(by=viewer(Role.COORDINATOR, country()), process=str(process.uid), area=area("Gao").pcode)
    Session.objects.filter(pk=away.pk).update(process=ProcessFactory.create(tlp=Tlp.RED))
    writing.write_proposals(viewer=viewer(Role.COORDINATOR, "Gao"), session=away, lines=["Un pont à Gao"])
    for policy in (PROPOSALS, PRIORITIES, ROUNDS):
        _every_rule_counts(policy, people)
    assert _agree(PROPOSALS, PROPOSAL, people) > 5
    assert _agree(PRIORITIES, PRIORITY, people) > 20
    assert _agree(ROUNDS, ROUND, people) > 40


def test_everybody_reads_the_closed_rounds_of_a_clear_process_and_nothing_else_of_it() -> None:
    process = ProcessFactory.create(tlp=Tlp.CLEAR)
    proposed(session_of(process, tlp=Tlp.CLEAR), "Parole de quelqu’un")
    group = priority(process, "Un puits ouvert")
    closed, still = a_round(process), a_round(process)
    ratings.close_round(viewer=keeper(), rating=closed)
    anyone = Client()
    assert "Un puits ouvert" in anyone.get(f"/dialogues/proposals/rounds/{closed.uid}/").content.decode()
    assert anyone.get(f"/dialogues/proposals/rounds/{still.uid}/").status_code == 302
    assert anyone.get(f"/dialogues/proposals/priorities/{group.pk}/").status_code == 302
    page = anyone.get(f"/dialogues/proposals/processes/{process.uid}/").content.decode()
    assert "Parole" not in page
    assert str(closed.uid) in page
    assert str(still.uid) not in page
    assert process.title in anyone.get("/dialogues/proposals/").content.decode()


@pytest.mark.parametrize("name", ["proposal", "priority", "ratinground", "ratedpriority", "dissent", "groupingstep"])
def test_admin_shows_coordinators_those_of_their_areas(name: str) -> None:
    process = ProcessFactory.create()
    one, *_rest = proposed(session_of(process), "Ouvrir le puits")
    priority(process, "Puits", proposals=[one.pk])
    rating = a_round(process)
    ratings.dissent(viewer=keeper(), item=ratings.items_of(rating)[0], group="youth", words="Non")
    path = f"/admin/dialogues/{name}/"
    assert 'class="row1"' in _rows(signed_in(person(Role.COORDINATOR, "Koro")).get(path))
    assert "row1" not in _rows(signed_in(person(Role.COORDINATOR, "Gao")).get(path))
    assert signed_in(person(Role.ADMINISTRATOR)).get(path).status_code == 403


def _rows(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return 'class="row1"' if 'name="_selected_action"' in text or "/change/" in text else ""


def test_ballots_are_not_in_admin() -> None:
    from django.contrib import admin

    assert not {Ballot, BallotMark} & set(admin.site._registry)
