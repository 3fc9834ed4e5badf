"""Processes: begun once, changed by one at a time, carried by organisations, with sums that say what they are."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dialogues.access import PROCESSES
from dialogues.inclusion import sums_of
from dialogues.models import Process, ProcessState, Session, SessionKind
from dialogues.said import Counted
from dialogues.services import processes
from dialogues.services.processes import PARTS, ProcessSaid
from incidents.services.errors import ChangedMeanwhile
from orgs.access import viewer_for
from orgs.models import AuditEntry, Organisation, OrganisationVisibility, Role, Tlp, User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from tests.factories import OrganisationFactory, area, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def begin(who: Viewer, **changed: Any) -> Process:
    said = replace(ProcessSaid(title="Paix à Koro", area=area("Koro").pcode), **changed)
    return processes.begin(viewer=who, uid=uuid.uuid4(), said=said)


def form(**changed: Any) -> dict[str, Any]:
    """The form as a phone sends it."""
    return {
        "title": "Paix à Koro", "purpose": "Que le marché rouvre.", "kind": "justice", "level": "communal",
        "track": "3", "area": area("Koro").pcode, "state": "planned", "starts_on": "2026-01-10", "ends_on": "",
        "funders_text": "", "tlp": "green", "uid": str(uuid.uuid4()), **changed,
    }  # fmt: skip


# --- Beginning and changing --------------------------------------------------------------------------------------


def test_a_facilitator_begins_a_process_for_their_organisation_once() -> None:
    body = OrganisationFactory.create()
    browser = signed_in(person(Role.FACILITATOR, "Koro", organisation=body))
    sent = form(convener=body.pk)
    for _n in range(2):
        assert browser.post("/dialogues/processes/new/", sent).status_code == 302
    (made,) = Process.objects.all()
    assert list(made.conveners.all()) == [body]
    assert (made.cercle, made.region) == (area("Koro"), area("Koro").region)
    page = browser.get(f"/dialogues/processes/{made.uid}/").content.decode()
    assert "Que le marché rouvre." in page
    assert AuditEntry.objects.filter(object_type="process", verb="begun").count() == 1


def test_who_only_reads_begins_nothing() -> None:
    for role in (Role.MONITOR, Role.ANALYST, Role.LIAISON, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            begin(viewer(role, "Koro"))
    assert not Process.objects.exists()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "title": ({"title": " "}, "title"),
    "long": ({"title": "x" * 201}, "title"),
    "order": ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
    "year": ({"starts_on": date(1890, 1, 1)}, "starts_on"),
    "area": ({"area": "ML9999"}, "area"),
    "kind": ({"kind": "war"}, "kind"),
    "marking": ({"tlp": "pink"}, "tlp"),
    "forces": ({"purpose": "Les soldats sont postés au pont de Koro."}, "purpose"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_cannot_be_is_refused_by_field(case: str) -> None:
    changed, field = WRONG[case]
    with pytest.raises(ValidationError) as refused:
        begin(viewer(Role.COORDINATOR, "Koro"), **changed)
    assert field in refused.value.message_dict
    assert not Process.objects.exists()


def test_a_form_that_was_refused_keeps_what_was_typed() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    answer = browser.post("/dialogues/processes/new/", form(ends_on="2025-01-01", purpose="Un but précis"))
    assert answer.status_code == 422
    assert "Un but précis" in answer.content.decode()


def test_two_who_change_at_once_overwrite_nothing() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    made = begin(who)
    said = processes.said_of(made)
    processes.change(viewer=who, process=made, version=1, said=replace(said, state=ProcessState.RUNNING))
    with pytest.raises(ChangedMeanwhile):
        processes.change(viewer=who, process=made, version=1, said=replace(said, title="Autre"))
    assert Process.objects.get().title == "Paix à Koro"


def test_the_page_tells_of_a_change_meanwhile_and_then_takes_it() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    made = begin(viewer(Role.COORDINATOR, "Koro"))
    address = f"/dialogues/processes/{made.uid}/edit/"
    assert browser.post(address, form(title="Un", version=1)).status_code == 302
    answer = browser.post(address, form(title="Deux", version=1))
    assert answer.status_code == 409
    assert "Deux" in answer.content.decode()
    assert browser.post(address, form(title="Deux", version=2)).status_code == 302
    assert Process.objects.get().title == "Deux"


# --- Who carries it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_an_organisation_is_added_once_and_taken_off(part: str) -> None:
    body, made = OrganisationFactory.create(name="Tabital Koro"), ProcessFactory.create()
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    address = f"/dialogues/processes/{made.uid}/bodies/"
    for _n in range(2):
        assert browser.post(address, {"part": part, "organisation": "tabital koro"}).status_code == 302
    assert list(getattr(made, part).all()) == [body]
    assert "Tabital Koro" in browser.get(f"/dialogues/processes/{made.uid}/").content.decode()
    assert browser.post(address, {"remove": f"{part} {body.pk}"}).status_code == 302
    assert not getattr(made, part).exists()


def test_an_organisation_that_is_hidden_stays_hidden_on_the_process() -> None:
    body = OrganisationFactory.create(name="Cachée", visibility=OrganisationVisibility.COORDINATORS)
    made = ProcessFactory.create(tlp=Tlp.CLEAR)
    made.partners.add(body)
    address = f"/dialogues/processes/{made.uid}/"
    assert "Cachée" not in signed_in(person(Role.MONITOR, "Koro")).get(address).content.decode()
    assert "Cachée" in signed_in(person(Role.COORDINATOR, "Koro")).get(address).content.decode()


@pytest.mark.parametrize("sent", [{"remove": "conveners 999999"}, {"remove": "tlp 1"}, {"remove": "x"}])
def test_what_is_not_there_is_not_taken_off(sent: dict[str, str]) -> None:
    made = ProcessFactory.create()
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    assert browser.post(f"/dialogues/processes/{made.uid}/bodies/", sent).status_code == 404


# --- Who sees it -------------------------------------------------------------------------------------------------


def people(convener: Organisation, partner: Organisation) -> dict[str, User]:
    return {
        "coordinator": person(Role.COORDINATOR, "Koro"),
        "away": person(Role.COORDINATOR, "Gao"),
        "analyst": person(Role.ANALYST, "Koro"),
        "monitor": person(Role.MONITOR, "Koro"),
        "team": person(Role.FACILITATOR, "Gao", organisation=convener),
        "convener": person(Role.LIAISON, "Gao", organisation=convener),
        "partner": person(Role.MONITOR, "Gao", organisation=partner),
        "administrator": person(Role.ADMINISTRATOR, "Koro"),
    }


SEES = """
marking  coordinator away analyst monitor team convener partner administrator
clear    y           y    y       y       y    y        y       y
green    y           -    y       y       y    y        y       -
amber    y           -    y       -       y    y        y       -
red      y           -    y       -       y    y        y       -
"""


def test_who_sees_a_process_in_all_three_answers() -> None:
    convener, partner = OrganisationFactory.create(), OrganisationFactory.create()
    who = people(convener, partner)
    names, *lines = [line.split() for line in SEES.strip().splitlines()]
    for marking, *cells in lines:
        made = ProcessFactory.create(tlp=marking, conveners=[convener], title=f"Paix {marking}")
        made.partners.add(partner)
        for name, cell in zip(names[1:], cells, strict=True):
            asked = viewer_for(who[name])
            assert PROCESSES.sees(asked, made) == (cell == "y"), (marking, name)
            assert PROCESSES.rows(asked).filter(pk=made.pk).exists() == (cell == "y"), (marking, name)
            assert PROCESSES.people(made).filter(pk=who[name].pk).exists() == (cell == "y"), (marking, name)
            browser = signed_in(who[name])
            assert browser.get(f"/dialogues/processes/{made.uid}/").status_code == (200 if cell == "y" else 404)
            listed = f"/dialogues/processes/{made.uid}/" in browser.get("/dialogues/processes/").content.decode()
            assert listed == (cell == "y"), (marking, name)


# --- Sums --------------------------------------------------------------------------------------------------------


def counted(women: int, men: int, youth: int = 0) -> tuple[Counted, ...]:
    return (
        Counted("f", "15-35", "residents", youth),
        Counted("f", "36-60", "residents", women - youth),
        Counted("m", "36-60", "farmers", men),
    )


def in_process(made: Process, **changed: Any) -> Session:
    return session(process=str(made.uid), **changed)


def test_a_person_who_comes_twice_counts_twice_and_spectators_stand_apart() -> None:
    made = ProcessFactory.create()
    for _n in range(2):
        in_process(made, people=12, attendance=counted(5, 7))
    in_process(made, people=3, spectators=200, kind=SessionKind.SCREENING)
    in_process(made, state="cancelled", people=0)
    in_process(made, state="planned", people=0, held_on=timezone.localdate() + timedelta(days=3))
    asked = viewer(Role.COORDINATOR, "Koro")
    sums = sums_of(asked, Session.objects.filter(process=made))
    assert (sums.sessions, sums.people, sums.spectators, sums.women, sums.men) == (3, 27, 200, 10, 14)
    page = signed_in(person(Role.COORDINATOR, "Koro")).get(f"/dialogues/processes/{made.uid}/").content.decode()
    assert "vient deux fois compte deux fois" in page


def test_a_list_costs_the_same_for_one_process_and_for_many(django_assert_max_num_queries: Any) -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    for _n in range(8):
        in_process(ProcessFactory.create(), people=12)
    with django_assert_max_num_queries(25):
        assert browser.get("/dialogues/processes/").status_code == 200
