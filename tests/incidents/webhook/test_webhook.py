"""Other servers: proved, mapped, tried before they are used; what is wrong is said field by field."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.intake.webhook import problems_of, read
from incidents.models import Addition, Door, Proof, Report, ReporterIdentity, WebhookSource
from incidents.openrosa.auth import tries
from incidents.services.doors import keep_sample, keep_webhook
from incidents.services.errors import NotAllowed
from incidents.views.webhook import LARGEST_CALL
from orgs.crypto import unseal
from orgs.models import AuditEntry, Role
from tests.factories import area, person, signed_in, viewer

pytestmark = pytest.mark.django_db

SECRET = "s3cret"
MAPPING: dict[str, Any] = {
    "fields": {
        "id": "_uuid",
        "type": "group_a/kind",
        "narrative": ["group_a/words", "note"],
        "place_text": "where.village",
        "cercle": "where.cercle",
        "occurred_on": "day",
        "killed": "dead",
        "phone": "contact/phone",
        "point": "_geolocation",
        "sent_at": "_submission_time",
    },
    "values": {"type": {"tir": "threat"}},
}
SENT: dict[str, Any] = {
    "_id": 12,
    "_uuid": "7b1f",
    "group_a/kind": "tir",
    "group_a/words": "Coups de feu",
    "note": "le soir",
    "where": {"village": "Dioura", "cercle": "Koro"},
    "day": "2026-11-02",
    "dead": "2",
    "contact": {"phone": "70123456"},
    "_geolocation": [None, None],
    "_submission_time": "2026-11-02T20:00:00",
}


@pytest.fixture(autouse=True)
def fresh() -> None:
    tries.forget()


@pytest.fixture
def source() -> WebhookSource:
    """A server in use, by a secret in a header."""
    return make()


def make(
    proof: str = Proof.HEADER, secret: str = SECRET, mapping: Any = None, header: str = "X-Secret"
) -> WebhookSource:
    administrator = viewer(Role.ADMINISTRATOR)
    row = WebhookSource(name="Kobo", slug=f"kobo-{proof}", proof=proof, header_name=header, mapping=mapping or MAPPING)
    keep_webhook(viewer=administrator, source=row, secret=secret, problems=[])
    keep_sample(viewer=administrator, source=row, sample=b"{}")
    row.is_active = True
    keep_webhook(viewer=administrator, source=row, secret="", problems=[])
    return row


def call(source: WebhookSource, payload: Any, **headers: str) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    given = headers or {"X-Secret": "s3cret"}
    return Client(enforce_csrf_checks=True).generic(
        "POST", f"/gateways/webhook/{source.slug}/", body, content_type="application/json", headers=given
    )


def test_a_call_becomes_a_report(source: WebhookSource) -> None:
    answer = call(source, {**SENT, "_geolocation": [14.07, -3.07]})
    assert (answer.status_code, answer.json()) == (201, {"status": "created"})
    report = Report.objects.get()
    assert (report.door, report.type_id, report.narrative) == (Door.WEBHOOK, "threat", "Coups de feu\nle soir")
    assert report.harmed == {"killed": 2}
    assert report.region_id is not None
    known = unseal(ReporterIdentity.objects.get().sealed)
    assert known["phone"] == "+22370123456"
    assert "70123456" not in str(list(Report.objects.values())) + str(list(AuditEntry.objects.values()))


def test_a_cercle_in_words_is_found(source: WebhookSource) -> None:
    payload = {name: value for name, value in SENT.items() if name != "_geolocation"}
    assert call(source, payload).status_code == 201
    assert Report.objects.get().cercle_id == area("Koro").pk


def test_the_same_again_is_200_and_an_edit_adds(source: WebhookSource) -> None:
    sent = {name: value for name, value in SENT.items() if name != "_geolocation"}
    assert call(source, sent).status_code == 201
    again = call(source, sent)
    assert (again.status_code, again.json()["status"]) == (200, "known")
    edited = call(source, {**sent, "note": "le matin"})
    assert (edited.status_code, edited.json()["status"]) == (200, "added")
    assert Report.objects.count() == 1
    assert "le matin" in Addition.objects.get().text


def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(source: WebhookSource) -> None:
    answer = call(source, {"_uuid": "x y", "group_a/kind": "zzz", "dead": "-3", "day": "hier", "_geolocation": [99, 1]})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"id", "type", "killed", "occurred_on", "narrative", "point"}
    assert not Report.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b"\xff", b"[" * 5000, b'{"a":' * 900 + b"1" + b"}" * 900])
def test_what_is_not_json_is_refused(source: WebhookSource, body: bytes) -> None:
    assert call(source, body).status_code in (400, 422)


def test_too_much_is_refused(source: WebhookSource) -> None:
    assert call(source, b"{" + b" " * LARGEST_CALL + b"}").status_code == 413


# Proof


def test_each_way_of_proof() -> None:
    body = json.dumps({name: value for name, value in SENT.items() if name != "_geolocation"}).encode()
    signed = make(Proof.HMAC, header="X-Hub-Signature-256")
    right = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert call(signed, body, **{"X-Hub-Signature-256": f"sha256={right}"}).status_code == 201
    assert call(signed, body + b" ", **{"X-Hub-Signature-256": f"sha256={right}"}).status_code == 401
    basic = make(Proof.BASIC, secret="kobo:pass")
    good, bad = (base64.b64encode(words).decode() for words in (b"kobo:pass", b"kobo:"))
    assert call(basic, body, Authorization=f"Basic {good}").status_code == 201
    assert call(basic, body, Authorization=f"Basic {bad}").status_code == 401
    assert call(basic, body, Authorization="Basic é").status_code == 401
    header = make()
    assert call(header, body, **{"X-Secret": "other"}).status_code == 401
    assert call(header, body, **{"X-Other": "s3cret"}).status_code == 401


def test_who_guesses_is_slowed(source: WebhookSource) -> None:
    answers = [call(source, SENT, **{"X-Secret": "guess"}).status_code for _try in range(21)]
    assert answers[-1] == 429


def test_a_source_that_is_not_in_use_is_not_there(source: WebhookSource) -> None:
    WebhookSource.objects.update(is_active=False)
    assert call(source, SENT).status_code == 404


# Setting up


def test_it_cannot_be_used_before_a_sample_was_understood_nor_after_the_mapping_changed(source: WebhookSource) -> None:
    administrator = viewer(Role.ADMINISTRATOR)
    row = WebhookSource(name="New", slug="new", mapping=MAPPING, is_active=True)
    with pytest.raises(ValidationError, match="is_active"):
        keep_webhook(viewer=administrator, source=row, secret="x", problems=[])
    source.mapping = {**MAPPING, "values": {}}
    with pytest.raises(ValidationError, match="is_active"):
        keep_webhook(viewer=administrator, source=source, secret="", problems=[])


def test_only_administrators_set_them_up(source: WebhookSource) -> None:
    for role in set(Role.values) - {Role.ADMINISTRATOR}:
        with pytest.raises(NotAllowed):
            keep_webhook(viewer=viewer(role, "Koro"), source=source, secret="", problems=[])
        with pytest.raises(NotAllowed):
            keep_sample(viewer=viewer(role, "Koro"), source=source, sample=b"{}")


def test_the_secret_and_the_sample_are_sealed(source: WebhookSource) -> None:
    assert "s3cret" not in str(list(WebhookSource.objects.values()))


@pytest.mark.parametrize(
    "mapping",
    [
        [],
        {},
        {"fields": {}},
        {"fields": {"id": "a", "narrative": "b", "nothing": "c"}},
        {"fields": {"id": 3, "narrative": "b"}},
        {"fields": {"id": "a", "narrative": ["b"] * 50}},
        {"fields": {"id": "a", "narrative": "b"}, "values": {"type": {"x": 3}}},
        {"fields": {"id": "a", "narrative": "b"}, "more": {}},
    ],
)
def test_a_mapping_that_cannot_work_is_said_to_be_wrong(mapping: Any) -> None:
    assert problems_of(mapping)


def test_the_page_that_tries_a_sample(source: WebhookSource) -> None:
    WebhookSource.objects.update(is_active=False, tried_key="")
    browser = signed_in(person(Role.ADMINISTRATOR))
    address = f"/admin/incidents/webhooksource/{source.pk}/try/"
    assert browser.get(address).status_code == 200
    bad = browser.post(address, {"sample": '{"_uuid": "1"}'})
    assert "narrative" in bad.content.decode()
    assert WebhookSource.objects.get().tried_key == ""
    assert "JSON" in browser.post(address, {"sample": "{"}).content.decode()
    sent = {**SENT, "_geolocation": [14.07, -3.07], "unused_key": 1, "note": "<script>x</script>"}
    good = browser.post(address, {"sample": json.dumps(sent)})
    assert WebhookSource.objects.get().tried_key != ""
    assert "unused_key" in good.content.decode()
    assert "group_a/words + note" in good.content.decode()
    assert "<script>x" not in good.content.decode()
    assert not Report.objects.exists()
    for role in (Role.COORDINATOR, Role.OPERATOR, Role.REPORTER):
        assert signed_in(person(role, "Koro")).get(address).status_code in (302, 403, 404)


def test_the_form_in_admin(source: WebhookSource) -> None:
    browser = signed_in(person(Role.ADMINISTRATOR))
    assert browser.get("/admin/incidents/webhooksource/").status_code == 200
    page = browser.get(f"/admin/incidents/webhooksource/{source.pk}/change/")
    assert page.status_code == 200
    assert "s3cret" not in page.content.decode()
    assert f"/admin/incidents/webhooksource/{source.pk}/try/" in page.content.decode()
    assert browser.get("/admin/incidents/webhooksource/add/").status_code == 200


# Any JSON

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "0", "a.b", "a/b"]), inner),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payload=JSON, field=st.sampled_from(sorted(MAPPING["fields"])), path=st.sampled_from(["a", "a.b", "a/0", "b.0.a"])
)
def test_any_json_is_read_or_refused(payload: Any, field: str, path: str) -> None:
    reading = read({"fields": {"id": "a", "narrative": "b", field: path}, "values": {field: {"x": "y"}}}, payload)
    assert reading.is_understood or reading.problems


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.sampled_from(sorted(SENT)), JSON, max_size=6))
def test_any_call_is_answered(source: WebhookSource, values: dict[str, Any]) -> None:
    assert call(source, json.dumps({**SENT, **values}).encode()).status_code < 500


@settings(max_examples=200, deadline=None)
@given(mapping=JSON)
def test_any_mapping_is_looked_at(mapping: Any) -> None:
    problems_of(mapping)
    problems_of({"fields": mapping, "values": mapping})
