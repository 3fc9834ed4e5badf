"""Dialogues by program: sessions brought in, agreements and committees read, and whatever else somebody sends."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dialogues.models import Agreement, Committee, Session, SessionEdit
from orgs.models import Organisation, Role, Tlp
from tests.dialogues.exports.reading import program
from tests.factories import OrganisationFactory, area, person
from tests.factories_agreements import agreement, committee, finding, holding, seat
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/sessions/"


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(areas=["Koro"])


@pytest.fixture
def writer(body: Organisation) -> Client:
    """A program of a facilitator of an organisation of Koro."""
    return program(person(Role.FACILITATOR, "Koro", organisation=body))


def _said(**changes: Any) -> dict[str, Any]:
    day = timezone.localdate() - timedelta(days=1)
    plain = {
        "title": "Le puits", "held_on": day.isoformat(), "area": area("Koro").pcode, "participants": 12,
        "attendance": [{"sex": "f", "age_band": "15-35", "group": "women", "count": 5}, {"count": 7}],
        "issues": [{"words": "La route n’est pas sûre.", "needs": ["safety"]}],
        "agreements": ["Le puits reste ouvert."],
    }  # fmt: skip
    return plain | changes


def _send(client: Client, said: Any, key: str = "k-1", **headers: str) -> Any:
    sent = {"Idempotency-Key": key} | headers
    return client.post(ADDRESS, data=said, content_type="application/json", headers=sent)


# --- Sessions brought in -----------------------------------------------------------------------------------------


def test_a_session_is_brought_once_however_often_it_is_sent(writer: Client, body: Organisation) -> None:
    first, again = _send(writer, _said()), _send(writer, _said())
    assert (first.status_code, again.status_code) == (201, 200), first.content
    assert first.json() == again.json() == {"id": first.json()["id"], "version": 1, "state": "kept", "conflicts": []}
    made = Session.objects.get()
    assert (made.title, made.people, made.women, made.led_by, made.how) == ("Le puits", 12, 5, body, "file")
    assert SessionEdit.objects.count() == 1
    read = writer.get(f"{ADDRESS}{made.uid}/").json()
    assert (read["participants"], read["version"], read["led_by"]) == (12, 1, body.slug)
    assert read["issues"] == [{"words": "La route n’est pas sûre.", "needs": ["safety"], "themes": []}]


def test_a_key_is_of_one_edit_and_of_one_account(writer: Client) -> None:
    _send(writer, _said())
    assert _send(writer, _said(title="Un autre")).status_code == 409
    other = program(person(Role.COORDINATOR, "Koro"))
    assert _send(other, _said(title="Un autre")).status_code == 201
    assert Session.objects.count() == 2


def test_what_is_left_out_stays_and_what_two_changed_waits(writer: Client) -> None:
    uid = _send(writer, _said(minutes="Première.")).json()["id"]
    later = _send(writer, {"id": uid, "base_version": 1, "title": "Le puits du marché"}, "k-2")
    assert (later.status_code, later.json()["version"], later.json()["state"]) == (200, 2, "kept")
    made = Session.objects.get()
    assert (made.title, made.minutes, made.people) == ("Le puits du marché", "Première.", 12)
    late = _send(writer, {"id": uid, "base_version": 1, "title": "Le forage", "agenda": "L’eau"}, "k-3").json()
    assert (late["state"], late["conflicts"], late["version"]) == ("waits", ["title"], 3)
    made.refresh_from_db()
    assert (made.title, made.agenda) == ("Le puits du marché", "L’eau")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"), ({"held_on": "1890-01-01"}, "held_on"), ({"held_on": "hier"}, "held_on"),
        ({"participants": 100_000}, "participants"), ({"participants": "x"}, "participants"),
        ({"participants": 3}, "attendance"),
        ({"attendance": [{"age_band": "15-40", "count": 12}]}, "attendance"), ({"attendance": {"f": 3}}, "attendance"),
        ({"area": "ML99999999"}, "area"), ({"country": "MR"}, "area"), ({"nonsense": 1}, "nonsense"),
        ({"facilitators": [1]}, "facilitators"), ({"led_by": "nobody"}, "led_by"), ({"present": ["nobody"]}, "present"),
        ({"process": str(uuid.uuid4())}, "process"), ({"tlp": "white"}, "tlp"), ({"number": 40_000}, "number"),
        ({"minutes": "Une patrouille militaire passe chaque nuit."}, "minutes"), ({"title": "a\u0000b"}, "title"),
        ({"base_version": -1}, "base_version"), ({"id": "x"}, "id"), ({"starts_at": "25:00"}, "starts_at"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_by_field(writer: Client, changes: dict[str, Any], field: str) -> None:
    answer = _send(writer, _said(**changes))
    assert answer.status_code == 400, answer.content
    assert field in answer.json()
    assert all(isinstance(words, str) for words in answer.json()[field])
    assert not Session.objects.exists()


@pytest.mark.parametrize("sent", ["", "{", "[]", "null", "7", '"x"', "\udcff".encode("utf-8", "surrogateescape")])
def test_what_is_no_session_is_refused(writer: Client, sent: Any) -> None:
    assert _send(writer, sent).status_code == 400
    assert writer.post(ADDRESS, data=_said(), content_type="application/json").status_code == 400


def test_nobody_writes_by_program_what_they_could_not_write_on_the_page(writer: Client) -> None:
    seen, hidden = session(tlp=Tlp.GREEN), session(tlp=Tlp.AMBER)
    for key, row in (("a", seen), ("b", hidden)):
        answer = _send(writer, {"id": str(row.uid), "base_version": row.version, "title": "Autre"}, key)
        assert answer.status_code == {"a": 403, "b": 404}[key], answer.content
    absent = _send(writer, {"id": str(uuid.uuid4()), "base_version": 1, "title": "Autre"}, "c")
    assert absent.status_code == 404
    assert _send(program(person(Role.MONITOR, "Koro")), _said()).status_code == 403
    assert _send(Client(), _said()).status_code == 401
    assert SessionEdit.objects.count() == 2


def test_a_version_that_never_was_is_refused(writer: Client) -> None:
    uid = _send(writer, _said()).json()["id"]
    answer = _send(writer, {"id": uid, "base_version": 9, "title": "Autre"}, "k-2")
    assert (answer.status_code, list(answer.json())) == (400, ["base_version"])


def test_organisations_are_named_by_their_address_if_the_program_may_see_them(writer: Client) -> None:
    seen, hidden = OrganisationFactory.create(), OrganisationFactory.create(visibility="coordinators")
    assert _send(writer, _said(present=[seen.slug, hidden.slug])).status_code == 400
    assert _send(writer, _said(present=[seen.slug])).status_code == 201
    assert list(Session.objects.get().present.all()) == [seen]


# --- What is read ------------------------------------------------------------------------------------------------


def test_who_may_not_see_a_process_or_who_held_it_is_not_told(body: Organisation) -> None:
    hidden = OrganisationFactory.create(visibility="coordinators")
    process = ProcessFactory.create(tlp=Tlp.AMBER)
    made = session(process=str(process.uid), led_by=hidden.pk, tlp=Tlp.GREEN)
    told = {}
    for role in (Role.COORDINATOR, Role.REPORTER):
        asks = program(person(role, "Koro"))
        (row,) = asks.get(ADDRESS).json()["results"]
        one = asks.get(f"{ADDRESS}{made.uid}/").json()
        assert {name: one[name] for name in row} == row
        told[role] = (row["process"], row["led_by"])
        found = asks.get(ADDRESS, {"process": str(process.uid)}).json()["results"]
        assert len(found) == (role == Role.COORDINATOR), "nor by what the list can be narrowed to"
    assert told == {Role.COORDINATOR: (str(process.uid), hidden.slug), Role.REPORTER: (None, None)}


@pytest.mark.parametrize("name", ["sessions", "processes", "commitments", "agreements", "committees"])
def test_whoever_reads_only_what_is_public_gets_a_list(name: str) -> None:
    for role in (Role.OPERATOR, Role.LIAISON, Role.ADMINISTRATOR):
        answer = program(person(role, "Gao")).get(f"/api/v1/{name}/")
        assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_agreements_come_with_what_each_assessor_finds_now() -> None:
    made = agreement("Koro", "Le marché reste ouvert.", "Le poste est gardé.", parties=["Un", "Deux"])
    seen, hidden = OrganisationFactory.create(), OrganisationFactory.create(visibility="coordinators")
    first = made.provisions.get(number="1")
    finding(first, seen, "broken", date(2025, 1, 1))
    finding(first, seen, "kept", date(2025, 6, 1))
    finding(first, hidden, "partly", date(2025, 6, 1))
    asks = program(person(Role.REPORTER, "Gao"))
    (row,) = asks.get("/api/v1/agreements/").json()["results"]
    assert asks.get(f"/api/v1/agreements/{made.uid}/").json() == row
    assert (row["id"], row["parties"], row["cercle"]) == (str(made.uid), ["Un", "Deux"], area("Koro").pcode)
    one, other = row["provisions"]
    found = [(each["assessor"], each["verdict"], each["as_of"]) for each in one["assessments"]]
    assert found == [(seen.slug, "kept", "2025-06-01"), (None, "partly", "2025-06-01")]
    assert (other["words"], other["assessments"]) == ("Le poste est gardé.", [])


def test_committees_come_with_their_figures_for_those_inside() -> None:
    made = committee("Koro", tlp=Tlp.CLEAR)
    holding(seat(made), sex="f", age_band="36-60")
    seat(made, "Libre")
    told = {}
    for role, where in ((Role.COORDINATOR, "Koro"), (Role.REPORTER, "Gao")):
        asks = program(person(role, where))
        (row,) = asks.get("/api/v1/committees/").json()["results"]
        assert asks.get(f"/api/v1/committees/{made.uid}/").json() == row
        told[role] = {name: row[name] for name in ("seats", "held", "vacant", "women", "standing", "women_reach")}
    assert told == {
        Role.COORDINATOR: {"seats": 2, "held": 1, "vacant": 1, "women": 1, "standing": "overdue", "women_reach": True},
        Role.REPORTER: dict.fromkeys(("held", "vacant", "women", "standing", "women_reach")) | {"seats": 2},
    }


@pytest.mark.parametrize("name", ["agreements", "committees"])
def test_each_row_comes_once_in_the_same_few_queries(name: str, django_assert_num_queries: Any) -> None:
    for _each in range(5):
        agreement("Koro", "Un")
        committee("Koro")
    model: Any = {"agreements": Agreement, "committees": Committee}[name]
    made = {str(row.uid) for row in model.objects.all()}
    asks = program(person(Role.COORDINATOR, "Koro"))
    address, seen, queries = f"/api/v1/{name}/?page_size=2", [], 9 if name == "committees" else 5
    while address:
        with django_assert_num_queries(queries):
            page = asks.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert (len(seen), set(seen)) == (5, made)
