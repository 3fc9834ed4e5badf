"""The loop: a dialogue answers an incident, and nobody learns of it who does not see both; the accused above all."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dialogues.access import ANSWERED, TAKEN_UP
from dialogues.access.processes import SeenWithItsDialogue
from dialogues.models import Answered, CalendarAddress, Process, Session, SessionState, TakenUp
from dialogues.services import answering
from dialogues.services.calendar import make_address
from incidents.models import ConductPattern, IncidentState
from orgs.access import ANYONE, viewer_for
from orgs.models import Role, Tlp, User
from orgs.policy import Policy
from orgs.services.errors import NotAllowed
from tests.factories import (
    ActorFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    area,
    country,
    made_a_drill,
    person,
    signed_in,
    viewer,
)
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def incident(**fields: Any) -> Any:
    return IncidentFactory.create(**{"state": IncidentState.VERIFIED, "tlp": Tlp.GREEN, **fields})


def pattern(where: str = "Koro") -> ConductPattern:
    return ConductPattern.objects.create(
        region=area(where).region or area(where), cercle=area(where), from_on=date(2026, 1, 1), to_on=date(2026, 3, 31),
        good=20, bad=30, words="On paie pour passer.",
    )  # fmt: skip


def everybody() -> list[User]:
    made = [person(role, "Koro") for role in Role.values]
    made += [person(role, "Gao") for role in (Role.COORDINATOR, Role.FACILITATOR, Role.ANALYST)]
    return [*made, person(Role.COORDINATOR, country()), person(Role.COORDINATOR, "Koro", is_active=False)]


def _agree(policy: Policy[Any], people: list[User]) -> int:
    rows, seen = list(policy.model._default_manager.all()), 0
    assert rows
    for user in people:
        asked = viewer_for(user)
        listed = set(policy.rows(asked).values_list("pk", flat=True))
        for row in rows:
            may = policy.sees(asked, row)
            assert may == (row.pk in listed), (user.memberships.all(), row)
            if user.is_active:
                assert may == policy.people(row).filter(pk=user.pk).exists(), (user.memberships.all(), row)
            seen += may
    for row in rows:
        assert policy.sees(ANYONE, row) == policy.rows(ANYONE).filter(pk=row.pk).exists()
    return seen


def links() -> None:
    for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.RED):
        for other in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER):
            what = incident(tlp=tlp)
            Answered.objects.create(incident=what, process=ProcessFactory.create(tlp=other))
            Answered.objects.create(incident=what, session=session(tlp=other))


def test_the_three_answers_agree() -> None:
    people = everybody()
    service = OrganisationFactory.create()
    people.append(person(Role.COORDINATOR, "Koro", organisation=service))
    links()
    for answered in Answered.objects.all()[:6]:
        HeldResponsibleFactory.create(incident=answered.incident, actor=ActorFactory.create(organisation=service))
    for marking in (Tlp.CLEAR, Tlp.AMBER):
        TakenUp.objects.create(pattern=pattern(), process=ProcessFactory.create(tlp=marking))
    assert 40 < _agree(ANSWERED, people) < len(people) * Answered.objects.count()
    assert 4 < _agree(TAKEN_UP, people) < len(people) * 2


def test_each_barrier_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [viewer_for(user) for user in everybody() if user.is_active]
    links()
    TakenUp.objects.create(pattern=pattern(), process=ProcessFactory.create(tlp=Tlp.AMBER))
    TakenUp.objects.create(pattern=pattern("Gao"), process=ProcessFactory.create(tlp=Tlp.CLEAR))
    for policy in (ANSWERED, TAKEN_UP):
        counts = [policy.rows(asked).count() for asked in people]
        for place in range(len(policy.barriers)):
            with monkeypatch.context() as changing:
                kept = policy.barriers[:place] + policy.barriers[place + 1 :]
                changing.setattr(policy, "barriers", kept)
                assert [policy.rows(asked).count() for asked in people] != counts
    assert any(isinstance(one, SeenWithItsDialogue) for one in ANSWERED.barriers)


# --- Linking -----------------------------------------------------------------------------------------------------


def test_linking_twice_is_once_and_is_taken_back() -> None:
    who, what = viewer(Role.COORDINATOR, "Koro"), incident()
    for dialogue in (ProcessFactory.create(), session()):
        for _n in range(2):
            answering.link(viewer=who, incident=what, dialogue=dialogue)
        assert Answered.objects.count() == 1
        for _n in range(2):
            answering.unlink(viewer=who, incident=what, dialogue=dialogue)
        assert not Answered.objects.exists()


def test_only_who_sees_the_incident_and_may_change_the_dialogue_links() -> None:
    what, made = incident(tlp=Tlp.AMBER), ProcessFactory.create()
    own = ProcessFactory.create(conveners=[body := OrganisationFactory.create()])
    for who, dialogue in (
        (viewer(Role.MONITOR, "Koro"), made),
        (viewer(Role.ANALYST, "Koro"), made),
        (viewer(Role.COORDINATOR, "Gao"), made),
        (viewer(Role.FACILITATOR, "Koro", organisation=body), own),  # the incident is AMBER
    ):
        with pytest.raises(NotAllowed):
            answering.link(viewer=who, incident=what, dialogue=dialogue)
    answering.link(viewer=viewer(Role.FACILITATOR, "Koro", organisation=body), incident=incident(), dialogue=own)


def test_a_drill_is_answered_by_nothing() -> None:
    what = incident()
    made_a_drill(what)
    what.refresh_from_db()
    with pytest.raises(ValidationError):
        answering.link(viewer=viewer(Role.COORDINATOR, "Koro"), incident=what, dialogue=ProcessFactory.create())


def test_the_accused_learn_nothing_from_a_link() -> None:
    service = OrganisationFactory.create()
    accused = signed_in(person(Role.COORDINATOR, "Koro", organisation=service))
    what = incident(tlp=Tlp.CLEAR, summary="Des vaches ont été prises")
    HeldResponsibleFactory.create(incident=what, actor=ActorFactory.create(organisation=service))
    made = ProcessFactory.create(tlp=Tlp.CLEAR)
    pages = [f"/dialogues/processes/{made.uid}/", f"/dialogues/processes/{made.uid}/links/", "/dialogues/processes/"]
    pages += [f"/dialogues/areas/{area('Koro').pcode}/", "/dialogues/inclusion/"]
    before = [_plain(accused.get(page)) for page in pages]
    answering.link(viewer=viewer(Role.COORDINATOR, "Koro"), incident=what, dialogue=made)
    assert [_plain(accused.get(page)) for page in pages] == before
    assert accused.get(f"/dialogues/answers/{what.ref}/").status_code == 404
    seen = signed_in(person(Role.COORDINATOR, "Koro")).get(pages[0]).content.decode()
    assert what.ref in seen


def _plain(answer: Any) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())


# --- On the pages ------------------------------------------------------------------------------------------------


def test_from_an_incident_a_session_is_planned_once() -> None:
    what, browser = incident(), signed_in(person(Role.COORDINATOR, "Koro"))
    assert f"/dialogues/answers/{what.ref}/" in browser.get(f"/incidents/{what.ref}/").content.decode()
    sent = {
        "form": "plan", "title": "Le puits", "held_on": (timezone.localdate() + timedelta(days=5)).isoformat(),
        "area": area("Koro").pcode, "tlp": "amber", "uid": str(uuid.uuid4()),
    }  # fmt: skip
    for _n in range(2):
        assert browser.post(f"/dialogues/answers/{what.ref}/", sent).status_code == 302
    (made,) = Session.objects.all()
    assert (made.state, made.tlp, made.cercle) == (SessionState.PLANNED, Tlp.AMBER, area("Koro"))
    assert Answered.objects.get().session == made
    assert "Le puits" in browser.get(f"/incidents/{what.ref}/").content.decode()
    reader = signed_in(person(Role.MONITOR, "Koro")).get(f"/incidents/{what.ref}/").content.decode()
    assert "Le puits" not in reader


def test_from_an_incident_a_process_is_begun_or_linked() -> None:
    what, browser = incident(), signed_in(person(Role.COORDINATOR, "Koro"))
    made = ProcessFactory.create(title="Déjà là")
    address = f"/dialogues/answers/{what.ref}/"
    assert browser.post(address, {"form": "process", "row": made.pk}).status_code == 302
    new = {
        "title": "Nouveau", "kind": "mediation", "level": "village", "track": "3", "area": area("Koro").pcode,
        "state": "planned", "tlp": "green", "uid": str(uuid.uuid4()),
    }  # fmt: skip
    assert browser.post(f"/dialogues/processes/new/?incident={what.ref}", new).status_code == 302
    assert Answered.objects.filter(incident=what, process__isnull=False).count() == 2
    assert browser.post(address, {"unlink": f"process {made.pk}"}).status_code == 302
    assert list(Answered.objects.values_list("process__title", flat=True)) == ["Nouveau"]


def test_from_a_process_incidents_and_patterns_are_linked_and_taken_off() -> None:
    what, seen_again, made = incident(), pattern(), ProcessFactory.create()
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    address = f"/dialogues/processes/{made.uid}/links/"
    assert browser.post(address, {"form": "incident", "row": what.pk}).status_code == 302
    assert browser.post(address, {"form": "pattern", "row": seen_again.pk}).status_code == 302
    page = browser.get(f"/dialogues/processes/{made.uid}/").content.decode()
    assert what.ref in page
    assert "On paie pour passer." in page
    service = OrganisationFactory.create()
    liaison = person(Role.LIAISON, "Koro", organisation=service)
    made.partners.add(service)
    assert "On paie pour passer." not in signed_in(liaison).get(f"/dialogues/processes/{made.uid}/").content.decode()
    for gone in (f"incident {what.pk}", f"pattern {seen_again.pk}"):
        assert browser.post(address, {"unlink": gone}).status_code == 302
    assert not Answered.objects.exists()
    assert not TakenUp.objects.exists()


@pytest.mark.parametrize("gone", ["incident 999", "incident x", "tlp 1", ""])
def test_what_is_not_there_is_not_taken_off(gone: str) -> None:
    made, browser = ProcessFactory.create(), signed_in(person(Role.COORDINATOR, "Koro"))
    assert browser.post(f"/dialogues/processes/{made.uid}/links/", {"unlink": gone}).status_code == 404


def test_admin_shows_links_to_coordinators_who_see_both() -> None:
    Answered.objects.create(incident=incident(tlp=Tlp.RED), process=ProcessFactory.create())
    TakenUp.objects.create(pattern=pattern(), process=Process.objects.get())
    for where, seen in (("Koro", True), ("Gao", False)):
        browser = signed_in(person(Role.COORDINATOR, where))
        for model in ("process", "answered", "takenup"):
            listed = browser.get(f"/admin/dialogues/{model}/")
            assert listed.status_code == 200
            assert ("field-__str__" in listed.content.decode() or "/change/" in listed.content.decode()) == seen, model
    refused = signed_in(person(Role.ADMINISTRATOR)).get("/admin/dialogues/process/")
    assert refused.status_code == 403


def test_administrators_see_who_has_a_calendar_address_and_never_the_address() -> None:
    token = make_address(viewer=viewer(Role.MONITOR, "Koro"))
    page = signed_in(person(Role.ADMINISTRATOR)).get("/admin/dialogues/calendaraddress/")
    assert page.status_code == 200
    row = CalendarAddress.objects.get()
    assert token not in page.content.decode()
    assert row.token_hash not in page.content.decode()
    assert signed_in(person(Role.COORDINATOR, "Koro")).get("/admin/dialogues/calendaraddress/").status_code == 403


def test_an_address_that_no_database_reads_leads_nowhere() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    assert browser.get("/dialogues/answers/%00/").status_code == 404
    assert browser.get("/dialogues/answers/" + "9" * 300 + "/").status_code == 404
