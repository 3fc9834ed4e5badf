"""Pages of committees, and the names of those who hold seats: sealed, with consent, opened with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialogues.models import Committee, Decision, HolderName, Holding, Meeting, Seat
from dialogues.services import committees as writing
from dialogues.services.committees import HolderSaid
from dialogues.services.holder_names import open_name
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from tests.factories import OrganisationFactory, area, country, person, signed_in, viewer
from tests.factories_agreements import TODAY, committee, holding, seat
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def keeper() -> Viewer:
    return viewer(Role.COORDINATOR, "Koro")


# --- Names -------------------------------------------------------------------------------------------------------


NAME = "Fatoumata Exemple"


def named(asks: Viewer, **changes: Any) -> Holding:
    """Somebody with a name, if it may be kept."""
    given = {"since": TODAY(), "name": NAME, "consent": "signed", "consented_on": TODAY(), **changes}
    return writing.fill_seat(viewer=asks, seat=seat(committee()), said=HolderSaid(**given))


@pytest.mark.parametrize("field", ["consent", "consented_on"])
def test_without_consent_no_name_is_kept(keeper: Viewer, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        named(keeper, **{field: None if field == "consented_on" else ""})
    assert list(refused.value.message_dict) == [field]
    assert not Holding.objects.exists()


def test_a_name_lies_sealed_and_is_opened_with_a_reason_that_is_on_record() -> None:
    user = person(Role.COORDINATOR, "Koro")
    browser = signed_in(user)
    row = named(viewer_for(user))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM dialogues_holdername t")
        assert "Fatoumata" not in cursor.fetchone()[0]
    path = f"/dialogues/committees/holdings/{row.pk}/name/"
    assert NAME not in browser.get(path).content.decode()
    assert browser.post(path, {"reason": "court"}).status_code == 422
    assert not AuditEntry.objects.filter(verb="open_name").exists()
    assert NAME in browser.post(path, {"reason": "Inviter à la prochaine réunion"}).content.decode()
    entry = AuditEntry.objects.get(verb="open_name")
    assert entry.actor == user
    assert "Inviter" not in str(entry.facts)
    for page in (f"/dialogues/committees/{row.seat.committee.uid}/", f"/dialogues/committees/seats/{row.seat_id}/"):
        assert NAME not in browser.get(page).content.decode()


def test_a_name_is_forgotten_for_good_and_the_seat_stays_held(keeper: Viewer) -> None:
    row, browser = named(keeper), signed_in(person(Role.COORDINATOR, "Koro"))
    assert browser.post(f"/dialogues/committees/holdings/{row.pk}/name/", {"do": "forget"}).status_code == 302
    assert not HolderName.objects.exists()
    assert Holding.objects.filter(pk=row.pk).exists()


def test_members_and_those_without_a_second_factor_open_no_name(keeper: Viewer) -> None:
    row, body = named(keeper), OrganisationFactory.create()
    seat(row.seat.committee, "Gendarmerie", organisation=body)
    member = viewer_for(person(Role.LIAISON, organisation=body))
    for who in (member, replace(keeper, second_factor=False)):
        with pytest.raises(NotAllowed):
            open_name(viewer=who, holding=row, reason="Inviter à la réunion")


def test_consent_is_taken_back_without_a_second_factor_and_of_a_seat_that_ended(keeper: Viewer, client: Client) -> None:
    row, body = named(keeper, since=TODAY() - 2 * DAY), OrganisationFactory.create()
    seat(row.seat.committee, "Femmes", organisation=body)
    writing.end_seat(viewer=keeper, seat=row.seat, on=TODAY())
    browser = client
    browser.force_login(person(Role.FACILITATOR, organisation=body))
    page = browser.get(f"/dialogues/committees/{row.seat.committee.uid}/").content.decode()
    ended, path = f"/dialogues/committees/seats/{row.seat_id}/", f"/dialogues/committees/holdings/{row.pk}/name/"
    assert ended in page
    assert path in browser.get(ended).content.decode()
    assert browser.post(ended, {"do": "leave", "on": TODAY().isoformat()}).status_code == 404
    assert browser.post(path, {"reason": "Inviter à la prochaine réunion"}).status_code == 403
    assert 'name="reason"' not in browser.get(path).content.decode()
    assert browser.post(path, {"do": "forget"}, follow=True).status_code == 200
    assert not HolderName.objects.exists()
    assert ended not in browser.get(f"/dialogues/committees/{row.seat.committee.uid}/").content.decode()


def test_a_button_pressed_twice_writes_once(keeper: Viewer) -> None:
    body = committee()
    said = writing.DecisionSaid("Réparer le puits", TODAY())
    first, again = (writing.decide(viewer=keeper, committee=body, said=said) for _n in range(2))
    assert first == again
    notes = [writing.follow_decision(viewer=keeper, decision=first, state="open", words="On attend") for _n in range(2)]
    assert notes[0] == notes[1]
    writing.follow_decision(viewer=keeper, decision=first, state="open", words="On attend toujours")
    assert first.follow_ups.count() == 2


# --- Pages -------------------------------------------------------------------------------------------------------


def test_from_nothing_to_a_committee_at_work() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    answer = browser.post(
        "/dialogues/committees/new/",
        {"name": "CCLS de Koro", "kind": "ccls", "area": area("Koro").pk, "created_on": "2024-03-01", "meets_every": 3,
         "state": "active", "tlp": "green"},
    )  # fmt: skip
    row = Committee.objects.get()
    home, seats = f"/dialogues/committees/{row.uid}/", f"/dialogues/committees/{row.uid}/seats/"
    assert answer["Location"] == seats
    for label in ("Maire", "Femmes"):
        assert browser.post(seats, {"label": label, "group": "women", "organisation": ""}).status_code == 302
    one = Seat.objects.get(label="Femmes")
    path = f"/dialogues/committees/seats/{one.pk}/"
    taken = {"do": "fill", "since": "2024-03-01", "sex": "f", "age_band": "15-35", "organisation": ""}
    assert browser.post(path, taken).status_code == 302
    assert browser.post(path, {"do": "leave", "on": "2024-03-01"}).status_code == 422
    made = session(by=viewer(Role.COORDINATOR, "Koro"), kind="committee")
    assert browser.post(f"{home}meetings/", {"session": made.pk}).status_code == 302
    decided = {"words": "Ouvrir le marché.", "decided_on": "2024-05-01", "session": made.pk, "due_on": "2024-06-01"}
    assert browser.post(f"{home}decisions/", decided).status_code == 302
    page = browser.get(home).content.decode()
    for words in ("1 / 2", "100 %", "Ouvrir le marché.", made.title, "en retard"):
        assert words in page
    number = Decision.objects.get().pk
    assert browser.post(f"/dialogues/committees/decisions/{number}/", {"state": "dropped"}).status_code == 422
    done = {"state": "done", "words": "C’est ouvert."}
    assert browser.post(f"/dialogues/committees/decisions/{number}/", done).status_code == 302
    assert "C’est ouvert." in browser.get(f"/dialogues/committees/decisions/{number}/").content.decode()


def test_what_should_have_met_stands_first() -> None:
    committee("Koro", name="CCLS de Koro")
    page = signed_in(person(Role.COORDINATOR, "Koro")).get("/dialogues/committees/").content.decode()
    assert "réunion était prévue" in page
    assert page.index("urgent") < page.index("chips")


def test_no_query_in_a_loop() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(path).status_code == 200
        return len(caught)

    def grown(count: int) -> Committee:
        row = committee("Koro")
        for n in range(count):
            body = OrganisationFactory.create()
            holding(seat(row, f"S{n}", organisation=body), organisation=body)
            Decision.objects.create(committee=row, words="Ouvrir.", decided_on=TODAY(), owner=body)
            made = session(by=viewer(Role.COORDINATOR, country()), kind="committee")
            Meeting.objects.create(committee=row, session=made)
        return row

    small, large = grown(1), grown(5)
    path = f"/dialogues/committees/{small.uid}/"
    queries(path)
    assert queries(path) == queries(f"/dialogues/committees/{large.uid}/")
    before = queries("/dialogues/committees/")
    grown(2)
    assert queries("/dialogues/committees/") == before
