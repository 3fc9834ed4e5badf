"""What lines say, what is wrong with them by column, and that a broken line spoils no other."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dialogues.access import PROCESSES
from dialogues.imports import hooks
from dialogues.imports.attendance import count
from dialogues.imports.fields import target_of_tag, target_of_title
from dialogues.models import EditState, Process, Proposal, Session, SessionImport, SessionRowOutcome, SessionRowState
from dialogues.said import said_of
from dialogues.services import import_working, imports
from dialogues.services.proposals import make_priority, write_proposals
from dialogues.services.sessions import keep_session
from orgs.access import viewer_for
from orgs.imports.problems import in_words
from orgs.models import Role
from orgs.services.errors import NotAllowed
from tests.dialogues.imports.conftest import Bring
from tests.dialogues.imports.files import sessions
from tests.factories import OrganisationFactory, person, viewer
from tests.factories_dialogues import ProcessFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ({"Date": "3 mars 1890"}, "Date", "1990"),
        ({"Date": "bientôt"}, "Date", "bientôt"),
        ({"Participants": "100000"}, "Participants", "100000"),
        ({"Participants": "une dizaine"}, "Participants", "une dizaine"),
        ({"Participants": "12", "Femmes": "13"}, "Participants", "13"),
        ({"Femmes 15-35": "7", "Femmes": "5"}, "Femmes", "7"),
        ({"Femmes 18-30": "5"}, "Femmes 18-30", "15-35"),
        ({"Groupes": "éleveurs : 13"}, "Groupes", "13"),
        ({"Groupes": "martiens : 3"}, "Groupes", "martiens"),
        ({"Type": "Fête"}, "Type", "Fête"),
        ({"Cercle": "Nullepart"}, "Zone", ""),
        ({"Spectateurs": "40"}, "Spectateurs", ""),
        ({"Marquage": "mauve"}, "Marquage", "mauve"),
        ({"Titre": ""}, "Titre", ""),
        ({"Compte rendu": "Appelez Awa au 76 12 34 56."}, "Compte rendu", "76 12 34 56"),
        ({"Langues": "klingon"}, "Langues", "klingon"),
        ({"Début": "midi"}, "Début", "midi"),
    ],
)
def test_what_is_wrong_is_said_by_its_column(bring: Bring, line: dict[str, Any], column: str, words: str) -> None:
    with translation.override("fr"):
        job = bring(sessions(line, {"Titre": "Une autre"}), name="seances.csv")
        broken = job.rows.get(state=SessionRowState.ERROR)
        said = [one for one in in_words(broken.problems) if one.is_error]
    assert any(words in one.words and (one.column.startswith(column) or column == "Zone") for one in said), said
    assert broken.number == 2
    assert job.counts["states"] == {SessionRowState.ERROR: 1, SessionRowState.NEW: 1}


def test_every_problem_of_a_line_is_told_at_once(bring: Bring) -> None:
    job = bring(sessions({"Date": "1890-01-01", "Groupes": "martiens : 3", "Marquage": "mauve", "Titre": ""}))
    columns = {one.column for one in in_words(job.rows.get().problems)}
    assert columns == {"Date", "Groupes", "Marquage", "Titre"}


def test_a_broken_line_spoils_no_other_and_comes_back_to_be_mended(bring: Bring, apply: Bring) -> None:
    job = apply(bring(sessions({"Date": ""}, {"Titre": "Une autre"})))
    assert job.counts["outcomes"] == {SessionRowOutcome.CREATED: 1, SessionRowOutcome.LEFT: 1}
    assert [session.title for session in Session.objects.all()] == ["Une autre"]


def test_the_same_session_twice_in_a_file_is_asked_about(bring: Bring) -> None:
    job = bring(sessions({}, {}, {"Numéro": "2"}))
    assert job.counts["states"] == {SessionRowState.NEW: 2, SessionRowState.ERROR: 1}


def test_a_mended_file_changes_what_nobody_touched_and_asks_where_somebody_did(bring: Bring, apply: Bring) -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    apply(bring(sessions({"Clé": "a", "Accords": "Un gardien."}), viewer=who), viewer=who)
    made = Session.objects.get()
    again = apply(bring(sessions({"Clé": "a", "Accords": "Deux gardiens."}), viewer=who), viewer=who)
    assert again.counts["outcomes"] == {SessionRowOutcome.CHANGED: 1}
    assert [point.words for point in made.points.all()] == ["Deux gardiens."]
    made.refresh_from_db()
    written = said_of(made).__class__(**{**vars(said_of(made)), "agreements": ("Trois gardiens.",)})
    keep_session(viewer=who, uid=made.uid, edit_key=made.uid, base_version=made.version, said=written)
    later = apply(bring(sessions({"Clé": "a", "Accords": "Quatre gardiens."}), viewer=who), viewer=who)
    assert later.counts["outcomes"] == {SessionRowOutcome.WAITS: 1}
    assert [point.words for point in made.points.all()] == ["Trois gardiens."]


def test_what_a_person_wrote_outlives_every_later_file(bring: Bring, apply: Bring) -> None:
    who = viewer(Role.COORDINATOR, "Koro")

    def brought(words: str, **more: str) -> dict[str, int]:
        line = {"Clé": "a", "Accords": words, "Ordre du jour": "Le puits.", **more}
        outcomes: dict[str, int] = apply(bring(sessions(line), viewer=who), viewer=who).counts["outcomes"]
        return outcomes

    brought("Un gardien.")
    made = Session.objects.get()
    written = replace(said_of(made), agreements=("Trois gardiens.",))
    keep_session(viewer=who, uid=made.uid, edit_key=made.uid, base_version=1, said=written)
    assert brought("Un gardien.") == {SessionRowOutcome.SAME: 1}
    assert brought("Un gardien.", Titre="Le puits neuf") == {SessionRowOutcome.CHANGED: 1}
    assert brought("Quatre gardiens.", Titre="Le puits neuf") == {SessionRowOutcome.WAITS: 1}
    assert brought("Cinq gardiens.", Titre="Le puits neuf") == {SessionRowOutcome.WAITS: 1}
    assert brought("Cinq gardiens.", Titre="Le puits neuf") == {SessionRowOutcome.WAITS: 1}
    made.refresh_from_db()
    assert (made.title, [point.words for point in made.points.all()]) == ("Le puits neuf", ["Trois gardiens."])
    assert made.edits.filter(state=EditState.WAITING).count() == 2, "the same line twice waits once"


def test_a_file_may_say_again_what_it_said_before(bring: Bring, apply: Bring) -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    for words in ("Un gardien.", "Deux gardiens.", "Un gardien."):
        apply(bring(sessions({"Clé": "a", "Accords": words}), viewer=who), viewer=who)
    assert [point.words for point in Session.objects.get().points.all()] == ["Un gardien."]


def test_taking_back_removes_what_nobody_worked_on(bring: Bring, apply: Bring) -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    lines = sessions({"Processus": "P", "Titre": "Une"}, {"Processus": "P", "Titre": "Deux"})
    job = apply(bring(lines, viewer=who), viewer=who)
    touched = Session.objects.get(title="Deux")
    keep_session(
        viewer=who, uid=touched.uid, edit_key=touched.uid, base_version=1,
        said=said_of(touched).__class__(**{**vars(said_of(touched)), "minutes": "On a parlé."}),
    )  # fmt: skip
    imports.take_back(viewer=who, job=job)
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.counts["outcomes"] == {SessionRowOutcome.REMOVED: 1, SessionRowOutcome.KEPT: 1}
    assert [session.title for session in Session.objects.all()] == ["Deux"]
    assert Process.objects.count() == 1, "a process with a session stays"
    with pytest.raises(NotAllowed):
        imports.take_back(viewer=who, job=job)


def test_a_process_that_is_only_seen_is_not_added_to(bring: Bring) -> None:
    ProcessFactory.create(title="Paix au marché", at="Koro")
    who = viewer(Role.FACILITATOR, "Koro")
    assert PROCESSES.rows(who).exists()
    job = bring(sessions({"Processus": "Paix au Marché"}), viewer=who)
    assert job.counts["states"] == {SessionRowState.ERROR: 1}


def test_bodies_are_found_by_name_and_acronym(bring: Bring, apply: Bring) -> None:
    body = OrganisationFactory.create(name="Femmes du puits", acronym="FDP", areas=["Koro"])
    who = viewer(Role.COORDINATOR, "Koro")
    apply(bring(sessions({"Tenue par": "FDP", "Organisations présentes": "Femmes du puits; Inconnue"}), viewer=who),
          viewer=who)  # fmt: skip
    made = Session.objects.get()
    assert made.led_by == body
    assert list(made.present.all()) == [body]


def test_proposals_go_to_who_keeps_them(bring: Bring, apply: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[str, ...]] = []
    monkeypatch.setattr(hooks, "_keepers", [lambda _who, _session, words: kept.append(tuple(words))])
    apply(bring(sessions({"Propositions": "Un marché commun\nUne radio"})))
    assert kept == [("Un marché commun", "Une radio")]


def test_who_may_not_record_may_not_bring() -> None:
    for role in set(Role.values) - {Role.COORDINATOR, Role.FACILITATOR, Role.EDITOR}:
        with pytest.raises(NotAllowed):
            imports.bring_file(viewer=viewer(role, "Koro"), name="x.csv", chunks=[sessions({})])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04broken", b"a\n1\n", b"Titre,Date\n"])
def test_what_is_no_list_of_sessions_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        imports.bring_file(viewer=viewer(Role.FACILITATOR, "Koro"), name="x.csv", chunks=[content])
    assert "file" in refused.value.message_dict
    assert not SessionImport.objects.exists()


def test_another_persons_file_is_not_there() -> None:
    job = imports.bring_file(viewer=viewer_for(person(Role.FACILITATOR, "Koro")), name="x.csv", chunks=[sessions({})])
    with pytest.raises(NotAllowed):
        imports.stop(viewer=viewer(Role.COORDINATOR, "Koro"), job=job)


@pytest.mark.parametrize(
    ("title", "code"),
    [("Femmes 15-35", "f:15-35"), ("Femmes 15 à 35 ans", "f:15-35"), ("Men over 60", "m:61+"), ("Femmes", "f"),
     ("Hommes moins de 15 ans", "m:0-14"), ("Femmes 18-30", "wrong_band"), ("Groupe éleveurs", "group:herders"),
     ("Compte-rendu", "minutes"), ("Problèmes soulevés", "issues"), ("Couleur", "")],
)  # fmt: skip
def test_titles(title: str, code: str) -> None:
    assert target_of_title(title) == code


def test_tags() -> None:
    assert target_of_tag("#affected+f+age_15_35") == "f:15-35"
    assert target_of_tag("#affected +spectators") == "spectators"
    assert target_of_tag("#affected") == "people"


_COUNTS = st.dictionaries(st.sampled_from(["f:15-35", "f:36-60", "m:15-35", "m:61+"]), st.integers(0, 40))
_GROUPS = st.dictionaries(st.sampled_from(["group:women", "group:youth", "group:herders"]), st.integers(0, 40))


@given(_COUNTS, _GROUPS, st.integers(0, 10))
def test_every_total_of_ages_and_of_groups_stands(ages: dict[str, int], groups: dict[str, int], more: int) -> None:
    people = max(sum(ages.values()), sum(groups.values())) + more
    values = {name: str(many) for name, many in {**ages, **groups, "people": people}.items()}
    found = count(values, {})
    assert not [one for one in found.problems if one["code"] != "session_apart"]
    if found.attendance:
        assert sum(one.count for one in found.attendance) == people
    by_age: Counter[str] = Counter()
    by_group: Counter[str] = Counter()
    for one in found.attendance:
        by_age[f"{one.sex}:{one.age_band}"] += one.count
        by_group[f"group:{one.group}"] += one.count
    assert all(by_age[name] == many for name, many in ages.items())
    assert all(by_group[name] == many for name, many in groups.items())


def test_proposals_of_a_file_go_with_it_unless_somebody_worked_on_them(bring: Bring, apply: Bring) -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    lines = [{"Titre": title, "Propositions": f"Un puits pour {title}"} for title in ("Un", "Deux", "Trois")]
    job = apply(bring(sessions(*[{**line, "Processus": "Paix au marché"} for line in lines]), viewer=who), viewer=who)
    assert Proposal.objects.count() == 3
    grouped, added = (Session.objects.get(title=title) for title in ("Deux", "Trois"))
    assert grouped.process is not None
    make_priority(viewer=who, process=grouped.process, title="Des puits", proposals=[grouped.proposals.get().pk])
    write_proposals(viewer=who, session=added, lines=["Un gardien"])
    imports.take_back(viewer=who, job=job)
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.counts["outcomes"] == {SessionRowOutcome.REMOVED: 1, SessionRowOutcome.KEPT: 2}
    assert set(Session.objects.values_list("title", flat=True)) == {"Deux", "Trois"}
    assert Proposal.objects.count() == 3


def test_where_forces_are_stands_in_no_process_or_proposal_of_a_file(bring: Bring, apply: Bring) -> None:
    who, held = viewer(Role.COORDINATOR, "Koro"), "Une patrouille de gendarmes passe à 6 h."
    job = bring(sessions({"Processus": held}, {"Titre": "Deux", "Propositions": held}), viewer=who)
    assert job.counts["states"] == {SessionRowState.ERROR: 2}
    # A line that was read before the words were known to say so is held when it comes in.
    job.rows.update(state=SessionRowState.NEW, problems=[])
    apply(job, viewer=who)
    assert not Process.objects.exists()
    assert not Session.objects.exists()
