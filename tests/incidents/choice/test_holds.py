"""What waits and until when: by severity, hour and how much there was; clocks of other zones; nothing is dropped."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Alert, Audience, Delivery, Severity, Who
from incidents.services import fanout
from incidents.services.subscriptions import Wanted, keep_subscription, take_rule_as_digest
from orgs.access import viewer_for
from orgs.models import Message, Role, User
from tests.factories import DeliveryFactory, person
from tests.incidents.choice.conftest import BAMAKO, MONDAY_NOON, Place, graded, line, on_duty, subscribed, told

pytestmark = pytest.mark.django_db

NIGHT = MONDAY_NOON.replace(hour=23)
QUIET = {"quiet_from": time(22), "quiet_to": time(6)}


def hours(user: User, **chosen: Any) -> None:
    User.objects.filter(pk=user.pk).update(**chosen)


def held(alert: Alert, user: User) -> tuple[str, datetime | None]:
    row = Delivery.objects.get(alert=alert, recipient=user)
    return row.hold, row.held_until


def busy(user: User, count: int, at: datetime) -> None:
    """So many alerts were sent one by one within the hour before."""
    for _number in range(count):
        made = DeliveryFactory.create(recipient=user)
        Delivery.objects.filter(pk=made.pk).update(created_at=at - timedelta(minutes=20))


# severity   by day  at night  by day and full  at night and full
TABLE = """
extreme      .       .         .                .
severe       .       .         cap              cap
moderate     .       quiet     cap              quiet
minor        digest  digest    digest           digest
unknown      digest  digest    digest           digest
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines(), ids=lambda row: row.split()[0])
def test_what_waits(koro: Place, row: str) -> None:
    severity, *expected = row.split()
    hours(koro.liaison, **QUIET)
    found = [held(told(graded(severity), at=at), koro.liaison)[0] or "." for at in (MONDAY_NOON, NIGHT)]
    for at in (MONDAY_NOON, NIGHT):
        busy(koro.liaison, 6, at)
    found += [held(told(graded(severity), at=at), koro.liaison)[0] or "." for at in (MONDAY_NOON, NIGHT)]
    assert found == expected


class TestWhatAPersonWished:
    @pytest.mark.parametrize(
        ("severity", "sending", "hold"),
        [
            ("minor", "each", ""),
            ("minor", "digest", "digest"),
            ("moderate", "each", ""),
            ("moderate", "digest", "digest"),
            ("severe", "digest", ""),
            ("extreme", "digest", ""),
        ],
    )
    def test_a_subscription_says_how(self, koro: Place, severity: str, sending: str, hold: str) -> None:
        subscribed(koro.liaison, "Koro", sending=sending)
        assert held(told(graded(severity)), koro.liaison)[0] == hold

    def test_a_rule_can_be_taken_as_a_digest_by_one_person(self, koro: Place) -> None:
        editor = person(Role.EDITOR, "Koro", organisation=koro.association)
        other = person(Role.MONITOR, "Koro", organisation=koro.association)
        rule = keep_subscription(viewer=viewer_for(editor), wanted=Wanted(), organisation=koro.association)
        take_rule_as_digest(viewer=viewer_for(koro.monitor), rule=rule, as_digest=True)
        alert = told(graded(), line(Audience.NETWORK))
        assert (held(alert, koro.monitor)[0], held(alert, other)[0]) == ("digest", "")

    def test_without_a_digest_small_things_are_in_the_inbox_only(self, koro: Place) -> None:
        hours(koro.liaison, wants_digest=False)
        row = told(graded("minor")).deliveries.get(recipient=koro.liaison)
        assert (row.hold, row.channel) == ("", "inbox")
        assert not Message.objects.filter(deliveries=row).exists()

    def test_whoever_is_on_duty_is_told_at_once(self, koro: Place) -> None:
        hours(koro.liaison, **QUIET)
        on_duty(koro.liaison, koro.liaison, start="20:00", end="06:00")
        alert = told(graded("minor"), line(who=Who.ON_DUTY), at=NIGHT)
        assert held(alert, koro.liaison) == ("", None)

    def test_a_later_step_of_the_ladder_is_never_held(self, koro: Place) -> None:
        incident = graded("minor")
        alert = told(incident, at=NIGHT)
        fanout.write_deliveries(alert, incident, list(alert.audiences.all()), step=2, at=NIGHT)
        assert not Delivery.objects.filter(alert=alert, step=2).exclude(hold="").exists()

    def test_calls_and_the_inbox_are_not_held(self, koro: Place) -> None:
        hours(koro.liaison, channel="call")
        assert held(told(graded("minor")), koro.liaison)[0] == ""


def test_nothing_held_has_a_message_and_everything_else_has(koro: Place) -> None:
    hours(koro.liaison, **QUIET)
    alert = told(graded(), at=NIGHT)
    assert {row.hold for row in alert.deliveries.filter(messages__isnull=False)} == {""}
    assert alert.deliveries.filter(messages__isnull=True).get().recipient == koro.liaison


class TestUntilWhen:
    def test_digest_at_the_persons_next_hour(self, koro: Place) -> None:
        hours(koro.liaison, digest_hour=7)
        assert held(told(graded("minor")), koro.liaison)[1] == datetime(2026, 3, 3, 7, tzinfo=BAMAKO)
        hours(koro.liaison, digest_hour=18)
        assert held(told(graded("minor")), koro.liaison)[1] == datetime(2026, 3, 2, 18, tzinfo=BAMAKO)

    def test_on_the_hour_itself_it_is_tomorrow(self, koro: Place) -> None:
        hours(koro.liaison, digest_hour=12)
        assert held(told(graded("minor")), koro.liaison)[1] == datetime(2026, 3, 3, 12, tzinfo=BAMAKO)

    def test_a_digest_waits_for_the_end_of_quiet_hours(self, koro: Place) -> None:
        hours(koro.liaison, digest_hour=5, **QUIET)
        assert held(told(graded("minor")), koro.liaison)[1] == datetime(2026, 3, 3, 6, tzinfo=BAMAKO)

    @pytest.mark.parametrize(
        ("hour", "until"),
        [
            ("2026-03-02T21:59", None),
            ("2026-03-02T22:00", "2026-03-03T06:00"),
            ("2026-03-02T23:59", "2026-03-03T06:00"),
            ("2026-03-03T00:00", "2026-03-03T06:00"),
            ("2026-03-03T05:59", "2026-03-03T06:00"),
            ("2026-03-03T06:00", None),
        ],
    )
    def test_quiet_hours_across_midnight(self, koro: Place, hour: str, until: str | None) -> None:
        hours(koro.liaison, **QUIET)
        alert = told(graded(), at=datetime.fromisoformat(hour).replace(tzinfo=BAMAKO))
        wanted = datetime.fromisoformat(until).replace(tzinfo=BAMAKO) if until else None
        assert held(alert, koro.liaison) == ("quiet" if until else "", wanted)

    def test_quiet_hours_by_day(self, koro: Place) -> None:
        hours(koro.liaison, quiet_from=time(11), quiet_to=time(14))
        assert held(told(graded()), koro.liaison)[1] == datetime(2026, 3, 2, 14, tzinfo=BAMAKO)

    def test_a_full_hour_ends_with_the_hour(self, koro: Place) -> None:
        busy(koro.liaison, 6, MONDAY_NOON)
        alert = told(graded(), at=MONDAY_NOON + timedelta(minutes=12))
        assert held(alert, koro.liaison) == ("cap", MONDAY_NOON + timedelta(hours=1))

    def test_one_below_the_cap_still_goes(self, koro: Place) -> None:
        busy(koro.liaison, 5, MONDAY_NOON)
        assert held(told(graded()), koro.liaison)[0] == ""
        hours(koro.liaison, hour_cap=5)
        assert held(told(graded()), koro.liaison)[0] == "cap"

    @pytest.mark.parametrize(
        ("at", "until"),
        [
            # The night on which clocks go forward (29 March 2026: 02:00 becomes 03:00) ...
            ("2026-03-28T23:30+01:00", "2026-03-29T07:00+02:00"),
            # ... and the one on which they go back (25 October 2026: 03:00 becomes 02:00).
            ("2026-10-24T23:30+02:00", "2026-10-25T07:00+01:00"),
            ("2026-10-25T02:30+02:00", "2026-10-25T07:00+01:00"),
            ("2026-10-25T02:30+01:00", "2026-10-25T07:00+01:00"),
        ],
    )
    def test_quiet_hours_on_nights_when_clocks_change(self, koro: Place, at: str, until: str) -> None:
        hours(koro.liaison, time_zone="Europe/Paris", quiet_from=time(23), quiet_to=time(7))
        alert = told(graded(), at=datetime.fromisoformat(at))
        assert held(alert, koro.liaison) == ("quiet", datetime.fromisoformat(until))

    @pytest.mark.parametrize(("at", "until"), [
        # Quiet until half past two, an hour that does not exist, or exists twice: never before now.
        ("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"),
        ("2026-10-25T02:10+02:00", "2026-10-25T02:30+01:00"),
        ("2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
    ])  # fmt: skip
    def test_quiet_until_an_hour_that_is_missing_or_twice(self, koro: Place, at: str, until: str) -> None:
        hours(koro.liaison, time_zone="Europe/Paris", quiet_from=time(23), quiet_to=time(2, 30))
        hold, when = held(told(graded(), at=datetime.fromisoformat(at)), koro.liaison)
        assert (hold, when) == ("quiet", datetime.fromisoformat(until))

    def test_each_by_their_own_clock(self, koro: Place) -> None:
        """One o'clock at night in Paris is midnight in Bamako and seven in the evening in New York."""
        abroad = person(Role.LIAISON, "Koro", organisation=koro.service, time_zone="America/New_York")
        for user in (koro.liaison, abroad):
            hours(user, **QUIET)
        alert = told(graded(), at=datetime(2026, 3, 3, 0, 0, tzinfo=BAMAKO))
        assert held(alert, koro.liaison)[0] == "quiet"
        assert held(alert, abroad)[0] == ""
        late = told(graded(), at=datetime(2026, 3, 2, 23, 0, tzinfo=ZoneInfo("America/New_York")))
        assert held(late, abroad)[1] == datetime(2026, 3, 3, 6, tzinfo=ZoneInfo("America/New_York"))


class TestThreads:
    def update_of(self, alert: Alert, severity: str, at: datetime) -> Alert:
        return told(graded(severity), at=at, kind="update", follows=alert, thread=alert.thread)

    def test_an_update_joins_the_first_that_still_waits(self, koro: Place) -> None:
        first = told(graded("minor"))
        later = self.update_of(first, Severity.MODERATE, MONDAY_NOON + timedelta(hours=1))
        assert held(later, koro.liaison) == held(first, koro.liaison)

    def test_a_severe_update_goes_at_once_and_overtakes_it(self, koro: Place) -> None:
        first = told(graded("minor"))
        later = self.update_of(first, Severity.SEVERE, MONDAY_NOON + timedelta(hours=1))
        assert held(later, koro.liaison)[0] == ""
        assert held(first, koro.liaison)[0] == "", "nobody is told the older thing after the newer one"


def test_cancelling_lets_go(koro: Place) -> None:
    alert = told(graded("minor"))
    assert alert.deliveries.exclude(hold="").exists()
    fanout.call_off(alert)
    assert not alert.deliveries.exclude(hold="").exists()
    assert not Message.objects.filter(purpose="cancel").exists(), "who was told nothing hears of no cancellation"


def test_the_statements_of_a_release_do_not_grow_with_people(koro: Place) -> None:
    def statements(count: int) -> int:
        for number in range(count):
            user = person(Role.LIAISON, "Koro", organisation=koro.service, quiet_from=time(22), quiet_to=time(6))
            subscribed(user, "Koro", sending="digest" if number % 2 else "each")
        incident = graded()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told(incident, at=NIGHT)
        return len(queries)

    statements(1)
    assert statements(1) == statements(15)
