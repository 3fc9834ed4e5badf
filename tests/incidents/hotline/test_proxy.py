"""Entering a report for somebody who called or came in: theirs, with their code; who entered it is beside it."""

import html
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from incidents.models import ProxyEntry, Report, ReporterIdentity
from incidents.services.errors import NotAllowed
from incidents.services.proxies import note_entry
from orgs.crypto import unseal
from orgs.models import AuditEntry, Role
from tests.factories import ReportFactory, person, signed_in, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def typed(**changes: Any) -> dict[str, str]:
    form = {
        "form_id": uuid.uuid4().hex, "what": "looting", "where": "cercle de Koro", "when": "today", "way": "call",
        "words": "Une femme appelle : on a pris ses vaches.", "phone": "", "name": "",
    }  # fmt: skip
    return {name: str(value) for name, value in {**form, **changes}.items()}


def page_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("role", "address"),
    [(Role.COORDINATOR, "/desk/enter/"), *((role, "/report/for-somebody/") for role in (
        Role.REPORTER, Role.MONITOR, Role.FACILITATOR, Role.COORDINATOR,
    ))],
)  # fmt: skip
def test_a_call_becomes_a_report_of_the_caller(role: str, address: str) -> None:
    enterer = person(role, "Koro")
    client = signed_in(enterer)
    assert "Comment la personne est-elle venue" in page_of(client.get(address))
    answer = client.post(address, typed(phone="76 12 34 56", name="Kadrimata"))
    assert answer.status_code == 303
    receipt = page_of(client.get(answer["Location"]))
    code = re.search(r'class="code">([^<]+)<', receipt)
    assert code is not None
    report = Report.objects.get()
    assert (report.door, report.may_call_back) == ("proxy", True)
    entry = ProxyEntry.objects.get()
    assert (entry.report_id, entry.way, entry.entered_by_id) == (report.pk, "call", enterer.pk)
    known = unseal(ReporterIdentity.objects.get().sealed)
    assert known == {"name": "Kadrimata", "phone": "+22376123456"}
    assert AuditEntry.objects.get(verb="entered_for_somebody").actor_id == enterer.pk
    followed = Client().post("/report/follow-up/", {"code": code[1]})
    assert "attend d’être lu" in page_of(followed)
    # It is not in the list of who entered it: they are not its author.
    assert "vaches" not in page_of(client.get("/report/mine/"))


def test_without_a_name_or_number_nobody_is_known() -> None:
    client = signed_in(person(Role.MONITOR, "Koro"))
    client.post("/report/for-somebody/", typed(way="visit"))
    assert not ReporterIdentity.objects.exists()


def test_the_desk_sees_the_way_and_who_entered_and_never_the_number() -> None:
    client = signed_in(person(Role.MONITOR, "Koro", name="Monitrice Ouzbélia"))
    client.post("/report/for-somebody/", typed(phone="76 12 34 56", name="Kadrimata", way="radio"))
    page = page_of(signed_in(person(Role.COORDINATOR, "Koro")).get(f"/desk/reports/{Report.objects.get().pk}/"))
    assert "Appel à une radio" in page
    assert "Monitrice Ouzbélia" in page
    assert "76123456" not in page
    assert "Kadrimata" not in page


def test_what_is_wrong_comes_back_with_everything_that_was_typed() -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    page = page_of(client.post("/desk/enter/", typed(way="", phone="12")))
    assert "Dites comment la personne est venue" in page
    assert "Une femme appelle" in page
    assert not Report.objects.exists()


def test_a_double_tap_is_one_report_with_one_entry() -> None:
    client, form = signed_in(person(Role.COORDINATOR, "Koro")), typed()
    codes = set()
    for _ in range(2):
        answer = client.post("/desk/enter/", form)
        codes.add(page_of(client.get(answer["Location"])).split('class="code">')[1][:19])
    assert len(codes) == 1
    assert Report.objects.count() == ProxyEntry.objects.count() == 1


def test_two_people_with_the_same_form_number_do_not_get_each_others_code() -> None:
    form = typed()
    for _ in range(2):
        signed_in(person(Role.COORDINATOR, "Koro")).post("/desk/enter/", form)
    assert Report.objects.count() == 2


def test_those_who_do_not_work_with_reports_cannot() -> None:
    for role in (Role.LIAISON, Role.ANALYST, Role.ADMINISTRATOR, Role.OPERATOR, Role.OVERSIGHT):
        client = signed_in(person(role, "Koro"))
        assert client.post("/report/for-somebody/", typed()).status_code == 403
        assert client.post("/desk/enter/", typed()).status_code in (302, 403)
        with pytest.raises(NotAllowed):
            note_entry(viewer=viewer(role, "Koro"), report=ReportFactory.create(), way="call")
    assert not ProxyEntry.objects.exists()


def test_people_who_may_are_led_there_from_the_report_page() -> None:
    link = "/report/for-somebody/"
    assert link in page_of(signed_in(person(Role.MONITOR, "Koro")).get("/report/"))
    assert link not in page_of(signed_in(person(Role.LIAISON, "Koro")).get("/report/"))
    assert link not in page_of(Client().get("/report/"))
