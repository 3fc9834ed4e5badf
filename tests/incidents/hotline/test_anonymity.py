"""No account, no address: nothing of where a report came from is kept; and nobody who reports is locked out."""

import html
import json
import logging
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from incidents.models import Door, Report
from incidents.views import flood
from incidents.views.buckets import HOUR, Bucket, Buckets
from tests.incidents.hotline.test_erasure import everything_in_the_database

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.77"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def typed(**changes: Any) -> dict[str, str]:
    form = {"form_id": uuid.uuid4().hex, "what": "looting", "where": "cercle de Koro", "when": "today", "words": "Vol."}
    return {name: str(value) for name, value in {**form, **changes}.items()}


def test_the_address_is_in_no_row_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT="Telephone-Rare/1.0")
    assert client.post("/report/", typed()).status_code == 303
    client.post("/report/follow-up/", {"code": "1" * 16})
    held = everything_in_the_database() + caplog.text
    assert ADDRESS not in held
    assert "Telephone-Rare" not in held


def test_the_keys_of_the_counters_are_hashes_that_end() -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    client.post("/report/", typed())
    client.post("/report/follow-up/", {"code": "1" * 16})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, expires FROM {project.CACHES['default']['LOCATION']}")
        kept = dict(cursor.fetchall())
    ours = [key for key in kept if "wrong-codes" in key]
    assert len(ours) >= 2
    assert not [key for key in kept if ADDRESS in key or "flood" in key], "buckets stay in memory"
    assert all(kept[key] <= timezone.now() + timedelta(hours=1) for key in ours)


def test_what_the_buckets_know_ends_with_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr("incidents.views.flood.time.time", lambda: clock[0])
    buckets = Buckets(Bucket(size=60, a_second=0.5), Bucket(size=600, a_second=10))
    buckets.take(ADDRESS)
    key, names = buckets._key, set(buckets._held)
    assert len(names) == 2
    assert not [name for name in names if ADDRESS.encode() in name]
    clock[0] += HOUR
    buckets.take(ADDRESS)
    assert buckets._key != key
    assert set(buckets._held) & names == {b""}, "the same address has another name, the old one is gone"


def test_a_flood_from_everywhere_takes_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidents.views.buckets.ADDRESSES_AT_MOST", 50)
    buckets = Buckets(Bucket(size=60, a_second=0.5), Bucket(size=10_000, a_second=0))
    for number in range(500):
        buckets.take(f"2001:db8::{number:x}")
    assert len(buckets._held) == 50
    assert buckets._held[b""][0] == 10_000 - 500, "everybody's bucket is asked each time and stays"


def test_who_empties_the_own_bucket_leaves_the_others_theirs() -> None:
    buckets = Buckets(Bucket(size=3, a_second=0), Bucket(size=5, a_second=0))
    assert [buckets.take(ADDRESS) for _ in range(20)] == [True] * 3 + [False] * 17
    assert [buckets.take("198.51.100.1") for _ in range(3)] == [True, True, False]


def test_five_hundred_people_behind_one_address_all_report_with_one_short_wait_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr("incidents.views.flood.time.time", lambda: clock[0])
    waited = 0
    for _ in range(500):
        client, form = Client(REMOTE_ADDR=ADDRESS), typed()
        answer = client.post("/report/", form)
        if answer.status_code == 429:
            waited += 1
            page = html.unescape(answer.content.decode())
            assert answer["Retry-After"] == "5"
            assert "Rien n’est perdu" in page
            assert "Vol." in page
            ticket = re.search(r'name="ticket" value="([^"]+)"', page)
            assert ticket is not None
            clock[0] += flood.WAIT_SECONDS
            answer = client.post("/report/", {**form, "ticket": ticket[1]})
        assert answer.status_code == 303
        clock[0] += 0.05
    assert Report.objects.count() == 500
    assert 0 < waited < 500


def test_a_ticket_opens_the_way_for_its_own_form_only_and_not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood.BUCKETS, "of_one_address", Bucket(size=0, a_second=0))
    clock = [1_800_000_000.0]
    monkeypatch.setattr("incidents.views.flood.time.time", lambda: clock[0])
    client, form = Client(), typed()
    page = client.post("/report/", form).content.decode()
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found is not None
    ticket = html.unescape(found[1])
    assert client.post("/report/", {**form, "ticket": ticket}).status_code == 429
    clock[0] += flood.WAIT_SECONDS
    assert client.post("/report/", typed(ticket=ticket)).status_code == 429
    assert client.post("/report/", {**form, "ticket": "A" * 20 + ticket[20:]}).status_code == 429
    assert client.post("/report/", {**form, "ticket": ticket}).status_code == 303


def offline(client: Client, number: str, ticket: str = "") -> Any:
    body = {"id": number, "what": "threat", "words": "Vol.", "ticket": ticket}
    return client.post("/report/offline/send/", json.dumps(body), content_type="application/json")


def test_five_hundred_phones_behind_one_address_send_within_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr("incidents.views.flood.time.time", lambda: clock[0])
    client, waited = Client(), 0
    for _ in range(500):
        number = str(uuid.uuid4())
        answer = offline(client, number)
        if answer.status_code == 429:
            waited += 1
            assert answer["Retry-After"] == str(answer.json()["wait"])
            clock[0] += answer.json()["wait"]
            answer = offline(client, number, answer.json()["ticket"])
        assert answer.status_code == 201
        clock[0] += 0.05
    assert Report.objects.filter(door=Door.OFFLINE).count() == 500
    assert 0 < waited < 500


def test_who_asks_again_too_soon_keeps_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood.BUCKETS, "of_one_address", Bucket(size=0, a_second=0))
    clock = [1_800_000_000.0]
    monkeypatch.setattr("incidents.views.flood.time.time", lambda: clock[0])
    client, number = Client(), str(uuid.uuid4())
    first = offline(client, number).json()
    assert (first["wait"], Report.objects.count()) == (flood.WAIT_SECONDS, 0)
    clock[0] += 2
    again = offline(client, number, first["ticket"])
    assert (again.status_code, again.json()) == (429, {"wait": flood.WAIT_SECONDS - 2, "ticket": first["ticket"]})
    clock[0] += flood.WAIT_SECONDS - 2
    assert offline(client, str(uuid.uuid4()), first["ticket"]).status_code == 429, "a ticket is for one report"
    assert offline(client, number, first["ticket"]).status_code == 201
    assert offline(client, number, first["ticket"]).status_code == 200, "the same again is the same report"
    for rubbish in ("x", "é" * 500, first["ticket"][:-3]):
        other = offline(client, str(uuid.uuid4()), rubbish)
        assert (other.status_code, other.json()["ticket"] != rubbish) == (429, True)
    assert Report.objects.count() == 1


def test_a_flood_costs_the_database_nothing(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(flood.BUCKETS, "of_everybody", Bucket(size=0, a_second=0))
    client = Client()
    with django_assert_num_queries(0):
        assert offline(client, str(uuid.uuid4())).status_code == 429


def test_a_form_without_its_number_gets_one_with_its_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood.BUCKETS, "of_everybody", Bucket(size=0, a_second=0))
    page = Client().post("/report/", typed(form_id="abîmé")).content.decode()
    number = re.search(r'name="form_id" value="([0-9a-f]{32})"', page)
    assert number is not None
    assert 'name="ticket"' in page


# --- The onion address -------------------------------------------------------------------------------------------

ONION = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"


def test_the_pages_work_under_an_onion_address_and_lead_nowhere_else(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [*project.ALLOWED_HOSTS, ONION]
    settings.CSRF_TRUSTED_ORIGINS = [*project.CSRF_TRUSTED_ORIGINS, f"http://{ONION}"]
    settings.SITE_URL = "https://passerelle.example.org"
    client = Client(HTTP_HOST=ONION, enforce_csrf_checks=True)
    browser: dict[str, Any] = {"HTTP_ORIGIN": f"http://{ONION}"}
    page = client.get("/report/")
    _leads_nowhere_else(page)
    answer = client.post("/report/", {**typed(), "csrfmiddlewaretoken": _token(page)}, **browser)
    assert answer.status_code == 303
    receipt = client.get(answer["Location"])
    _leads_nowhere_else(receipt)
    code = re.search(r'class="code">([^<]+)<', receipt.content.decode())
    assert code is not None
    asked = client.get("/report/follow-up/")
    _leads_nowhere_else(asked)
    followed = client.post("/report/follow-up/", {"code": code[1], "csrfmiddlewaretoken": _token(asked)}, **browser)
    assert followed.status_code == 200
    assert "Effacer mon signalement" in followed.content.decode()
    _leads_nowhere_else(followed)


def _token(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def _leads_nowhere_else(page: Any) -> None:
    """No address of ours or another's host, but the one of the button that leaves quickly."""
    words = page.content.decode()
    away = set(re.findall(r'(?:href|src|action)="((?:https?:)?//[^"]+)"', words))
    leaving = set(re.findall(r'class="exit" href="([^"]+)"', words))
    assert away <= leaving
    assert "passerelle.example.org" not in words
    assert "https:" not in page.get("Content-Security-Policy", "").replace("upgrade-insecure-requests", "")
    assert "Location" not in page.headers
