"""A ladder's life: each step when it is due, in order, once; it rests after an answer and ends with the alert."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from incidents.models import (
    Alert,
    Audience,
    CallOutcome,
    DeclineReason,
    Escalation,
    HeldResponsible,
    Incident,
    Ladder,
    Reply,
    ReplyKind,
)
from incidents.services import alerts, climbing, fanout, ladder_calls, replies
from incidents.services.errors import NotAllowed
from incidents.services.ladder_plans import Rung
from orgs.access import viewer_for
from orgs.models import AuditEntry, Membership, Message, Role, User
from tests.factories import ActorFactory, area, person
from tests.incidents.alerts.conftest import Place, released, verified
from tests.incidents.ladder.conftest import a_ladder, climb, rungs, states, told

pytestmark = pytest.mark.django_db
At = Callable[[float], datetime]


def say(alert: Alert, who: User, kind: str) -> Reply:
    """What a recipient answers."""
    reason = DeclineReason.NO_MEANS if kind == ReplyKind.DECLINE else ""
    delivery = alert.deliveries.get(recipient=who)
    return replies.answer(viewer=viewer_for(who), delivery=delivery, kind=kind, reason=reason)


def test_the_release_freezes_the_steps_with_their_times(alert: Alert, after: At) -> None:
    rows = Escalation.objects.filter(alert=alert).order_by("step")
    assert [(row.step, row.due_at) for row in rows] == [(2, after(15)), (3, after(35)), (4, after(65))]
    assert states(alert) == ["waiting"] * 3
    assert told(alert) == [(1, "Keita")]


def test_nothing_happens_before_its_time(alert: Alert, after: At) -> None:
    assert climb(after(14.9)) == 0
    assert states(alert) == ["waiting"] * 3


def test_each_step_tells_its_own_people_and_gives_its_wait(alert: Alert, after: At) -> None:
    assert climb(after(15)) == 1
    assert told(alert) == [(1, "Keita"), (2, "Sangare")]
    assert climb(after(34)) == 0
    assert climb(after(36)) == 1
    # The coordinators of Koro are of the network too.
    assert told(alert)[2:] == [(3, "Aminata"), (3, "Boubacar"), (3, "Fanta"), (3, "Zeinab")]
    assert states(alert) == ["done", "done", "waiting"]
    # Half an hour from when the third step really went.
    assert Escalation.objects.get(alert=alert, step=4).due_at == after(66)
    assert climb(after(66)) == 1
    assert states(alert) == ["done"] * 3
    assert climb(after(1000)) == 0


def test_messages_go_to_the_new_people_alone(alert: Alert, after: At) -> None:
    before = Message.objects.count()
    climb(after(15))
    new = Message.objects.order_by("-pk")[: Message.objects.count() - before]
    assert [message.recipient.name for message in new if message.recipient] == ["Sangare"]


def test_whoever_was_told_is_not_told_again(koro: Place) -> None:
    a_ladder(rungs=[Rung(wait=5, audience=Audience.LIAISON, area=area("Koro"))])
    alert = released(koro, verified())
    assert alert.released_at is not None
    climb(alert.released_at + timedelta(minutes=5))
    step = Escalation.objects.get(alert=alert)
    assert (step.state, step.told) == ("done", 0)
    assert told(alert) == [(1, "Keita")]


def test_after_a_step_that_reached_nobody_the_next_goes_at_once(koro: Place) -> None:
    a_ladder(rungs=[Rung(wait=5, audience=Audience.LIAISON, area=area("Koro")), *rungs()])
    alert = released(koro, verified())
    assert alert.released_at is not None
    at = alert.released_at + timedelta(minutes=5)
    assert climb(at) == 1
    assert climb(at) == 1
    assert told(alert) == [(1, "Keita"), (3, "Sangare")]
    assert Escalation.objects.get(alert=alert, step=3).why == "empty"
    assert climb(at) == 0


@pytest.mark.parametrize(
    ("kind", "why"),
    [(ReplyKind.ACKNOWLEDGE, "acknowledged"), (ReplyKind.ACT, "acting"), (ReplyKind.DONE, "finished")],
)
def test_an_answer_lets_it_rest(koro: Place, alert: Alert, after: At, kind: str, why: str) -> None:
    say(alert, koro.liaison, kind)
    assert climb(after(1)) == 0
    step = Escalation.objects.get(alert=alert, step=2)
    assert (step.state, step.why) == ("paused", why)
    assert climb(after(10_000)) == 0
    assert told(alert) == [(1, "Keita")]


def test_whoever_cannot_after_all_lets_it_go_on(koro: Place, alert: Alert, after: At) -> None:
    say(alert, koro.liaison, ReplyKind.ACT)
    climb(after(1))
    say(alert, koro.liaison, ReplyKind.DECLINE)
    # Everybody told so far cannot: nobody waits for anything.
    assert climb(after(2)) == 1
    assert Escalation.objects.get(alert=alert, step=2).why == "declined"
    assert Escalation.objects.get(alert=alert, step=3).due_at == after(22)


def test_one_of_two_cannot_and_the_other_is_waited_for(koro: Place, ladder: Ladder) -> None:
    other = person(Role.LIAISON, "Koro", organisation=koro.service, name="Diarra")
    alert = released(koro, verified())
    assert alert.released_at is not None
    say(alert, koro.liaison, ReplyKind.DECLINE)
    assert climb(alert.released_at + timedelta(minutes=3)) == 0
    say(alert, other, ReplyKind.DECLINE)
    assert climb(alert.released_at + timedelta(minutes=4)) == 1


def test_acting_without_an_end_goes_on_after_the_hours_of_the_ladder(koro: Place) -> None:
    a_ladder(resume_after=3)
    alert = released(koro, verified())
    reply = say(alert, koro.liaison, ReplyKind.ACT)
    assert climb(reply.at + timedelta(hours=2, minutes=59)) == 0
    assert climb(reply.at + timedelta(hours=3)) == 1
    assert Escalation.objects.get(alert=alert, step=2).why == "stale"
    # It goes on with its waits; a new word lets it rest again.
    assert climb(reply.at + timedelta(hours=3, minutes=5)) == 0


def test_what_is_done_rests_for_good(koro: Place) -> None:
    a_ladder(resume_after=3)
    alert = released(koro, verified())
    reply = say(alert, koro.liaison, ReplyKind.DONE)
    assert climb(reply.at + timedelta(hours=300)) == 0


def test_an_answer_of_somebody_who_may_no_longer_answer_counts_for_nothing(
    koro: Place, alert: Alert, after: At
) -> None:
    say(alert, koro.liaison, ReplyKind.ACT)
    climb(after(1))
    HeldResponsible.objects.create(incident=alert.incident, actor=ActorFactory.create(organisation=koro.service))
    assert climb(after(15)) == 1
    # Their colleagues are told nothing either.
    assert told(alert) == [(1, "Keita")]


def test_people_whose_post_ended_are_left_out_at_that_moment(koro: Place, alert: Alert, after: At) -> None:
    Membership.objects.filter(person=koro.colleague).update(ends_at=after(-1))
    climb(after(15))
    assert told(alert) == [(1, "Keita")]


@pytest.mark.parametrize("state", ["cancelled", "replaced", "expired"])
def test_it_ends_with_its_alert(alert: Alert, after: At, state: str) -> None:
    climb(after(15))
    Alert.objects.filter(pk=alert.pk).update(state=state)
    assert climb(after(100)) == 0
    assert states(alert) == ["done", "ended", "ended"]
    assert climb(after(100)) == 0


def test_an_alert_whose_time_is_over_goes_no_further(alert: Alert, after: At) -> None:
    Alert.objects.filter(pk=alert.pk).update(expires_at=after(14))
    assert climb(after(15)) == 0
    assert states(alert) == ["ended"] * 3


# --- The clock ---------------------------------------------------------------------------------------------------


def test_after_a_stop_of_hours_late_steps_go_one_by_one(alert: Alert, after: At) -> None:
    assert climb(after(120)) == 1
    assert states(alert) == ["done", "waiting", "waiting"]
    assert climb(after(120)) == 0
    assert climb(after(139)) == 0
    assert climb(after(140)) == 1
    assert climb(after(169)) == 0
    assert climb(after(170)) == 1
    done = list(Escalation.objects.filter(alert=alert).order_by("step").values_list("done_at", flat=True))
    assert done == [after(120), after(140), after(170)]


def test_a_clock_set_back_repeats_nothing_and_skips_nothing(alert: Alert, after: At) -> None:
    assert climb(after(15)) == 1
    assert climb(after(-600)) == 0
    assert climb(after(15)) == 0
    assert climb(after(35)) == 1
    assert told(alert)[1] == (2, "Sangare")
    assert len(told(alert)) == len(set(told(alert)))


def test_the_clock_is_the_database_s(alert: Alert) -> None:
    Escalation.objects.filter(alert=alert, step=2).update(due_at=climbing.database_time())
    assert climbing.climb_due().climbed == 1


def test_a_ladder_that_fails_stops_no_other(koro: Place, ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = released(koro, verified()), released(koro, verified())
    assert second.released_at is not None
    write = fanout.write_deliveries

    def fails_for_one(alert: Alert, incident: Incident, lines: list[object], **given: int) -> int:
        if alert.pk == first.pk:
            raise RuntimeError("made to fail")
        return write(alert, incident, lines, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(fanout, "write_deliveries", fails_for_one)
    assert climb(second.released_at + timedelta(minutes=15)) == 1
    assert states(first) == ["waiting"] * 3
    assert states(second) == ["done", "waiting", "waiting"]
    monkeypatch.undo()
    assert climb(second.released_at + timedelta(minutes=16)) == 1
    assert states(first) == ["done", "waiting", "waiting"]


# --- By hand -----------------------------------------------------------------------------------------------------


def test_a_step_is_done_now_and_a_second_tap_does_nothing(koro: Place, alert: Alert) -> None:
    step = climbing.step_now(viewer=koro.author_view, alert=alert, step=2)
    assert (step.why, step.done_by) == ("by_hand", koro.author)
    climbing.step_now(viewer=koro.author_view, alert=alert, step=2)
    assert told(alert) == [(1, "Keita"), (2, "Sangare")]
    with pytest.raises(NotAllowed):
        climbing.step_now(viewer=koro.author_view, alert=alert, step=4)
    assert AuditEntry.objects.filter(verb="climbed", actor=koro.author).count() == 1


def test_it_is_stopped_with_a_reason(koro: Place, alert: Alert, after: At) -> None:
    with pytest.raises(ValidationError):
        climbing.stop_ladder(viewer=koro.author_view, alert=alert, reason="  ")
    with pytest.raises(ValidationError):
        climbing.stop_ladder(viewer=koro.author_view, alert=alert, reason="L’armée avance vers Koro avec dix véhicules")
    climbing.stop_ladder(viewer=koro.author_view, alert=alert, reason="Le préfet a appelé.")
    assert states(alert) == ["ended"] * 3
    assert climb(after(100)) == 0
    entry = AuditEntry.objects.get(verb="ended")
    assert "préfet" not in str(entry.facts)


def test_others_may_not_touch_it(koro: Place, alert: Alert) -> None:
    away = viewer_for(person(Role.COORDINATOR, "Gao"))
    for viewer in (away, viewer_for(koro.liaison)):
        with pytest.raises(NotAllowed):
            climbing.step_now(viewer=viewer, alert=alert, step=2)
        with pytest.raises(NotAllowed):
            climbing.stop_ladder(viewer=viewer, alert=alert, reason="Pour voir.")
    alerts.cancel_alert(viewer=koro.author_view, alert=alert)
    with pytest.raises(NotAllowed):
        climbing.step_now(viewer=koro.author_view, alert=alert, step=2)


def test_the_call_at_the_end_is_ticked_off_with_what_was_said(koro: Place, alert: Alert, after: At) -> None:
    last = Escalation.objects.get(alert=alert, step=4)
    with pytest.raises(NotAllowed):
        ladder_calls.note_call(viewer=koro.author_view, step=last, outcome="acting", note="Elle envoie quelqu’un.")
    for minutes in (15, 35, 65):
        climb(after(minutes))
    with pytest.raises(ValidationError):
        ladder_calls.note_call(viewer=koro.author_view, step=last, outcome="acting", note="")
    ladder_calls.note_call(viewer=koro.author_view, step=last, outcome="no_answer", note="")
    noted = ladder_calls.note_call(
        viewer=koro.author_view, step=last, outcome=CallOutcome.ACTING, note="Elle en parle au maire."
    )
    assert (noted.call_outcome, noted.called_by) == ("acting", koro.author)
    assert "maire" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


def test_the_plan_may_change_and_the_alert_keeps_its_own(koro: Place, ladder: Ladder, alert: Alert, after: At) -> None:
    ladder.steps.all().delete()
    climb(after(15))
    assert told(alert) == [(1, "Keita"), (2, "Sangare")]
