"""A person's own calendar has the days by which something is to be done, as carefully as it has sessions."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from dialogues.calendar import calendar_of
from dialogues.models import Commitment, Committee, Meeting, Session
from orgs.models import Membership, Role, Tlp, User
from tests.dialogues.commitments.made import due, keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, country, person, viewer
from tests.factories_agreements import committee, seat
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def days_of(who: User, kind: str = "commitment") -> dict[str, Any]:
    """Entries of one sort, by the number that stays theirs."""
    found = Calendar.from_ical(calendar_of(who)).walk("VEVENT")
    return {str(one["UID"]): one for one in found if str(one["UID"]).startswith(f"{kind}-")}


def words_of(who: User, kind: str = "commitment") -> list[str]:
    return sorted(str(one["SUMMARY"]) for one in days_of(who, kind).values())


def test_what_ones_organisation_owes_stands_on_its_day_and_takes_no_hour() -> None:
    body = OrganisationFactory.create()
    who = person(Role.LIAISON, organisation=body)
    made = due(9, body=body, what="Rendre les motos saisies")
    ((number, day),) = days_of(who).items()
    assert number.startswith(f"commitment-{made.uid}@")
    assert str(day["SUMMARY"]) == f"Engagement {made.code} – Rendre les motos saisies"
    assert (day.decoded("DTSTART"), day.decoded("DTEND")) == (made.due_on, today() + timedelta(days=10))
    assert (str(day["TRANSP"]), str(day["CLASS"])) == ("TRANSPARENT", "PRIVATE")
    assert str(day["URL"]) == f"{settings.SITE_URL}/dialogues/commitments/{made.uid}/"
    made.due_on = today() + timedelta(days=20)
    made.save()
    later = days_of(who)[number]
    assert later.decoded("DTSTART") == made.due_on
    assert later.decoded("LAST-MODIFIED") == made.updated_at.replace(microsecond=0)


def test_those_who_hold_the_session_or_the_process_have_it_and_nobody_else() -> None:
    body, convener, present = (OrganisationFactory.create() for _n in range(3))
    by = keeper()
    room = session(by=by, organisation=body, present=(present.pk,))
    due(3, by=by, place=room)
    due(3, actor=ActorFactory.create(), by=by, place=ProcessFactory.create(conveners=[convener]))
    holds, convenes = person(Role.FACILITATOR, organisation=body), person(Role.EDITOR, organisation=convener)
    others = [
        person(Role.LIAISON, organisation=present),
        person(Role.MONITOR, "Koro"),
        person(Role.ANALYST, "Koro"),
        person(Role.COORDINATOR, "Koro"),
        person(Role.ADMINISTRATOR, organisation=body),
    ]
    assert (len(days_of(holds)), len(days_of(convenes))) == (1, 1)
    assert not set(days_of(holds)) & set(days_of(convenes))
    assert [days_of(one) for one in others] == [{}] * len(others)
    Membership.objects.filter(person=holds).delete()
    assert days_of(holds) == {}


@pytest.mark.parametrize(("tlp", "told"), [(Tlp.GREEN, True), (Tlp.AMBER, False), (Tlp.AMBER_STRICT, False)])
def test_from_amber_on_there_is_a_code_alone(tlp: str, told: bool) -> None:
    body, by = OrganisationFactory.create(), keeper()
    who = person(Role.FACILITATOR, organisation=body)
    made = due(3, by=by, body=body, place=session(by=by, tlp=tlp), what="Rendre les motos saisies")
    assert words_of(who) == [f"Engagement {made.code}" + (" – Rendre les motos saisies" if told else "")]
    assert (b"motos" in calendar_of(who)) == told
    assert all("LOCATION" not in one and "DESCRIPTION" not in one for one in days_of(who).values())


def test_red_is_not_there_and_a_closer_session_takes_the_words_along() -> None:
    body, by = OrganisationFactory.create(), keeper()
    who = person(Role.FACILITATOR, organisation=body)
    room = session(by=by, organisation=body)
    made = due(3, by=by, place=room)
    Session.objects.filter(pk=room.pk).update(tlp=Tlp.AMBER)
    assert words_of(who) == [f"Engagement {made.code}"]
    for model, pk in ((Session, room.pk), (Commitment, made.pk)):
        Session.objects.filter(pk=room.pk).update(tlp=Tlp.GREEN)
        model.objects.filter(pk=pk).update(tlp=Tlp.RED)
        assert words_of(who) == [], model


def test_what_a_single_person_promised_has_no_words() -> None:
    body, by = OrganisationFactory.create(), keeper()
    who = person(Role.FACILITATOR, organisation=body)
    made = due(
        3, person=somebody("Aminata D."), by=by, place=session(by=by, organisation=body), what="Rendre les motos"
    )
    assert words_of(who) == [f"Engagement {made.code}"]
    assert b"Aminata" not in calendar_of(who)


def test_what_is_over_what_has_no_day_and_what_is_long_past_is_not_there() -> None:
    body, by = OrganisationFactory.create(), keeper()
    who = person(Role.LIAISON, organisation=body)
    room = session(by=by)
    late = due(-30, body=body, by=by, place=room)
    due(-100, body=body, by=by, place=room)
    promised(body=body, by=by, place=room)
    kept = due(3, body=body, by=by, place=room)
    assert len(days_of(who)) == 2
    Commitment.objects.filter(pk=kept.pk).update(state="kept")
    assert [str(late.uid) in number for number in days_of(who)] == [True]


def test_many_cost_as_many_queries_as_one() -> None:
    body, by = OrganisationFactory.create(), keeper()
    who = person(Role.FACILITATOR, organisation=body)
    costs = []
    for more in (1, 6):
        for _n in range(more):
            due(3, body=body, by=by, place=session(by=by, organisation=body))
        with CaptureQueriesContext(connection) as asked:
            calendar_of(who)
        costs.append(len(asked))
    assert len(days_of(who)) == 7
    assert costs[0] == costs[1]


def test_committees_that_are_to_meet_stand_there_for_those_who_keep_them_by_code_alone() -> None:
    row = committee()
    body = OrganisationFactory.create()
    seat(row, organisation=body)
    keeps, member = person(Role.FACILITATOR, organisation=body), person(Role.LIAISON, organisation=body)
    Committee.objects.filter(pk=row.pk).update(created_on=today() - timedelta(days=20), meets_every=1)
    ((number, day),) = days_of(keeps, "committee").items()
    assert number.startswith(f"committee-{row.uid}@")
    assert str(day["SUMMARY"]) == f"Le comité {row.code} doit se réunir"
    assert today() < day.decoded("DTSTART") <= today() + timedelta(days=12)
    assert str(day["URL"]).endswith(f"/dialogues/committees/{row.uid}/")
    assert row.name.encode() not in calendar_of(keeps)
    for other in (member, person(Role.COORDINATOR, country())):
        assert days_of(other, "committee") == {}
    planned = session(by=viewer(Role.COORDINATOR, country()), kind="committee")
    Session.objects.filter(pk=planned.pk).update(held_on=today() + timedelta(days=2), state="planned")
    Meeting.objects.create(committee=row, session=planned)
    assert days_of(keeps, "committee") == {}
