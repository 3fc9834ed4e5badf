"""The list before release: it holds for exactly the words, what is kept, rumours, cost, and two at once."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import (
    AlertState,
    Delivery,
    Incident,
    IncidentState,
    Rendition,
    SafetyAnswer,
    SafetyOverride,
    SafetyQuestion,
    SafetyReview,
    Severity,
)
from incidents.safety.questions import SAFE
from incidents.services import alerts
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.timeline import line_of
from orgs.models import AuditEntry, Role, Tlp
from tests.factories import ReportFactory, person
from tests.incidents.alerts.conftest import Place, drafted, verified
from tests.incidents.harm.scene import LIAISON, NETWORK, PASS, PUBLIC, UNSAFE, UNSURE, WEAK, propose, release, rewrite
from tests.moments import by_now, in_time
from tests.reviewing import answered, standing
from tests.together import at_once

pytestmark = pytest.mark.django_db


class TestExactlyTheseWords:
    def test_a_changed_instruction_asks_again_only_what_it_changes(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert)
        alerts.set_words(
            viewer=koro.second_view, alert=alert, version=1, instruction="Restez chez vous.", call_number="+22376000099"
        )
        now = standing(koro.author_view, alert)
        assert not now.complete
        assert {one.question for one in now.asked if one.answers} == {SafetyQuestion.SECOND_SOURCE}
        with pytest.raises(ValidationError):
            release(koro.author_view, alert)

    def test_another_report_asks_again_about_the_source_alone(self, koro: Place) -> None:
        incident = verified()
        alert = drafted(koro, incident)
        answered(koro.author_view, alert)
        ReportFactory.attached(incident)
        now = standing(koro.author_view, alert)
        assert {one.question for one in now.asked if not one.answers} == {SafetyQuestion.SECOND_SOURCE}

    def test_another_audience_asks_again_who_reads_it(self, koro: Place) -> None:
        alert = drafted(koro, verified(tlp=Tlp.CLEAR), LIAISON)
        answered(koro.author_view, alert)
        alerts.set_audiences(viewer=koro.author_view, alert=alert, version=1, lines=[LIAISON, PUBLIC])
        now = standing(koro.author_view, alert)
        assert {one.question for one in now.asked if one.answers} == {SafetyQuestion.SECOND_SOURCE}

    def test_a_summary_rewritten_and_put_back_is_the_same_words(self, koro: Place) -> None:
        incident = verified(summary="Vol de bétail.")
        alert = drafted(koro, incident)
        answered(koro.author_view, alert)
        rewrite(koro, incident, "Vol de vaches.")
        assert not standing(koro.author_view, alert).complete
        rewrite(koro, incident, "Vol de bétail.")
        assert standing(koro.author_view, alert).complete

    def test_what_was_let_pass_holds_for_those_words_before_those_readers(self, koro: Place) -> None:
        incident = verified(tlp=Tlp.CLEAR, summary="M. Traoré et des vaches.")
        alert = drafted(koro, incident, LIAISON)
        answered(koro.author_view, alert, decided=PASS)
        rewrite(koro, incident, "Des vaches et M. Traoré.")
        assert len(standing(koro.author_view, alert).to_decide[0].decisions) == 1
        alerts.set_audiences(viewer=koro.author_view, alert=alert, version=1, lines=[LIAISON, PUBLIC])
        assert standing(koro.author_view, alert).to_decide[0].decisions == {}

    def test_the_second_person_releases_no_other_words_than_the_first_saw(self, koro: Place) -> None:
        incident = verified(severity=Severity.SEVERE, source_grade="A")
        alert = drafted(koro, incident)
        answered(koro.author_view, alert)
        propose(koro.author_view, alert)
        rewrite(koro, incident, "Tout autre chose.")
        answered(koro.second_view, alert)
        with pytest.raises(NotAllowed):
            release(koro.second_view, alert)
        assert not Delivery.objects.exists()

    def test_answers_about_words_that_changed_are_refused_and_say_who_changed_them(self, koro: Place) -> None:
        incident = verified()
        alert = drafted(koro, incident)
        before = standing(koro.author_view, alert).subject.hash
        rewrite(koro, incident, "Tout autre chose.")
        with pytest.raises(ChangedMeanwhile) as told:
            answered(koro.author_view, alert, words_hash=before, incident_version=1)
        assert told.value.by == koro.second
        alerts.set_words(viewer=koro.second_view, alert=alert, version=1, instruction="Fuyez.", call_number="")
        with pytest.raises(ChangedMeanwhile):
            answered(koro.author_view, alert, words_hash=before, version=1)

    def test_what_goes_out_is_what_was_gone_through(self, koro: Place) -> None:
        alert = drafted(koro, verified(tlp=Tlp.CLEAR), LIAISON, NETWORK, PUBLIC)
        review = answered(koro.author_view, alert)
        subject = standing(koro.author_view, alert).subject
        assert (review.alert_version, review.incident_version, review.words_hash) == (1, 1, subject.hash)
        release(koro.author_view, alert)
        frozen = {(one.audience, one.language): (one.body, one.sms_text) for one in Rendition.objects.all()}
        assert frozen == {(one.audience, one.language): (one.body, one.sms_text) for one in subject.written}

    def test_the_hash_knows_nothing_of_the_hour(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        before = standing(koro.author_view, alert).subject.hash
        assert standing(koro.second_view, alert).subject.hash == before


class TestRumours:
    def test_goes_out_as_a_rumour_to_those_who_can_check_it(self, koro: Place) -> None:
        alert = drafted(koro, verified(state=IncidentState.OPEN), LIAISON, NETWORK, PUBLIC)
        answered(koro.author_view, alert)
        assert release(koro.author_view, alert) == 2
        alert.refresh_from_db()
        assert alert.is_rumour
        assert set(alert.renditions.values_list("audience", flat=True)) == {"liaison"}
        assert AuditEntry.objects.get(verb="released").facts["rumour"] is True

    def test_what_is_verified_meanwhile_is_no_rumour_any_more(self, koro: Place) -> None:
        incident = verified(state=IncidentState.OPEN)
        alert = drafted(koro, incident)
        answered(koro.author_view, alert)
        Incident.objects.filter(pk=incident.pk).update(state=IncidentState.VERIFIED)
        with pytest.raises(ValidationError):
            release(koro.author_view, alert)
        answered(koro.author_view, alert)
        release(koro.author_view, alert)
        alert.refresh_from_db()
        assert not alert.is_rumour

    @pytest.mark.parametrize(
        "given",
        [
            {"who_checks": ""},
            {"who_checks": "Moussa"},
            {"check_by": None},
            {"check_by": in_time(hours=-1)},
            {"check_by": in_time(days=30)},
        ],
        ids=["nobody", "a name", "no time", "gone by", "too late"],
    )
    def test_who_checks_and_by_when(self, koro: Place, given: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as refused:
            answered(koro.author_view, drafted(koro, verified(state=IncidentState.OPEN)), **by_now(given))
        assert list(refused.value.message_dict) == list(given)

    def test_is_asked_again_once_the_time_is_over(self, koro: Place) -> None:
        alert = drafted(koro, verified(state=IncidentState.OPEN))
        answered(koro.author_view, alert, check_by=timezone.now() + timedelta(seconds=1))
        time.sleep(1.1)
        with pytest.raises(ValidationError):
            release(koro.author_view, alert)


class TestWhatIsKept:
    def test_who_what_and_why_stay_on_the_alert_and_on_the_line(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        answered(koro.author_view, alert, decided=PASS, answers=UNSURE)
        kept = SafetyOverride.objects.select_related("review__reviewer").get()
        assert (kept.check_code, kept.reason, kept.review.reviewer) == ("source", PASS.reason, koro.author)
        assert SafetyAnswer.objects.count() == len(SAFE)
        entry = AuditEntry.objects.get(verb="reviewed")
        assert (entry.facts["let_pass"], entry.facts["unsure"]) == (1, 1)
        assert PASS.reason not in str(entry.facts)
        moments = [(str(one.title), str(one.detail)) for one in line_of(alert.incident, koro.author_view)]
        assert any("1" in detail and "Ne pas nuire" in title for title, detail in moments), moments

    @pytest.mark.parametrize(
        ("model", "change"),
        [
            (SafetyReview, {"words_hash": "x"}),
            (SafetyReview, {"at": timezone.now}),
            (SafetyAnswer, {"answer": "no"}),
            (SafetyAnswer, {"word": "autre"}),
            (SafetyOverride, {"reason": "autre"}),
            (SafetyOverride, {"decision": "mistaken"}),
        ],
        ids=["hash", "time", "answer", "word", "reason", "decision"],
    )
    def test_the_database_lets_nobody_change_it(self, koro: Place, model: Any, change: dict[str, Any]) -> None:
        alert = drafted(koro, verified(**WEAK))
        answered(koro.author_view, alert, decided=PASS, answers=UNSAFE)
        with pytest.raises(ProgrammingError), transaction.atomic():
            model.objects.update(**by_now(change))

    def test_a_draft_thrown_away_takes_its_answers_along(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert)
        alerts.discard_alert(viewer=koro.author_view, alert=alert, version=1)
        assert not SafetyReview.objects.exists()


class TestCost:
    def test_neither_people_nor_reviews_make_more_queries(self, koro: Place) -> None:
        alert = drafted(koro, verified(tlp=Tlp.CLEAR, summary="M. Traoré et M. Diallo."), LIAISON, NETWORK, PUBLIC)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                standing(koro.author_view, alert)
            counts.append(len(queries))
            for viewer in (koro.author_view, koro.second_view, koro.author_view):
                answered(viewer, alert)
            for number in range(5):
                person(Role.MONITOR, "Koro", name=f"M. Traoré {number}")
        assert counts[0] == counts[1] <= 20, counts


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_nobody_answers_about_words_that_are_being_changed(self, koro: Place) -> None:
        incident = verified()
        alert = drafted(koro, incident)
        before = standing(koro.author_view, alert).subject.hash
        results = at_once(
            lambda: answered(koro.author_view, alert, words_hash=before, incident_version=1),
            lambda: rewrite(koro, incident, "Tout autre chose."),
        )
        review = SafetyReview.objects.first()
        assert review is None or review.words_hash == before
        assert not standing(koro.author_view, alert).complete, results

    def test_a_release_and_a_doubt_at_the_same_moment(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answered(koro.author_view, alert)
        results = at_once(
            lambda: release(koro.author_view, alert), lambda: answered(koro.second_view, alert, answers=UNSURE)
        )
        alert.refresh_from_db()
        refused = [one for one in results if isinstance(one, NotAllowed)]
        # Either the doubt came first and holds the release, or it came too late to be written.
        assert len(refused) == 1
        assert (alert.state == AlertState.RELEASED) == (SafetyReview.objects.count() == 1), results
