"""The conversation: question by question to a report, in the sender's language, whatever is answered."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import HowKnown, Report, SmsConversation
from incidents.services import sms_conversations
from orgs.crypto import unseal
from orgs.messaging import reading
from orgs.messaging.sms_text import segments
from orgs.models import Place, ReceivedSms
from orgs.models.areas import PlaceKind
from tests.factories import area
from tests.incidents.sms.conftest import Phone

pytestmark = pytest.mark.django_db
WHOLE = ["AIDE", "des voleurs armés au puits", "Bankass", "2", "1M", "1", "oui"]


def through(phone: Phone, *answers: str) -> list[str]:
    return [phone.says(answer) for answer in answers]


def test_question_by_question_to_a_report(phone: Phone) -> None:
    answers = through(phone, *WHOLE)
    report = Report.objects.get()
    assert (report.type_id, report.cercle_id) == ("looting", area("Bankass").pk)
    assert report.occurred_on == timezone.localdate() - timedelta(days=1)
    assert report.harmed == {"killed": 1}
    assert report.how_known == HowKnown.SAW
    assert report.may_call_back
    assert "des voleurs armés au puits" in report.narrative
    assert unseal(report.identity.sealed)["phone"] == phone.number
    assert not SmsConversation.objects.exists()
    assert all(segments(answer) == 1 for answer in answers)
    assert "forces" in answers[0]


@pytest.mark.parametrize("word", ["DEMA", "aide", "HELP", "START"])
def test_it_begins_by_several_words_in_the_language_of_the_word(phone: Phone, word: str) -> None:
    answer = phone.says(word)
    assert SmsConversation.objects.count() == 1
    assert ("What happened" in answer) is (word in ("HELP", "START"))


def test_what_is_said_is_sealed(phone: Phone) -> None:
    through(phone, "AIDE", "des voleurs au puits", "Bankass")
    row = SmsConversation.objects.get()
    assert b"puits" not in bytes(row.sealed)
    assert b"Bankass" not in bytes(row.sealed)
    assert phone.number not in str(vars(row))


def test_what_was_told_at_once_is_not_asked_again(phone: Phone) -> None:
    through(phone, "AIDE", "hier ils ont tué 2 hommes, on m'a dit", "Koro")
    assert SmsConversation.objects.get().question == "call"


def test_zero_goes_back(phone: Phone) -> None:
    first = through(phone, "AIDE", "1", "Bankass")
    assert "Quand" in first[-1]
    assert "O\u00f9" in phone.says("0")
    through(phone, "Koro", "1", "NON", "3", "non")
    report = Report.objects.get()
    assert report.cercle_id == area("Koro").pk
    assert not report.may_call_back
    assert report.harmed == {}


def test_an_answer_that_does_not_fit_is_asked_again_and_never_lost(phone: Phone) -> None:
    through(phone, "AIDE", "1", "Koro", "1")
    again = phone.says("je suis pressé")
    assert "Pardon" in again
    assert "morts" in again
    assert "morts" not in phone.says("vraiment pressé")
    through(phone, "1", "2")
    assert "je suis pressé\nvraiment pressé" in Report.objects.get().narrative


def test_a_place_that_may_be_several_is_chosen_by_number(phone: Phone) -> None:
    for name in ("Koro", "Gao"):
        _village("Wurokoy", name)
    through(phone, "AIDE", "1")
    choices = phone.says("Wurokoy")
    assert "1 Wurokoy (village), cercle de" in choices
    assert "2 Wurokoy (village), cercle de" in choices
    assert segments(choices) == 1
    assert "Lequel" in phone.says("7")
    place = 1 if choices.index("Gao") < choices.index("Koro") else 2
    assert "Quand" in phone.says(str(place))
    phone.says("FIN")
    report = Report.objects.get()
    assert report.cercle_id == area("Gao").pk
    assert report.place_precision == "place"


def test_none_of_several_places_leaves_the_words(phone: Phone) -> None:
    for name in ("Koro", "Gao"):
        _village("Wurokoy", name)
    through(phone, "AIDE", "1", "Wurokoy", "9", "FIN")
    report = Report.objects.get()
    assert (report.place_text, report.region_id) == ("Wurokoy", None)


def test_zero_at_the_choice_asks_for_the_place_again(phone: Phone) -> None:
    for name in ("Koro", "Gao"):
        _village("Wurokoy", name)
    through(phone, "AIDE", "1", "Wurokoy")
    assert "village" in phone.says("0")
    through(phone, "Bankass", "FIN")
    assert Report.objects.get().cercle_id == area("Bankass").pk


def _village(name: str, cercle: str) -> None:
    where = area(cercle)
    Place.objects.create(
        edition=where.edition, kind=PlaceKind.VILLAGE, name=name, region_id=where.region_id, cercle=where
    )


def test_stop_forgets_everything(phone: Phone) -> None:
    through(phone, "AIDE", "des voleurs au puits", "STOP")
    assert not Report.objects.exists()
    assert not SmsConversation.objects.exists()


def test_fin_sends_what_was_said_so_far(phone: Phone) -> None:
    answer = through(phone, "AIDE", "des voleurs au puits", "FIN")[-1]
    assert Report.objects.get().narrative == "des voleurs au puits"
    assert "Code" in answer


def test_fin_before_anything_was_said_reports_nothing(phone: Phone) -> None:
    through(phone, "AIDE", "FIN")
    assert not Report.objects.exists()
    assert not SmsConversation.objects.exists()


def test_a_conversation_that_is_left_ends_after_a_day_and_what_was_told_is_a_report(
    phone: Phone, other_phone: Phone
) -> None:
    through(phone, "AIDE", "des voleurs au puits")
    through(other_phone, "AIDE")
    SmsConversation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sms_conversations.end_expired() == 2
    assert Report.objects.get().narrative == "des voleurs au puits"
    assert not SmsConversation.objects.exists()
    # A message that comes afterwards is a message of its own.
    phone.says("1")
    assert Report.objects.count() == 1


def test_the_short_form_is_a_report_in_the_middle_of_a_conversation(phone: Phone) -> None:
    through(phone, "AIDE", "INC KORO TIR 3M 5B")
    assert Report.objects.get().type_id == "attack"
    assert SmsConversation.objects.get().question == "what"


def test_answers_to_alerts_still_come_first(phone: Phone) -> None:
    through(phone, "AIDE")
    assert "code" in phone.says("12345 OK").lower()
    assert SmsConversation.objects.get().question == "what"


_ANSWERS = st.one_of(
    st.sampled_from(
        ["AIDE", "0", "1", "2", "9", "NSP", "oui", "non", "Koro", "Mopti", "3M 5B", "hier", "FIN", "STOP", "?"]
    ),
    st.text(max_size=40),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ANSWERS, min_size=1, max_size=14), st.integers(0, 10**6))
def test_whatever_is_answered_nothing_breaks(answers: list[str], number: int) -> None:
    phone = Phone(f"+2237{number:07}")
    for answer in ["AIDE", *answers]:
        assert phone.sends(answer) == 200
        reading.read_due()
    assert not ReceivedSms.objects.filter(attempts__gt=0).exists()
