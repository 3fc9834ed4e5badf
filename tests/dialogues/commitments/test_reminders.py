"""Whoever promised is reminded once a period, by their own channel, when they are awake; content stays where it is."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from config.celery import app
from dialogues import reminder_words
from dialogues.access import COMMITMENTS, owners_among
from dialogues.models import Commitment, CommitmentState, Reminder
from dialogues.services import commitments
from dialogues.services.reminders import period_of, remind_due
from dialogues.services.reminding import when_awake
from dialogues.tasks import remind_due as task
from orgs.messaging import drain, purposes, reasons
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Channel, Membership, Message, MessageState, Organisation, Role, Tlp, User
from tests.dialogues.commitments.made import due, keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, UserFactory, person
from tests.factories_dialogues import session
from tests.together import at_once

pytestmark = pytest.mark.django_db
DUE = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 6, 22), ""),
        (date(2026, 6, 23), "20260630-before"),
        (date(2026, 6, 30), "20260630-before"),
        (date(2026, 7, 1), "20260630-0"),
        (date(2026, 7, 29), "20260630-0"),
        (date(2026, 7, 30), "20260630-1"),
        (date(2026, 8, 28), "20260630-1"),
        (date(2026, 8, 29), "20260630-2"),
    ],
)
def test_a_week_before_the_day_after_and_then_every_thirty_days(day: date, period: str) -> None:
    assert period_of(DUE, day) == period


@given(first=st.integers(-30, 400))
def test_looked_at_day_by_day_or_after_a_pause_each_period_comes_once_and_in_order(first: int) -> None:
    days = [DUE + timedelta(days=first + n) for n in range(120)]
    periods = [period_of(DUE, day) for day in days]
    changes = [one for one, before in zip(periods, ["", *periods], strict=False) if one and one != before]
    assert len(changes) == len(set(changes))
    assert len(changes) <= 6


def officer(body: Organisation, role: str = Role.LIAISON, **fields: Any) -> User:
    return person(role, organisation=body, **fields)


def test_the_people_of_the_owner_are_reminded_each_by_their_channel_and_once() -> None:
    body = OrganisationFactory.create()
    letters, sms = officer(body), officer(body, Role.FACILITATOR, channel=Channel.SMS, phone="+22370000001")
    officer(body, Role.EDITOR, channel=Channel.INBOX)
    officer(body, Role.REPORTER)
    gone = officer(body)
    Membership.objects.filter(person=gone).update(ends_at=datetime(2026, 1, 1, tzinfo=UTC))
    due(5, body=body)
    task()
    told = set(Message.objects.values_list("recipient", "channel"))
    assert told == {(letters.pk, Channel.EMAIL), (sms.pk, Channel.SMS)}
    assert remind_due() == 0
    assert remind_due(today() + timedelta(days=6)) == 2
    assert remind_due(today() + timedelta(days=7)) == 0
    assert remind_due(today() + timedelta(days=36)) == 2
    assert Reminder.objects.values("period").distinct().count() == 3


def test_an_actor_with_people_here_is_reminded_through_them() -> None:
    body = OrganisationFactory.create()
    who = officer(body)
    due(-1, actor=ActorFactory.create(organisation=body))
    assert remind_due() == 1
    assert Message.objects.get().recipient == who


@pytest.mark.parametrize("state", [CommitmentState.KEPT, CommitmentState.BROKEN, CommitmentState.OVERTAKEN])
def test_what_is_over_reminds_nobody(state: str) -> None:
    body = OrganisationFactory.create()
    officer(body)
    made = due(-3, body=body)
    Commitment.objects.filter(pk=made.pk).update(state=state)
    assert remind_due() == 0


def test_nobody_is_reminded_of_demonstrations_of_red_and_of_what_has_no_day() -> None:
    body = OrganisationFactory.create()
    officer(body)
    demo = due(-3, body=body)
    Commitment.objects.filter(pk=demo.pk).update(is_demo=True)
    who = keeper()
    due(-3, body=body, by=who, place=session(by=who, tlp=Tlp.RED))
    due(-3, person=somebody(), by=who, place=session(by=who, tlp=Tlp.RED))
    promised(body=body)
    assert remind_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once() -> None:
    body = OrganisationFactory.create()
    for _n in range(3):
        officer(body)
    for _n in range(4):
        due(-3, body=body)
    assert sum(at_once(remind_due, remind_due, remind_due)) == 12
    assert Message.objects.count() == Reminder.objects.exclude(message=None).count() == 12


def test_it_costs_as_many_queries_for_many_as_for_one(django_assert_max_num_queries: Any) -> None:
    body = OrganisationFactory.create()
    for _n in range(5):
        officer(body)
    who = keeper()
    room = session(by=who)
    for _n in range(12):
        due(-3, body=body, by=who, place=room)
    with django_assert_max_num_queries(12):
        assert remind_due() == 60


def test_who_cannot_be_written_to_stops_nobody_else() -> None:
    body = OrganisationFactory.create()
    first, refused, last = (officer(body) for _n in range(3))
    due(-3, body=body)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF NEW.person_id = {refused.pk} THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;"
            " CREATE TRIGGER refuse_one BEFORE INSERT ON dialogues_reminder FOR EACH ROW EXECUTE FUNCTION refuse_one()"
        )
    assert remind_due() == 2
    assert set(Message.objects.values_list("recipient", flat=True)) == {first.pk, last.pk}
    assert Reminder.objects.filter(message=None).count() == 0


# --- Quiet hours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends", "clock", "hours"),
    [
        (time(22), time(6), time(23), 7),
        (time(22), time(6), time(5), 1),
        (time(22), time(6), time(6), 0),
        (time(12), time(14), time(13), 1),
        (time(12), time(14), time(14), 0),
        (None, None, time(3), 0),
    ],
)
def test_nobody_is_woken(begins: time | None, ends: time | None, clock: time, hours: int) -> None:
    who = User(quiet_from=begins, quiet_to=ends, time_zone="Africa/Bamako")
    now = datetime.combine(date(2026, 6, 1), clock, tzinfo=UTC)  # Bamako keeps UTC
    assert when_awake(who, now) - now == timedelta(hours=hours)


# --- Words -------------------------------------------------------------------------------------------------------


def composed() -> dict[int, Envelope | Skip]:
    words = purposes.purpose_of("commitment_reminder")
    assert words is not None
    return {
        message.recipient_id or 0: words.compose([message])[message.pk] for message in Message.objects.order_by("pk")
    }


@pytest.mark.parametrize(("tlp", "carried"), [(Tlp.GREEN, True), (Tlp.AMBER, False), (Tlp.AMBER_STRICT, False)])
def test_above_green_a_message_says_a_code_and_a_link_alone(tlp: str, carried: bool) -> None:
    body, who = OrganisationFactory.create(), keeper()
    letters = officer(body)
    sms = officer(body, channel=Channel.SMS, phone="+22370000001")
    made = due(3, body=body, by=who, place=session(by=who, tlp=tlp), what="Rendre les motos saisies")
    remind_due()
    for pk in (letters.pk, sms.pk):
        words = composed()[pk]
        assert isinstance(words, Envelope)
        assert made.code in words.text
        assert f"/dialogues/commitments/{made.uid}/" in words.text
        assert ("motos" in words.text) == (carried and pk == letters.pk)
        assert "motos" not in words.subject
    assert len(composed()[sms.pk].text) <= 160  # type: ignore[union-attr]


def test_the_words_of_many_cost_as_many_queries_as_those_of_one() -> None:
    body, who = OrganisationFactory.create(), keeper()
    officer(body)
    room, costs = session(by=who), []
    for more in (1, 49):
        for _n in range(more):
            due(-3, body=body, by=who, place=room)
        remind_due()
        messages = list(Message.objects.all())
        with CaptureQueriesContext(connection) as asked:
            words = reminder_words.CommitmentWords().compose(messages)
        assert sum(isinstance(one, Envelope) for one in words.values()) == len(messages)
        costs.append(len(asked))
    assert len(messages) == 50
    assert costs == [3, 3]


def test_many_at_once_are_owned_by_whom_the_policy_says() -> None:
    body, other, who = OrganisationFactory.create(), OrganisationFactory.create(), keeper()
    people = [officer(body, role) for role in (Role.LIAISON, Role.REPORTER, Role.FACILITATOR)]
    people += [officer(other), person(Role.ADMINISTRATOR, organisation=body), officer(body, is_active=False)]
    left = officer(body)
    Membership.objects.filter(person=left).update(ends_at=datetime(2026, 1, 1, tzinfo=UTC))
    rows = [
        promised(body=body, by=who),
        promised(body=other, by=who),
        promised(actor=ActorFactory.create(organisation=body), by=who),
        promised(actor=ActorFactory.create(), by=who),
        promised(person=somebody(), by=who),
        promised(body=body, by=who, place=session(by=who, tlp=Tlp.RED)),
    ]
    owned = owners_among(rows, [one.pk for one in (*people, left)])
    assert {pk for pk, _person in owned} == {rows[0].pk, rows[1].pk, rows[2].pk}
    for row in rows:
        expected = {one.pk for one in COMMITMENTS.people_as(row, ("owner",))}
        assert {whose for pk, whose in owned if pk == row.pk} == expected


def test_a_session_closed_since_takes_the_words_out_of_the_message() -> None:
    body = OrganisationFactory.create()
    who = officer(body)
    made = due(3, body=body, what="Rendre les motos saisies")
    remind_due()
    assert made.session is not None
    type(made.session).objects.update(tlp=Tlp.AMBER)
    words = composed()[who.pk]
    assert isinstance(words, Envelope)
    assert "motos" not in words.text


def test_who_left_who_is_closed_and_what_is_kept_are_not_told_and_stop_nobody_else() -> None:
    body = OrganisationFactory.create()
    stays, left, closed = (officer(body) for _n in range(3))
    nowhere = officer(body)
    made = due(-2, body=body)
    remind_due()
    Membership.objects.filter(person=left).delete()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.filter(pk=nowhere.pk).update(email=None, phone="+22370000009")
    words = reminder_words.CommitmentWords().compose(list(Message.objects.all()))
    by_person = {message.recipient_id: words[message.pk] for message in Message.objects.all()}
    assert isinstance(by_person[stays.pk], Envelope)
    assert by_person[left.pk] == Skip(reasons.NO_LONGER_ALLOWED)
    assert by_person[closed.pk] == Skip(reasons.INACTIVE)
    assert by_person[nowhere.pk] == Skip(reasons.NO_ADDRESS)
    commitments.follow(viewer=keeper(), commitment=made, state="kept")
    assert composed()[stays.pk] == Skip(reasons.CANCELLED)


def test_the_letter_really_goes_out_in_the_recipients_language(mailoutbox: list[Any]) -> None:
    body = OrganisationFactory.create()
    who: User = officer(body, language="en")
    UserFactory.create()
    due(-2, body=body)
    remind_due()
    drain.drain(Channel.EMAIL)
    assert Message.objects.get().state == MessageState.SENT
    assert [letter.to for letter in mailoutbox] == [[who.email]]
    assert "was due on" in mailoutbox[0].subject
    assert who.name not in mailoutbox[0].body


def test_a_reminder_is_held_once_by_the_database() -> None:
    body = OrganisationFactory.create()
    officer(body)
    due(-2, body=body)
    remind_due()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dialogues_reminder (commitment_id, period, person_id)"
            " SELECT commitment_id, period, person_id FROM dialogues_reminder ON CONFLICT DO NOTHING"
        )
        assert cursor.rowcount == 0


def test_the_clock_knows_the_task() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert task.name in named & set(app.tasks)
