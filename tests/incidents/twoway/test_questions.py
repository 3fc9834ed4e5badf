"""Questions of recipients: who may ask, answer and read; what travels; and that nothing of the reporter does."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.access import QUESTION_ANSWERS, QUESTIONS
from incidents.models import Alert, AlertQuestion, Audience, Delivery, Notice, NoticeKind, QuestionAnswer, QuestionState
from incidents.notice_words import NoticeWords
from incidents.services import alerts, incidents, questions
from incidents.services.alerts import Line
from incidents.services.errors import NotAllowed
from orgs.access import viewer_for
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Channel, Message, Role, Tlp, User
from tests.factories import ActorFactory, IdentityFactory, ReportFactory, area, person, signed_in
from tests.incidents.alerts.conftest import Place, released, verified

pytestmark = pytest.mark.django_db
ASKED = "Faut-il venir avec un médecin ?"
ANSWER = "Oui, deux personnes attendent des soins."


@pytest.fixture
def question(koro: Place, delivery: Delivery) -> AlertQuestion:
    return questions.ask(viewer=viewer_for(koro.liaison), delivery=delivery, text=ASKED)


def answer(koro: Place, question: AlertQuestion, **said: object) -> QuestionAnswer:
    said = {"text": ANSWER, "confirmed": True, **said}
    return questions.answer_question(viewer=koro.author_view, question=question, **said)  # type: ignore[arg-type]


def sent_to(user: User, kind: str) -> Envelope | Skip:
    message = Message.objects.filter(purpose="twoway_notice", recipient=user).order_by("-pk")[0]
    assert Notice.objects.get(message=message).kind == kind
    return NoticeWords().compose([message])[message.pk]


class TestAsking:
    def test_it_reaches_those_who_prepared_and_released_the_alert(self, koro: Place, question: AlertQuestion) -> None:
        other = person(Role.COORDINATOR, "Koro")
        assert question.state == QuestionState.OPEN
        told = set(Notice.objects.filter(kind=NoticeKind.ASKED).values_list("message__recipient", flat=True))
        assert told == {koro.author.pk, koro.second.pk}
        envelope = sent_to(koro.author, NoticeKind.ASKED)
        assert isinstance(envelope, Envelope)
        assert ASKED not in envelope.subject + envelope.text
        assert ASKED in signed_in(other).get(f"/alerts/{question.delivery.alert_id}/").content.decode()

    def test_a_double_tap_asks_once(self, koro: Place, delivery: Delivery, question: AlertQuestion) -> None:
        assert questions.ask(viewer=viewer_for(koro.liaison), delivery=delivery, text=ASKED).pk == question.pk

    def test_who_may_ask(self, koro: Place, delivery: Delivery) -> None:
        for other in (koro.author, koro.second, koro.colleague, koro.monitor, person(Role.LIAISON, "Koro")):
            with pytest.raises(NotAllowed):
                questions.ask(viewer=viewer_for(other), delivery=delivery, text=ASKED)
        alerts.cancel_alert(viewer=koro.author_view, alert=delivery.alert)
        with pytest.raises(NotAllowed):
            questions.ask(viewer=viewer_for(koro.liaison), delivery=delivery, text=ASKED)

    @pytest.mark.parametrize(
        "text", ["", "   ", "x" * 501, "Les gendarmes sont postés au marché ?", "Appelez 76 12 34 56"]
    )
    def test_bad_words_are_refused_and_kept_in_the_form(self, koro: Place, alert: Alert, text: str) -> None:
        reply = signed_in(koro.liaison).post(f"/alerts/{alert.pk}/ask/", {"text": text})
        assert reply.status_code == 422
        assert text.strip()[:40] in reply.content.decode()
        assert not AlertQuestion.objects.exists()

    def test_no_more_than_ten_wait(self, koro: Place, delivery: Delivery) -> None:
        viewer = viewer_for(koro.liaison)
        for number in range(10):
            questions.ask(viewer=viewer, delivery=delivery, text=f"Question {number} ?")
        with pytest.raises(NotAllowed):
            questions.ask(viewer=viewer, delivery=delivery, text="Encore une ?")


class TestAnswering:
    def test_the_asker_reads_it_and_not_who_wrote_it(self, koro: Place, question: AlertQuestion) -> None:
        answer(koro, question)
        page = signed_in(koro.liaison).get(f"/alerts/{question.delivery.alert_id}/").content.decode()
        assert ANSWER in page
        assert "Aminata" not in page
        assert ANSWER in signed_in(koro.liaison).get("/alerts/").content.decode()
        for stranger in (koro.monitor, koro.colleague):
            seen = signed_in(stranger).get(f"/alerts/{question.delivery.alert_id}/").content.decode()
            assert ANSWER not in seen
            assert ASKED not in seen

    def test_to_all_goes_without_the_question(self, koro: Place) -> None:
        lines = (Line(Audience.LIAISON, area=area("Koro")), Line(Audience.NETWORK, area=area("Koro")))
        alert = released(koro, verified(), *lines)
        own = alert.deliveries.get(recipient=koro.liaison)
        asked = questions.ask(viewer=viewer_for(koro.liaison), delivery=own, text=ASKED)
        told = answer(koro, asked, to_all=True)
        recipients = set(alert.deliveries.values_list("recipient", flat=True))
        assert set(told.notices.values_list("message__recipient", flat=True)) == recipients
        page = signed_in(koro.monitor).get(f"/alerts/{alert.pk}/").content.decode()
        assert ANSWER in page
        assert ASKED not in page
        assert "Keita" not in page

    @pytest.mark.parametrize(("tlp", "carries"), [("green", True), ("amber", False), ("red", False)])
    def test_content_travels_by_marking(self, koro: Place, tlp: str, carries: bool) -> None:
        alert = released(koro, verified(tlp=tlp))
        own = alert.deliveries.get()
        answer(koro, questions.ask(viewer=viewer_for(koro.liaison), delivery=own, text=ASKED))
        envelope = sent_to(koro.liaison, NoticeKind.ANSWERED)
        assert isinstance(envelope, Envelope)
        assert (ANSWER in envelope.text) is carries
        assert ASKED not in envelope.text
        assert str(alert.pk) in envelope.text

    def test_what_was_closed_further_since_travels_without_content(self, koro: Place, question: AlertQuestion) -> None:
        answer(koro, question)
        question.delivery.alert.incident.__class__.objects.update(tlp=Tlp.RED)
        envelope = sent_to(koro.liaison, NoticeKind.ANSWERED)
        assert isinstance(envelope, Envelope)
        assert ANSWER not in envelope.text

    def test_who_may_no_longer_be_told_gets_nothing(self, koro: Place, question: AlertQuestion) -> None:
        answer(koro, question)
        incident = question.delivery.alert.incident
        incident.refresh_from_db()
        incidents.name_responsible(
            viewer=koro.author_view, incident=incident, version=incident.version,
            actor=ActorFactory.create(organisation=koro.service),
        )  # fmt: skip
        assert isinstance(sent_to(koro.liaison, NoticeKind.ANSWERED), Skip)
        assert not QUESTIONS.sees(viewer_for(koro.liaison), question)
        assert not QUESTION_ANSWERS.sees(viewer_for(koro.liaison), question.answers.get())

    def test_who_is_called_gets_no_message(self, koro: Place) -> None:
        User.objects.filter(pk=koro.liaison.pk).update(channel=Channel.CALL)
        alert = released(koro, verified())
        own = alert.deliveries.get()
        asked = questions.ask(viewer=viewer_for(koro.liaison), delivery=own, text=ASKED)
        assert not answer(koro, asked).notices.exists()
        page = signed_in(koro.author).get(f"/alerts/questions/{asked.pk}/answer/").content.decode()
        assert "prévenue par téléphone" in page

    def test_it_must_be_read_again(self, koro: Place, question: AlertQuestion) -> None:
        with pytest.raises(ValidationError) as refused:
            answer(koro, question, confirmed=False)
        assert set(refused.value.message_dict) == {"confirmed"}

    def test_who_may_answer(self, koro: Place, question: AlertQuestion) -> None:
        away = person(Role.COORDINATOR, "Gao")
        for other in (koro.liaison, koro.colleague, koro.monitor, away, person(Role.ANALYST, "Koro")):
            with pytest.raises(NotAllowed):
                questions.answer_question(
                    viewer=viewer_for(other), question=question, text=ANSWER, confirmed=True
                )  # fmt: skip

    def test_closing_can_be_undone(self, koro: Place, question: AlertQuestion) -> None:
        assert questions.close_question(viewer=koro.author_view, question=question).state == QuestionState.CLOSED
        assert questions.close_question(viewer=koro.second_view, question=question).state == QuestionState.OPEN


class TestNothingOfTheReporter:
    """Reporter's name, phone and words: in no page, message or API answer of either side."""

    NAME, PHONE = "Nafoulissa Zarb", "+22377665544"
    WORDS = "Mon voisin le forgeron a vu trois motos derrière sa grange hier soir."

    @pytest.fixture
    def asked(self, koro: Place) -> AlertQuestion:
        incident = verified()
        report = ReportFactory.attached(incident, narrative=self.WORDS)
        IdentityFactory.create(report=report, said={"name": self.NAME, "phone": self.PHONE})
        own = released(koro, incident).deliveries.get()
        return questions.ask(viewer=viewer_for(koro.liaison), delivery=own, text=ASKED)

    def test_its_words_cannot_be_repeated(self, koro: Place, asked: AlertQuestion) -> None:
        with pytest.raises(ValidationError) as refused:
            answer(koro, asked, text="On nous dit : LE FORGERON a vu trois motos.")
        assert "signalement" in str(refused.value.message_dict["text"])
        assert answer(koro, asked, text="Trois motos ont été vues le soir.")

    def test_a_phone_cannot_be_given(self, koro: Place, asked: AlertQuestion) -> None:
        with pytest.raises(ValidationError):
            answer(koro, asked, text=f"Appelez {self.PHONE}.")

    def test_it_is_nowhere(self, koro: Place, asked: AlertQuestion) -> None:
        answer(koro, asked, to_all=True)
        alert = asked.delivery.alert_id
        people = (koro.author, koro.second, koro.liaison, koro.colleague, koro.monitor, person(Role.ANALYST, "Koro"))
        addresses = (
            "/alerts/", f"/alerts/{alert}/", f"/alerts/{alert}/ask/", f"/alerts/questions/{asked.pk}/answer/",
            "/alerts/advisories/", "/alerts/answers/", "/exports/alert-answers.csv", "/api/v1/deliveries/",
        )  # fmt: skip
        read = 0
        for user in people:
            client = signed_in(user)
            for address in addresses:
                answered = client.get(address)
                page = answered.content.decode()
                read += answered.status_code == 200
                for secret in (self.NAME, self.PHONE, self.WORDS):
                    assert secret not in page, (user.name, address)
        assert read > 20
        messages = list(Message.objects.filter(purpose="twoway_notice"))
        for envelope in NoticeWords().compose(messages).values():
            assert isinstance(envelope, Envelope)
            assert self.NAME not in envelope.text + envelope.subject
            assert "forgeron" not in envelope.text

    def test_the_reporters_own_conversation_is_one_tap_away(self, koro: Place, asked: AlertQuestion) -> None:
        page = signed_in(koro.author).get(f"/alerts/questions/{asked.pk}/answer/").content.decode()
        report = asked.delivery.alert.incident.reports.get()
        assert f'href="/desk/reports/{report.pk}/#words-title"' in page
        assert 'id="words-title"' in signed_in(koro.author).get(f"/desk/reports/{report.pk}/").content.decode()


def test_the_page_asks_the_same_number_of_questions_whatever_was_asked(koro: Place, alert: Alert) -> None:
    delivery, client = alert.deliveries.get(), signed_in(koro.author)

    def asks(count: int) -> int:
        for number in range(count):
            made = questions.ask(viewer=viewer_for(koro.liaison), delivery=delivery, text=f"{count} {number} ?")
            answer(koro, made, text=f"Réponse {count} {number}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/alerts/{alert.pk}/").status_code == 200
            assert client.get("/alerts/").status_code == 200
        return len(queries)

    asks(1)
    assert asks(1) == asks(6)
