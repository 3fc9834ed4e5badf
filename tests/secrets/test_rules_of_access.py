"""Without any one grant, condition, barrier or ceiling of what comes with alerts, a table typed by hand does not hold.

Incidents and alerts themselves: ``tests/access/test_every_rule_counts.py``.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from pytest import MonkeyPatch  # noqa: PT013

from incidents import access
from incidents.access import cap, choice, conduct, telling
from incidents.models import (
    AlertClosing,
    AlertLadder,
    AlertQuestion,
    AlertState,
    Audience,
    ConductPattern,
    Delivery,
    DutyRoster,
    Escalation,
    Exercise,
    IncidentState,
    Ladder,
    Participation,
    QuestionAnswer,
    ReporterIdentity,
    SafetyReview,
    Subscription,
)
from incidents.services import copies
from incidents.services.conduct import take_in
from orgs.access import viewer_for
from orgs.crypto import seal
from orgs.models import Level, Role, Tlp
from orgs.policy import Policy
from tests.access.test_every_rule_counts import _without_each
from tests.access.world import AWAY, HOME, World
from tests.factories import (
    ActorFactory,
    AlertFactory,
    DeliveryFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    ReportFactory,
    area,
    country,
    person,
)
from tests.incidents.twoway.making import advisory

pytestmark = pytest.mark.django_db

Seen = dict[str, str]
"""By the name of a person, the audience as which they see a row."""


def _as(audience: str, *names: str) -> Seen:
    return dict.fromkeys(names, audience)


DESK = _as("coordinator", "coordinator")
EVERY_DESK = _as("coordinator", "coordinator", "coordinator-away", "accused")
"""A row whose place was not found."""
OVERSIGHT = _as("oversight", "oversight")
LIAISONS = _as("liaison", "liaison", "recipient", "colleague")
NETWORK = _as("network", "reporter", "editor", "monitor", "facilitator")
ADMINISTRATOR = _as("administrator", "administrator")


def _seen(policy: Policy[Any], world: World, rows: list[Any]) -> list[Seen]:
    viewers = {name: viewer_for(user) for name, user in world.people.items()}
    return [
        {name: said for name, viewer in viewers.items() if (said := policy.audience(viewer, row)) is not None}
        for row in rows
    ]


def _changes(policy: Policy[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each rule taken away: grants, their conditions, barriers, the roles of a grant, what narrows its scope."""
    yield from _without_each(policy)
    for place, grant in enumerate(policy.grants):
        looser = [replace(grant, scope=grant.scope.within)] if hasattr(grant.scope, "within") else []
        for one in looser:
            yield f"grant {place} not narrowed", {"grants": (*policy.grants[:place], one, *policy.grants[place + 1 :])}


def _each_counts(policy: Policy[Any], world: World, expected: list[tuple[Any, Seen]], monkeypatch: MonkeyPatch) -> None:
    rows, typed = [row for row, _seen_by in expected], [seen_by for _row, seen_by in expected]
    assert _seen(policy, world, rows) == typed
    for what, changed in _changes(policy):
        with monkeypatch.context() as changing:
            for attribute, value in changed.items():
                changing.setattr(policy, attribute, value)
            assert _seen(policy, world, rows) != typed, f"nothing fails {what}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def told(world: World) -> tuple[Delivery, Delivery]:
    """To the recipient, of home; to the colleague, of an incident whose place was not found."""
    _alert, at_home = world.alert(Tlp.AMBER)
    nowhere = AlertFactory.released(incident=IncidentFactory.create(tlp=Tlp.RED, where=None))
    other = world.people["colleague"]
    DeliveryFactory.create(
        alert=at_home.alert, rendition=at_home.rendition, recipient=other, organisation=world.service
    )
    lost = DeliveryFactory.create(alert=nowhere, recipient=other, organisation=world.service)
    return at_home, lost


def test_reports_and_deliveries(world: World, told: tuple[Delivery, Delivery], monkeypatch: MonkeyPatch) -> None:
    reporter = world.people["reporter"]
    assert reporter is not None
    own = ReportFactory.create(where=AWAY)
    ReporterIdentity.objects.create(report=own, sealed=seal({}), person_key=access.person_key(reporter.pk))
    reports = [
        (ReportFactory.attached(told[0].alert.incident, where=HOME), DESK),
        (ReportFactory.create(where=None), EVERY_DESK),
        (own, _as("coordinator", "coordinator-away") | _as("own", "reporter")),
    ]
    _each_counts(access.REPORTS, world, reports, monkeypatch)
    deliveries = [
        (told[0], DESK | _as("recipient", "recipient")),
        (told[1], EVERY_DESK | _as("recipient", "colleague")),
    ]
    _each_counts(access.DELIVERIES, world, deliveries, monkeypatch)


def test_questions_and_answers(world: World, told: tuple[Delivery, Delivery], monkeypatch: MonkeyPatch) -> None:
    asked, lost = (AlertQuestion.objects.create(delivery=one, text="Où ?") for one in told)
    questions = [(asked, DESK | _as("asker", "recipient")), (lost, EVERY_DESK | _as("asker", "colleague"))]
    _each_counts(access.QUESTIONS, world, questions, monkeypatch)
    alone, to_all, of_lost = (
        QuestionAnswer.objects.create(question=question, text="Au marché.", to_all=all_read)
        for question, all_read in ((asked, False), (asked, True), (lost, False))
    )
    answers = [
        (alone, DESK | _as("asker", "recipient")),
        (to_all, DESK | _as("asker", "recipient") | _as("recipient", "colleague")),
        (of_lost, EVERY_DESK | _as("asker", "colleague")),
    ]
    _each_counts(access.QUESTION_ANSWERS, world, answers, monkeypatch)


def test_advisories(world: World, monkeypatch: MonkeyPatch) -> None:
    giver = world.people["recipient"]
    assert giver is not None
    plain, held = advisory(giver, world.service), advisory(giver, world.service)
    held.incident = world.incident(Tlp.GREEN)
    held.save()
    service = _as("service", "recipient", "colleague")
    rows = [(plain, DESK | _as("coordinator", "accused") | service), (held, DESK | service)]
    _each_counts(access.ADVISORIES, world, rows, monkeypatch)
    counted = DESK | OVERSIGHT | LIAISONS | NETWORK | _as("analyst", "analyst")
    _each_counts(access.FIGURES, world, [(world.incident(Tlp.RED), counted)], monkeypatch)
    both = counted | _as("coordinator", "accused")
    _each_counts(access.FIGURES_OF_ADVISORIES, world, [(plain, both)], monkeypatch)


def test_reviews_closings_and_what_alerts_turned_out_to_be(
    world: World, told: tuple[Delivery, Delivery], monkeypatch: MonkeyPatch
) -> None:
    home, lost = told[0].alert, told[1].alert
    hashed = {"alert_version": 1, "incident_version": 1, "words_hash": "x"}
    reviews = [SafetyReview.objects.create(alert=one, **hashed) for one in (home, lost)]
    closings = [AlertClosing.objects.create(alert=one, truth="true", why="happened") for one in (home, lost)]
    seen = (DESK | OVERSIGHT, EVERY_DESK | OVERSIGHT)
    _each_counts(access.REVIEWS, world, list(zip(reviews, seen, strict=True)), monkeypatch)
    _each_counts(access.CLOSINGS, world, list(zip(closings, seen, strict=True)), monkeypatch)
    truths: list[tuple[Any, Seen]] = [
        (home, DESK | OVERSIGHT | _as("analyst", "analyst")),
        (lost, EVERY_DESK | OVERSIGHT),
        (world.draft(), {}),
        (AlertFactory.create(incident=IncidentFactory.create(where=None), state=AlertState.DRAFT), {}),
    ]
    _each_counts(access.TRUTHS, world, truths, monkeypatch)


def test_totals_of_liaisons(world: World, monkeypatch: MonkeyPatch) -> None:
    drill = Exercise.objects.create(name="Essai", area=area(HOME), starts_at=timezone.now())
    practised = IncidentFactory.create(state=IncidentState.VERIFIED, where=HOME, exercise=drill)
    own = IncidentFactory.create(state=IncidentState.VERIFIED, where=HOME)
    HeldResponsibleFactory.create(incident=own, actor=ActorFactory.create(organisation=world.service))
    rows: list[tuple[Any, Seen]] = [
        (world.incident(Tlp.RED), LIAISONS),
        (world.incident(Tlp.RED, IncidentState.OPEN), {}),
        (practised, {}),
        (own, _as("liaison", "liaison")),
    ]
    _each_counts(access.TOTALS, world, rows, monkeypatch)


def test_conduct(world: World, monkeypatch: MonkeyPatch) -> None:
    world.people["overseer of forces"] = person(Role.OVERSIGHT, HOME, organisation=world.service)
    said = take_in(form_id="x", force="police", acts=["money"], occurred_on=date(2026, 5, 4), area=area(HOME)).feedback
    _each_counts(conduct.CONDUCT, world, [(said, OVERSIGHT)], monkeypatch)
    where = {"region": area(HOME).region, "cercle": area(HOME), "from_on": date(2026, 1, 1), "to_on": date(2026, 3, 1)}
    stands = ConductPattern.objects.create(**where, good=20, bad=30, words="On paie.")
    withdrawn = ConductPattern.objects.create(**where, good=20, bad=30, words="On paie.", withdrawn_at=timezone.now())
    readers = _as("reader", "coordinator", "facilitator", "analyst")
    rows = [(stands, OVERSIGHT | readers), (withdrawn, OVERSIGHT)]
    _each_counts(conduct.CONDUCT_PATTERNS, world, rows, monkeypatch)


def test_ladders_and_their_steps(world: World, told: tuple[Delivery, Delivery], monkeypatch: MonkeyPatch) -> None:
    desks = _as("coordinator", "coordinator", "accused")
    region = area(HOME).region
    assert region is not None
    assert region.level == Level.REGION
    ladders = [
        (Ladder.objects.create(name="Cercle", area=area(HOME)), desks),
        (Ladder.objects.create(name="Région", area=region), _as("reader", "coordinator", "accused")),
        (
            Ladder.objects.create(name="Pays", area=country()),
            _as("reader", "coordinator", "coordinator-away", "accused"),
        ),
    ]
    _each_counts(access.LADDERS, world, ladders, monkeypatch)
    home, lost = told[0].alert, told[1].alert
    at = {"step": 2, "wait": 5, "audience": Audience.LIAISON, "due_at": timezone.now()}
    steps = [Escalation.objects.create(alert=one, **at) for one in (home, lost)]
    chosen = [AlertLadder.objects.create(alert=one, name="Cercle") for one in (home, lost)]
    for policy, rows in ((access.ESCALATIONS, steps), (access.ALERT_LADDERS, chosen)):
        seen = list(zip(rows, (DESK, EVERY_DESK), strict=True))
        _each_counts(policy, world, seen, monkeypatch)


def test_exercises(world: World, monkeypatch: MonkeyPatch) -> None:
    desks = _as("coordinator", "coordinator", "accused")
    drill = Exercise.objects.create(name="Essai", area=area(HOME), starts_at=timezone.now())
    _each_counts(access.EXERCISES, world, [(drill, desks)], monkeypatch)
    reporter = world.people["reporter"]
    assert reporter is not None
    chosen = Participation.objects.create(exercise=drill, person=reporter)
    rows = [(chosen, desks | _as("participant", "reporter"))]
    _each_counts(access.PARTICIPATIONS, world, rows, monkeypatch)


def test_subscriptions_and_rosters(world: World, monkeypatch: MonkeyPatch) -> None:
    roster = DutyRoster.objects.create(name="Nuits", organisation=world.service)
    roster.areas.add(area(HOME))
    subscriptions = [
        (Subscription.objects.create(person=world.people["recipient"]), _as("own", "recipient") | ADMINISTRATOR),
        (
            Subscription.objects.create(organisation=world.service),
            _as("told", "recipient", "colleague") | ADMINISTRATOR,
        ),
        (Subscription.objects.create(organisation=world.accused), _as("keeper", "accused") | ADMINISTRATOR),
    ]
    _each_counts(choice.SUBSCRIPTIONS, world, subscriptions, monkeypatch)
    kept = _as("keeper", "recipient", "colleague") | _as("coordinator", "coordinator", "accused") | ADMINISTRATOR
    _each_counts(choice.ROSTERS, world, [(roster, kept)], monkeypatch)


# --- Ceilings -------------------------------------------------------------------------------------------------------

CEILINGS = {
    Audience.PUBLIC: {Tlp.CLEAR},
    Audience.NETWORK: {Tlp.CLEAR, Tlp.GREEN},
    Audience.ORGANISATION: set(Tlp),
    Audience.LIAISON: set(Tlp),
    Audience.OVERSIGHT: set(Tlp),
}


def _may_be_sent() -> dict[str, set[str]]:
    return {audience: {tlp for tlp in Tlp if access.may_be_sent_to(audience, tlp)} for audience in CEILINGS}


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.NETWORK])
def test_each_ceiling_counts(audience: str, world: World, monkeypatch: MonkeyPatch) -> None:
    assert _may_be_sent() == CEILINGS
    incident = world.incident(Tlp.AMBER)
    asked = {"tlp": Tlp.AMBER, "audience": audience}
    assert not access.people_who_may_be_told(incident, **asked).exists()
    assert not access.may_have_rendition(incident, audience)
    monkeypatch.setitem(telling.AUDIENCE_CEILING, audience, Tlp.RED)
    assert _may_be_sent() != CEILINGS
    assert access.may_have_rendition(incident, audience)
    assert access.people_who_may_be_told(incident, **asked).exists() == (audience == Audience.NETWORK)


def test_what_is_not_verified_is_for_those_who_check(world: World, monkeypatch: MonkeyPatch) -> None:
    rumour = world.incident(Tlp.CLEAR, IncidentState.OPEN)
    written = {audience for audience in CEILINGS if access.may_have_rendition(rumour, audience)}
    assert written == {Audience.LIAISON, Audience.ORGANISATION}
    monkeypatch.setattr(telling, "BEFORE_VERIFICATION", tuple(Audience))
    assert access.may_have_rendition(rumour, Audience.PUBLIC)


def test_what_leaves_for_programs_and_by_hand() -> None:
    assert set(cap.FED) == {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT}
    assert set(copies.MAY_BE_COPIED) == {Tlp.CLEAR, Tlp.GREEN}
    assert set(copies.ON_AIR) == {Audience.PUBLIC, Audience.NETWORK}
    assert {tlp for tlp in Tlp if tlp.carries_content} == {Tlp.CLEAR, Tlp.GREEN}
