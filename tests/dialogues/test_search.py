"""Search in dialogues: every sort of row by its words, for those who read these words and for nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialogues import search
from dialogues.search import MOST_FOUND, cleaned, find
from orgs.access import ANYONE
from orgs.models import Role, Tlp
from orgs.policy import Viewer
from tests.dialogues.commitments.made import keeper, promised
from tests.factories import person, signed_in, viewer
from tests.factories_agreements import agreement, committee
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def titles(who: Viewer, words: str) -> set[str]:
    return {row.title for part in find(who, words) for row in part.rows}


def _everything(tlp: str) -> set[str]:
    """One row of each sort, of this marking, in Koro."""
    who = keeper()
    room = session(by=who, title=f"Séance du moulin {tlp}", tlp=tlp)
    ProcessFactory.create(title=f"Processus du moulin {tlp}", tlp=tlp)
    promised(by=who, place=room, what=f"Réparer le moulin {tlp}")
    agreement("Koro", title=f"Pacte du moulin {tlp}", tlp=tlp)
    committee("Koro", name=f"Comité du moulin {tlp}", tlp=tlp)
    return {f"{what} {tlp}" for what in (
        "Séance du moulin", "Processus du moulin", "Réparer le moulin", "Pacte du moulin", "Comité du moulin",
    )}  # fmt: skip


def test_each_sort_is_found_by_those_who_may_see_it_and_by_nobody_else() -> None:
    clear, green, amber = (_everything(tlp) for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER))
    assert titles(viewer(Role.COORDINATOR, "Koro"), "Moulin") == clear | green | amber
    assert titles(viewer(Role.MONITOR, "Koro"), "moulin") == clear | green
    # What was promised is public by agreement alone, however open the session was.
    public = {title for title in clear if not title.startswith("Réparer")}
    assert titles(ANYONE, "moulin") == titles(viewer(Role.MONITOR, "Gao"), "moulin") == public


def test_words_that_one_does_not_read_are_not_looked_for() -> None:
    coordinator = viewer(Role.COORDINATOR, "Koro")
    session(by=coordinator, title="Le puits", minutes="On a parlé du moulin.")
    promised(by=coordinator, what="Réparer le moulin")
    assert titles(coordinator, "moulin") == {"Le puits", "Réparer le moulin"}
    assert titles(viewer(Role.MONITOR, "Koro"), "moulin") == {"Réparer le moulin"}
    assert titles(viewer(Role.ANALYST, "Koro"), "moulin") == set()


def test_every_result_leads_to_a_page_that_its_reader_may_open() -> None:
    _everything(Tlp.GREEN)
    who = person(Role.MONITOR, "Koro")
    page = signed_in(who).get("/dialogues/search/", {"q": "moulin"}, headers={"accept-language": "fr"})
    text = page.content.decode()
    parts: Any = page.context["parts"]
    assert [str(part.heading) for part in parts] == [
        "Concertations", "Processus", "Engagements", "Accords", "Comités",
    ]  # fmt: skip
    for part in parts:
        for row in part.rows:
            assert row.url in text
            assert signed_in(who).get(row.url).status_code == 200


def test_more_than_a_page_is_said_and_costs_no_more(django_assert_num_queries: Any) -> None:
    for number in range(MOST_FOUND):
        committee(name=f"Moulin {number}")
    who = viewer(Role.COORDINATOR, "Koro")
    with CaptureQueriesContext(connection) as few:
        (part,) = find(who, "moulin")
    assert (len(part.rows), part.more) == (MOST_FOUND, False)
    committee(name="Moulin de plus")
    with django_assert_num_queries(len(few)):
        (part,) = find(who, "moulin")
    assert (len(part.rows), part.more) == (MOST_FOUND, True)


@pytest.mark.parametrize("typed", ["", "  ", "mo", "\x00", "%" * 3, "_" * 3, "<script>", "'; --", "é" * 500])
def test_whatever_is_typed_has_an_answer(typed: str) -> None:
    committee(tlp=Tlp.CLEAR)
    page = Client().get("/dialogues/search/", {"q": typed}, headers={"accept-language": "fr"})
    assert page.status_code == 200
    assert page.context["parts"] == []
    assert "<script>" not in page.content.decode().split("<main", 1)[1]


def test_too_few_letters_are_told_at_the_field_and_stay_typed() -> None:
    text = Client().get("/dialogues/search/", {"q": "mo"}, headers={"accept-language": "fr"}).content.decode()
    assert "Écrivez au moins 3 lettres." in text
    assert 'value="mo"' in text


def test_words_are_cleaned_and_cut() -> None:
    assert cleaned("  le \x00 puits ") == "le puits"
    assert len(cleaned("a" * 500)) == search.LONGEST


def _until_slowed(client: Client) -> tuple[int, Any]:
    """How many searches were answered, and the answer to the first that was not; buckets fill again meanwhile."""
    for answered in range(200):
        answer: Any = client.get("/dialogues/search/?q=moulin")
        if answer.status_code != 200:
            return answered, answer
    raise AssertionError("never slowed")


def test_whoever_searches_without_end_is_slowed_keeps_their_words_and_slows_nobody_else() -> None:
    session(title="Le moulin", tlp=Tlp.CLEAR)
    stranger, member = Client(), signed_in(person(Role.MONITOR, "Koro"))
    answered, slowed = _until_slowed(stranger)
    page = slowed.content.decode()
    assert answered >= 20
    assert (slowed.status_code, slowed["Retry-After"]) == (429, "5")
    assert 'value="moulin"' in page
    assert "Le moulin" not in page
    assert "quelques secondes" in page
    assert stranger.get("/dialogues/search/?q=").status_code == 200, "an empty page costs nothing"
    answered, slowed = _until_slowed(member)
    assert (answered >= 60, slowed.status_code) == (True, 429)
    assert signed_in(person(Role.MONITOR, "Gao")).get("/dialogues/search/?q=moulin").status_code == 200
