"""Programs send reports: each key once, errors field by field, a broken row spoils no other, and nothing leaks."""

import threading
import uuid
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import Addition, ProxyEntry, Report, ReporterIdentity
from incidents.services.erasure import erase_report
from orgs.access import viewer_for
from orgs.crypto import unseal
from orgs.models import AuditEntry, Role
from orgs.services.tokens import make_token
from tests.factories import area, person, signed_in

pytestmark = pytest.mark.django_db
ONE, BATCH = "/api/v1/reports/", "/api/v1/reports/batch/"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def program(role: str = Role.MONITOR, language: str = "fr") -> Client:
    user = person(role, "Koro")
    signed_in(user)
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    return Client(headers={"authorization": f"Bearer {key}", "accept-language": language})


def row(**changes: Any) -> dict[str, Any]:
    said = {
        "what": "looting", "area": area("Koro").pcode, "occurred_on": "2026-03-01", "precision": "day",
        "harmed": {"injured": 3}, "words": "Des hommes ont pris des vaches.", "how_known": "told",
        "may_call_back": True, "reporter": {"name": "Kadrimata", "phone": "76 12 34 56"}, "language": "fr",
        "sent_at": "2026-03-01T10:00:00Z",
    }  # fmt: skip
    return {name: value for name, value in {**said, **changes}.items() if value is not ...}


def send(client: Client, body: Any, key: str | None = None, address: str = ONE) -> Any:
    key = uuid.uuid4().hex if key is None else key
    return client.post(address, orjson.dumps(body), content_type="application/json", headers={"idempotency-key": key})


def test_a_report_comes_in_whole_and_the_answer_holds_its_receipt_and_no_more() -> None:
    answer = send(program(), row())
    assert answer.status_code == 201
    report = Report.objects.get()
    assert answer.json().keys() == {"id", "code"}
    assert answer.json()["id"] == report.pk
    assert (report.door, report.type_id, report.cercle_id) == ("api", "looting", area("Koro").pk)
    assert (report.harmed, report.how_known, report.may_call_back) == ({"injured": 3}, "told", True)
    assert report.sent_at is not None
    assert unseal(ReporterIdentity.objects.get().sealed) == {"name": "Kadrimata", "phone": "+22376123456"}
    assert ProxyEntry.objects.get().way == "program"
    followed = Client().post("/report/follow-up/", {"code": answer.json()["code"]})
    assert "attend d" in followed.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_without_a_reporter_the_account_reports_and_with_null_nobody_is_known() -> None:
    client = program()
    send(client, row(reporter=...))
    assert list(unseal(ReporterIdentity.objects.get().sealed)) == ["user_id"]
    assert [one["words"] if "words" in one else one["narrative"] for one in client.get(ONE).json()["results"]]
    send(client, row(reporter=None, words="Autre chose."))
    assert ReporterIdentity.objects.count() == 1


def test_the_same_key_gives_the_same_answer_and_another_report_under_it_is_refused() -> None:
    client = program()
    first, again = send(client, row(), "clé-1"), send(client, row(), "clé-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    for changed in (row(words="Autre chose."), row(reporter={"name": "Autre"}), row(sent_at=...)):
        refused = send(client, changed, "clé-1")
        assert refused.status_code == 409
        assert "key" in refused.json()
    assert Report.objects.count() == 1
    assert not Addition.objects.exists()
    # Keys are of the account.
    assert send(program(), row(), "clé-1").status_code == 201


def test_a_retry_after_the_author_erased_it_brings_nothing_back() -> None:
    client = program()
    send(client, row(), "clé-1")
    erase_report(report=Report.objects.get())
    assert send(client, row(), "clé-1").status_code == 200
    assert Report.objects.get().narrative == ""
    assert not ReporterIdentity.objects.exists()
    assert not ProxyEntry.objects.exists()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"what": ...}, "what"),
    ({"what": "dragons"}, "what"),
    ({"what": 3}, "what"),
    ({"area": ...}, "where"),
    ({"area": "ML99999"}, "area"),
    ({"area": ["ML01"]}, "area"),
    ({"area": "'; DROP TABLE"}, "area"),
    ({"lat": 14.0}, "lon"),
    ({"lat": 91, "lon": 0}, "lat"),
    ({"lat": True, "lon": 0}, "lat"),
    ({"occurred_on": "hier"}, "occurred_on"),
    ({"occurred_on": "2999-01-01"}, "occurred_on"),
    ({"occurred_on": 20260301}, "occurred_on"),
    ({"precision": "century"}, "precision"),
    ({"precision": {}}, "precision"),
    ({"harmed": {"dragons": 1}}, "harmed"),
    ({"harmed": {"killed": -1}}, "harmed"),
    ({"harmed": {"killed": 1.5}}, "harmed"),
    ({"harmed": 3}, "harmed"),
    ({"words": "x" * 10_001}, "words"),
    ({"words": ["x"]}, "words"),
    ({"how_known": "dreamt"}, "how_known"),
    ({"may_call_back": "yes"}, "may_call_back"),
    ({"reporter": "Kadrimata"}, "reporter"),
    ({"reporter": {"email": "k@example.org"}}, "reporter"),
    ({"reporter": {"phone": "12"}}, "reporter.phone"),
    ({"reporter": {"name": "x" * 101}}, "reporter.name"),
    ({"language": "xx"}, "language"),
    ({"sent_at": "0001-01-01T00:00:00+14:00"}, "sent_at"),
    ({"sent_at": "demain"}, "sent_at"),
    ({"wordz": "x"}, "wordz"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG, ids=[f"{field}-{n}" for n, (_, field) in enumerate(WRONG)])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(changes: dict[str, Any], field: str) -> None:
    answer = send(program(), row(**changes))
    assert answer.status_code == 400
    assert field in answer.json()
    assert not Report.objects.exists()


def test_several_mistakes_are_said_at_once_in_the_language_of_the_caller() -> None:
    wrong = row(what="dragons", harmed=3)
    french, english = send(program(), wrong).json(), send(program(language="en"), wrong).json()
    assert french == {
        "what": ["Ce type d’incident n’existe pas."],
        "harmed": ["Ce doit être un objet : sorte de dommage et nombre de personnes."],
    }
    assert english["what"] == ["There is no such type of incident."]


def test_without_a_key_without_json_or_with_too_much_it_is_refused() -> None:
    client = program()
    assert "Idempotency-Key" in send(client, row(), "").json()
    assert send(client, row(), "k" * 201).status_code == 400
    post: dict[str, Any] = {"content_type": "application/json", "headers": {"idempotency-key": "k"}}
    for body, status in ((b"{", 400), (b"\xff", 400), (b"[]", 400), (b'"' + b"x" * 6_000_000 + b'"', 413)):
        assert client.post(ONE, body, **post).status_code == status
    assert client.put(ONE, b"{}", **post).status_code == 405
    assert not Report.objects.exists()


@pytest.mark.parametrize("role", [Role.LIAISON, Role.ANALYST, Role.ADMINISTRATOR, Role.OPERATOR, Role.OVERSIGHT])
def test_roles_that_do_not_report_are_refused(role: str) -> None:
    assert send(program(role), row()).status_code == 403
    assert send(program(role), {"reports": [row(key="1")]}, address=BATCH).status_code == 403
    assert send(Client(), row()).status_code == 401


def test_in_a_batch_each_row_is_answered_on_its_own() -> None:
    client = program()
    first, other = row(key="1"), row(key="1", words="Autre")
    rows = [first, row(key="2", what="dragons"), "pas un objet", row(), first, other]
    answer = send(client, {"reports": rows}, address=BATCH)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [201, 400, 400, 400, 200, 409]
    assert results[0]["code"] == results[4]["code"]
    assert "what" in results[1]["errors"]
    assert "key" in results[3]["errors"]
    assert Report.objects.count() == 1
    # One by one, or in a batch: it is the same key.
    assert send(client, row(), "1").status_code == 200


def test_two_hundred_at_once_and_no_more() -> None:
    client = program()
    rows = [row(key=str(number), words=f"Mot {number}") for number in range(200)]
    results = send(client, {"reports": rows}, address=BATCH).json()["results"]
    assert {one["status"] for one in results} == {201}
    assert Report.objects.count() == 200
    assert send(client, {"reports": [*rows, row(key="200")]}, address=BATCH).status_code == 413
    empty: tuple[Any, ...] = ({}, [], {"reports": {}}, 3)
    for body in empty:
        assert send(client, body, address=BATCH).status_code == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "what", "where", "area", "lat", "lon", "occurred_on", "precision", "harmed", "words", "how_known", "reporter",
    "language", "sent_at",
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6), st.text(max_size=20))
def test_whatever_is_sent_never_breaks_it(body: dict[str, Any], key: str) -> None:
    client = program()
    try:
        sent = orjson.dumps({"reports": [{**body, "key": key}, {**row(reporter=None), **body, "key": key}]})
    except orjson.JSONEncodeError:
        return
    answer = client.post(BATCH, sent, content_type="application/json")
    assert answer.status_code == 200
    assert {one["status"] for one in answer.json()["results"]} <= {200, 201, 400, 409}


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_instant_under_one_key_are_one_report() -> None:
    client = program()
    body = row()
    answers: list[Any] = []

    def sending() -> None:
        answers.append(send(client, body, "ensemble"))
        connections.close_all()

    threads = [threading.Thread(target=sending) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert Report.objects.count() == ReporterIdentity.objects.count() == ProxyEntry.objects.count() == 1


def test_neither_name_nor_number_nor_words_stand_in_the_log_or_in_any_answer(caplog: pytest.LogCaptureFixture) -> None:
    client = program()
    answer = send(client, row())
    told = answer.content.decode() + client.get(ONE).content.decode() + caplog.text
    told += "".join(str(entry.facts) for entry in AuditEntry.objects.all())
    for secret in ("Kadrimata", "76123456", "vaches"):
        assert secret not in told


def test_the_schema_describes_both(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"accept": "application/json"}).json()
    assert {"get", "post"} <= schema["paths"][ONE].keys()
    assert "post" in schema["paths"][BATCH]
    assert "Idempotency-Key" in str(schema["paths"][ONE]["post"]["parameters"])
