"""The pages that keep entries alive: what they show, what they say when something is wrong, their queries."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.access import viewer_for
from orgs.living.section import keeping
from orgs.models import (
    ChangeRequest,
    Contact,
    Decision,
    Organisation,
    OrganisationKind,
    OrganisationState,
    OrganisationVisibility,
    Role,
)
from orgs.services import changes
from tests.factories import ContactFactory, OrganisationFactory, area, person, signed_in, viewer
from tests.orgs.living.shared import form_of, wish

pytestmark = pytest.mark.django_db
QUERIES = {"queue": 12, "mine": 12, "request": 16, "contacts": 12, "edit": 26, "section": 2}
"""Baselines: none of them may grow with rows."""


@pytest.fixture
def entry() -> Organisation:
    return OrganisationFactory.create(name="Femmes du puits", slug="femmes", areas=["Koro"])


@pytest.fixture
def coordinator() -> Client:
    return signed_in(person(Role.COORDINATOR, "Koro"))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_form_shows_the_whole_entry_and_saves_nothing_that_is_the_same(entry: Organisation) -> None:
    client = signed_in(person(Role.EDITOR, "Koro", organisation=entry))
    page = text_of(client.get("/orgs/femmes/edit/"))
    for name in ("name", "acronym", "names", "kind", "founded", "themes", "areas", "seat_text", "visibility"):
        assert f'name="{name}"' in page
    answer = client.post("/orgs/femmes/edit/", form_of(entry), follow=True)
    assert not ChangeRequest.objects.exists()
    assert answer.redirect_chain == [("/orgs/femmes/", 302)]


def test_an_editor_asks_a_coordinator_decides_the_editor_reads_what_became_of_it(
    entry: Organisation, coordinator: Client
) -> None:
    editor = signed_in(person(Role.EDITOR, "Koro", organisation=entry))
    posted = form_of(entry, acronym="FDP", names="Ji jè (bambara)\nVieux nom (Ancien nom)", themes=["mediation"])
    answer = editor.post("/orgs/femmes/edit/", posted, follow=True)
    assert answer.redirect_chain[-1][0] == "/orgs/requests/mine/"
    request = ChangeRequest.objects.get()
    assert {item.field for item in request.items.all()} == {"acronym", "names", "themes"}
    assert "Femmes du puits" in text_of(coordinator.get("/orgs/requests/"))
    page = text_of(coordinator.get(f"/orgs/requests/{request.pk}/"))
    assert "FDP" in page
    assert "Ji jè (Bambara)" in page
    items = {item.field: item.pk for item in request.items.all()}
    coordinator.post(
        f"/orgs/requests/{request.pk}/",
        {"version": entry.version, f"item-{items['acronym']}": "accept", f"item-{items['names']}": "refuse",
         f"reason-{items['names']}": "Nom inconnu"},
    )  # fmt: skip
    entry.refresh_from_db()
    assert entry.acronym == "FDP"
    mine = text_of(editor.get("/orgs/requests/mine/"))
    assert "Nom inconnu" in mine
    coordinator.post(f"/orgs/requests/{request.pk}/", {"version": entry.version, "all": "1"})
    request.refresh_from_db()
    assert [item.decision for item in request.items.order_by("field")] == [
        Decision.ACCEPTED, Decision.REFUSED, Decision.ACCEPTED,
    ]  # fmt: skip


def test_what_moved_meanwhile_is_shown_and_not_overwritten(entry: Organisation, coordinator: Client) -> None:
    request = changes.ask(viewer=viewer(Role.MONITOR, "Gao"), organisation=entry, asked=wish(entry, acronym="ASKED"))
    assert request is not None
    changes.ask(viewer=viewer(Role.COORDINATOR, "Koro"), organisation=entry, asked=wish(entry, acronym="MOVED"))
    page = text_of(coordinator.get(f"/orgs/requests/{request.pk}/"))
    assert "MOVED" in page
    item = request.items.get()
    answer = coordinator.post(
        f"/orgs/requests/{request.pk}/", {"version": 1, f"item-{item.pk}": "accept", f"reason-{item.pk}": "gardé"}
    )
    assert answer.status_code == 409
    assert 'value="gardé"' in text_of(answer)
    entry.refresh_from_db()
    assert entry.acronym == "MOVED"


def test_two_who_edit_at_once(entry: Organisation, coordinator: Client) -> None:
    first = form_of(entry, acronym="UN")
    second = form_of(entry, acronym="DEUX")
    coordinator.post("/orgs/femmes/edit/", first)
    answer = coordinator.post("/orgs/femmes/edit/", second)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "UN" in page
    assert 'value="DEUX"' in page
    entry.refresh_from_db()
    assert entry.acronym == "UN"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    coordinator.post("/orgs/femmes/edit/", {**second, "version": version[1]})
    entry.refresh_from_db()
    assert entry.acronym == "DEUX"


def test_the_seat_is_chosen_among_places(entry: Organisation, coordinator: Client) -> None:
    answer = coordinator.post("/orgs/femmes/edit/", form_of(entry, seat_text="Koro"))
    page = text_of(answer)
    assert answer.status_code == 422
    choice = f"area.{area('Koro').pk}"
    assert choice in page
    coordinator.post("/orgs/femmes/edit/", form_of(entry, seat_text="Koro", seat_choice=choice))
    entry.refresh_from_db()
    assert entry.seat_id == area("Koro").pk
    coordinator.post("/orgs/femmes/edit/", form_of(entry, seat_text="Koro", seat_choice="text"))
    assert Organisation.objects.filter(pk=entry.pk, seat__isnull=True, place_text="Koro").exists()
    entry.refresh_from_db()
    coordinator.post("/orgs/femmes/edit/", form_of(entry, seat_text="", seat_choice=""))
    entry.refresh_from_db()
    assert entry.place_text == ""


def test_a_security_service_gets_no_seat(coordinator: Client) -> None:
    service = OrganisationFactory.create(slug="service", kind=OrganisationKind.SECURITY, areas=["Koro"])
    answer = coordinator.post("/orgs/service/edit/", form_of(service, seat_text="xyzxyzxyz"))
    assert answer.status_code == 422
    service.refresh_from_db()
    assert service.place_text == ""


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x" * 300},
        {"founded": "1066"},
        {"founded": "hier"},
        {"links": "pas un lien"},
        {"links": "javascript:alert(1)"},
        {"names": "\n".join(f"nom {number}" for number in range(30))},
        {"areas": ["999999999"]},
        {"themes": ["'; DROP TABLE"]},
        {"version": "abc"},
        {"name": "a\x00b"},
    ],
)
def test_bad_input_is_said_in_the_form_and_kept(entry: Organisation, coordinator: Client, bad: dict[str, Any]) -> None:
    answer = coordinator.post("/orgs/femmes/edit/", form_of(entry, **{"description": "mes mots", **bad}))
    assert answer.status_code in (409, 422)
    assert "mes mots" in text_of(answer)
    entry.refresh_from_db()
    assert entry.version == 1


def test_partners_neither_see_nor_ask_how_an_entry_is_shown(entry: Organisation) -> None:
    client = signed_in(person(Role.MONITOR, "Gao"))
    assert 'name="visibility"' not in text_of(client.get("/orgs/femmes/edit/"))
    client.post("/orgs/femmes/edit/", form_of(entry, visibility=OrganisationVisibility.PUBLIC))
    assert not ChangeRequest.objects.exists()


def test_a_new_entry_shows_what_may_be_the_same_first(entry: Organisation, coordinator: Client) -> None:
    posted = form_of(Organisation(name=""), name="Femmes du puit", areas=[area("Koro").pk], version=0)
    answer = coordinator.post("/orgs/new/", posted)
    assert answer.status_code == 409
    assert "/orgs/femmes/" in text_of(answer)
    assert Organisation.objects.filter(name="Femmes du puit").count() == 0
    answer = coordinator.post("/orgs/new/", {**posted, "not_alike": "1"})
    made = Organisation.objects.get(name="Femmes du puit")
    assert (answer["Location"], made.state) == (f"/orgs/{made.slug}/", OrganisationState.DRAFT)


def test_contacts_are_kept_on_their_page(entry: Organisation, coordinator: Client) -> None:
    posted = {"name": "Awa", "phone": "70 12 34 56", "channel": "sms", "visibility": "coordinators", "language": "fr"}
    coordinator.post("/orgs/femmes/contacts/new/", posted)
    contact = Contact.objects.get()
    page = text_of(coordinator.get("/orgs/femmes/contacts/"))
    assert "+22370123456" in page
    coordinator.post(f"/orgs/femmes/contacts/{contact.pk}/proof/", {"how": "call"})
    coordinator.post(f"/orgs/femmes/contacts/{contact.pk}/end/")
    contact.refresh_from_db()
    assert contact.ended_at is not None
    coordinator.post(f"/orgs/femmes/contacts/{contact.pk}/resume/")
    edit = text_of(coordinator.get(f"/orgs/femmes/contacts/{contact.pk}/"))
    mark = re.search(r'name="mark" value="(\w+)"', edit)
    assert mark
    coordinator.post(f"/orgs/femmes/contacts/{contact.pk}/", {**posted, "name": "Awa T.", "mark": mark[1]})
    answer = coordinator.post(f"/orgs/femmes/contacts/{contact.pk}/", {**posted, "name": "Autre", "mark": mark[1]})
    contact.refresh_from_db()
    assert (answer.status_code, contact.name) == (409, "Awa T.")


def test_a_contact_of_another_organisation_is_not_there(entry: Organisation, coordinator: Client) -> None:
    contact = ContactFactory.create()
    assert coordinator.get(f"/orgs/femmes/contacts/{contact.pk}/").status_code == 404
    assert coordinator.post(f"/orgs/femmes/contacts/{contact.pk}/end/").status_code == 404


def test_the_section_names_who_verified_to_those_who_decide_alone(entry: Organisation) -> None:
    checker = person(Role.COORDINATOR, "Koro", name="Coordinatrice Secrète")
    signed_in(checker).post("/orgs/femmes/verify/", {"how": "call", "version": 1})
    entry.refresh_from_db()
    from django.template.loader import render_to_string

    for who, named in ((viewer_for(checker), True), (viewer(Role.MONITOR, "Gao"), False), (viewer_for(None), False)):
        with CaptureQueriesContext(connection) as queries:
            section = keeping(who, entry)
        assert section is not None
        assert len(queries) <= QUERIES["section"]
        page = render_to_string(section.template, {"section": section, "organisation": entry})
        assert ("Secrète" in page) is named


def test_what_waits_is_counted_for_those_who_decide(entry: Organisation, coordinator: Client) -> None:
    from orgs.living.waiting import changes_waiting

    changes.ask(viewer=viewer(Role.MONITOR, "Gao"), organisation=entry, asked=wish(entry, acronym="A"))
    counts = {
        where: [one.rows.count() for one in changes_waiting(viewer(Role.COORDINATOR, where))]
        for where in ("Koro", "Gao")
    }
    assert counts == {"Koro": [1], "Gao": [0]}
    assert list(changes_waiting(viewer(Role.MONITOR, "Koro"))) == []


def _ask_many(count: int, asker: Any) -> None:
    for _ in range(count):
        one = OrganisationFactory.create(areas=["Koro"])
        changes.ask(
            viewer=viewer_for(asker), organisation=one,
            asked=wish(one, acronym="A", themes=["mediation"], areas=[area("Gao").pk], description="Des mots."),
        )  # fmt: skip
        ContactFactory.create(organisation=one)


def test_queries_do_not_grow_with_rows(entry: Organisation, coordinator: Client) -> None:
    asker = person(Role.MONITOR, "Gao")
    mine = signed_in(asker)
    _ask_many(1, asker)
    ContactFactory.create(organisation=entry)
    request = ChangeRequest.objects.get()
    pages = {
        "queue": (coordinator, "/orgs/requests/"),
        "mine": (mine, "/orgs/requests/mine/"),
        "request": (coordinator, f"/orgs/requests/{request.pk}/"),
        "contacts": (coordinator, "/orgs/femmes/contacts/"),
        "edit": (coordinator, "/orgs/femmes/edit/"),
    }

    def count(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    before = {name: count(*page) for name, page in pages.items()}
    _ask_many(8, asker)
    ContactFactory.create_batch(8, organisation=entry)
    after = {name: count(*page) for name, page in pages.items()}
    assert after == before
    for name, number in after.items():
        assert number <= QUERIES[name], (name, after)
