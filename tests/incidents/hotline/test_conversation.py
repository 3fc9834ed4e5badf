"""A conversation by receipt: asked on the desk, read and answered with the code, and nothing given away."""

import html
import threading
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from incidents.models import Report, WordToReporter
from incidents.services.conversations import MOST_UNANSWERED, write_to_reporter
from incidents.services.errors import NotAllowed
from incidents.services.reports import Identity, Said, like_a_phone_number, receive_report
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role
from tests.factories import person, signed_in, viewer

pytestmark = pytest.mark.django_db
QUESTION = "Est-ce que les familles sont à l’abri ?"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def sent(**options: Any) -> tuple[Report, str]:
    received = receive_report(
        door="web",
        external_id=uuid.uuid4().hex,
        said=Said(type_code="looting", narrative="Trois hommes ont pris des vaches.", place_text="cercle de Koro"),
        identity=Identity(name="Awa Témoin", phone="+22370000001"),
        language="fr",
        **options,
    )
    return received.report, received.code


def follow(code: str, **more: str) -> str:
    response = Client().post("/report/follow-up/", {"code": code, **more})
    assert "no-store" in response["Cache-Control"]
    return html.unescape(response.content.decode())


def test_a_question_is_asked_read_answered_and_marked_as_new() -> None:
    report, code = sent()
    coordinator = person(Role.COORDINATOR, "Koro", name="Coordinatrice Secrète")
    desk = signed_in(coordinator)
    asked = desk.post(f"/desk/reports/{report.pk}/word/", {"text": QUESTION}, follow=True)
    assert "pas encore vu" in asked.content.decode()
    page = follow(code)
    assert QUESTION in page
    assert "Coordinatrice Secrète" not in page
    assert "vaches" not in page
    follow(code, text="Oui, elles sont à l’école.")
    listed = html.unescape(desk.get("/desk/?state=answered").content.decode())
    assert "nouvelle réponse</span>" in listed
    shown = html.unescape(desk.get(f"/desk/reports/{report.pk}/").content.decode())
    assert "Oui, elles sont à l’école." in shown
    assert "vu par l’auteur" in shown
    assert "Coordinatrice Secrète" in shown
    desk.post(f"/desk/reports/{report.pk}/read/")
    assert "nouvelle réponse</span>" not in html.unescape(desk.get("/desk/?state=answered").content.decode())
    # The reporter's page says that they wrote, and not what.
    assert "école" not in follow(code)


@pytest.mark.parametrize(
    "words",
    [
        "Où est la position des militaires ? La patrouille est passée par le pont de Koro.",
        "Appelez-moi au 76 12 34 56",
        "Écrivez à paix@example.org",
        "Est-ce à 14.081357, -3.071113 ?",
        " ",
        "x" * 1001,
    ],
)
def test_what_may_not_leave_the_desk_is_held_and_stays_in_the_field(words: str) -> None:
    report, _ = sent()
    desk = signed_in(person(Role.COORDINATOR, "Koro"))
    answer = desk.post(f"/desk/reports/{report.pk}/word/", {"text": words})
    assert answer.status_code == 422
    assert words.strip() in html.unescape(answer.content.decode())
    assert not WordToReporter.objects.exists()


def test_only_coordinators_of_the_area_write() -> None:
    report, _ = sent()
    for role, where in ((Role.COORDINATOR, "Gao"), (Role.MONITOR, "Koro"), (Role.ANALYST, "Koro")):
        with pytest.raises(NotAllowed):
            write_to_reporter(viewer=viewer(role, where), report=report, text=QUESTION)


def test_a_double_tap_is_one_question_and_too_many_are_refused() -> None:
    report, _ = sent()
    asking = viewer(Role.COORDINATOR, "Koro")
    first = write_to_reporter(viewer=asking, report=report, text=QUESTION)
    assert write_to_reporter(viewer=asking, report=report, text=QUESTION).pk == first.pk
    for number in range(MOST_UNANSWERED - 1):
        write_to_reporter(viewer=asking, report=report, text=f"{QUESTION} {'a' * (number + 1)}")
    with pytest.raises(NotAllowed):
        write_to_reporter(viewer=asking, report=report, text="Et encore ?")


def test_the_log_holds_no_word_of_it() -> None:
    report, code = sent()
    write_to_reporter(viewer=viewer(Role.COORDINATOR, "Koro"), report=report, text=QUESTION)
    follow(code, text="Réponse du témoin")
    said = "".join(str(entry.facts) for entry in AuditEntry.objects.all())
    assert "familles" not in said
    assert "témoin" not in said
    assert AuditEntry.objects.filter(verb="wrote_to_reporter").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_ask_at_once_are_both_heard() -> None:
    report, _ = sent()
    people = [viewer_for(person(Role.COORDINATOR, "Koro")) for _ in range(2)]
    errors: list[Exception] = []

    def ask(number: int) -> None:
        try:
            write_to_reporter(viewer=people[number], report=report, text=f"{QUESTION} {'?' * number}")
        except (NotAllowed, ValidationError) as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert report.words.count() == 2


@pytest.mark.parametrize("form", ["{plain}", "{phone}", "00{plain}", " {phone} ", "{grouped}"])
def test_a_code_written_like_a_telephone_number_opens_the_report(form: str) -> None:
    _, code = sent()
    grouped = "-".join(code[start : start + 4] for start in range(0, 16, 4))
    typed = form.format(plain=code, phone=like_a_phone_number(code), grouped=grouped)
    assert "Ce que votre signalement est devenu" in follow(typed) or "attend d’être lu" in follow(typed)


def test_a_code_that_looks_like_a_number_from_abroad_or_from_here() -> None:
    assert like_a_phone_number("1234567890123456") == "+12 34 56 78 90 12 34 56"
    assert like_a_phone_number("0234567890123456") == "02 34 56 78 90 12 34 56"


def test_the_pages_ask_as_many_questions_for_one_word_as_for_twenty(django_assert_max_num_queries: Any) -> None:
    report, code = sent()
    desk = signed_in(person(Role.COORDINATOR, "Koro"))
    asking = viewer(Role.COORDINATOR, "Koro")
    for number in range(20):
        write_to_reporter(viewer=asking, report=report, text=f"Question {'a' * number}")
        follow(code, text=f"Réponse {'b' * number}")
    with django_assert_max_num_queries(5):
        follow(code)
    with django_assert_max_num_queries(19):
        desk.get(f"/desk/reports/{report.pk}/")
