"""Reports by SMS: through the webhook to the desk, and the answer to the phone."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from incidents.access import person_key
from incidents.intake.sms import language_of
from incidents.models import (
    Addition,
    Door,
    FeedbackStep,
    IncidentState,
    PlacePrecision,
    Report,
    ReporterIdentity,
    ReportState,
    SmsSender,
)
from incidents.services import sms_senders, sms_threads
from incidents.services.feedback import tell
from orgs.crypto import unseal
from orgs.messaging import reading
from orgs.messaging.sms_text import segments
from orgs.models import AuditEntry, Message, ReceivedSms, Role
from tests.factories import IncidentFactory, UserFactory, area, person, signed_in
from tests.incidents.sms.conftest import Phone

pytestmark = pytest.mark.django_db


def code_in(answer: str) -> str:
    found = re.search(r"\b(\d{16})\b", answer)
    assert found, answer
    return found[1]


def test_the_short_form_becomes_a_report_and_says_what_was_understood(phone: Phone) -> None:
    answer = phone.says("INC KORO TIR 3M 5B")
    report = Report.objects.get()
    assert (report.door, report.type_id, report.cercle_id) == (Door.SMS, "attack", area("Koro").pk)
    assert report.harmed == {"killed": 3, "injured": 5}
    assert report.narrative == "INC KORO TIR 3M 5B"
    for word in ("Attaque", "Koro", "3", "5", "renvoyant"):
        assert word in answer
    assert len(code_in(answer)) == 16
    assert segments(answer) == 1


def test_the_number_is_a_protected_identity_and_nowhere_else(phone: Phone) -> None:
    phone.says("INC KORO TIR")
    report = Report.objects.get()
    assert unseal(report.identity.sealed) == {"phone": phone.number}
    digits = phone.number[1:]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE %s", [f"%{digits}%"])
            assert cursor.fetchone()[0] == 0, table
    assert not AuditEntry.objects.filter(actor__isnull=False).exists()


def test_a_number_with_an_account_is_that_account(phone: Phone) -> None:
    user: Any = UserFactory(phone=phone.number)
    phone.says("INC KORO TIR")
    assert ReporterIdentity.objects.get().person_key == person_key(user.pk)


def test_the_same_sms_twice_is_one_report_with_one_code(phone: Phone) -> None:
    first = phone.says("INC KORO TIR 3M 5B")
    second = phone.says("INC KORO TIR 3M 5B")
    third = phone.says("inc koro  tir 3m 5b")
    assert Report.objects.count() == 1
    assert not Addition.objects.exists()
    assert code_in(first) == code_in(second) == code_in(third)


def test_a_correction_becomes_an_addition(phone: Phone) -> None:
    first = phone.says("INC KORO TIR 3M 5B")
    second = phone.says("INC KORO TIR 4M 5B")
    report = Report.objects.get()
    assert report.harmed == {"killed": 3, "injured": 5}
    assert "4" in Addition.objects.get().text
    assert code_in(first) == code_in(second)


def test_words_that_follow_go_with_the_report_before(phone: Phone) -> None:
    phone.says("INC KORO TIR")
    phone.says("ils sont partis avec deux personnes du quartier")
    assert Report.objects.count() == 1
    assert "deux personnes" in Addition.objects.get().text


@pytest.mark.parametrize("text", ["INC BANKASS VOL BETAIL", "NOUVEAU INC KORO TIR 9M"])
def test_something_else_is_another_report(phone: Phone, text: str) -> None:
    phone.says("INC KORO TIR 3M 5B")
    phone.says(text)
    assert Report.objects.count() == 2


def test_what_comes_later_is_another_report_unless_it_says_that_it_corrects(phone: Phone) -> None:
    phone.says("INC KORO TIR 3M 5B")
    Report.objects.update(received_at=timezone.now() - sms_threads.ADD_WITHIN - timedelta(minutes=1))
    phone.says("INC KORO TIR 1M")
    assert Report.objects.count() == 2
    Report.objects.update(received_at=timezone.now() - sms_threads.ADD_WITHIN - timedelta(minutes=1))
    phone.says("CORRECTION INC KORO TIR 2M")
    assert Report.objects.count() == 2
    assert Addition.objects.count() == 1


def test_two_numbers_that_say_the_same_are_two_reports(phone: Phone, other_phone: Phone) -> None:
    phone.says("INC KORO TIR 3M 5B")
    other_phone.says("INC KORO TIR 3M 5B")
    assert Report.objects.count() == 2


def test_free_words_become_a_report(phone: Phone) -> None:
    text = "Des hommes sont venus au marché de Bankass et ont dit aux gens de partir avant vendredi prochain"
    answer = phone.says(text)
    report = Report.objects.get()
    assert report.narrative == text
    assert report.cercle_id == area("Bankass").pk
    assert code_in(answer)


def test_a_slip_in_a_place_is_forgiven_and_the_words_stay(phone: Phone) -> None:
    answer = phone.says("INC Bankas tir")
    report = Report.objects.get()
    assert (report.place_text, report.cercle_id) == ("Bankas", area("Bankass").pk)
    assert "Bankass" in answer


def test_a_place_that_nobody_knows_is_asked_for(phone: Phone) -> None:
    answer = phone.says("INC Xyzzyville tir")
    report = Report.objects.get()
    assert (report.place_text, report.place_precision, report.region_id) == ("Xyzzyville", PlacePrecision.UNKNOWN, None)
    assert "cercle" in answer


def test_when_it_was_sent_is_kept(phone: Phone) -> None:
    moment = timezone.now() - timedelta(hours=30)
    phone.says("INC KORO TIR hier", date=moment.isoformat())
    report = Report.objects.get()
    assert report.sent_at is not None
    assert abs(report.sent_at - moment) < timedelta(seconds=1)
    # Yesterday is counted from the day on which it was sent, not from that on which it came.
    assert report.occurred_on == (moment - timedelta(days=1)).date()


@pytest.mark.parametrize("text", ["Bonjour", "ok", "👍", "merci beaucoup"])
def test_a_greeting_is_no_report(phone: Phone, text: str) -> None:
    answer = phone.says(text)
    assert not Report.objects.exists()
    assert "AIDE" in answer


def test_a_keyword_alone_is_told_how(phone: Phone) -> None:
    answer = phone.says("INC")
    assert not Report.objects.exists()
    assert "KORO" in answer
    assert "forces" in answer


def test_an_answer_to_an_alert_is_never_taken_for_a_report(phone: Phone) -> None:
    UserFactory(phone=phone.number)
    phone.says("12345 OK")
    phone.says("12345 nous partons de Koro avec deux voitures maintenant")
    assert not Report.objects.exists()


def test_answers_are_in_the_language_last_used(phone: Phone) -> None:
    assert "Received" in phone.says("INC there are three dead people in Koro")
    assert language_of(phone.number) == "en"
    assert "Received" in phone.says("NEW INC BANKASS MINE")
    assert "Recu" in phone.says("NOUVEAU INC des vaches volées hier à Djenné avec des blessés")
    assert SmsSender.objects.get().language == "fr"


@pytest.mark.parametrize(
    "text",
    [
        "INC Gourma-Rharous vol de bétail 3 morts 5 blessés 2 enlevés 40 déplacés hier",
        "INC Xyzzyville tir 3M 5B 2E 12/11",
        "INC combat Tombouctou 10 morts",
        "there was an attack on the market in Gourma Rharous yesterday, 12 dead and 50 wounded, 3 hostages",
    ],
)
def test_answers_fit_one_part_and_hold_the_code(phone: Phone, text: str) -> None:
    answer = phone.says(text)
    assert segments(answer) == 1
    assert code_in(answer)


# --- What came of it ---------------------------------------------------------------------------------------------


def test_the_right_code_tells_the_outcome_in_safe_words(phone: Phone, other_phone: Phone) -> None:
    code = code_in(phone.says("INC KORO TIR 3M 5B"))
    for text in (f"SUIVI {code}", f"suivi {code[:4]} {code[4:8]} {code[8:12]} {code[12:]}", code):
        answer = other_phone.says(text)
        assert "attend" in answer
        for word in ("Koro", "KORO", "Attaque", "3"):
            assert word not in answer


def test_the_outcome_says_what_was_decided_and_nothing_else(phone: Phone) -> None:
    code = code_in(phone.says("INC KORO TIR 3M 5B"))
    incident: Any = IncidentFactory(state=IncidentState.OPEN, reporter_note="Merci, restez prudents.")
    Report.objects.update(state=ReportState.ATTACHED, incident=incident, decided_at=timezone.now())
    answer = phone.says(f"SUIVI {code}")
    assert "Merci, restez prudents." in answer
    assert incident.ref not in answer
    assert "Koro" not in answer
    Report.objects.update(state=ReportState.REJECTED, incident=None, reject_reason="unclear", reject_note="secret note")
    answer = phone.says(f"SUIVI {code}")
    assert "secret" not in answer
    assert answer


def test_wrong_mistyped_and_too_many_codes_get_the_same_words(phone: Phone, other_phone: Phone) -> None:
    code = code_in(phone.says("INC KORO TIR 3M 5B"))
    wrong = {other_phone.says(f"SUIVI {number:016}") for number in range(sms_senders.WRONG_CODES)}
    wrong.add(other_phone.says(f"SUIVI {code}"))
    assert len(wrong) == 1
    SmsSender.objects.update(wrong_since=timezone.now() - timedelta(hours=2))
    assert other_phone.says(f"SUIVI {code}") not in wrong


def test_the_reporter_is_told_by_the_door_they_came_through_unless_they_said_stop(phone: Phone) -> None:
    phone.says("INC KORO TIR")
    report = Report.objects.get()
    assert tell([report], FeedbackStep.READ) == 1
    phone.says("STOP")
    report.refresh_from_db()
    assert tell([report], FeedbackStep.OUTCOME) == 0
    phone.says("INC BANKASS VOL")
    later = Report.objects.exclude(pk=report.pk).get()
    assert tell([later], FeedbackStep.READ) == 0
    phone.says("AIDE")
    assert tell([later], FeedbackStep.OUTCOME) == 1


# --- On the desk -------------------------------------------------------------------------------------------------


def test_the_desk_says_the_door_and_that_the_source_is_known_but_not_who(phone: Phone) -> None:
    phone.says("INC KORO TIR 3M 5B")
    phone.says("INC BANKASS VOL BETAIL")
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    first, second = Report.objects.order_by("pk")
    page = client.get(f"/desk/reports/{first.pk}/").content.decode()
    assert "SMS" in page
    assert "Source connue" not in page
    assert client.get(f"/desk/reports/{second.pk}/").status_code == 404
    Report.objects.filter(pk=second.pk).update(cercle=first.cercle_id, region=first.region_id)
    page = client.get(f"/desk/reports/{second.pk}/").content.decode()
    assert "Source connue : 1 signalement avant" in page
    assert phone.number[1:] not in page
    # What the coordinator may not see is not counted either.
    Report.objects.filter(pk=first.pk).update(cercle=area("Gao").pk, region=area("Gao").parent_id)
    assert "Source connue" not in client.get(f"/desk/reports/{second.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_report_of_the_same_words(phone: Phone) -> None:
    for _time in range(4):
        phone.sends("INC KORO TIR 3M 5B")

    def work() -> None:
        try:
            for _round in range(3):
                reading.read_due()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reading.read_due()
    assert Report.objects.count() == 1
    assert ReceivedSms.objects.exclude(handled_by="").count() == 4
    assert Message.objects.count() == 4


def test_reading_costs_the_same_whatever_was_said_before(phone: Phone, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        phone.says(f"NOUVEAU INC KORO TIR {number}M")
    phone.sends("NOUVEAU INC BANKASS MINE 1M")
    with django_assert_max_num_queries(30):
        reading.read_due()
