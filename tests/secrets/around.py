"""Marked values in what comes with an alert: questions, advisories, conduct, reviews, rosters, ladders, exercises."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from incidents.models import (
    Advisory,
    Alert,
    AlertQuestion,
    Audience,
    ConductFeedback,
    ConductPattern,
    DutyRoster,
    Exercise,
    Incident,
    Ladder,
    Reply,
    ReplyKind,
    SafetyAnswer,
    SafetyOverride,
    SafetyReview,
    Truth,
    Verdict,
)
from incidents.models.closings import WhyClosed
from incidents.services import (
    advisories,
    alerts,
    closing,
    conduct,
    exercises,
    outcomes_told,
    questions,
    replies,
    rosters,
)
from incidents.services.alerts import Line
from incidents.services.ladder_plans import Rung, Wanted, keep_ladder
from orgs.access import viewer_for
from orgs.models import Role, Tlp, User
from orgs.policy import Viewer
from tests.access.world import HOME, World
from tests.factories import area, person
from tests.incidents.twoway.making import told

AROUND = {
    "asked": "fouldrinesse",
    "answer_to_asker": "gabrelonne",
    "asked_too": "hirsovane",
    "answer_to_all": "jouvrelade",
    "need_more_words": "kalbruscade",
    "outcome_words": "lompirave",
    "advisory_words": "mordubaine",
    "advisory_to_do": "nalvesque",
    "advisory_soft": "oultrimane",
    "advisory_soft_to_do": "pandrelouse",
    "held_words": "quilvarde",
    "held_note": "rastipoule",
    "conduct_words": "sévrancole",
    "conduct_note": "tarbidule",
    "pattern_words": "urvolande",
    "review_word": "vulpernase",
    "override_reason": "wistabrole",
    "override_passage": "xandrivel",
    "closing_word": "yvroncelle",
    "roster_name": "zindrapole",
    "ladder_name": "abrizeline",
    "ladder_call_name": "Bourdivène",
    "ladder_call_phone": "+22371829304",
    "ladder_call_words": "cralistoupe",
    "drill_name": "dresvignole",
    "drill_purpose": "estramuche",
    "drill_summary": "flontivaire",
    "drill_lessons": "griboulasse",
}


@dataclass
class Around:
    """What was planted, by what it is."""

    ladder: Ladder
    question: AlertQuestion | None = None
    outcome: Reply | None = None
    passed_on: Advisory | None = None
    held: Advisory | None = None
    conduct: ConductFeedback | None = None
    pattern: ConductPattern | None = None
    roster: DutyRoster | None = None
    drill: Exercise | None = None
    drill_alert: Alert | None = None
    drill_incident: Incident | None = None


def user_of(world: World, name: str) -> User:
    """A person of the world who has an account."""
    user = world.people[name]
    assert user is not None
    return user


def plant_ladder(world: World) -> Around:
    """Before the release, so that the alert has it: nobody is told in step 2, a coordinator calls somebody."""
    call = Rung(
        wait=60, call_name=AROUND["ladder_call_name"], call_phone=AROUND["ladder_call_phone"],
        call_words=AROUND["ladder_call_words"],
    )  # fmt: skip
    keeper = viewer_for(user_of(world, "coordinator"))
    return Around(keep_ladder(viewer=keeper, wanted=Wanted(name=AROUND["ladder_name"], area=area(HOME), rungs=[call])))


def plant_after(world: World, around: Around, alert: Alert) -> None:
    """All the rest, by the services themselves where there are any."""
    _talk(world, around, alert)
    _advise(world, around)
    _tell_of_conduct(world, around)
    _review(world, alert)
    around.roster = rosters.keep_roster(
        viewer=viewer_for(user_of(world, "recipient")),
        said=rosters.RosterSaid(name=AROUND["roster_name"], areas=[area(HOME)]),
        organisation=world.service,
    )
    _drill(world, around)


def _talk(world: World, around: Around, alert: Alert) -> None:
    recipient, desk = viewer_for(user_of(world, "recipient")), viewer_for(user_of(world, "coordinator"))
    delivery = alert.deliveries.get(recipient=user_of(world, "recipient"))
    around.question = questions.ask(viewer=recipient, delivery=delivery, text=AROUND["asked"])
    _answer(desk, around.question, AROUND["answer_to_asker"], to_all=False)
    second = questions.ask(viewer=recipient, delivery=delivery, text=AROUND["asked_too"])
    _answer(desk, second, AROUND["answer_to_all"], to_all=True)
    replies.answer(
        viewer=recipient, delivery=delivery, kind=ReplyKind.NEED_MORE, missing=["place"],
        text=AROUND["need_more_words"],
    )  # fmt: skip
    around.outcome = replies.answer(
        viewer=recipient, delivery=delivery, kind=ReplyKind.OUTCOME, did=["medical"], helped="yes",
        text=AROUND["outcome_words"],
    )  # fmt: skip
    outcomes_told.decide_on_outcome(viewer=desk, reply=around.outcome, verdict=Verdict.ACCEPTED)


def _answer(desk: Viewer, question: AlertQuestion, text: str, *, to_all: bool) -> None:
    questions.answer_question(viewer=desk, question=question, text=text, to_all=to_all, confirmed=True)


def _advise(world: World, around: Around) -> None:
    """One advisory that is softened, passed on and released to the network at home; one that is held."""
    giver, desk = viewer_for(user_of(world, "recipient")), viewer_for(user_of(world, "coordinator"))
    said = told(words=AROUND["advisory_words"], instruction=AROUND["advisory_to_do"], tlp=Tlp.GREEN)
    given = advisories.give_advisory(viewer=giver, organisation=world.service, told=said)
    draft = advisories.pass_on_advisory(
        viewer=desk, advisory=given, version=given.version, words=AROUND["advisory_soft"],
        instruction=AROUND["advisory_soft_to_do"], tlp=Tlp.GREEN, severity=given.severity,
        lines=[Line(Audience.NETWORK, area=area(HOME))],
    )  # fmt: skip
    _release(desk, draft)
    given.refresh_from_db()
    around.passed_on = given
    other = told(words=AROUND["held_words"], instruction="Restez prudents.", tlp=Tlp.GREEN)
    held = advisories.give_advisory(viewer=giver, organisation=world.service, told=other)
    around.held = advisories.hold_advisory(
        viewer=desk, advisory=held, version=held.version, reason="unsure", note=AROUND["held_note"]
    )


def _release(desk: Viewer, draft: Alert) -> Alert:
    """By one coordinator or, where two are needed, by two."""
    from incidents import access

    releaser = desk
    if access.needs_second_person(draft):
        draft = alerts.propose_alert(viewer=desk, alert=draft, version=draft.version)
        releaser = viewer_for(person(Role.COORDINATOR, HOME))
    return alerts.release_alert(viewer=releaser, alert=draft, version=draft.version).alert


def _tell_of_conduct(world: World, around: Around) -> None:
    around.conduct = conduct.take_in(
        form_id="secrets", force="police", acts=["money"], occurred_on=date(2026, 5, 4), area=area(HOME),
        words=AROUND["conduct_words"],
    ).feedback  # fmt: skip
    conduct.add_note(
        viewer=viewer_for(user_of(world, "oversight")), feedback=around.conduct, words=AROUND["conduct_note"]
    )
    around.pattern = ConductPattern.objects.create(
        region=area(HOME).region or area(HOME), cercle=area(HOME), from_on=date(2026, 1, 1), to_on=date(2026, 3, 31),
        good=20, bad=30, words=AROUND["pattern_words"],
    )  # fmt: skip


def _review(world: World, alert: Alert) -> None:
    """A list gone through with words to it, and what the alert turned out to be."""
    coordinator = user_of(world, "coordinator")
    review = SafetyReview.objects.create(
        alert=alert, reviewer=coordinator, alert_version=1, incident_version=1, words_hash="x"
    )
    SafetyAnswer.objects.create(review=review, question="against", answer="yes", word=AROUND["review_word"], basis="x")
    SafetyOverride.objects.create(
        review=review, check_code="name", decision="overridden", reason=AROUND["override_reason"],
        passage=AROUND["override_passage"], fingerprint="x",
    )  # fmt: skip
    alert.refresh_from_db()
    closing.close_alert(
        viewer=viewer_for(coordinator), alert=alert, version=alert.version, truth=Truth.TRUE, why=WhyClosed.HAPPENED,
        word=AROUND["closing_word"],
    )  # fmt: skip


def _drill(world: World, around: Around) -> None:
    """A drill at home with the reporter alone; its alert is meant for the whole network there."""
    desk = viewer_for(user_of(world, "coordinator"))
    outline = exercises.Outline(
        name=AROUND["drill_name"], area=area(HOME), starts_at=timezone.now() + timedelta(hours=1),
        purpose=AROUND["drill_purpose"],
    )  # fmt: skip
    drill = exercises.plan_exercise(viewer=desk, outline=outline)
    reporter = user_of(world, "reporter")
    exercises.choose_participants(viewer=desk, exercise=drill, people=[reporter.pk])
    exercises.invite(viewer=desk, exercise=drill)
    exercises.answer_invitation(
        viewer=viewer_for(reporter), participation=drill.participations.get(person=reporter), agrees=True
    )
    example = exercises.Example(
        type_code="looting", severity="moderate", urgency="immediate", tlp="green", summary=AROUND["drill_summary"],
        area=area(HOME),
    )  # fmt: skip
    around.drill_incident = exercises.start_exercise(viewer=desk, exercise=drill, example=example)
    draft = alerts.prepare_alert(
        viewer=desk, incident=around.drill_incident, lines=[Line(Audience.NETWORK)], call_number="+22376000099"
    )
    around.drill_alert = _release(desk, draft)
    drill.refresh_from_db()
    around.drill = exercises.keep_lessons(
        viewer=desk, exercise=drill, version=drill.version, lessons=AROUND["drill_lessons"]
    )
