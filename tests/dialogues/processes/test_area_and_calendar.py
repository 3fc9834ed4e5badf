"""An area's line of time, whole and in order; and a person's own calendar, which says less than the pages."""

import logging
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from config.logs import Formatter
from dialogues import area_line
from dialogues.area_line import Entry, line_of, months_of, read_token, token_of
from dialogues.models import CalendarAddress, Session
from dialogues.services.calendar import make_address, person_of, revoke_address
from dialogues.views.calendar import READ, WRONG
from incidents.models import IncidentState
from incidents.views.buckets import Bucket
from orgs.access import viewer_for
from orgs.models import Role, Tlp
from orgs.paging import BadToken
from tests.factories import IncidentFactory, area, person, signed_in, viewer
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db


def incident(day: date, **fields: Any) -> Any:
    return IncidentFactory.create(**{"state": IncidentState.VERIFIED, "tlp": Tlp.GREEN, "occurred_on": day, **fields})


# --- The line ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_no_entry_is_lost_or_read_twice_however_it_is_paged(size: int) -> None:
    today = timezone.localdate()
    for back in (0, 0, 1, 1, 1, 5):
        incident(today - timedelta(days=back))
        session(held_on=today - timedelta(days=back))
    asked, where = viewer(Role.COORDINATOR, "Koro"), area("Koro")
    found, token = [], ""
    for _n in range(20):
        page, token = line_of(asked, where, read_token(token), size)
        found += [(one.day, one.rank, one.pk) for one in page]
        if not token:
            break
    assert len(found) == 12
    assert found == sorted(set(found), reverse=True)


@given(st.text(max_size=30))
def test_a_place_on_the_line_that_nobody_gave_is_refused(token: str) -> None:
    try:
        found = read_token(token)
    except BadToken:
        return
    assert found is None or token_of(Entry(*found, "", "", "", "")).count(".") == 2


def test_a_reader_sees_on_the_line_what_they_see_elsewhere() -> None:
    today, pcode = timezone.localdate(), area("Koro").pcode
    incident(today, summary="Vol au marché")
    incident(today, tlp=Tlp.AMBER, summary="Vol caché")
    session(title="Le puits ouvert")
    session(title="Le puits fermé", tlp=Tlp.AMBER)
    session(title="Annulée", state="cancelled", people=0)
    near = signed_in(person(Role.COORDINATOR, "Koro")).get(f"/dialogues/areas/{pcode}/").content.decode()
    network = signed_in(person(Role.MONITOR, "Koro")).get(f"/dialogues/areas/{pcode}/").content.decode()
    anyone = Client().get(f"/dialogues/areas/{pcode}/").content.decode()
    for words, seen in (
        ("Vol au marché", "yy-"), ("Vol caché", "y--"), ("Le puits ouvert", "yy-"), ("Le puits fermé", "y--"),
        ("Annulée", "---"), ("Après n’est pas à cause", "yyy"),
    ):  # fmt: skip
        assert "".join("y" if words in page else "-" for page in (near, network, anyone)) == seen, words


def test_a_region_holds_its_cercles_and_a_wrong_pcode_is_not_there() -> None:
    incident(timezone.localdate(), summary="Vol au marché")
    browser, region = signed_in(person(Role.COORDINATOR, "Koro")), area("Koro").region
    assert region is not None
    assert "Vol au marché" in browser.get(f"/dialogues/areas/{region.pcode}/").content.decode()
    assert "Vol au marché" not in browser.get(f"/dialogues/areas/{area('Gao').pcode}/").content.decode()
    for pcode in ("ML99", "x", "ML%00"):
        assert browser.get(f"/dialogues/areas/{pcode}/").status_code == 404
    assert browser.get(f"/dialogues/areas/{region.pcode}/?after=nonsense").status_code == 404


def test_months_stand_side_by_side() -> None:
    today = timezone.localdate()
    incident(today)
    incident(today, tlp=Tlp.RED)
    session(held_on=today.replace(day=1))
    incident(today - timedelta(days=900))
    months = months_of(viewer(Role.COORDINATOR, "Koro"), area("Koro"))
    assert len(months) == area_line.MONTHS
    assert (months[-1].incidents, months[-1].sessions) == (2, 1)
    assert sum(month.incidents for month in months) == 2
    assert months_of(viewer(Role.MONITOR, "Koro"), area("Koro"))[-1].incidents == 1


# --- The calendar ------------------------------------------------------------------------------------------------


def read(token: str) -> Any:
    answer = Client().get(f"/dialogues/calendar/{token}.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return answer.content


def events(token: str) -> dict[str, Any]:
    return {str(one["UID"]): one for one in Calendar.from_ical(read(token)).walk("VEVENT")}


def of(found: dict[str, Any], made: Session) -> Any:
    return next((one for uid, one in found.items() if str(made.uid) in uid), None)


def test_the_address_is_long_kept_by_its_hash_alone_renewed_and_revoked() -> None:
    who = person(Role.MONITOR, "Koro")
    asked = viewer_for(who)
    first = make_address(viewer=asked)
    assert len(first) >= 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM dialogues_calendaraddress t")
        assert first not in cursor.fetchone()[0]
    second = make_address(viewer=asked)
    assert (person_of(first), person_of(second)) == (None, who)
    assert CalendarAddress.objects.count() == 1
    who.is_active = False
    who.save()
    assert person_of(second) is None
    revoke_address(viewer=asked)
    revoke_address(viewer=asked)
    for gone in (first, second, "x", "é" * 43, "a" * 43):
        assert Client().get(f"/dialogues/calendar/{gone}.ics").status_code == 404


def test_a_get_makes_no_address_and_the_address_is_shown_once() -> None:
    browser = signed_in(person(Role.MONITOR, "Koro"))
    assert ".ics" not in browser.get("/dialogues/calendar/").content.decode()
    assert not CalendarAddress.objects.exists()
    assert ".ics" in browser.post("/dialogues/calendar/", {"make": "1"}).content.decode()
    assert ".ics" not in browser.get("/dialogues/calendar/?renew=yes").content.decode()
    assert browser.post("/dialogues/calendar/", {"revoke": "1"}).status_code == 302
    assert not CalendarAddress.objects.exists()


def test_a_calendar_holds_what_its_person_may_see_and_less_of_what_is_close() -> None:
    day = timezone.localdate() + timedelta(days=3)
    plan: dict[str, Any] = {"held_on": day, "state": "planned", "people": 0}
    green = session(title="Le puits", starts_at=time(9), ends_at=time(11, 30), **plan)
    amber = session(title="Le puits caché", tlp=Tlp.AMBER, **plan)
    red = session(title="Le puits rouge", tlp=Tlp.RED, **plan)
    gone = session(title="Annulée", **{**plan, "state": "cancelled"})
    near = make_address(viewer=viewer(Role.COORDINATOR, "Koro"))
    network = make_address(viewer=viewer(Role.MONITOR, "Koro"))
    away = make_address(viewer=viewer(Role.MONITOR, "Gao"))
    told = events(near)
    assert str(of(told, green)["SUMMARY"]) == "Le puits"
    assert of(told, green).decoded("DTSTART").isoformat() == f"{day.isoformat()}T09:00:00+00:00"
    assert str(of(told, green)["STATUS"]) == "TENTATIVE"
    assert "sous le grand arbre" in str(of(told, green)["LOCATION"])
    assert str(of(told, amber)["SUMMARY"]) == "Concertation"
    assert str(of(told, amber)["LOCATION"]).startswith("Koro,")
    assert "arbre" not in str(of(told, amber)["LOCATION"])
    assert of(told, red) is None
    assert str(of(told, gone)["STATUS"]) == "CANCELLED"
    assert of(events(network), amber) is None
    assert of(events(network), green) is not None
    assert events(away) == {}
    assert b"cach" not in read(near)


def test_guessing_keys_is_slowed_per_address_and_stops_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WRONG, "of_one_address", Bucket(size=3, a_second=0.05))
    monkeypatch.setattr(READ, "of_one_address", Bucket(size=2, a_second=0.5))
    address = f"/dialogues/calendar/{make_address(viewer=viewer(Role.MONITOR, 'Koro'))}.ics"
    guesser, reader = Client(REMOTE_ADDR="198.51.100.1"), Client(REMOTE_ADDR="198.51.100.2")
    tried = [guesser.get(f"/dialogues/calendar/{n}{'a' * 42}.ics").status_code for n in range(5)]
    assert tried == [404, 404, 404, 429, 429]
    late = guesser.get(address)
    assert (late.status_code, late["Retry-After"], late.content) == (429, "20", b"")
    assert [reader.get(address).status_code for _n in range(3)] == [200, 200, 429]


def test_no_log_line_holds_the_key(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(WRONG, "of_one_address", Bucket(size=1, a_second=0.05))
    caplog.set_level(logging.DEBUG)
    key = "K" * 43
    for _n in range(2):  # 404, then 429: Django writes the path of both
        Client().get(f"/dialogues/calendar/{key}.ics")
    monkeypatch.setattr("dialogues.views.calendar.calendar_of", lambda person: 1 / 0)
    held = make_address(viewer=viewer(Role.MONITOR, "Koro"))
    Client(raise_request_exception=False, REMOTE_ADDR="198.51.100.2").get(f"/dialogues/calendar/{held}.ics")
    lines = [record for record in caplog.records if record.name.startswith("django.request")]
    assert len(lines) == 3
    assert any(key in record.getMessage() for record in lines), "else there is nothing to mask"
    written = "\n".join(Formatter("{message}", style="{").format(record) for record in lines)
    assert written.count("/dialogues/calendar/<key>") >= 3
    assert key not in written
    assert held not in written


def test_lines_are_folded_and_uids_are_stable() -> None:
    made = session(title="é" * 150)
    token = make_address(viewer=viewer(Role.COORDINATOR, "Koro"))
    first = read(token)
    assert max(len(line) for line in first.split(b"\r\n")) <= 75
    assert first.endswith(b"END:VCALENDAR\r\n")
    before = set(events(token))
    Session.objects.filter(pk=made.pk).update(title="Autre")
    assert set(events(token)) == before


def test_a_reader_of_less_gets_no_hour_and_no_commune() -> None:
    made = session(tlp=Tlp.CLEAR, starts_at=time(9))
    found = of(events(make_address(viewer=viewer(Role.ANALYST, "Koro"))), made)
    assert found.decoded("DTSTART") == made.held_on
    assert "arbre" not in str(found["LOCATION"])
