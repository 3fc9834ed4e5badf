"""Where whoever promised has nobody here, those who hold the dialogue are asked to remind them, and nobody else is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues import reminder_words
from dialogues.access import COMMITMENTS, holders_among
from dialogues.models import Commitment, Process
from dialogues.services.reminders import remind_due
from orgs.messaging import reasons
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Channel, Membership, Message, Organisation, Role, Tlp, User
from tests.dialogues.commitments.made import due, keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, person, signed_in
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def team(body: Organisation, role: str = Role.FACILITATOR, **fields: Any) -> User:
    return person(role, organisation=body, **fields)


def convened(*conveners: Organisation, **fields: Any) -> Process:
    return ProcessFactory.create(conveners=conveners, **fields)


def told() -> set[int]:
    return {pk for pk in Message.objects.values_list("recipient", flat=True) if pk is not None}


def words_of(who: User) -> Envelope | Skip:
    message = Message.objects.get(recipient=who)
    return reminder_words.CommitmentWords().compose([message])[message.pk]


def test_for_an_organisation_without_anybody_who_answers_the_team_is_asked_until_somebody_comes() -> None:
    body, owner, who = OrganisationFactory.create(), OrganisationFactory.create(), keeper()
    holder = team(body)
    person(Role.REPORTER, organisation=owner)
    person(Role.LIAISON, organisation=owner, is_active=False)
    due(-3, body=owner, by=who, place=session(by=who, organisation=body))
    assert remind_due() == 1
    assert told() == {holder.pk}
    words = words_of(holder)
    assert isinstance(words, Envelope)
    assert "rappel" in words.text.lower()
    assert "de votre organisation" not in words.text
    answers = person(Role.LIAISON, organisation=owner)
    assert words_of(holder) == Skip(reasons.NO_LONGER_ALLOWED)
    assert remind_due() == 1
    assert told() == {holder.pk, answers.pk}
    own = words_of(answers)
    assert isinstance(own, Envelope)
    assert "de votre organisation" in own.text


def test_the_sessions_team_is_asked_once_a_period_when_awake() -> None:
    body, conveners, who = OrganisationFactory.create(), OrganisationFactory.create(), keeper()
    editor = team(body, Role.EDITOR)
    hour = timezone.now()
    asleep = team(body, quiet_from=(hour - timedelta(hours=1)).time(), quiet_to=(hour + timedelta(hours=1)).time())
    named = team(OrganisationFactory.create())
    team(conveners)
    for role in (Role.LIAISON, Role.REPORTER, Role.MONITOR):
        team(body, role)
    room = session(by=who, organisation=body, process=str(convened(conveners).uid))
    room.facilitators.set([named])
    due(-3, actor=ActorFactory.create(), by=who, place=room)
    assert remind_due() == 3
    assert told() == {editor.pk, asleep.pk, named.pk}
    assert Message.objects.get(recipient=asleep).next_attempt_at > hour + timedelta(minutes=50)
    assert remind_due() == 0
    assert remind_due(today() + timedelta(days=30)) == 3


def test_without_a_team_the_conveners_are_asked_and_else_who_wrote_it_down() -> None:
    body, conveners, who = OrganisationFactory.create(), OrganisationFactory.create(), keeper()
    gone = team(body, is_active=False)
    convener = team(conveners)
    process = convened(conveners)
    room = session(by=who, organisation=body, process=str(process.uid))
    room.facilitators.set([gone])
    due(-3, actor=ActorFactory.create(), by=who, place=room)
    due(-3, person=somebody(), by=who, place=process)
    assert remind_due() == 2
    assert told() == {convener.pk}
    Message.objects.all().delete()
    due(-3, actor=ActorFactory.create(), by=who, place=session(by=who))
    assert remind_due() == 1
    assert told() == {who.user_id}
    Membership.objects.filter(person=who.user_id).delete()
    assert remind_due(today() + timedelta(days=30)) == 2, "who no longer records is asked nothing"


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize(
    ("of_person", "tlp", "carried"),
    [(False, Tlp.GREEN, True), (False, Tlp.AMBER, False), (True, Tlp.GREEN, False), (True, Tlp.AMBER, False)],
)
def test_the_words_ask_to_remind_and_name_nobody(of_person: bool, tlp: str, carried: bool, late: bool) -> None:
    body, who = OrganisationFactory.create(), keeper()
    letters, sms = team(body), team(body, channel=Channel.SMS, phone="+22370000001")
    actor = ActorFactory.create()
    owner: dict[str, Any] = {"person": somebody("Aminata D.")} if of_person else {"actor": actor}
    room = session(by=who, organisation=body, tlp=tlp)
    made = due(-3 if late else 3, by=who, place=room, what="Rendre les motos saisies", **owner)
    remind_due()
    letter, short = words_of(letters), words_of(sms)
    assert isinstance(letter, Envelope)
    assert isinstance(short, Envelope)
    assert len(short.text) <= 160
    for words in (letter, short):
        assert made.code in words.text
        assert f"/dialogues/commitments/{made.uid}/" in words.text
        assert not {"Aminata", actor.name} & set(words.text.split())
        assert "votre organisation" not in words.text
    assert "rappel" in letter.text
    assert "rappel" in short.text
    assert ("motos" in letter.text, "motos" in short.text) == (carried, False)


def test_who_no_longer_holds_it_and_what_was_closed_since_are_not_told() -> None:
    body, who = OrganisationFactory.create(), keeper()
    stays, left = team(body), team(body)
    made = due(-3, actor=ActorFactory.create(), by=who, place=session(by=who, organisation=body))
    remind_due()
    Membership.objects.filter(person=left).delete()
    assert words_of(left) == Skip(reasons.NO_LONGER_ALLOWED)
    assert isinstance(words_of(stays), Envelope)
    Commitment.objects.filter(pk=made.pk).update(tlp=Tlp.RED)
    assert words_of(stays) == Skip(reasons.NO_LONGER_ALLOWED)


def test_whoever_is_asked_is_of_the_team_by_the_policy() -> None:
    body, other, who = OrganisationFactory.create(), OrganisationFactory.create(), keeper()
    for role in (Role.FACILITATOR, Role.EDITOR, Role.LIAISON):
        team(body, role)
        team(other, role)
    process, actor = convened(other), ActorFactory.create()
    rows = [
        due(-3, actor=actor, by=who, place=place)
        for place in (
            session(by=who, organisation=body, process=str(process.uid)),
            session(by=who, process=str(process.uid), tlp=Tlp.AMBER_STRICT),
            session(by=who),
            session(by=who, organisation=body, tlp=Tlp.RED),
            process,
        )
    ]
    asked = holders_among(rows)
    assert {row.pk for row in rows if asked.get(row.pk)} == {row.pk for row in rows} - {rows[3].pk}
    for row in rows:
        assert asked.get(row.pk, set()) <= {one.pk for one in COMMITMENTS.people_as(row, ("team",))}


def test_many_cost_as_many_queries_as_one() -> None:
    body, who = OrganisationFactory.create(), keeper()
    team(body)
    costs = []
    for more in (1, 9):
        for _n in range(more):
            room = session(by=who, organisation=body, process=str(convened(body).uid))
            due(-3, actor=ActorFactory.create(), by=who, place=room)
        with CaptureQueriesContext(connection) as writing:
            assert remind_due() == more
        with CaptureQueriesContext(connection) as composing:
            words = reminder_words.CommitmentWords().compose(list(Message.objects.all()))
        assert all(isinstance(one, Envelope) for one in words.values())
        costs.append((len(writing), len(composing)))
    assert costs[0] == costs[1]


def test_the_page_says_who_is_asked_only_where_somebody_is() -> None:
    desk, who = signed_in(person(Role.COORDINATOR, "Koro")), keeper()
    room = session(by=who)
    asked = due(9, person=somebody(), by=who, place=room)
    no_day = promised(person=somebody(), by=who, place=room)
    closed = due(9, person=somebody(), by=who, place=session(by=who, tlp=Tlp.RED))
    for made, says in ((asked, True), (no_day, False), (closed, False)):
        page = desk.get(f"/dialogues/commitments/{made.uid}/").content.decode()
        assert ("sont priés de lui faire un rappel" in page, "rappelez-le vous-même" in page) == (says, not says)
