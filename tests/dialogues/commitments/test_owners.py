"""Who is told which actor promised: whoever may see that actor, on every page, in every file and on paper."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dialogues import commitments_shown as shown
from dialogues.models import Commitment, Process, Session
from dialogues.services.papers import print_report
from orgs.access import ACTORS, ANYONE, viewer_for
from orgs.models import Actor, Organisation, Role, User
from tests.dialogues.commitments.made import due, keeper, promised, today
from tests.dialogues.exports.reading import program, text_of
from tests.dialogues.papers.reading import bare, text
from tests.factories import ActorFactory, OrganisationFactory, area, person, signed_in
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db

ACTOR = "Brigade du fleuve"
NOT_SHOWN = "Un acteur qui n’est pas montré"
WHAT = "Rendre les motos"


@dataclass(frozen=True)
class Told:
    """An actor with an organisation behind it, and what it promised in public, in a session where another one sat."""

    actor: Actor
    body: Organisation
    room: Organisation
    session: Session
    process: Process
    promise: Commitment

    def pages(self) -> list[str]:
        """Where the promise is read."""
        return [
            f"/dialogues/commitments/{self.promise.uid}/",
            f"/dialogues/sessions/{self.session.uid}/",
            f"/dialogues/sessions/{self.session.uid}/report/",
            f"/dialogues/processes/{self.process.uid}/",
            f"/dialogues/processes/{self.process.uid}/report/",
        ]

    def beside(self) -> list[str]:
        """Where the promise is found, and its owner is not told."""
        return [f"/dialogues/areas/{area('Koro').pcode}/", f"/dialogues/search/?q={WHAT}"]


@pytest.fixture
def told() -> Told:
    body, room, who = OrganisationFactory.create(), OrganisationFactory.create(), keeper()
    actor, process = ActorFactory.create(name=ACTOR, organisation=body), ProcessFactory.create(tlp="clear")
    place = session(by=who, tlp="clear", process=str(process.uid), present=(room.pk,))
    made = due(-3, by=who, place=place, actor=actor, what=WHAT, agreed_public_on=today() - timedelta(days=1))
    return Told(actor, body, room, place, process, made)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def readers(told: Told) -> dict[str, tuple[User, bool]]:
    """People who read the promise, and whether they may read who promised."""
    return {
        "coordinator": (person(Role.COORDINATOR, "Koro"), True),
        "reporter": (person(Role.REPORTER, "Koro"), True),
        "analyst": (person(Role.ANALYST, "Koro"), True),
        "administrator": (person(Role.ADMINISTRATOR), True),
        "association in the room": (person(Role.MONITOR, "Gao", organisation=told.room), True),
        "service that promised": (person(Role.LIAISON, "Gao", organisation=told.body), True),
        "another service": (person(Role.LIAISON, "Koro"), False),
        "service in the room": (person(Role.LIAISON, "Koro", organisation=told.room), False),
        "oversight": (person(Role.OVERSIGHT), False),
        "operator": (person(Role.OPERATOR), False),
    }


def test_the_name_goes_to_those_who_see_the_actor_and_to_nobody_else(told: Told) -> None:
    for who, (user, may) in readers(told).items():
        viewer = viewer_for(user)
        assert ACTORS.sees(viewer, told.actor) is may, who
        row = shown.one(viewer, told.promise)
        assert row["owner"] == (ACTOR if may else NOT_SHOWN), (who, row["audience"])
        (owed,) = shown.overdue_by_owner(viewer, Commitment.objects.all())
        assert (owed.label, owed.query) == ((ACTOR, f"owner=a{told.actor.pk}") if may else (NOT_SHOWN, "")), who
    assert shown.one(ANYONE, told.promise)["owner"] == NOT_SHOWN


def test_nobody_without_an_account_reads_it_anywhere(told: Told, client: Client) -> None:
    for address in (*told.pages(), "/dialogues/promises/"):
        page = read(client, address)
        assert (NOT_SHOWN in page, ACTOR in page) == (True, False), address
    for address in told.beside():
        page = read(client, address)
        assert WHAT in page, address
        assert ACTOR not in page, address
    file = text_of(client, "commitments")
    assert (NOT_SHOWN in file, ACTOR in file) == (True, False)
    for row in (told.session, told.process):
        paper = text(print_report(viewer=ANYONE, row=row))
        assert (bare(NOT_SHOWN) in paper, bare(ACTOR) in paper) == (True, False)


@pytest.mark.parametrize("who", ["another service", "service in the room", "reporter"])
def test_with_an_account_as_the_map_of_actors_says(told: Told, who: str) -> None:
    user, may = readers(told)[who]
    client, viewer = signed_in(user), viewer_for(user)
    for address in (*told.pages(), "/dialogues/commitments/", "/dialogues/commitments/?state=overdue"):
        page = read(client, address)
        assert WHAT in page, address
        assert (ACTOR in page, NOT_SHOWN in page) == (may, not may), address
    for address in told.beside():
        assert ACTOR not in read(client, address), address
    file = text_of(client, "commitments")
    assert (ACTOR in file, NOT_SHOWN in file) == (may, not may)
    assert ACTOR not in program(user).get("/api/v1/commitments/").content.decode()
    paper = text(print_report(viewer=viewer, row=told.session))
    assert (bare(ACTOR) in paper, bare(NOT_SHOWN) in paper) == (may, not may)


def test_owners_that_are_not_shown_are_not_told_apart(told: Told) -> None:
    due(-40, by=keeper(), place=told.session, actor=ActorFactory.create(), agreed_public_on=today())
    service = person(Role.LIAISON, "Koro")
    (owed,) = shown.overdue_by_owner(viewer_for(service), Commitment.objects.all())
    assert (owed.label, owed.query, owed.count) == (NOT_SHOWN, "", 2)
    client = signed_in(service)
    assert f"a{told.actor.pk}" not in read(client, "/dialogues/commitments/")
    chosen = client.get(f"/dialogues/commitments/?owner=a{told.actor.pk}")
    assert len([row for _heading, rows in chosen.context["groups"] for row in rows]) == 2
    near = signed_in(person(Role.REPORTER, "Koro"))
    chosen = near.get(f"/dialogues/commitments/?owner=a{told.actor.pk}")
    assert [row["what"] for _heading, rows in chosen.context["groups"] for row in rows] == [WHAT]


def test_actors_are_asked_for_once_however_many_rows(told: Told, django_assert_num_queries: Any) -> None:
    for _n in range(3):
        promised(by=keeper(), place=told.session, actor=ActorFactory.create(), agreed_public_on=today())
    rows = list(Commitment.objects.values("id", "owner_kind", "organisation_id", "actor_id"))
    for viewer in (ANYONE, viewer_for(person(Role.LIAISON, "Koro")), viewer_for(person(Role.REPORTER, "Koro"))):
        with django_assert_num_queries(0 if viewer is ANYONE else 1):
            assert len(shown.owners_of(viewer, [{**row, "audience": "public"} for row in rows])) == 4
