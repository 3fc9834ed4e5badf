"""A round: opened, rated by phones, on paper or by consensus, closed for good, read by whom it concerns."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogues import rated
from dialogues.models import Ballot, BallotMark, Process, RatingRound, RatingState
from dialogues.services import proposals as writing
from dialogues.services import ratings
from dialogues.views.rate import WRONG
from incidents.views import throttle
from orgs.models import Role
from orgs.services.errors import NotAllowed
from tests.dialogues.proposals.rows import a_round, ballot, keeper, priority, session_of
from tests.factories import person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def process() -> Process:
    made = ProcessFactory.create()
    for title in ("Un puits ouvert", "Un cahier au marché"):
        priority(made, title)
    return made


def _ranked(rating: RatingRound) -> list[tuple[str, int | None, float]]:
    titles = dict(rating.items.values_list("pk", "title"))
    closed = ratings.close_round(viewer=keeper(), rating=rating)
    return [(titles[one.key], one.place, float(one.score or 0)) for one in rated.rankings_exactly([closed])[closed.pk]]


# --- Phones ------------------------------------------------------------------------------------------------------


def _entered(rating: RatingRound) -> Client:
    phone = Client()
    answer = phone.post("/dialogues/rate/", {"code": rating.code})
    assert answer.status_code == 303
    return phone


def _answers(rating: RatingRound, *values: int) -> dict[str, int]:
    keys = [f"p{item.pk}_{name}" for item in ratings.items_of(rating) for name in ("urgency", "feasible", "impact")]
    return dict(zip(keys, values, strict=False))


def test_a_phone_rates_by_the_code_without_account_and_changes_its_ballot(process: Process) -> None:
    rating = a_round(process)
    phone = _entered(rating)
    page = phone.get("/dialogues/rate/ballot/").content.decode()
    assert "Un puits ouvert" in page
    assert "Est-ce urgent" in page
    phone.post("/dialogues/rate/ballot/", _answers(rating, 1, 1, 1))
    answer = phone.post("/dialogues/rate/ballot/", _answers(rating, 5, 4, 3, 1, 1), follow=True).content.decode()
    assert "Votre bulletin est arrivé" in answer
    assert "1 question reste" in answer
    assert "checked" in answer
    assert Ballot.objects.count() == 1
    assert sorted(BallotMark.objects.values_list("value", flat=True)) == [1, 1, 3, 4, 5]


def test_typing_the_code_again_does_not_give_a_second_ballot(process: Process) -> None:
    rating = a_round(process)
    phone = _entered(rating)
    phone.post("/dialogues/rate/ballot/", _answers(rating, 5, 5, 5))
    phone.post("/dialogues/rate/", {"code": f"{rating.code[:3]} {rating.code[3:]}"})
    phone.post("/dialogues/rate/ballot/", _answers(rating, 2, 2, 2))
    assert Ballot.objects.count() == 1


def test_nobody_can_tell_whose_a_ballot_is_or_join_those_of_two_rounds(process: Process) -> None:
    first, second = a_round(process), a_round(process)
    phone = _entered(first)
    phone.post("/dialogues/rate/ballot/", _answers(first, 5, 5, 5))
    phone.post("/dialogues/rate/", {"code": second.code})
    phone.post("/dialogues/rate/ballot/", _answers(second, 5, 5, 5))
    keys = set(Ballot.objects.values_list("voter_key", flat=True))
    assert len(keys) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(b)::text FROM dialogues_ballot b")
        assert all("127.0.0.1" not in row for (row,) in cursor.fetchall())
    assert {field.name for field in Ballot._meta.concrete_fields} == {"id", "round", "voter_key"}


def test_wrong_codes_are_slowed_and_say_nothing(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    rating, phone = a_round(process), Client()
    wrong = f"{(int(rating.code) + 1) % 10**6:06d}"
    monkeypatch.setattr(WRONG, "allowed", 2)
    for code in ("", wrong, "12"):
        assert phone.post("/dialogues/rate/", {"code": code}).status_code == 422
    blocked = phone.post("/dialogues/rate/", {"code": rating.code})
    assert blocked.status_code == 429
    assert blocked["Retry-After"]
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post("/dialogues/rate/", {"code": rating.code}).status_code == 303
    assert phone.post("/report/follow-up/", {"code": "1"}).status_code == 200, "codes of reports are counted apart"


def test_many_wrong_codes_from_everywhere_narrow_it_for_each(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    rating = a_round(process)
    wrong = f"{(int(rating.code) + 1) % 10**6:06d}"
    monkeypatch.setattr(throttle, "ANSWER_AFTER_SECONDS", 0)
    for name, value in {"allowed": 4, "under_attack": 1, "attack_from": 3}.items():
        monkeypatch.setattr(WRONG, name, value)

    def tried(address: str, code: str) -> int:
        return Client(REMOTE_ADDR=address).post("/dialogues/rate/", {"code": code}).status_code

    assert [tried(f"198.51.100.{n}", wrong) for n in (1, 2, 3)] == [422, 422, 422]
    assert tried("198.51.100.1", rating.code) == 429, "one wrong code was too many now"
    assert tried("198.51.100.9", rating.code) == 303, "who typed none wrong goes in"
    assert [tried(f"2001:db8::{n}", wrong) for n in (1, 2)] == [422, 429], "one household of IPv6 is one address"
    assert tried("2001:db8:0:1::1", wrong) == 422


def test_a_closed_round_and_a_consensus_take_no_phone(process: Process) -> None:
    rating = a_round(process)
    phone, code = _entered(rating), rating.code
    ratings.close_round(viewer=keeper(), rating=rating)
    assert "close" in phone.get("/dialogues/rate/ballot/").content.decode()
    assert "close" in phone.post("/dialogues/rate/ballot/", _answers(rating, 5, 5, 5)).content.decode()
    assert phone.post("/dialogues/rate/", {"code": code}).status_code == 422
    agreed = a_round(process, method="consensus")
    assert agreed.code == ""
    with pytest.raises(NotAllowed):
        ballot(agreed, "a", 5, 5, 5)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("bad", [{}, {"p0_urgency": 9}, {"first": 6}, {"first": "x"}])
def test_bad_ballots_are_refused_whole(process: Process, bad: dict[str, Any]) -> None:
    rating = a_round(process)
    name = f"p{ratings.items_of(rating)[0].pk}_urgency"
    data = {name if key == "first" else key: value for key, value in bad.items()}
    assert _entered(rating).post("/dialogues/rate/ballot/", data).status_code == 422
    assert not Ballot.objects.exists()


# --- Paper, consensus, dissent -----------------------------------------------------------------------------------


def test_phones_and_paper_add_up(process: Process) -> None:
    rating = a_round(process)
    first, second = ratings.items_of(rating)
    ballot(rating, "a", 5, 5, 5, 1, 1, 1)
    people = {(name, value): count for name in ("urgency", "feasible", "impact") for value, count in ((1, 3), (5, 0))}
    assert ratings.count_paper(viewer=keeper(), item=first, people=people) == 3
    ratings.count_paper(viewer=keeper(), item=second, people={(name, 3): 1 for name, _value in people})
    turnout = rated.turnout(rating)
    assert (turnout.phones, turnout.papers, turnout.unrated) == (1, 3, 0)
    assert _ranked(rating) == [("Un puits ouvert", 1, 2.0), ("Un cahier au marché", 1, 2.0)]


def test_what_is_typed_again_replaces_what_stood_and_goes_on_to_the_next(process: Process) -> None:
    rating = a_round(process)
    first, second = ratings.items_of(rating)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    path = f"/dialogues/proposals/rounds/{rating.uid}/paper/"
    for count in ("12", "7"):
        answer = browser.post(f"{path}{first.pk}/", {"urgency_5": count})
        assert answer["Location"] == f"{path}{second.pk}/"
    assert rated.paper_of(first) == {("urgency", 5): 7}
    for wrong in ("-1", "beaucoup", "20001"):
        assert browser.post(f"{path}{first.pk}/", {"urgency_5": wrong}).status_code == 422
    assert rated.paper_of(first) == {("urgency", 5): 7}


def test_more_voices_than_people_are_said(process: Process) -> None:
    rating = a_round(process, session=session_of(process, people=2))
    for voter in "abc":
        ballot(rating, voter, 5, 5, 5)
    assert rated.turnout(rating).too_many
    page = signed_in(person(Role.COORDINATOR, "Koro")).get(f"/dialogues/proposals/rounds/{rating.uid}/close/")
    assert "3 voix" in page.content.decode()


def test_one_consensus_is_ranked_and_never_mixed_with_counts(process: Process) -> None:
    rating = a_round(process, method="consensus")
    first, second = ratings.items_of(rating)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    browser.post(f"/dialogues/proposals/rounds/{rating.uid}/consensus/", _answers(rating, 2, 3, 4, 5, 5, 5))
    with pytest.raises(NotAllowed):
        ratings.count_paper(viewer=keeper(), item=first, people={("urgency", 5): 1})
    with pytest.raises(NotAllowed):
        ratings.agree(viewer=keeper(), rating=a_round(process), values={(second.pk, "urgency"): 1})
    assert _ranked(rating) == [("Un cahier au marché", 1, 5.0), ("Un puits ouvert", 2, 3.0)]
    shown = rated.ranking(RatingRound.objects.get(pk=rating.pk), "network")
    assert all(spread.voices is None and spread.people is None for one in shown for spread in one.spreads)


def test_dissent_stands_beside_the_rank(process: Process) -> None:
    rating = a_round(process)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    path = f"/dialogues/proposals/rounds/{rating.uid}/"
    said = {"item": ratings.items_of(rating)[0].pk, "group": "herders", "words": "Le puits ne suffit pas"}
    for _n in range(2):
        browser.post(path, said)
    assert browser.post(path, {**said, "words": "Appelez le 76 12 34 56"}).status_code == 422
    ballot(rating, "a", 5, 5, 5, 1, 1, 1)
    ratings.close_round(viewer=keeper(), rating=rating)
    reader = signed_in(person(Role.MONITOR, "Koro"))
    for address in (path, f"{path}print/", f"{path}hall/?screen=1"):
        page = reader.get(address).content.decode()
        assert page.count("Le puits ne suffit pas") == 1, address
        assert "Éleveurs" in page


# --- Closing -----------------------------------------------------------------------------------------------------


def test_closing_is_asked_once_more_and_is_final(process: Process) -> None:
    rating = a_round(process)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    path = f"/dialogues/proposals/rounds/{rating.uid}/"
    assert "Clore pour toujours" in browser.get(f"{path}close/").content.decode()
    assert RatingRound.objects.get().is_open
    for _n in range(2):
        browser.post(f"{path}close/")
    closed = RatingRound.objects.get()
    assert (closed.state, closed.code) == (RatingState.CLOSED, "")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(("cast", "paper", "dissent", "words", "merge", "withdraw", "close")), max_size=8))
def test_a_closed_round_does_not_change(tries: list[str]) -> None:
    process = ProcessFactory.create()
    one, two = priority(process, "Un puits ouvert"), priority(process, "Un cahier au marché")
    rating = a_round(process)
    ballot(rating, "a", 5, 4, 3, 1, 2, 3)
    closed = ratings.close_round(viewer=keeper(), rating=rating)
    before = rated.ranking(closed, "network")
    for each in tries:
        try:
            _try(each, rating, one, two)
        except (NotAllowed, ValidationError):
            continue
    assert rated.ranking(RatingRound.objects.get(pk=rating.pk), "network") == before


def _try(kind: str, rating: RatingRound, one: Any, two: Any) -> None:
    item = ratings.items_of(rating)[0]
    if kind == "cast":
        ballot(rating, "b", 1, 1, 1)
    elif kind == "paper":
        ratings.count_paper(viewer=keeper(), item=item, people={("urgency", 1): 5})
    elif kind == "dissent":
        ratings.dissent(viewer=keeper(), item=item, group="youth", words="Non")
    elif kind == "words":
        writing.write_priority(viewer=keeper(), priority=one, title="Autre chose", words="", theme="")
    elif kind == "merge":
        writing.merge(viewer=keeper(), kept=two, other=one)
    elif kind == "withdraw":
        writing.withdraw(viewer=keeper(), priority=two)
    else:
        ratings.close_round(viewer=keeper(), rating=rating)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.tuples(*[st.integers(1, 5)] * 6)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_each_phone_counts_once_with_what_it_said_last(cast: list[Any], chance: Any) -> None:
    process = ProcessFactory.create()
    priority(process, "Un")
    priority(process, "Deux")
    straight, mixed = a_round(process), a_round(process)
    for voter, values in cast:
        ballot(straight, voter, *values)
    last = list(dict(cast).items())
    chance.shuffle(last)
    for voter, values in last:
        ballot(mixed, voter, *values)
    assert _ranked(straight) == _ranked(mixed)
    assert rated.turnout(straight).phones == len(last)


def test_while_it_is_open_nobody_reads_how_it_stands(process: Process) -> None:
    rating = a_round(process)
    ballot(rating, "a", 5, 5, 5)
    assert rated.ranking(rating, "coordinator") == []
    page = signed_in(person(Role.COORDINATOR, "Koro")).get(f"/dialogues/proposals/rounds/{rating.uid}/")
    assert "5,00" not in page.content.decode()


def test_few_voices_are_not_told_apart_to_outsiders(process: Process) -> None:
    rating = a_round(process)
    for voter in "abcd":
        ballot(rating, voter, 5, 5, 5)
    closed = ratings.close_round(viewer=keeper(), rating=rating)
    for audience, told in (("public", False), ("network", False), ("analyst", False), ("coordinator", True)):
        spread = rated.ranking(closed, audience)[0].spreads[0]
        assert (spread.people is not None) == told, audience
        assert spread.mean == "5,00"


# --- Opening -----------------------------------------------------------------------------------------------------


def test_a_round_keeps_the_words_and_belongs_to_a_session_of_its_process(process: Process) -> None:
    with pytest.raises(ValidationError) as caught:
        a_round(process, session=session(), priorities=[])
    assert set(caught.value.message_dict) == {"session", "priorities"}
    with pytest.raises(NotAllowed):
        ratings.open_round(viewer=viewer(Role.MONITOR, "Koro"), process=process, title="X", method="individual")
    codes = {a_round(process).code for _n in range(5)}
    assert len(codes) == 5


def test_a_round_is_opened_on_the_page(process: Process) -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    path = f"/dialogues/proposals/processes/{process.uid}/rounds/new/"
    chosen = process.priorities.order_by("pk").first()
    assert chosen is not None
    assert browser.post(path, {"title": "Le soir"}).status_code == 422
    data = {"title": "Le soir", "method": "individual", "priorities": [chosen.pk]}
    page = browser.post(path, data, follow=True).content.decode()
    made = RatingRound.objects.get()
    assert made.code in page
    assert [item.title for item in ratings.items_of(made)] == [chosen.title]


def test_the_hall_shows_the_code_large_and_one_priority_a_screen(process: Process) -> None:
    rating = a_round(process)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    path = f"/dialogues/proposals/rounds/{rating.uid}/hall/"
    page = browser.get(path).content.decode()
    on_screen = f"{rating.code[:3]}\N{NO-BREAK SPACE}{rating.code[3:]}"
    assert on_screen in page
    assert "refresh" not in page
    assert 'http-equiv="refresh"' in browser.get(f"{path}?live=1").content.decode()
    assert "<svg" in page
    assert "Un puits ouvert" in browser.get(f"{path}?screen=1").content.decode()
    reader = signed_in(person(Role.MONITOR, "Koro"))
    for_others = reader.get(path).content.decode()
    assert on_screen not in for_others
    assert rating.code not in for_others
    ratings.close_round(viewer=keeper(), rating=rating)
    closed = browser.get(f"{path}?live=1").content.decode()
    assert "refresh" not in closed
    assert browser.get(f"{path}?screen=99").status_code == 200
