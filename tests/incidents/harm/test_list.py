"""The list before release: who must answer what, and when two people are needed."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test.utils import override_settings

from incidents.models import (
    Delivery,
    SafetyBar,
    SafetyDecision,
    SafetyOverride,
    SafetyQuestion,
    SafetyReview,
    Severity,
)
from incidents.services.errors import NotAllowed
from incidents.services.safety_answers import Decided, Given, answer_safety
from incidents.services.safety_bars import set_bar
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role, Tlp
from tests.factories import person
from tests.incidents.alerts.conftest import Place, drafted, verified
from tests.incidents.harm.scene import PASS, UNSAFE, UNSURE, WEAK, propose, release
from tests.reviewing import SAFELY, answered, standing

pytestmark = pytest.mark.django_db


class TestNothingWithoutIt:
    def test_neither_proposal_nor_release(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        for step in (propose, release):
            with pytest.raises(ValidationError) as refused:
                step(koro.author_view, alert)
            assert list(refused.value.message_dict) == ["safety"]
        assert not Delivery.objects.exists()
        answered(koro.author_view, alert)
        assert release(koro.author_view, alert) == 1

    def test_whoever_releases_has_answered_in_person(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert)
        with pytest.raises(ValidationError):
            release(koro.second_view, alert)
        answered(koro.second_view, alert)
        assert release(koro.second_view, alert) == 1

    @pytest.mark.parametrize("question", SafetyQuestion.values)
    def test_each_question_must_be_answered(self, koro: Place, question: str) -> None:
        alert = drafted(koro, verified())
        now = standing(koro.author_view, alert)
        with pytest.raises(ValidationError) as refused:
            answer_safety(
                viewer=koro.author_view, alert=alert, version=1, incident_version=1, words_hash=now.subject.hash,
                answers={name: given for name, given in SAFELY.items() if name != question}, decisions={},
            )  # fmt: skip
        assert list(refused.value.message_dict) == [question]
        assert not SafetyReview.objects.exists()

    @pytest.mark.parametrize(
        "given", [Given("perhaps"), Given(""), Given("yes"), Given("yes", "  "), Given("yes", "x" * 301)]
    )
    def test_answers_that_are_none(self, koro: Place, given: Given) -> None:
        with pytest.raises(ValidationError):
            answered(koro.author_view, drafted(koro, verified()), answers={SafetyQuestion.AGAINST: given})

    def test_what_was_found_must_be_decided(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        now = standing(koro.author_view, alert)
        given: dict[str, Any] = {
            "viewer": koro.author_view, "alert": alert, "version": 1, "incident_version": 1,
            "words_hash": now.subject.hash, "answers": SAFELY,
        }  # fmt: skip
        found = now.to_decide[0].found.fingerprint
        for decisions in ({}, {found: Decided("no")}, {found: Decided(SafetyDecision.OVERRIDDEN)}, {"other": PASS}):
            with pytest.raises(ValidationError):
                answer_safety(**given, decisions=decisions)
        assert not SafetyOverride.objects.exists()

    @pytest.mark.parametrize(
        "text", ["Les FAMa sont à Boni.", "Appelez le 76 12 34 56", "a@exemple.ml", "au point 14.5432, -4.1234"]
    )
    def test_what_holds_is_let_pass_by_nobody(self, koro: Place, text: str) -> None:
        alert = drafted(koro, verified(summary=text, severity=Severity.EXTREME, source_grade="A"))
        now = standing(koro.author_view, alert)
        with pytest.raises(ValidationError):
            answer_safety(
                viewer=koro.author_view, alert=alert, version=1, incident_version=1, words_hash=now.subject.hash,
                answers=SAFELY, decisions={now.holding[0].fingerprint: PASS},
            )  # fmt: skip
        answered(koro.author_view, alert)
        with pytest.raises(ValidationError) as refused:
            propose(koro.author_view, alert)
        assert "summary" in refused.value.message_dict

    @pytest.mark.parametrize("word", ["Les soldats sont à Boni", "Demandez au 76 12 34 56", "moussa@exemple.ml"])
    def test_reasons_are_read_as_all_words_are(self, koro: Place, word: str) -> None:
        alert = drafted(koro, verified(**WEAK))
        with pytest.raises(ValidationError):
            answered(koro.author_view, alert, decided=Decided(SafetyDecision.OVERRIDDEN, word))
        with pytest.raises(ValidationError):
            answered(koro.author_view, alert, answers={SafetyQuestion.WORSE: Given("yes", word)})

    @pytest.mark.parametrize(
        ("role", "where"), [(Role.COORDINATOR, "Gao"), (Role.LIAISON, "Koro"), (Role.OVERSIGHT, "Koro")]
    )
    def test_nobody_else_answers(self, koro: Place, role: str, where: str) -> None:
        alert = drafted(koro, verified())
        now = standing(koro.author_view, alert)
        with pytest.raises(NotAllowed):
            answer_safety(
                viewer=viewer_for(person(role, where)), alert=alert, version=1, incident_version=1,
                words_hash=now.subject.hash, answers=SAFELY, decisions={},
            )  # fmt: skip

    def test_nothing_is_answered_about_what_is_out(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert)
        release(koro.author_view, alert)
        with pytest.raises(NotAllowed):
            answered(koro.second_view, alert)


class TestTwoPeople:
    #  severity, marking, answers of the first, found -> may one person release it alone?
    TABLE = [
        (Severity.MINOR, Tlp.GREEN, {}, {}, True),
        (Severity.MODERATE, Tlp.AMBER, {}, {}, True),
        (Severity.SEVERE, Tlp.GREEN, {}, {"source_grade": "A"}, False),
        (Severity.EXTREME, Tlp.GREEN, {}, {"source_grade": "A"}, False),
        (Severity.MINOR, Tlp.AMBER_STRICT, {}, {}, False),
        (Severity.MINOR, Tlp.RED, {}, {}, False),
        (Severity.MINOR, Tlp.GREEN, UNSURE, {}, False),
        (Severity.MINOR, Tlp.GREEN, UNSAFE, {}, False),
        (Severity.MINOR, Tlp.GREEN, {}, WEAK, False),
    ]

    @pytest.mark.parametrize(("severity", "tlp", "answers", "fields", "alone"), TABLE)
    def test_when_they_are_needed(
        self, koro: Place, severity: str, tlp: str, answers: dict[str, Given], fields: dict[str, Any], *, alone: bool
    ) -> None:
        alert = drafted(koro, verified(severity=severity, tlp=tlp, **fields))
        answered(koro.author_view, alert, answers=answers, decided=PASS)
        if alone:
            assert release(koro.author_view, alert) == 1
            return
        with pytest.raises(NotAllowed):
            release(koro.author_view, alert)
        answered(koro.second_view, alert, decided=PASS)
        with pytest.raises(NotAllowed):  # it is not proposed
            release(koro.second_view, alert)
        propose(koro.author_view, alert)
        with pytest.raises(NotAllowed):
            release(koro.author_view, alert)
        assert release(koro.second_view, alert) == 1

    def test_a_mistaken_check_needs_nobody_else(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        answered(koro.author_view, alert)
        assert release(koro.author_view, alert) == 1

    def test_the_second_decides_for_themselves_and_sees_the_first(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        answered(koro.author_view, alert, decided=PASS)
        propose(koro.author_view, alert)
        with pytest.raises(ValidationError):
            release(koro.second_view, alert)
        seen = standing(koro.second_view, alert)
        assert [one.reason for one in seen.to_decide[0].decisions.values()] == [PASS.reason]
        answered(koro.second_view, alert)
        assert release(koro.second_view, alert) == 1

    def test_when_neither_is_sure_it_stays(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert, answers=UNSURE)
        propose(koro.author_view, alert)
        answered(koro.second_view, alert, answers=UNSURE)
        with pytest.raises(NotAllowed):
            release(koro.second_view, alert)
        answered(koro.second_view, alert)
        assert release(koro.second_view, alert) == 1

    def test_whoever_changes_their_mind_is_taken_at_their_last_word(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert, answers=UNSURE)
        answered(koro.author_view, alert)
        assert release(koro.author_view, alert) == 1
        assert SafetyReview.objects.count() == 2

    def test_an_administrator_sets_the_bar(self, koro: Place) -> None:
        boss = viewer_for(person(Role.ADMINISTRATOR))
        alert = drafted(koro, verified(severity=Severity.MINOR))
        set_bar(viewer=boss, severity=Severity.MINOR, sources="ba", reports=3, second_person=True)
        bar = SafetyBar.objects.get()
        assert (bar.sources, bar.reports, bar.second_person) == ("AB", 3, True)
        answered(koro.author_view, alert)
        with pytest.raises(NotAllowed):
            release(koro.author_view, alert)
        set_bar(viewer=boss, severity=Severity.MINOR, sources="ABCDEF", reports=1, second_person=False)
        assert release(koro.author_view, alert) == 1
        assert AuditEntry.objects.filter(verb="bar_set").count() == 2
        with pytest.raises(NotAllowed):
            set_bar(viewer=koro.author_view, severity="minor", sources="A", reports=1, second_person=False)
        for wrong in ({"sources": "AZ"}, {"reports": 0}, {"severity": "dire"}):
            given: dict[str, Any] = {"severity": "minor", "sources": "A", "reports": 1, "second_person": False}
            with pytest.raises(ValidationError):
                set_bar(viewer=boss, **{**given, **wrong})

    def test_the_marking_is_a_setting(self, koro: Place) -> None:
        alert = drafted(koro, verified(severity=Severity.MINOR, tlp=Tlp.AMBER))
        answered(koro.author_view, alert)
        with override_settings(SECOND_PERSON_FROM_TLP="amber"), pytest.raises(NotAllowed):
            release(koro.author_view, alert)
        with override_settings(SECOND_PERSON_FROM_TLP="red"):
            assert release(koro.author_view, alert) == 1
