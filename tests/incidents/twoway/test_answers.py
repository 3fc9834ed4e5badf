"""Need more, and what came of it: by page, by SMS, by a call; their order, and what the reporter reads of them."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from incidents.models import (
    Alert,
    AlertQuestion,
    AlertState,
    Delivery,
    DeliveryAnswer,
    Did,
    Feedback,
    FeedbackStep,
    Missing,
    OutcomeDecision,
    Reply,
    ReplyKind,
    Verdict,
)
from incidents.outcomes import outcome_of
from incidents.services import alerts, outcomes_told, replies
from incidents.services.errors import NotAllowed
from incidents.services.reply_sms import SmsAnswer, answer_by_sms, read_sms
from orgs.access import viewer_for
from orgs.models import Channel
from tests.factories import IdentityFactory, ReportFactory, signed_in
from tests.incidents.alerts.conftest import Place, released, verified
from tests.incidents.alerts.test_answers import sms

MORE, TOLD = ReplyKind.NEED_MORE, ReplyKind.OUTCOME


@pytest.mark.parametrize(
    "text",
    [
        "5 12345",
        "12345 5",
        "5-12345",
        "512345",
        "12345 plus d'infos",
        "12345 plus d’infos svp",
        "PAS ASSEZ D'INFOS 12345",
        "besoin de précisions 12345",
        "il me faut plus de détails 12345",
        "12345 need more",
        "not clear 12345",
    ],
)
def test_need_more_is_read_forgivingly(text: str) -> None:
    assert read_sms(text) == SmsAnswer(MORE, ("12345",))


@pytest.mark.parametrize("text", ["je ne peux plus 12345", "non 12345 impossible"])
def test_a_refusal_stays_a_refusal(text: str) -> None:
    assert read_sms(text) == SmsAnswer(ReplyKind.DECLINE, ("12345",))


@pytest.mark.parametrize("text", ["5", "5 12", "6 12345", "5 12345 23456", "plus d'infos", "12345 plus de morts"])
def test_what_is_no_answer_is_left_to_others(text: str) -> None:
    assert read_sms(text) is None


@pytest.mark.django_db
class TestNeedMore:
    def test_by_sms_it_opens_a_question(self, delivery: Delivery) -> None:
        said = answer_by_sms(sms(f"5 {delivery.code}"))
        assert said is not None
        assert said.startswith(f"Noté pour {delivery.code} : il vous faut plus")
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.NEED_MORE
        reply = AlertQuestion.objects.get().reply
        assert reply is not None
        assert reply.missing == [Missing.OTHER]
        answer_by_sms(sms(f"5 {delivery.code}"))
        assert AlertQuestion.objects.count() == 1

    def test_it_says_what_is_missing(self, koro: Place, delivery: Delivery) -> None:
        viewer = viewer_for(koro.liaison)
        for missing in ((), ("secret",)):
            with pytest.raises(ValidationError) as refused:
                replies.answer(viewer=viewer, delivery=delivery, kind=MORE, missing=missing)
            assert set(refused.value.message_dict) == {"missing"}

    def test_it_does_not_undo_that_somebody_acts(self, koro: Place, delivery: Delivery) -> None:
        viewer = viewer_for(koro.liaison)
        replies.answer(viewer=viewer, delivery=delivery, kind=ReplyKind.ACT)
        replies.answer(viewer=viewer, delivery=delivery, kind=MORE, missing=["place"])
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.ACTING
        assert AlertQuestion.objects.count() == 1

    def test_it_waits_in_the_list_of_the_coordinators(self, koro: Place, delivery: Delivery) -> None:
        replies.answer(viewer=viewer_for(koro.liaison), delivery=delivery, kind=MORE, missing=["place", "time"])
        page = signed_in(koro.author).get("/alerts/").content.decode()
        assert "Questions à répondre" in page
        assert "Où exactement · Quand" in page
        assert "Questions à répondre" not in signed_in(koro.liaison).get("/alerts/").content.decode()

    def test_on_the_page_what_was_typed_stays(self, koro: Place, alert: Alert) -> None:
        client = signed_in(koro.liaison)
        answer = client.post(f"/alerts/{alert.pk}/answer/", {"kind": "need_more", "text": "Je ne trouve pas le puits."})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Je ne trouve pas le puits." in page
        assert "Dites ce qui manque" in page
        answer = client.post(f"/alerts/{alert.pk}/answer/", {"kind": "need_more", "missing": ["place"]}, follow=True)
        assert "La coordination cherche ce qui manque" in answer.content.decode()


@pytest.mark.django_db
class TestOutcome:
    def test_it_says_what_was_done_and_whether_it_helped(self, koro: Place, delivery: Delivery) -> None:
        viewer = viewer_for(koro.liaison)
        with pytest.raises(ValidationError) as refused:
            replies.answer(viewer=viewer, delivery=delivery, kind=TOLD, did=["patrol"], helped="")
        assert set(refused.value.message_dict) == {"did", "helped"}
        reply = replies.answer(viewer=viewer, delivery=delivery, kind=TOLD, did=["medical", "mediation"], helped="yes")
        assert (reply.did, reply.helped) == ([Did.MEDIATION, Did.MEDICAL], "yes")
        delivery.refresh_from_db()
        assert delivery.answer == DeliveryAnswer.DONE

    def test_no_code_tells_of_forces(self) -> None:
        from orgs.wording import findings

        for one in [*Did, *Missing]:
            assert findings(str(one.label)) == []
        assert not {"patrol", "deployed", "position"} & set(Did.values)

    def test_words_about_forces_are_held(self, koro: Place, delivery: Delivery) -> None:
        with pytest.raises(ValidationError) as refused:
            replies.answer(
                viewer=viewer_for(koro.liaison), delivery=delivery, kind=TOLD, did=["other"], helped="yes",
                text="Nos gendarmes sont postés à la sortie de Koro.",
            )  # fmt: skip
        assert set(refused.value.message_dict) == {"text"}

    @pytest.mark.parametrize(("state", "may"), [("expired", True), ("replaced", True), ("cancelled", False)])
    def test_it_may_be_told_when_the_alert_no_longer_holds(
        self, koro: Place, delivery: Delivery, state: str, may: bool
    ) -> None:
        Alert.objects.update(state=state, released_at=F("released_at"))
        viewer = viewer_for(koro.liaison)
        with pytest.raises(NotAllowed):
            replies.answer(viewer=viewer, delivery=delivery, kind=ReplyKind.ACT)
        if may:
            assert replies.answer(viewer=viewer, delivery=delivery, kind=TOLD, did=["warned"], helped="no")
        else:
            with pytest.raises(NotAllowed):
                replies.answer(viewer=viewer, delivery=delivery, kind=TOLD, did=["warned"], helped="no")

    def test_only_the_recipient_tells_it(self, koro: Place, delivery: Delivery) -> None:
        for other in (koro.author, koro.colleague, koro.monitor):
            with pytest.raises(NotAllowed):
                replies.answer(viewer=viewer_for(other), delivery=delivery, kind=TOLD, did=["warned"], helped="no")

    def test_by_call(self, koro: Place, delivery: Delivery) -> None:
        Delivery.objects.update(channel=Channel.CALL)
        answer = signed_in(koro.author).post(
            f"/alerts/{delivery.alert_id}/calls/{delivery.pk}/",
            {"result": "outcome", "did": ["relief"], "helped": "partly"},
        )
        assert answer.status_code == 302
        reply = Reply.objects.get()
        assert (reply.kind, reply.did, reply.helped, reply.channel) == (TOLD, ["relief"], "partly", Channel.CALL)
        assert reply.recorded_by_id == koro.author.pk


@pytest.mark.django_db
class TestItReachesTheReporter:
    @pytest.fixture
    def told(self, koro: Place) -> Reply:
        incident = verified()
        self.report = ReportFactory.attached(incident, may_call_back=True, wants_feedback=True)
        IdentityFactory.create(report=self.report, said={"phone": "+22370000001"}, person_key="k")
        delivery = released(koro, incident).deliveries.get()
        return replies.answer(
            viewer=viewer_for(koro.liaison), delivery=delivery, kind=TOLD, did=["medical"], helped="yes",
            text="La cousine de Awa est soignée.",
        )  # fmt: skip

    def read(self) -> str:
        self.report.refresh_from_db()
        outcome = outcome_of(self.report)
        return " ".join(f"{moment.title} {moment.detail}" for moment in outcome.moments)

    def test_only_once_accepted_and_in_words_of_the_list(self, koro: Place, told: Reply) -> None:
        assert "soins" not in self.read()
        outcomes_told.decide_on_outcome(viewer=koro.author_view, reply=told, verdict=Verdict.ACCEPTED)
        assert "Il y a eu des soins médicaux. Cela a aidé." in self.read()
        assert "cousine" not in self.read()
        assert "Keita" not in self.read()
        assert [one.step for one in Feedback.objects.all()] == [FeedbackStep.OUTCOME]

    def test_kept_is_not_told_and_can_still_be_accepted(self, koro: Place, told: Reply) -> None:
        outcomes_told.decide_on_outcome(viewer=koro.author_view, reply=told, verdict=Verdict.KEPT)
        assert not Feedback.objects.exists()
        assert "soins" not in self.read()
        outcomes_told.decide_on_outcome(viewer=koro.second_view, reply=told, verdict=Verdict.ACCEPTED)
        outcomes_told.decide_on_outcome(viewer=koro.author_view, reply=told, verdict=Verdict.KEPT)
        assert OutcomeDecision.objects.get().verdict == Verdict.ACCEPTED
        assert Feedback.objects.count() == 1

    def test_nobody_else_decides(self, koro: Place, told: Reply) -> None:
        for other in (koro.liaison, koro.colleague, koro.monitor):
            with pytest.raises(NotAllowed):
                outcomes_told.decide_on_outcome(viewer=viewer_for(other), reply=told, verdict=Verdict.ACCEPTED)

    def test_a_cancelled_alert_still_keeps_what_was_told(self, koro: Place, told: Reply) -> None:
        alerts.cancel_alert(viewer=koro.author_view, alert=told.delivery.alert)
        assert told.delivery.alert.deliveries.get().replies.count() == 1
        assert Alert.objects.get().state == AlertState.CANCELLED
