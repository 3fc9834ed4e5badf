"""Who was in the room: shares of those who are known, none for a few, and who was never there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dialogues.inclusion import ToldShare, missing, share, sums_by, sums_of
from dialogues.left_behind import left_behind, since
from dialogues.models import Group, Session, SessionKind
from dialogues.papers.figures import People, people_section
from dialogues.said import Counted
from dialogues.shares import FEWEST
from orgs.models import Level, Role, Tlp
from orgs.policy import Viewer
from tests.factories import area, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def cells(women: int, men: int, young: int = 0, *, unknown: int = 0) -> dict[str, Any]:
    lines = (
        Counted("f", "15-35", Group.WOMEN_GROUPS, min(young, women)),
        Counted("f", "36-60", Group.WOMEN_GROUPS, women - min(young, women)),
        Counted("m", "36-60", Group.FARMERS, men),
        Counted("u", "u", Group.UNKNOWN, unknown),
    )
    return {"people": women + men + unknown, "attendance": lines}


@given(st.integers(0, 500), st.integers(0, 500), st.booleans())
def test_a_share_is_told_only_of_enough_people(count: int, rest: int, left_out: bool) -> None:
    found = share(count, count + rest, left_out=left_out)
    assert found.of == count + rest
    if found.percent is None:
        assert (found.of < FEWEST, found.why) == (True, "small" if left_out else "few")
    else:
        assert found.of >= FEWEST
        assert found.percent * found.of <= 100 * count < (found.percent + 1) * found.of
        assert found.reaches == (10 * count >= 3 * found.of)


@pytest.mark.parametrize(
    ("count", "of", "percent"), [(299, 1000, 29), (300, 1000, 30), (59, 200, 29), (1999, 2000, 99)]
)
def test_a_mark_is_reached_only_when_it_is(count: int, of: int, percent: int) -> None:
    found = share(count, of)
    assert (found.percent, found.reaches) == (percent, percent >= 30)
    bars = people_section(People(1, of, 0, count, of - count, 0, 0, 1, 1)).bars
    assert [one.words for one in bars if f"({percent} %)" in str(one.words)]


def test_shares_are_of_those_who_are_known() -> None:
    made = ProcessFactory.create()
    session(process=str(made.uid), **cells(6, 9, 3, unknown=85))
    sums = sums_of(viewer(Role.COORDINATOR, "Koro"), Session.objects.all())
    assert (sums.people, sums.of_women, sums.of_youth) == (100, ToldShare(15, 40), ToldShare(15, 20))
    page = signed_in(person(Role.COORDINATOR, "Koro")).get("/dialogues/inclusion/").content.decode()
    assert "40&nbsp;%" in page
    assert "nominations" in page


def test_small_numbers_are_not_told_to_those_who_do_not_get_them() -> None:
    session(**cells(3, 20))
    for asked, told in (
        (viewer(Role.COORDINATOR, "Koro"), ToldShare(23, 13)),
        (viewer(Role.ANALYST, "Koro"), ToldShare(0, None, "small")),
        (viewer(Role.MONITOR, "Koro"), ToldShare(0, None, "small")),
    ):
        assert sums_of(asked, Session.objects.all()).of_women == told


def test_the_few_that_women_leave_of_a_total_are_small_too() -> None:
    session(**cells(20, 0, unknown=3))
    assert sums_of(viewer(Role.ANALYST, "Koro"), Session.objects.all()).of_women == ToldShare(0, None, "small")


def test_two_sums_do_not_tell_what_lies_between_them() -> None:
    """A process with and without one session: the difference would be the numbers of that session."""
    session(**cells(20, 30, 10))
    session(held_on=timezone.localdate() - timedelta(days=3), **cells(3, 27, 3))
    session(held_on=timezone.localdate() - timedelta(days=2), **cells(10, 2, 8))
    for role in (Role.ANALYST, Role.MONITOR):
        asked = sums_of(viewer(role, "Koro"), Session.objects.all())
        assert (asked.women, asked.men, asked.of_women) == (20, 30, ToldShare(50, 40))
        assert (asked.youth, asked.aged, asked.of_youth) == (10, 50, ToldShare(50, 20))
        assert (asked.sessions, asked.people, asked.left_out) == (3, 92, True)
        page = signed_in(person(role, "Koro")).get("/dialogues/inclusion/").content.decode()
        assert "sur 50<" in page
        assert "sur 92<" not in page
    whole = sums_of(viewer(Role.COORDINATOR, "Koro"), Session.objects.all())
    assert (whole.women, whole.men, whole.left_out) == (33, 59, False)


def test_a_viewer_counts_what_they_see() -> None:
    session(**cells(6, 9))
    session(tlp=Tlp.AMBER, **cells(10, 10))
    session(area=area("Gao").pcode, tlp=Tlp.CLEAR, **cells(5, 5))
    for role, people in ((Role.COORDINATOR, "45"), (Role.MONITOR, "25")):
        page = signed_in(person(role, "Koro")).get("/dialogues/inclusion/")
        assert page.context["sums"].people == int(people)
    asked = viewer(Role.COORDINATOR, "Koro")
    from dialogues.access import SESSIONS

    by = sums_by(asked, SESSIONS.rows(asked), "cercle")
    assert {pk: one.people for pk, one in by.items()} == {area("Koro").pk: 35, area("Gao").pk: 10}


def test_area_and_time_are_chosen() -> None:
    session(held_on=date(2026, 1, 5), **cells(6, 9))
    session(held_on=date(2026, 5, 5), **cells(5, 5))
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    for query, people in (
        ("", 25),
        ("?from_on=2026-03-01", 10),
        ("?from_on=2026-03-01&to_on=2026-01-01", 15),
        (f"?area={area('Gao').pcode}", 0),
        ("?area=nowhere&from_on=x", 25),
    ):
        assert browser.get(f"/dialogues/inclusion/{query}").context["sums"].people == people, query


# --- Never in the room -------------------------------------------------------------------------------------------


def test_who_was_never_there_and_who_did_not_come() -> None:
    made = ProcessFactory.create()
    session(process=str(made.uid), invited=("herders", "forces"), absent=("herders",), **cells(6, 9, unknown=6))
    session(process=str(made.uid), invited=("herders",), absent=("herders",), **cells(1, 0))
    found = missing(viewer(Role.COORDINATOR, "Koro"), Q(process=made))
    assert (found.counted, found.unknown, found.some) == (2, 6, False)
    assert str(Group.HERDERS.label) in found.never
    assert str(Group.FARMERS.label) not in found.never
    assert str(Group.OTHER.label) not in found.never
    session(process=str(ProcessFactory.create(title="Peu").uid), **cells(6, 9, unknown=2))
    few = missing(viewer(Role.COORDINATOR, "Koro"), Q(process__title="Peu"))
    assert (few.unknown, few.some) == (0, True)
    coarse = missing(viewer(Role.ANALYST, "Koro"), Q(process=made))
    assert (coarse.counted, coarse.unknown, coarse.some) == (2, 0, True)
    assert found.did_not_come == ((str(Group.HERDERS.label), 2),)


def test_a_session_without_groups_tells_nothing_of_who_was_not_there() -> None:
    made = ProcessFactory.create()
    session(process=str(made.uid), people=200)
    asked = viewer(Role.COORDINATOR, "Koro")
    alone = missing(asked, Q(process=made))
    assert (alone.counted, alone.never, alone.unknown, alone.ungrouped) == (0, (), 200, 1)
    page = signed_in(person(Role.COORDINATOR, "Koro")).get(f"/dialogues/processes/{made.uid}/").content.decode()
    assert "Personne ne peut encore le dire" in page
    assert "non noté" in page  # the shares: nobody's sex was written down
    session(process=str(made.uid), **cells(6, 9))
    both = missing(asked, Q(process=made))
    assert (both.counted, both.unknown, both.ungrouped) == (1, 200, 1)
    assert str(Group.HERDERS.label) in both.never


def test_what_was_held_abroad_says_in_which_country() -> None:
    made = ProcessFactory.create()
    session(process=str(made.uid), area="", country="MR", place_text="Camp", **cells(6, 9))
    page = signed_in(person(Role.COORDINATOR, "Koro")).get(f"/dialogues/processes/{made.uid}/").content.decode()
    assert "Mauritanie" in page
    assert "Camp" not in page


def test_the_public_is_not_sent_to_a_calendar_that_it_cannot_have(client: Client) -> None:
    session(tlp=Tlp.CLEAR, process=str(ProcessFactory.create(tlp=Tlp.CLEAR).uid))
    assert b"/dialogues/processes/" in client.get("/dialogues/").content
    assert b"/dialogues/calendar/" not in client.get("/dialogues/processes/").content
    mine = signed_in(person(Role.MONITOR, "Koro")).get("/dialogues/processes/").content
    assert b"/dialogues/calendar/" in mine


def test_before_the_first_one_the_pages_say_what_to_do(client: Client) -> None:
    coordinator, reader = signed_in(person(Role.COORDINATOR, "Koro")), signed_in(person(Role.MONITOR, "Koro"))
    for page, begin in (("processes", "/dialogues/processes/new/"), ("committees", "/dialogues/committees/new/")):
        mine = coordinator.get(f"/dialogues/{page}/").content.decode()
        assert mine.count(begin) == 2, "above, and where the list would be"
        assert "Ouvrez un" not in mine
        assert begin not in reader.get(f"/dialogues/{page}/").content.decode()
    assert 'href="/dialogues/processes/">Aux' in client.get("/dialogues/proposals/").content.decode()
    assert "/exports/commitments" not in coordinator.get("/dialogues/commitments/").content.decode()


def test_groups_are_told_to_those_who_read_them() -> None:
    session(invited=("herders",), absent=("herders",), **cells(6, 9))
    assert missing(viewer(Role.ANALYST, "Koro"), Q()).counted == 1
    network = missing(viewer(Role.MONITOR, "Koro"), Q())
    assert (network.counted, network.never, len(network.did_not_come)) == (0, (), 1)
    away = missing(viewer(Role.MONITOR, "Gao"), Q())
    assert (away.counted, away.did_not_come) == (0, ())
    assert missing(Viewer(), Q()).did_not_come == ()


# --- Nobody met --------------------------------------------------------------------------------------------------


@given(st.integers(1, 30), st.dates(date(2001, 1, 1), date(2100, 12, 31)))
def test_months_back_are_months_back(months: int, today: date) -> None:
    day = since(months, today)
    assert (today.year - day.year) * 12 + today.month - day.month == months
    assert day.day <= today.day


def names(asked: Viewer, days: int, level: Level = Level.CERCLE) -> set[str]:
    return {one.name for one in left_behind(asked, level, timezone.localdate() - timedelta(days=days))[0]}


def test_a_cercle_where_people_met_is_not_left_behind() -> None:
    today, asked = timezone.localdate(), viewer(Role.COORDINATOR, "Koro", "Gao")
    session(held_on=today - timedelta(days=40), **cells(6, 9))
    session(held_on=today - timedelta(days=400), **cells(6, 9))
    session(area=area("Gao").pcode, kind=SessionKind.INTERVIEW, people=2)
    assert "Koro" not in names(asked, 41)
    assert "Koro" in names(asked, 39)
    assert "Gao" in names(asked, 500)
    left, total = left_behind(asked, Level.CERCLE, today - timedelta(days=500), None)
    assert len(left) == total - 1


def test_what_the_viewer_may_not_see_does_not_count() -> None:
    session(tlp=Tlp.AMBER, **cells(6, 9))
    assert "Koro" not in names(viewer(Role.COORDINATOR, "Koro"), 30)
    assert "Koro" in names(viewer(Role.MONITOR, "Koro"), 30)


def test_the_page_has_list_and_map_and_takes_any_address() -> None:
    session(**cells(6, 9))
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    region = area("Koro").region
    assert region is not None
    for query in ("", "?months=3", "?months=7&area=x", f"?months=24&area={region.pcode}", "?months=abc&area=%00"):
        answer = browser.get(f"/dialogues/left-behind/{query}")
        assert answer.status_code == 200
        assert "<table>" in answer.content.decode()
        assert "areas-map" in answer.content.decode()
    only = browser.get(f"/dialogues/left-behind/?area={region.pcode}").context["left"]
    assert only
    assert {one.region for one in only} == {region.name}
