"""Committees: seats held by one at a time, meetings that come due, decisions that are followed."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogues import committees as reading
from dialogues.access import COMMITTEES
from dialogues.models import Committee, Decision, Holding, Meeting, Session, SessionState
from dialogues.services import committees as writing
from dialogues.services.committees import CommitteeSaid, DecisionSaid, HolderSaid, SeatSaid
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role, Tlp
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from tests.factories import OrganisationFactory, area, country, person, viewer
from tests.factories_agreements import TODAY, committee, holding, seat
from tests.factories_dialogues import session
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def keeper() -> Viewer:
    return viewer(Role.COORDINATOR, "Koro")


def said(**changes: Any) -> CommitteeSaid:
    plain = {"name": "CCLS de Koro", "kind": "ccls", "created_on": date(2024, 1, 10), "area": area("Koro")}
    return CommitteeSaid(**{**plain, **changes})


# --- The body ----------------------------------------------------------------------------------------------------


def test_a_committee_is_entered_changed_and_noted(keeper: Viewer) -> None:
    row = writing.keep_committee(viewer=keeper, said=said())
    writing.keep_committee(viewer=keeper, said=said(meets_every=1), committee=row, version=1)
    with pytest.raises(Faster):
        writing.keep_committee(viewer=keeper, said=said(), committee=row, version=1)
    assert Committee.objects.get().meets_every == 1
    assert [entry.verb for entry in AuditEntry.objects.filter(object_type="committee").order_by("id")] == [
        "recorded", "edited",
    ]  # fmt: skip


WRONG: dict[str, dict[str, Any]] = {
    "name": {"name": ""},
    "kind": {"kind": "club"},
    "created_on": {"created_on": date(1890, 1, 1)},
    "meets_every": {"meets_every": 25},
    "tlp": {"tlp": Tlp.RED},
    "area": {"area": None},
}


@pytest.mark.parametrize("field", sorted(WRONG))
def test_what_cannot_be_is_said_by_field(field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        writing.keep_committee(viewer=viewer(Role.EDITOR, "Koro"), said=said(**WRONG[field]))
    assert list(refused.value.message_dict) == [field]


def test_nobody_keeps_one_of_others() -> None:
    row = committee("Koro")
    for who in (viewer(Role.COORDINATOR, "Gao"), viewer(Role.EDITOR, "Koro"), viewer(Role.ANALYST, "Koro")):
        with pytest.raises(NotAllowed):
            writing.keep_committee(viewer=who, said=said(), committee=row)
    with pytest.raises(ValidationError):
        writing.keep_committee(viewer=viewer(Role.COORDINATOR, "Gao"), said=said())
    with pytest.raises(NotAllowed):
        writing.keep_committee(viewer=viewer(Role.REPORTER, "Koro"), said=said())


def test_an_organisation_with_a_seat_keeps_it_until_it_has_none(keeper: Viewer) -> None:
    row, body = committee("Koro", tlp=Tlp.AMBER), OrganisationFactory.create()
    who = viewer(Role.FACILITATOR, "Gao", organisation=body)
    given = writing.add_seat(viewer=keeper, committee=row, said=SeatSaid("Éleveurs", "herders", body))
    assert COMMITTEES.audience(who, row) == "team"
    writing.end_seat(viewer=keeper, seat=given, on=TODAY())
    assert COMMITTEES.audience(who, row) is None


# --- Seats -------------------------------------------------------------------------------------------------------


def test_a_seat_is_filled_left_and_filled_again(keeper: Viewer) -> None:
    held, day = seat(committee()), TODAY()
    writing.fill_seat(viewer=keeper, seat=held, said=HolderSaid(day - 100 * DAY, sex="m", age_band="36-60"))
    with pytest.raises(ValidationError) as refused:
        writing.fill_seat(viewer=keeper, seat=held, said=HolderSaid(day))
    assert list(refused.value.message_dict) == ["since"]
    writing.vacate_seat(viewer=keeper, seat=held, on=day - 10 * DAY)
    with pytest.raises(ValidationError):
        writing.vacate_seat(viewer=keeper, seat=held, on=day)
    with pytest.raises(ValidationError):
        writing.fill_seat(viewer=keeper, seat=held, said=HolderSaid(day - 11 * DAY))
    writing.fill_seat(viewer=keeper, seat=held, said=HolderSaid(day - 10 * DAY, sex="f", age_band="15-35"))
    assert Holding.objects.filter(seat=held).count() == 2


@pytest.mark.parametrize("on", [1, -365, -400])
def test_nobody_leaves_before_coming_nor_tomorrow(keeper: Viewer, on: int) -> None:
    held = seat(committee())
    holding(held)
    with pytest.raises(ValidationError):
        writing.vacate_seat(viewer=keeper, seat=held, on=TODAY() + on * DAY)


def test_a_seat_that_ended_takes_nobody_and_its_name_is_free_again(keeper: Viewer) -> None:
    row = committee()
    held = seat(row, "Maire")
    holding(held)
    with pytest.raises(ValidationError):
        writing.add_seat(viewer=keeper, committee=row, said=SeatSaid("Maire", "state"))
    writing.end_seat(viewer=keeper, seat=held, on=TODAY())
    with pytest.raises(NotAllowed):
        writing.fill_seat(viewer=keeper, seat=held, said=HolderSaid(TODAY()))
    writing.add_seat(viewer=keeper, committee=row, said=SeatSaid("Maire", "state"))
    assert [one["label"] for one in reading.shown_seats(keeper, row, "coordinator")] == ["Maire"]
    assert Holding.objects.get().until == TODAY()


SPANS = st.lists(st.tuples(st.integers(0, 40), st.none() | st.integers(1, 20)), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(SPANS)
def test_the_database_never_lets_two_hold_one_seat_on_one_day(spans: list[tuple[int, int | None]]) -> None:
    start, kept = date(2024, 1, 1), set[int]()
    with transaction.atomic():
        held = seat(committee())
        for first, length in spans:
            days = set(range(first, first + length if length else 100))
            fields = {"since": start + first * DAY, "until": start + (first + length) * DAY if length else None}
            try:
                with transaction.atomic():
                    holding(held, **fields)
            except IntegrityError:
                assert days & kept
            else:
                assert not days & kept
                kept |= days
        transaction.set_rollback(True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=8))
def test_whatever_is_filled_and_left_by_the_service_never_overlaps(steps: list[tuple[bool, int]]) -> None:
    with transaction.atomic():
        asks, held = viewer(Role.COORDINATOR, "Koro"), seat(committee())
        for fills, back in steps:
            on = TODAY() - back * DAY
            try:
                if fills:
                    writing.fill_seat(viewer=asks, seat=held, said=HolderSaid(on))
                else:
                    writing.vacate_seat(viewer=asks, seat=held, on=on)
            except ValidationError:
                continue
        spans = list(held.holdings.order_by("since").values_list("since", "until"))
        for (_since, until), (later, _until) in pairwise(spans):
            assert until is not None
            assert until <= later
        transaction.set_rollback(True)


def test_two_seats_are_held_on_the_same_days() -> None:
    row = committee()
    days = [(one.since, one.until) for one in (holding(seat(row, "Maire")), holding(seat(row, "Éleveurs")))]
    assert days[0] == days[1]
    assert reading.inclusion_of(row).filled == 2


HELD = st.lists(st.tuples(st.sampled_from("fmu"), st.sampled_from(["15-35", "36-60", "61+", "u"])), max_size=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(HELD, st.integers(0, 3))
def test_inclusion_is_counted_of_those_of_whom_it_is_known(held: list[tuple[str, str]], vacant: int) -> None:
    with transaction.atomic():
        row = committee()
        for n, (sex, age) in enumerate(held):
            holding(seat(row, f"S{n}"), sex=sex, age_band=age)
        for n in range(vacant):
            seat(row, f"V{n}")
        found = reading.inclusion_of(row)
        assert (found.seats, found.filled, found.vacant) == (len(held) + vacant, len(held), vacant)
        known = [sex for sex, _age in held if sex != "u"]
        assert (found.women.part, found.women.whole) == (known.count("f"), len(known))
        assert found.women.reaches == (bool(known) and known.count("f") / len(known) >= 0.3)
        transaction.set_rollback(True)


# --- Meetings ----------------------------------------------------------------------------------------------------


def meeting(row: Committee, on: date, **fields: Any) -> Session:
    """A session of that day, as a meeting."""
    made = session(by=viewer(Role.COORDINATOR, country()), kind="committee", **fields)
    state = SessionState.HELD if on <= TODAY() else SessionState.PLANNED
    Session.objects.filter(pk=made.pk).update(held_on=on, state=state)
    Meeting.objects.create(committee=row, session=made)
    return made


def due(row: Committee) -> tuple[str, date]:
    found = reading.with_due(Committee.objects.filter(pk=row.pk)).get()
    return found.standing, found.next_due


def test_a_meeting_comes_due_months_after_the_last_one_held(keeper: Viewer) -> None:
    row = committee(created_on=date(2024, 1, 31), meets_every=1)
    assert due(row) == ("overdue", date(2024, 2, 29))
    meeting(row, TODAY() - 100 * DAY)
    assert due(row)[0] == "overdue"
    assert list(reading.overdue(keeper)) == [row]
    meeting(row, TODAY() - 3 * DAY)
    assert due(row)[0] == "due"
    assert list(reading.overdue(keeper)) == []


def test_a_planned_meeting_is_enough_and_a_committee_at_rest_owes_none(keeper: Viewer) -> None:
    row = committee()
    meeting(row, TODAY() + 9 * DAY)
    assert due(row)[0] == "planned"
    resting = committee(state="resting")
    assert due(resting)[0] == ""
    assert list(reading.overdue(keeper)) == []


def test_only_a_session_of_a_committee_that_one_sees_is_linked_and_once(keeper: Viewer) -> None:
    row = committee()
    good, talk = session(by=keeper, kind="committee"), session(by=keeper)
    foreign = session(
        by=viewer(Role.COORDINATOR, "Gao"), kind="committee", tlp=Tlp.AMBER, area=area("Gao").pcode, place_text="Gao"
    )
    for wrong in (talk, foreign):
        with pytest.raises(ValidationError):
            writing.link_meeting(viewer=keeper, committee=row, session=wrong)
    linked = writing.link_meeting(viewer=keeper, committee=row, session=good)
    with pytest.raises(ValidationError):
        writing.link_meeting(viewer=keeper, committee=committee(name="Autre"), session=good)
    writing.unlink_meeting(viewer=keeper, meeting=linked)
    assert Session.objects.filter(pk=good.pk).exists()


def test_meetings_are_shown_by_the_rule_of_sessions() -> None:
    row, body = committee("Koro"), OrganisationFactory.create()
    seat(row, organisation=body)
    meeting(row, TODAY() - DAY, tlp=Tlp.AMBER, title="Réunion fermée")
    meeting(row, TODAY() - DAY, tlp=Tlp.AMBER, title="Avec la gendarmerie", present=(body.pk,))
    asks = viewer_for(person(Role.LIAISON, organisation=body))
    assert [one["title"] for one in reading.shown_meetings(asks, row)] == ["Avec la gendarmerie"]


# --- Decisions ---------------------------------------------------------------------------------------------------


def test_a_decision_is_followed_until_it_is_done(keeper: Viewer) -> None:
    row, body = committee(), OrganisationFactory.create()
    made = writing.decide(
        viewer=keeper,
        committee=row,
        said=DecisionSaid("Éclairer le marché.", TODAY() - 60 * DAY, body, "", TODAY() - DAY),
    )
    (shown,) = reading.shown_decisions(keeper, row, "coordinator")
    assert (shown["late"], shown["owner"]) == (True, body.name)
    writing.follow_decision(viewer=keeper, decision=made, state="open", words="Les lampes sont commandées.")
    writing.follow_decision(viewer=keeper, decision=made, state="done")
    (shown,) = reading.shown_decisions(keeper, row, "coordinator")
    assert (shown["late"], [one["state"] for one in shown["notes"]]) == (False, ["open", "done"])
    assert reading.shown_decisions(keeper, row, "network") == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("words", {"words": ""}),
        ("words", {"words": "Une patrouille de gendarmes passe à 6 h."}),
        ("decided_on", {"decided_on": in_days(1)}),
        ("due_on", {"due_on": in_days(-9)}),
    ],
)
def test_a_decision_that_cannot_be(keeper: Viewer, field: str, changes: dict[str, Any]) -> None:
    given = {"words": "Éclairer le marché.", "decided_on": TODAY() - DAY, **by_now(changes)}
    with pytest.raises(ValidationError) as refused:
        writing.decide(viewer=keeper, committee=committee(), said=DecisionSaid(**given))
    assert list(refused.value.message_dict) == [field]


def test_members_read_and_do_not_write() -> None:
    row, service = committee(), OrganisationFactory.create()
    held = seat(row, organisation=service)
    made = Decision.objects.create(committee=row, words="Ouvrir.", decided_on=TODAY())
    liaison = viewer_for(person(Role.LIAISON, organisation=service))
    assert reading.decision_seen(liaison, made.pk) == made
    with pytest.raises(NotAllowed):
        writing.follow_decision(viewer=liaison, decision=made, state="done")
    with pytest.raises(NotAllowed):
        writing.fill_seat(viewer=liaison, seat=held, said=HolderSaid(TODAY()))
    assert reading.decision_seen(viewer(Role.REPORTER, "Koro"), made.pk) is None
