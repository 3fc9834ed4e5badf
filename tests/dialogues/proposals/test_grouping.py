"""Proposals of sessions are written down, likely matches proposed, groups made by hand; every step is undone."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dialogues import grouping
from dialogues.access import PRIORITIES
from dialogues.alike import Texts, similarity, trigrams
from dialogues.models import Priority, Process, Proposal
from dialogues.said import said_of
from dialogues.services import proposals as writing
from dialogues.services.sessions import keep_session
from orgs.models import AuditEntry, Role, Tlp
from orgs.models.areas import plain_words
from orgs.services.errors import NotAllowed
from tests.dialogues.proposals.rows import keeper, priority, proposed, session_of
from tests.factories import person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def process() -> Process:
    return ProcessFactory.create()


def _stands(process: Process) -> tuple[Any, ...]:
    """Which proposal is in which priority that stands."""
    rows = Proposal.objects.filter(session__process=process).order_by("pk").values_list("pk", "priority")
    return tuple(rows), tuple(Priority.objects.standing().order_by("pk").values_list("pk", flat=True))


# --- Writing -----------------------------------------------------------------------------------------------------


def test_one_a_line_in_the_order_in_which_they_were_said(process: Process) -> None:
    where = session_of(process)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    text = "- Ouvrir le puits à tous\n\n• Un cahier des plaintes\nOuvrir le PUITS a tous"
    answer = browser.post(f"/dialogues/proposals/sessions/{where.uid}/", {"lines": text, "theme": ""}, follow=True)
    assert "2 propositions" in answer.content.decode()
    words = list(where.proposals.order_by("position").values_list("words", flat=True))
    assert words == ["Ouvrir le puits à tous", "Un cahier des plaintes"]
    assert writing.write_proposals(viewer=keeper(), session=where, lines=["ouvrir le puits à tous"]) == 0


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "lines"),
        (["x" * 501], "lines"),
        (["…"], "lines"),
        (["Les soldats sont à la sortie de Koro"], "lines"),
        (["Appeler le 76 12 34 56"], "lines"),
        (["Un mot"] * 1 + [f"Mot {n}" for n in range(60)], "lines"),
    ],
)
def test_what_may_not_be_kept_is_said_and_nothing_is_written(process: Process, lines: list[str], field: str) -> None:
    where = session_of(process)
    with pytest.raises(ValidationError) as caught:
        writing.write_proposals(viewer=keeper(), session=where, lines=lines)
    assert field in caught.value.message_dict
    assert not where.proposals.exists()


def test_what_was_typed_comes_back_with_what_is_wrong(process: Process) -> None:
    where = session_of(process)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    answer = browser.post(f"/dialogues/proposals/sessions/{where.uid}/", {"lines": "Ouvrir le puits\n76 12 34 56"})
    assert answer.status_code == 422
    assert "Ouvrir le puits" in answer.content.decode()
    assert not where.proposals.exists()


def test_a_proposal_in_a_priority_is_not_taken_away_and_another_is(process: Process) -> None:
    one, two = proposed(session_of(process), "Ouvrir le puits", "Réparer le pont")
    priority(process, proposals=[one.pk])
    with pytest.raises(ValidationError):
        writing.remove_proposal(viewer=keeper(), proposal=one)
    writing.remove_proposal(viewer=keeper(), proposal=two)
    assert list(Proposal.objects.all()) == [one]


# --- Likely matches ----------------------------------------------------------------------------------------------


def test_likely_matches_are_proposed_without_accents_and_across_sessions(process: Process) -> None:
    (well,) = proposed(session_of(process), "Ouvrir le puits à tous les éleveurs")
    (same,) = proposed(session_of(process), "OUVRIR LE PUITS A TOUS LES ELEVEURS DU VILLAGE")
    (other,) = proposed(session_of(process), "Former les enseignants à la médiation")
    found, _page = grouping.waiting(keeper(), process, None)
    by_id = {one.fields["id"]: [match["id"] for match in one.matches] for one in found}
    assert by_id == {well.pk: [same.pk], same.pk: [well.pk], other.pk: []}


def test_a_priority_is_proposed_by_its_title_and_by_what_is_in_it(process: Process) -> None:
    where = session_of(process)
    inside, _waits, titled = proposed(
        where, "Payer les gardes du marché", "Payer aussi les gardes du marché", "Il faut un comité de paix ici"
    )
    paid = priority(process, "Salaires", proposals=[inside.pk])
    peace = priority(process, "Comité de paix")
    found, _page = grouping.waiting(keeper(), process, None)
    matches = {one.fields["words"]: [(m["kind"], m["id"]) for m in one.matches] for one in found}
    assert matches["Payer aussi les gardes du marché"] == [("priority", paid.pk)]
    assert matches[titled.words] == [("priority", peace.pk)]


def test_matches_come_from_the_same_process_alone(process: Process) -> None:
    proposed(session_of(process), "Ouvrir le puits à tous")
    proposed(session_of(ProcessFactory.create()), "Ouvrir le puits à tous")
    ((one,), _page) = grouping.waiting(keeper(), process, None)
    assert one.matches == []


# Latin with its marks, Arabic, N’Ko and Tifinagh: what is written in Mali. Of all signs of the world Python and the
# database do not call the same ones letters.
WRITTEN = st.one_of(*(st.characters(min_codepoint=a, max_codepoint=b) for a, b in (
    (0x20, 0x36F), (0x600, 0x6FF), (0x7C0, 0x7FF), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2D30, 0x2D7F),
)))  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(["T:𝐓", ""])
@given(st.lists(st.text(WRITTEN, max_size=60), min_size=2, max_size=2))
def test_likeness_is_counted_as_the_database_counts_it(said: list[str]) -> None:
    one, other = (plain_words(text) for text in said)
    texts = Texts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity(%s, %s), cardinality(show_trgm(%s))", [one, other, one])
        counted, grams = cursor.fetchone()
    assert similarity(texts.read(one), texts.read(other)) == pytest.approx(counted, abs=1e-6)
    assert len(trigrams(one)) == grams


def test_no_more_others_are_compared_than_a_page_has_time_for(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (
        proposed(session_of(process), f"Ouvrir le puits à tous {end}")[0] for end in ("ici", "là", "demain")
    )
    monkeypatch.setattr("dialogues.alike.MOST_COMPARED", 1)
    found, _page = grouping.waiting(keeper(), process, None)
    by_id = {one.fields["id"]: [match["id"] for match in one.matches] for one in found}
    assert by_id == {first.pk: [third.pk], second.pk: [third.pk], third.pk: []}, "the newest alone"


def test_the_page_costs_the_same_for_one_proposal_and_for_many(
    process: Process, django_assert_max_num_queries: Any
) -> None:
    proposed(session_of(process), *(f"Ouvrir le puits numéro {n} à tous" for n in range(40)))
    who = keeper()
    with django_assert_max_num_queries(6):
        shown, page = grouping.waiting(who, process, None)
    assert len(shown) == grouping.TO_GROUP
    rest, _page = grouping.waiting(keeper(), process, page.next)
    assert len({one.fields["id"] for one in [*shown, *rest]}) == 40


# --- Grouping ----------------------------------------------------------------------------------------------------


def test_ticked_ones_go_into_a_new_priority_by_the_page(process: Process) -> None:
    one, two, three = proposed(session_of(process), "Ouvrir le puits", "Le puits pour tous", "Réparer le pont")
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    path = f"/dialogues/proposals/processes/{process.uid}/"
    browser.post(f"{path}group/", {"proposals": [one.pk, two.pk], "title": "Un puits ouvert"})
    (made,) = PRIORITIES.rows(keeper())
    assert list(made.proposals.order_by("pk")) == [one, two]
    page = browser.get(path).content.decode()
    assert "Un puits ouvert" in page
    browser.post(f"{path}group/", {"one": f"{three.pk}-p{made.pk}"})
    assert made.proposals.count() == 3
    refused = browser.post(f"{path}group/", {"proposals": [one.pk]}, follow=True).content.decode()
    assert "Choisissez une priorité" in refused
    assert made.proposals.count() == 3


def test_two_alike_are_grouped_by_one_button(process: Process) -> None:
    one, two = proposed(session_of(process), "Ouvrir le puits", "Ouvrir tous les puits")
    signed_in(person(Role.COORDINATOR, "Koro")).post(
        f"/dialogues/proposals/processes/{process.uid}/group/", {"one": f"{one.pk}-{two.pk}"}
    )
    assert list(Priority.objects.get(title="Ouvrir le puits").proposals.order_by("pk")) == [one, two]


def test_words_of_a_closer_session_become_no_open_title_by_one_button(process: Process) -> None:
    one, two = proposed(session_of(process, tlp=Tlp.AMBER), "Ouvrir le puits", "Ouvrir tous les puits")
    browser, path = signed_in(person(Role.COORDINATOR, "Koro")), f"/dialogues/proposals/processes/{process.uid}/group/"
    said = browser.post(path, {"one": f"{one.pk}-{two.pk}"}, follow=True).content.decode()
    assert "écrivez un titre" in said
    assert not Priority.objects.exists()
    browser.post(path, {"proposals": [one.pk, two.pk], "title": "L’eau"})
    assert Priority.objects.get().proposals.count() == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(("put", "new", "out", "merge", "withdraw")), st.integers(0, 5)), max_size=7))
def test_undoing_every_step_brings_back_what_stood(steps: list[tuple[str, int]]) -> None:
    process = ProcessFactory.create()
    rows = proposed(session_of(process), *(f"Mot numéro {n}" for n in range(4)))
    before = [_stands_of(process)]
    for kind, chance in steps:
        if _take(process, kind, chance, rows):
            before.append(_stands_of(process))
    while (last := writing.last_step(process)) is not None:
        assert _stands_of(process) == before.pop()
        writing.undo(viewer=keeper(), process=process, step=last.pk)
    assert [_stands_of(process)] == before


def _stands_of(process: Process) -> tuple[Any, ...]:
    standing = Priority.objects.standing().filter(process=process).order_by("pk")
    return _stands(process)[0], tuple(standing.values_list("pk", flat=True))


def _take(process: Process, kind: str, chance: int, rows: list[Proposal]) -> bool:
    standing = list(Priority.objects.standing().filter(process=process).order_by("pk"))
    one = Proposal.objects.select_related("session__process").get(pk=rows[chance % len(rows)].pk)
    try:
        if kind == "new":
            priority(process, f"Titre {chance}", proposals=[one.pk])
        elif kind == "out":
            writing.take_out(viewer=keeper(), proposal=one)
        elif not standing:
            return False
        elif kind == "put":
            writing.put_in(viewer=keeper(), priority=standing[chance % len(standing)], proposals=[one.pk])
        elif kind == "merge":
            writing.merge(viewer=keeper(), kept=standing[0], other=standing[chance % len(standing)])
        else:
            writing.withdraw(viewer=keeper(), priority=standing[chance % len(standing)])
    except (ValidationError, NotAllowed):
        return False
    return True


def test_only_the_step_that_was_shown_is_undone(process: Process) -> None:
    priority(process, "Un")
    shown = writing.last_step(process)
    assert shown is not None
    priority(process, "Deux")
    with pytest.raises(ValidationError):
        writing.undo(viewer=keeper(), process=process, step=shown.pk)
    assert Priority.objects.standing().count() == 2


def test_priorities_of_two_processes_are_never_mixed(process: Process) -> None:
    other = ProcessFactory.create()
    (foreign,) = proposed(session_of(other), "Ouvrir le puits")
    mine, theirs = priority(process), priority(other)
    with pytest.raises(ValidationError):
        writing.put_in(viewer=keeper(), priority=mine, proposals=[foreign.pk])
    with pytest.raises(ValidationError):
        writing.merge(viewer=keeper(), kept=mine, other=theirs)


def test_who_may_not_edit_the_process_groups_nothing(process: Process) -> None:
    (one,) = proposed(session_of(process), "Ouvrir le puits")
    reader = viewer(Role.FACILITATOR, "Koro")
    with pytest.raises(NotAllowed):
        writing.make_priority(viewer=reader, process=process, title="Puits", proposals=[one.pk])
    with pytest.raises(NotAllowed):
        writing.write_proposals(viewer=reader, session=one.session, lines=["Encore un"])
    assert not Priority.objects.exists()


def test_steps_are_noted_in_codes_and_numbers(process: Process) -> None:
    (one,) = proposed(session_of(process), "Ouvrir le puits")
    priority(process, "Puits", proposals=[one.pk])
    facts = [entry.facts for entry in AuditEntry.objects.filter(verb__in=("grouped", "proposed"))]
    assert facts
    assert "puits" not in str(facts).lower()


def test_a_session_that_leaves_takes_its_proposals_out_of_what_they_were_grouped_in(process: Process) -> None:
    elsewhere = ProcessFactory.create(title="Ailleurs")
    where = session_of(process)
    first, second = proposed(where, "Ouvrir le puits à tous", "Un cahier au marché")
    made = priority(process, proposals=[first.pk])
    writing.put_in(viewer=keeper(), priority=made, proposals=[second.pk])
    keep_session(
        viewer=keeper(), uid=where.uid, edit_key=uuid.uuid4(), base_version=1,
        said=replace(said_of(where), process=str(elsewhere.uid)),
    )  # fmt: skip
    assert not made.proposals.exists()
    step = writing.last_step(process)
    assert step is not None
    writing.undo(viewer=keeper(), process=process, step=step.pk)
    assert not Proposal.objects.filter(priority__process=process).exists()
    new = priority(elsewhere, proposals=[first.pk, second.pk])
    assert new.proposals.count() == 2
