"""Who is on duty: what the roster says, by its own clock; replacements, hand-overs, gaps; and who may keep it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import DutyRoster, DutyShift, Who
from incidents.rosters import with_turns
from incidents.services import duty
from incidents.services.duty import Gap, gaps_in, turns_of
from incidents.services.errors import NotAllowed
from incidents.services.rosters import (
    RosterSaid,
    add_shifts,
    keep_roster,
    replace_on_duty,
    take_back_replacement,
)
from orgs.access import viewer_for
from orgs.models import Membership, Role, User
from tests.factories import OrganisationFactory, person
from tests.incidents.choice.conftest import BAMAKO, MONDAY_NOON, Place, graded, line, on_duty, places, told

pytestmark = pytest.mark.django_db


def serving(incident: Any, at: datetime) -> set[int]:
    """Whom the choice of people takes for on duty."""
    words, values = duty.on_duty(incident, at)
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return {row[0] for row in cursor.fetchall()}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BAMAKO)


class TestWhoIsTold:
    def test_only_those_on_duty(self, koro: Place) -> None:
        on_duty(koro.liaison, koro.liaison, start="08:00", end="18:00")
        at_noon, at_night = (told(graded(), line(who=Who.ON_DUTY), at=at) for at in (
            MONDAY_NOON, MONDAY_NOON.replace(hour=23)))  # fmt: skip
        row = at_noon.deliveries.get()
        assert row.roster is not None
        assert (row.recipient, row.roster.name) == (koro.liaison, "Permanence")
        assert not at_night.deliveries.exists()

    def test_the_night_belongs_to_the_day_on_which_it_begins(self, koro: Place) -> None:
        on_duty(koro.liaison, koro.liaison, start="20:00", end="06:00", days=[1])
        incident = graded()
        assert serving(incident, local("2026-03-02T20:00"))
        assert serving(incident, local("2026-03-03T05:59"))
        assert not serving(incident, local("2026-03-03T06:00"))
        assert not serving(incident, local("2026-03-03T20:00"))
        assert not serving(incident, local("2026-03-02T05:00")), "Sunday's night is nobody's"

    def test_areas_and_types_narrow_down(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="00:00", end="00:00")
        assert serving(graded(), MONDAY_NOON)
        assert not serving(graded(where="Gao"), MONDAY_NOON)
        roster.types.set(["abduction"])
        assert not serving(graded(), MONDAY_NOON)
        assert serving(graded(type_id="abduction"), MONDAY_NOON)

    def test_whoever_left_is_on_no_duty(self, koro: Place) -> None:
        on_duty(koro.liaison, koro.liaison, start="00:00", end="00:00")
        Membership.objects.filter(person=koro.liaison).update(ends_at=timezone.now())
        assert not serving(graded(), MONDAY_NOON)

    def test_a_deleted_roster_tells_nobody(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="00:00", end="00:00")
        DutyRoster.objects.filter(pk=roster.pk).update(deleted_at=timezone.now())
        assert not serving(graded(), MONDAY_NOON)

    def test_by_the_rosters_own_clock_on_the_night_when_clocks_change(self, koro: Place) -> None:
        on_duty(koro.liaison, koro.liaison, start="22:00", end="06:00", time_zone="Europe/Paris")
        incident = graded()
        paris = ZoneInfo("Europe/Paris")
        assert serving(incident, datetime(2026, 3, 29, 5, 59, tzinfo=paris))
        assert not serving(incident, datetime(2026, 3, 29, 6, 0, tzinfo=paris))


class TestReplacements:
    def test_another_for_a_day_and_back(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="08:00", end="18:00")
        shift = roster.shifts.get(weekday=2)
        viewer = viewer_for(koro.liaison)
        made = replace_on_duty(
            viewer=viewer, shift=shift, on_date=date(2026, 3, 3), person=koro.colleague, at=MONDAY_NOON
        )
        incident = graded()
        assert serving(incident, local("2026-03-03T10:00")) == {koro.colleague.pk}
        assert serving(incident, local("2026-03-10T10:00")) == {koro.liaison.pk}, "only on that day"
        with pytest.raises(NotAllowed):
            replace_on_duty(viewer=viewer, shift=shift, on_date=date(2026, 3, 3), person=koro.colleague, at=MONDAY_NOON)
        take_back_replacement(viewer=viewer, replacement=made)
        assert serving(incident, local("2026-03-03T10:00")) == {koro.liaison.pk}

    def test_a_hand_over_counts_from_its_minute(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="08:00", end="18:00")
        replace_on_duty(
            viewer=viewer_for(koro.liaison), shift=roster.shifts.get(weekday=1), on_date=date(2026, 3, 2),
            person=koro.colleague, from_now=True, at=MONDAY_NOON,
        )  # fmt: skip
        incident = graded()
        assert serving(incident, MONDAY_NOON - timedelta(minutes=1)) == {koro.liaison.pk}
        assert serving(incident, MONDAY_NOON) == {koro.colleague.pk}

    def test_what_is_refused(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="08:00", end="18:00", days=[1])
        viewer, shift = viewer_for(koro.liaison), roster.shifts.get()
        monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
        for day, who, now in ((tuesday, koro.colleague, False), (monday, koro.monitor, False)):
            with pytest.raises(ValidationError):
                replace_on_duty(viewer=viewer, shift=shift, on_date=day, person=who, from_now=now, at=MONDAY_NOON)
        with pytest.raises(ValidationError):
            replace_on_duty(
                viewer=viewer, shift=shift, on_date=date(2026, 3, 9), person=koro.colleague, from_now=True,
                at=MONDAY_NOON,
            )  # fmt: skip


starts = st.integers(0, 23).map(time)


@given(
    shifts=st.lists(st.tuples(st.integers(1, 7), starts, starts), min_size=1, max_size=5, unique=True),
    replaced=st.booleans(),
    hand_over=st.booleans(),
    at=st.integers(0, 7 * 24 * 2 - 1).map(lambda half: MONDAY_NOON + timedelta(minutes=30 * half)),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_page_and_the_choice_of_people_agree(
    koro: Place, shifts: Any, replaced: bool, hand_over: bool, at: datetime
) -> None:
    DutyRoster.objects.all().delete()
    viewer = viewer_for(koro.liaison)
    said = RosterSaid("Permanence", places("Koro"))
    roster = keep_roster(viewer=viewer, said=said, organisation=koro.service)
    for day, start, end in shifts:
        add_shifts(viewer=viewer, roster=roster, person=koro.liaison, from_time=start, to_time=end, weekdays=[day])
    turns = turns_of([roster], MONDAY_NOON, MONDAY_NOON + timedelta(days=7))[roster.pk]
    upcoming = next((turn for turn in turns if turn.starts > MONDAY_NOON), None)
    if replaced and upcoming:
        shift = DutyShift.objects.get(pk=upcoming.shift_id)
        replace_on_duty(viewer=viewer, shift=shift, on_date=upcoming.on_date, person=koro.colleague, at=MONDAY_NOON)
    if hand_over and upcoming:
        shift = DutyShift.objects.get(pk=upcoming.shift_id)
        replace_on_duty(
            viewer=viewer, shift=shift, on_date=upcoming.on_date, person=koro.colleague, from_now=True,
            at=upcoming.starts + timedelta(minutes=15),
        )  # fmt: skip
    turns = turns_of([roster], at, at + timedelta(minutes=1))[roster.pk]
    shown = {turn.person.pk for turn in turns if turn.starts <= at < turn.ends}
    assert shown == serving(graded(), at)
    assert bool(shown) != any(gap.starts <= at < gap.ends for gap in gaps_in(turns, at, at + timedelta(minutes=1)))


class TestThePage:
    def test_gaps_are_said(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="06:00", end="06:00", days=[1, 2, 3, 4, 5, 6])
        shown = with_turns([roster], at=MONDAY_NOON)[0]
        assert [(gap.starts, gap.ends) for gap in shown.gaps] == [
            (local("2026-03-08T06:00"), local("2026-03-09T06:00"))
        ]
        assert [one.turn.person for one in shown.now] == [koro.liaison]

    def test_an_empty_roster_is_one_gap(self) -> None:
        later = MONDAY_NOON + timedelta(days=7)
        assert gaps_in([], MONDAY_NOON, later) == [Gap(MONDAY_NOON, later)]

    def test_queries_do_not_grow_with_rosters(self, koro: Place, django_assert_max_num_queries: Any) -> None:
        rosters = [on_duty(koro.liaison, koro.liaison, start="06:00", end="06:00") for _ in range(4)]
        with django_assert_max_num_queries(3):
            with_turns(rosters)


class TestWhoKeepsIt:
    def test_own_people_and_coordinators_of_the_area_and_nobody_else(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="06:00", end="06:00")
        strangers = [
            person(Role.LIAISON, "Koro"),
            person(Role.COORDINATOR, "Gao"),
            person(Role.MONITOR, "Koro", organisation=koro.service),
            koro.monitor,
        ]
        said = RosterSaid("Autre nom", places("Koro"))
        for user in strangers:
            with pytest.raises(NotAllowed):
                keep_roster(viewer=viewer_for(user), said=said, roster=roster)
            with pytest.raises(NotAllowed):
                keep_roster(viewer=viewer_for(user), said=said, organisation=koro.service)
        assert keep_roster(viewer=koro.author_view, said=said, roster=roster).name == "Autre nom"

    def test_nobody_of_another_organisation_is_put_on_it(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="06:00", end="06:00")
        with pytest.raises(ValidationError):
            add_shifts(
                viewer=koro.author_view, roster=roster, person=koro.monitor, from_time=time(8), to_time=time(9),
                weekdays=[1],
            )  # fmt: skip

    def test_a_name_must_not_tell_where_forces_are(self, koro: Place) -> None:
        said = RosterSaid("La gendarmerie est positionnée au pont de Koro", places("Koro"))
        with pytest.raises(ValidationError):
            keep_roster(viewer=koro.author_view, said=said, organisation=koro.service)

    def test_the_same_shift_twice_is_one(self, koro: Place) -> None:
        roster = on_duty(koro.liaison, koro.liaison, start="06:00", end="06:00")
        again = add_shifts(
            viewer=koro.author_view, roster=roster, person=koro.liaison, from_time=time(6), to_time=time(6),
            weekdays=[1, 2],
        )  # fmt: skip
        assert again == 0

    def test_pages(self, koro: Place, client: Any) -> None:
        from tests.factories import signed_in

        roster = on_duty(koro.liaison, koro.liaison, start="06:00", end="06:00", days=[1])
        browser = signed_in(koro.liaison)
        assert koro.liaison.name in browser.get(f"/alerts/duty/{roster.pk}/").content.decode()
        answer = browser.post(
            f"/alerts/duty/{roster.pk}/shifts/",
            {"person": koro.colleague.pk, "weekdays": ["2"], "from_time": "08:00", "to_time": "18:00"},
        )
        assert answer.status_code == 302
        bad = browser.post(f"/alerts/duty/{roster.pk}/shifts/", {"person": koro.monitor.pk, "from_time": "08:00"})
        assert bad.status_code == 422
        assert browser.post(f"/alerts/duty/{roster.pk}/delete/").status_code == 302
        assert browser.get(f"/alerts/duty/{roster.pk}/").status_code == 404
        assert browser.post(f"/alerts/duty/{roster.pk}/restore/").status_code == 302
        assert browser.get(f"/alerts/duty/{roster.pk}/").status_code == 200
        stranger = signed_in(person(Role.LIAISON, "Koro", organisation=OrganisationFactory.create()))
        assert koro.liaison.name not in stranger.get("/alerts/duty/").content.decode()
        assert stranger.get(f"/alerts/duty/{roster.pk}/").status_code == 404
        assert User.objects.filter(pk=koro.liaison.pk).exists()
