"""The follow-up page: what it tells by a code, what it takes, and what it never gives away."""

from __future__ import annotations

import html
import logging
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from incidents.models import (
    Finding,
    IncidentState,
    RejectReason,
    Report,
    ReportState,
)
from incidents.services.reports import Identity, Said, receive_report
from incidents.views import throttle
from tests.factories import AlertFactory, IncidentFactory

pytestmark = pytest.mark.django_db
WORDS = "Trois hommes à moto ont pris des vaches. 🐄 سرقوا الأبقار <b>ce soir</b>"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def typed(**changes: Any) -> dict[str, str]:
    """A form as a browser sends it."""
    form = {
        "form_id": uuid.uuid4().hex,
        "what": "looting",
        "where": "cercle de Koro",
        "when": "today",
        "words": WORDS,
        "how": "saw",
        "name": "",
        "phone": "",
    }
    return {name: str(value) for name, value in {**form, **changes}.items()}


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def words_in(page: str) -> str:
    area_tag = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert area_tag is not None
    return html.unescape(area_tag[1])


def sent(**fields: Any) -> tuple[Report, str]:
    received = receive_report(
        door="web",
        external_id=uuid.uuid4().hex,
        said=Said(type_code="looting", narrative=WORDS, place_text="Koro"),
        identity=Identity(name="Awa Témoin"),
        language="fr",
    )
    Report.objects.filter(pk=received.report.pk).update(**fields)
    return received.report, received.code


def follow(client: Client, code: str, **more: str) -> str:
    response = client.post("/report/follow-up/", {"code": code, **more})
    assert "no-store" in response["Cache-Control"]
    return text_of(response)


def test_it_tells_how_far_things_are_without_giving_anything_away(client: Client) -> None:
    incident = IncidentFactory.create(narrative="Récit interne secret", summary="Résumé secret")
    _, code = sent(state=ReportState.ATTACHED, incident=incident, decided_at=timezone.now())
    pages = [follow(client, code)]
    assert "vérifie ce que vous avez signalé" in pages[-1]
    incident.state = IncidentState.VERIFIED
    incident.save()
    pages.append(follow(client, code))
    assert "vérifié et confirmé" in pages[-1]
    AlertFactory.create(incident=incident)
    assert "a aidé à prévenir" not in follow(client, code)
    AlertFactory.released(incident=incident, instruction="Consigne secrète")
    pages.append(follow(client, code))
    assert "a aidé à prévenir" in pages[-1]
    incident.state, incident.finding, incident.closed_at = IncidentState.CLOSED, Finding.TRUE, timezone.now()
    incident.reporter_note = "Les vaches ont été rendues."
    incident.save()
    pages.append(follow(client, code))
    assert "C’était vrai." in pages[-1]
    assert "Les vaches ont été rendues." in pages[-1]
    for page in pages:
        for secret in ("secret", "secrète", incident.ref, "Awa", "moto", "Koro"):
            assert secret not in page


@pytest.mark.parametrize("reason", RejectReason.values)
def test_a_report_set_aside_says_why_in_plain_words(client: Client, reason: str) -> None:
    _, code = sent(state=ReportState.REJECTED, reject_reason=reason, reject_note="Note interne")
    page = follow(client, code)
    assert "Quelqu’un l’a lu" in page
    assert "Note interne" not in page
    assert str(RejectReason(reason).label) not in page.split("<main")[1]


def test_an_addition_sent_twice_is_one_and_an_empty_one_is_said(client: Client) -> None:
    report, code = sent()
    assert "est arrivé. Merci" in follow(client, code, text="Ils sont revenus.")
    assert "est arrivé. Merci" in follow(client, code, text="Ils sont revenus.")
    assert report.additions.count() == 1
    assert "Écrivez ce que vous voulez ajouter." in follow(client, code, text=" ")
    page = follow(client, code, text="b" * 10_001)
    assert "trop long" in page
    assert words_in(page) == "b" * 10_001


def test_a_wrong_code_is_slow_and_like_any_other(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    _, code = sent()
    pages = set()
    for wrong in ("0000 0000 0000 0000", "1", "abc", "9" * 90, code[:-1]):
        response = client.post("/report/follow-up/", {"code": wrong})
        assert response.status_code == 200
        page = text_of(response).replace(f'value="{wrong}"', "")
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert len(pages) == 1
    assert len(waits) == 5
    assert all(0 < wait <= throttle.ANSWER_AFTER_SECONDS for wait in waits)


def test_too_many_wrong_codes_are_stopped_right_ones_alike(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "ANSWER_AFTER_SECONDS", 0)
    _, code = sent()
    for _ in range(throttle.CODES.allowed):
        assert client.post("/report/follow-up/", {"code": "1"}).status_code == 200
    for last in ("1", code):
        response = client.post("/report/follow-up/", {"code": last, "text": "Ils sont revenus."})
        assert response.status_code == 429
        assert response["Retry-After"] == "600"
        assert words_in(text_of(response)) == "Ils sont revenus."
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert elsewhere.post("/report/follow-up/", {"code": code}).status_code == 200
    assert "10.9.8.7" not in str(vars(cache))


def test_a_code_in_an_address_is_not_read(client: Client) -> None:
    _, code = sent()
    assert "La suite de votre signalement" not in text_of(client.get("/report/follow-up/", {"code": code}))


def test_logs_and_query_strings_hold_nothing(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.post("/report/", typed(words="MOTSECRET", name="NOMSECRET", phone="70000001"))
    client.post("/report/", typed(words="MOTSECRET", what=""))
    client.post("/report/follow-up/", {"code": "7777 7777 7777 7777", "text": "MOTSECRET"})
    lines = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    for secret in ("MOTSECRET", "NOMSECRET", "70000001", "7777"):
        assert secret not in lines


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/report/", "/report/follow-up/", "/report/sent/"])
def test_other_methods_are_refused(client: Client, method: str, address: str) -> None:
    assert getattr(client, method)(address).status_code == 405
