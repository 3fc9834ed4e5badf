"""A committee that should have met: those who keep it are told once a period, and see that it waits."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.celery import app
from dialogues import reminder_words
from dialogues.access import COMMITTEES, KEEPERS_OF_COMMITTEES, committees_kept
from dialogues.models import Committee, Meeting, MeetingReminder, Session, SessionState
from dialogues.services.meeting_reminders import period_of, remind_of_meetings
from dialogues.tasks import remind_of_meetings as task
from orgs.access import viewer_for
from orgs.messaging import reasons
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Channel, Membership, Message, Organisation, Role, Tlp, User
from orgs.providers import waiting_for
from tests.factories import OrganisationFactory, country, person, signed_in, viewer
from tests.factories_agreements import TODAY, committee, holding, seat
from tests.factories_dialogues import ProcessFactory, session
from tests.together import at_once

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("day", "period"),
    [(date(2026, 4, 1), "0"), (date(2026, 4, 29), "0"), (date(2026, 4, 30), "1"), (date(2026, 5, 30), "2")],
)
def test_the_day_after_and_then_every_thirty_days(day: date, period: str) -> None:
    assert period_of(DUE, day) == f"20260331-{period}"


def told() -> set[int]:
    return {pk for pk in Message.objects.values_list("recipient", flat=True) if pk is not None}


def seated(row: Committee, role: str = Role.FACILITATOR, **fields: Any) -> User:
    """Somebody of an organisation that has a seat."""
    body = OrganisationFactory.create()
    seat(row, label=f"Siège {body.pk}", organisation=body)
    return person(role, organisation=body, **fields)


def meeting(row: Committee, on: date, state: str) -> Session:
    made = session(by=viewer(Role.COORDINATOR, country()), kind="committee")
    Session.objects.filter(pk=made.pk).update(held_on=on, state=state)
    Meeting.objects.create(committee=row, session=made)
    return made


def test_its_team_is_told_once_and_not_its_members_nor_every_coordinator() -> None:
    row = committee()
    body = OrganisationFactory.create()
    held = person(Role.EDITOR, organisation=body)
    holding(seat(row, "Jeunes"), organisation=body)
    keeps = seated(row)
    seated(row, Role.LIAISON)
    seated(row, channel=Channel.INBOX)
    person(Role.COORDINATOR, "Koro")
    task()
    assert told() == {held.pk, keeps.pk}
    assert remind_of_meetings() == 0
    assert Message.objects.count() == MeetingReminder.objects.exclude(message=None).count() == 2


def test_the_coordinator_who_holds_its_process_is_told_too() -> None:
    holds = person(Role.COORDINATOR, "Koro")
    person(Role.COORDINATOR, "Koro")
    row = committee(process=ProcessFactory.create(created_by=holds))
    keeps = seated(row)
    remind_of_meetings()
    assert told() == {holds.pk, keeps.pk}


def test_one_who_holds_the_process_and_does_not_keep_the_committee_learns_nothing() -> None:
    away = person(Role.COORDINATOR, "Gao")
    row = committee(process=ProcessFactory.create(created_by=away))
    keeps = seated(row)
    remind_of_meetings()
    assert told() == {keeps.pk}


def test_where_nobody_else_keeps_it_the_coordinators_of_its_area_are_told() -> None:
    committee()
    near, over = person(Role.COORDINATOR, "Koro"), person(Role.COORDINATOR, country())
    person(Role.COORDINATOR, "Gao")
    remind_of_meetings()
    assert told() == {near.pk, over.pk}


def test_nobody_is_told_of_one_that_met_plans_to_meet_rests_or_is_a_demonstration() -> None:
    met, plans = committee(), committee()
    meeting(met, TODAY() - timedelta(days=3), SessionState.HELD)
    meeting(plans, TODAY() + timedelta(days=3), SessionState.PLANNED)
    for row in (met, plans, committee(state="resting"), committee(state="ended"), committee(is_demo=True)):
        seated(row)
    assert remind_of_meetings() == 0


def test_a_meeting_begins_a_new_series() -> None:
    row = committee()
    seated(row)
    assert remind_of_meetings() == 1
    meeting(row, TODAY() - timedelta(days=100), SessionState.HELD)
    assert remind_of_meetings() == 1
    assert MeetingReminder.objects.values("period").distinct().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once() -> None:
    for _n in range(3):
        seated(committee())
    assert sum(at_once(remind_of_meetings, remind_of_meetings)) == 3
    assert Message.objects.count() == 3


# --- Who keeps what ----------------------------------------------------------------------------------------------


def _everybody(body: Organisation) -> list[User]:
    roles = (Role.FACILITATOR, Role.EDITOR, Role.REPORTER, Role.LIAISON)
    return [
        *(person(role, "Koro", organisation=body) for role in roles),
        *(person(Role.COORDINATOR, place) for place in ("Koro", "Gao", country())),
        person(Role.ANALYST, "Koro"),
    ]


def test_many_at_once_are_kept_by_whom_the_policy_says() -> None:
    body = OrganisationFactory.create()
    people = _everybody(body)
    gone = person(Role.FACILITATOR, organisation=body, is_active=False)
    rows = [
        committee(),
        committee("Gao", tlp=Tlp.AMBER, made_by=people[0]),
        committee(None, made_by=people[2]),
        committee(made_by=people[4]),
        committee("Mopti"),
    ]
    seat(rows[0], organisation=body)
    seat(rows[3], organisation=body, ended_on=TODAY() - timedelta(days=1))
    holding(seat(rows[4]), organisation=body)
    holding(seat(rows[1]), organisation=body, until=TODAY() - timedelta(days=1))
    keepers = committees_kept(rows)
    for row in rows:
        expected = set(COMMITTEES.people_as(row, KEEPERS_OF_COMMITTEES))
        assert {one for one in (*people, gone) if keepers.keeps(row, one.pk)} == expected
        assert expected, "a row that nobody keeps tells nothing"


# --- Words -------------------------------------------------------------------------------------------------------


def composed() -> dict[int, Envelope | Skip]:
    messages = list(Message.objects.order_by("pk"))
    words = reminder_words.MeetingWords().compose(messages)
    return {message.recipient_id or 0: words[message.pk] for message in messages}


def test_a_message_says_a_code_and_a_link_alone() -> None:
    row = committee(name="CCLS du marché", tlp=Tlp.CLEAR)
    letter = seated(row, language="en")
    sms = seated(row, language="en", channel=Channel.SMS, phone="+22370000001")
    remind_of_meetings()
    for who in (letter, sms):
        words = composed()[who.pk]
        assert isinstance(words, Envelope)
        assert f"committee {row.code} should have met by" in words.text
        assert f"/dialogues/committees/{row.uid}/" in words.text
        assert "marché" not in words.text + words.subject
        assert words.address == (who.email if who == letter else who.phone)
    assert len(composed()[sms.pk].text) <= 160  # type: ignore[union-attr]


def test_who_keeps_it_no_more_and_what_is_planned_since_are_not_told() -> None:
    row = committee()
    stays, left, closed = (seated(row) for _n in range(3))
    remind_of_meetings()
    Membership.objects.filter(person=left).delete()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    words = composed()
    assert isinstance(words[stays.pk], Envelope)
    assert words[left.pk] == Skip(reasons.NO_LONGER_ALLOWED)
    assert words[closed.pk] == Skip(reasons.INACTIVE)
    meeting(row, TODAY() + timedelta(days=2), SessionState.PLANNED)
    assert composed()[stays.pk] == Skip(reasons.CANCELLED)


def test_many_cost_as_many_queries_as_one() -> None:
    costs = []
    for more in (1, 9):
        for _n in range(more):
            seated(committee())
        with CaptureQueriesContext(connection) as writing:
            assert remind_of_meetings() == more
        with CaptureQueriesContext(connection) as wording:
            composed()
        costs.append((len(writing), len(wording)))
    assert costs[0] == costs[1]


def test_the_clock_knows_the_task() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert task.name in named & set(app.tasks)


# --- The home page -----------------------------------------------------------------------------------------------


def test_those_who_keep_it_see_it_waiting_and_nobody_else() -> None:
    row = committee(tlp=Tlp.CLEAR)
    seated_one, member = seated(row), seated(row, Role.LIAISON)

    def waits(who: User) -> int:
        return sum(one.count for one in waiting_for(viewer_for(who)) if one.url == "/dialogues/committees/")

    assert waits(seated_one) == waits(person(Role.COORDINATOR, "Koro")) == 1
    assert waits(member) == waits(person(Role.FACILITATOR, "Koro")) == waits(person(Role.COORDINATOR, "Gao")) == 0
    home = signed_in(seated_one).get("/", headers={"accept-language": "fr"}).content.decode()
    assert "comité aurait dû se réunir" in home
    meeting(row, TODAY() + timedelta(days=2), SessionState.PLANNED)
    assert waits(seated_one) == 0


def test_coordinators_of_the_area_look_in_admin_at_who_was_told() -> None:
    row = committee()
    told_one = seated(row)
    remind_of_meetings()
    near = signed_in(person(Role.COORDINATOR, "Koro")).get("/admin/dialogues/meetingreminder/").content.decode()
    assert told_one.name in near
    away = signed_in(person(Role.COORDINATOR, "Gao")).get("/admin/dialogues/meetingreminder/")
    assert told_one.name not in away.content.decode()
    assert signed_in(person(Role.ADMINISTRATOR)).get("/admin/dialogues/meetingreminder/").status_code in (403, 404)
