"""No file and no answer of the API says more of a row than its page says to the same reader, whatever the marking."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from dialogues.exports.catalogue import SHEETS
from dialogues.models import Assessment, Provision
from dialogues.said import Raised
from dialogues.services.ratings import close_round
from orgs.models import Organisation, Role, Tlp, User
from tests.dialogues.commitments.made import promised
from tests.dialogues.exports.reading import program, text_of
from tests.dialogues.proposals.rows import a_round, ballot, priority, proposed
from tests.factories import OrganisationFactory, person, signed_in, viewer
from tests.factories_agreements import agreement, committee, holding, seat
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db
MARK = re.compile(r"mot\d{3}")
Pages = dict[str, str]
"""A mark -> the address of the page of its row."""


class Marks:
    """A word that stands nowhere else, for each text of each row; and the page on which its row is read."""

    def __init__(self) -> None:
        self.pages: Pages = {}
        self.red: set[str] = set()

    def texts(self, *names: str) -> dict[str, str]:
        """New words for these fields."""
        return {name: self.word() for name in names}

    def word(self) -> str:
        word = f"mot{len(self.pages):03}"
        self.pages[word] = ""
        return word

    def stand_on(self, page: str, words: dict[str, str], tlp: str) -> None:
        """The page on which these words may stand."""
        self.pages |= dict.fromkeys(words.values(), page)
        self.red |= set(words.values()) if tlp == Tlp.RED else set()


def _of_process(marks: Marks, tlp: str, body: Organisation) -> None:
    words = marks.texts("title", "purpose", "funders_text", "hidden", "priority", "words")
    carried = {name: words[name] for name in ("title", "purpose", "funders_text")}
    process = ProcessFactory.create(tlp=tlp, conveners=[_hidden(words["hidden"])], **carried)
    marks.stand_on(f"/dialogues/processes/{process.uid}/", words, tlp)
    made = priority(process, words["priority"], words=words["words"])
    rating = a_round(process)
    ballot(rating, "one", 5, 4, 3)
    close_round(viewer=viewer(Role.COORDINATOR, "Koro"), rating=rating)
    rated = {"priority": words["priority"], "words": words["words"]}
    marks.stand_on(f"/dialogues/proposals/rounds/{rating.uid}/", rated, tlp)
    assert made.title == words["priority"]
    _of_session(marks, tlp, body, str(process.uid))


def _hidden(name: str) -> Organisation:
    """An organisation that only coordinators see in the directory."""
    return OrganisationFactory.create(name=name, slug=name, visibility="coordinators")


def _of_session(marks: Marks, tlp: str, body: Organisation, process: str) -> None:
    words = marks.texts("title", "place_text", "agenda", "minutes", "issue", "agreed", "not_agreed", "holder")
    said: dict[str, Any] = {name: words[name] for name in ("title", "place_text", "agenda", "minutes")}
    made = session(
        tlp=tlp, process=process, led_by=_hidden(words["holder"]).pk, present=(body.pk,),
        issues=(Raised(words["issue"], ("safety",)),), agreements=(words["agreed"],),
        disagreements=(words["not_agreed"],), **said,
    )  # fmt: skip
    marks.stand_on(f"/dialogues/sessions/{made.uid}/", words, tlp)
    words = marks.texts("proposal")
    proposed(made, words["proposal"])
    marks.stand_on(f"/dialogues/proposals/sessions/{made.uid}/", words, tlp)
    words = marks.texts("what", "evidence", "owner")
    promise = promised(place=made, body=_hidden(words["owner"]), what=words["what"], evidence=words["evidence"])
    marks.stand_on(f"/dialogues/commitments/{promise.uid}/", words, tlp)


def _of_agreement(marks: Marks, tlp: str) -> None:
    words = marks.texts("title", "source", "place_text", "party", "line", "benchmark", "old", "why", "evidence", "body")
    given = {name: words[name] for name in ("title", "source", "place_text")}
    made = agreement("Koro", tlp=tlp, parties=[words["party"]], **given)
    line = Provision.objects.create(
        agreement=made, number="1", position=0, words=words["line"], benchmark=words["benchmark"]
    )
    found = {"provision": line, "assessor": _hidden(words["body"])}
    Assessment.objects.create(verdict="kept", as_of=date(2024, 2, 1), words=words["old"], **found)
    Assessment.objects.create(
        verdict="broken", as_of=date(2025, 2, 1), words=words["why"], evidence=words["evidence"], **found
    )
    marks.stand_on(f"/dialogues/agreements/{made.uid}/", words, tlp)


def _of_committee(marks: Marks, tlp: str, body: Organisation) -> None:
    words = marks.texts("name")
    made = committee("Koro", tlp=tlp, **words)
    holding(seat(made, organisation=body), organisation=body, sex="f")
    marks.stand_on(f"/dialogues/committees/{made.uid}/", words, tlp)


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(areas=["Koro"])


@pytest.fixture
def marks(body: Organisation) -> Marks:
    made = Marks()
    for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.RED):
        _of_process(made, tlp, body)
    for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER):
        _of_agreement(made, tlp)
        _of_committee(made, tlp, body)
    return made


def _readers(body: Organisation) -> list[User]:
    """Somebody of every audience: public, network, room and member, analyst, team, coordinator."""
    roles = (Role.REPORTER, Role.ANALYST, Role.COORDINATOR)
    people = [person(role, "Koro") for role in roles]
    people += [person(role, "Gao", organisation=body) for role in (Role.LIAISON, Role.FACILITATOR)]
    return people


LISTS = ("sessions", "processes", "commitments", "agreements", "committees")


def _page(client: Client, address: str, seen: dict[str, str]) -> str:
    if address not in seen:
        seen[address] = client.get(address).content.decode()
    return seen[address]


def _told(browser: Client, asks: Client | None) -> dict[str, str]:
    told = {f"{name}.csv": text_of(browser, name) for name in SHEETS}
    if asks is None:
        return told
    told |= {name: asks.get(f"/api/v1/{name}/?page_size=200").content.decode() for name in LISTS}
    return told | {"one session": "".join(_each_session(asks))}


def _each_session(asks: Client) -> list[str]:
    rows: list[dict[str, Any]] = asks.get("/api/v1/sessions/?page_size=200").json()["results"]
    return [asks.get(f"/api/v1/sessions/{row['id']}/").content.decode() for row in rows]


def test_what_a_file_or_a_program_is_told_stands_on_the_page(marks: Marks, body: Organisation) -> None:
    compared = set()
    for user in (None, *_readers(body)):
        browser = Client() if user is None else signed_in(user)
        told, seen = _told(browser, None if user is None else program(user)), dict[str, str]()
        for where, text in told.items():
            words = set(MARK.findall(text))
            for word in words:
                assert word in _page(browser, marks.pages[word], seen), (where, word, user and user.memberships.get())
            if where.endswith(".csv"):
                assert not words & marks.red, where
            compared |= {(where, word) for word in words}
    assert len(compared) > 150


def test_who_holds_it_finds_all_their_words_in_the_files(marks: Marks) -> None:
    """So that the test above cannot pass because files say nothing."""
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    found = {word for name in SHEETS for word in MARK.findall(text_of(browser, name))}
    old = {word for word, page in marks.pages.items() if "agreements" in page}
    missing = set(marks.pages) - marks.red - found
    assert len(missing) == 3  # of each agreement, what an assessor found before
    assert missing <= old
