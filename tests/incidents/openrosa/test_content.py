"""What a form becomes; edits; races; bytes that nobody should send."""

import json
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from incidents.models import (
    Addition,
    Door,
    HowKnown,
    IncidentType,
    OdkSubmission,
    PlacePrecision,
    Report,
    ReporterIdentity,
)
from incidents.openrosa.instances import BadForm, read_instance
from orgs.crypto import unseal
from orgs.models import AuditEntry, Level
from tests.factories import OrganisationFactory, area
from tests.incidents.media.samples import jpeg
from tests.incidents.openrosa.conftest import kept_files
from tests.incidents.openrosa.phone import Phone, device, filled

pytestmark = pytest.mark.django_db


def test_a_form_becomes_a_report_like_that_of_any_other_door(phone: Phone) -> None:
    koro = area("Koro")
    answer = phone.send(
        filled(
            cercle=koro.pcode,
            region=area("Bandiagara", Level.REGION).pcode,
            killed="2",
            injured="0",
            how="saw",
            call_back="yes",
            phone="70 12 34 56",
            name="Awa",
            end="2026-11-27T10:15:00.000+00:00",
            when="2026-11-26",
        )
    )
    assert answer.status_code == 201
    report = Report.objects.get()
    assert (report.door, report.type_id, report.occurred_on) == (Door.ODK, "threat", date(2026, 11, 26))
    assert (report.cercle_id, report.place_precision) == (koro.pk, PlacePrecision.CERCLE)
    assert report.harmed == {"killed": 2, "injured": 0}
    assert (report.how_known, report.may_call_back) == (HowKnown.SAW, True)
    identity = unseal(ReporterIdentity.objects.get().sealed)
    assert identity["name"] == "Awa"
    assert identity["phone"] == "+22370123456"


def test_who_reported_stands_nowhere_but_sealed(phone: Phone) -> None:
    phone.send(filled(name="Awa Kassambara", phone="70123456", point="14.1 -3.1 0 5"))
    rows = [list(model.objects.values()) for model in (Report, OdkSubmission, ReporterIdentity, AuditEntry)]
    for secret in ("Kassambara", "70123456", "14.1"):
        assert secret not in str(rows)


def test_a_position_finds_the_area_and_is_kept_with_the_identity_alone(phone: Phone) -> None:
    phone.send(filled(point="14.0756 -3.0769 0 12.5"))
    report = Report.objects.get()
    assert report.region_id is not None
    assert unseal(ReporterIdentity.objects.get().sealed)["accuracy_m"] == 12.5


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"when": "2999-01-01"}, {"occurred_on": None}),
        ({"when": "1970-01-01"}, {"occurred_on": None}),
        ({"when": "yesterday"}, {"occurred_on": None}),
        ({"what": "no-such-kind"}, {"type_id": None}),
        ({"how": "dreamt"}, {"how_known": "unknown"}),
        ({"end": "1999-01-01T00:00:00Z"}, {"sent_at": None}),
        ({"end": "9999-99-99"}, {"sent_at": None}),
        ({"cercle": "ML99999", "where": "?"}, {"cercle_id": None}),
        ({"point": "nan nan"}, {"region_id": None}),
    ],
)
def test_what_a_phones_clock_or_an_old_form_gets_wrong_does_not_lose_the_words(
    phone: Phone, answers: dict[str, str], expected: dict[str, Any]
) -> None:
    told = {"where": "", **answers}
    assert phone.send(filled(**told)).status_code == 201
    report = Report.objects.get()
    assert report.narrative == "Ils ont menacé."
    if "when" in answers and answers["when"].startswith("2999"):
        assert report.occurred_on is not None  # a clock that runs ahead means today
        return
    assert {name: getattr(report, name) for name in expected} == expected


def test_a_kind_that_was_retired_since_still_counts(phone: Phone) -> None:
    IncidentType.objects.filter(pk="threat").update(is_active=False, on_form=False)
    phone.send(filled())
    assert Report.objects.get().type_id == "threat"


@pytest.mark.parametrize(
    "answers",
    [{"killed": "-1"}, {"killed": "many"}, {"injured": "1000001"}, {"words": "x" * 10_001}, {"form": "other"}],
)
def test_what_our_form_would_not_let_through_is_refused_and_nothing_is_kept(phone: Phone, answers: Any) -> None:
    assert phone.send(filled(**answers)).status_code in (400, 404)
    assert not Report.objects.exists()
    assert not OdkSubmission.objects.exists()


# Edits


def test_an_edit_keeps_the_old_form_and_adds_what_it_says_otherwise(phone: Phone) -> None:
    phone.send(filled(instance="uuid:a"))
    edit = filled(instance="uuid:b", deprecated="uuid:a", words="Ils sont partis.")
    assert [phone.send(edit).status_code for _again in range(2)] == [201, 201]
    assert OdkSubmission.objects.count() == 2
    report = Report.objects.get()
    assert report.narrative == "Ils ont menacé."
    assert "Ils sont partis." in Addition.objects.get().text
    again = filled(instance="uuid:c", deprecated="uuid:b", words="Ils sont revenus.")
    assert phone.send(again).status_code == 201
    assert Report.objects.count() == 1
    assert Addition.objects.count() == 2


def test_an_edit_of_a_form_that_never_came_is_refused_in_words(phone: Phone) -> None:
    answer = phone.send(filled(instance="uuid:b", deprecated="uuid:never"))
    assert answer.status_code == 409
    assert etree.fromstring(answer.content)[0].get("nature") == "submit_error"
    assert not Report.objects.exists()


def test_two_edits_of_one_form_do_not_both_replace_it(phone: Phone) -> None:
    phone.send(filled(instance="uuid:a"))
    assert phone.send(filled(instance="uuid:b", deprecated="uuid:a", words="Un")).status_code == 201
    assert phone.send(filled(instance="uuid:c", deprecated="uuid:a", words="Deux")).status_code == 409
    assert Addition.objects.count() == 1


def test_nobody_edits_the_forms_of_another_organisation(phone: Phone) -> None:
    phone.send(filled(instance="uuid:a"))
    other = Phone.of(device(OrganisationFactory.create(areas=["Koro"])))
    assert other.send(filled(instance="uuid:b", deprecated="uuid:a", words="Faux")).status_code == 409
    assert not Addition.objects.exists()


# At once


@pytest.mark.django_db(transaction=True)
def test_the_same_form_eight_times_at_once_is_one_report() -> None:
    made, xml = device(), filled(photo_1="a.jpg")
    statuses: list[int] = []

    def send(number: int) -> None:
        files = {"a.jpg": b"A" * 50} if number % 2 else {}
        statuses.append(Phone.of(made).send(xml, files).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 8
    assert Report.objects.count() == 1
    assert OdkSubmission.objects.get().missing == []
    assert len(OdkSubmission.objects.get().received) == 1
    assert not Addition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_other_words_at_once_under_one_number_are_one_report_and_refusals(own_folder: Path) -> None:
    made = device()
    statuses: list[int] = []

    def send(number: int) -> None:
        xml = filled(instance="uuid:same", words=f"Version {number}", photo_1="a.jpg")
        statuses.append(Phone.of(made).send(xml, {"a.jpg": jpeg(40 + number, 30)}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 5
    assert not Addition.objects.exists()
    assert len(kept_files(own_folder)) == 1  # the refused ones left no file behind


@pytest.mark.django_db(transaction=True)
def test_a_new_form_under_the_number_of_an_edit_is_refused() -> None:
    phone = Phone.of(device())
    phone.send(filled(instance="uuid:a"))
    phone.send(filled(instance="uuid:b", deprecated="uuid:a", words="Autre"))
    assert phone.send(filled(instance="uuid:b", words="Tout neuf")).status_code == 409
    assert Report.objects.count() == 1


# Bytes that nobody should send

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY e "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    b'<data id="passerelle_incident"><words>&e;</words><meta><instanceID>uuid:1</instanceID></meta></data>'
)
FILE = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<data id="passerelle_incident"><words>&x;</words><meta><instanceID>uuid:1</instanceID></meta></data>'
)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        BOMB,
        FILE,
        filled()[:-20],
        b"<data>" * 100 + b"</data>" * 100,
        b"<data>" * 100_000,
        filled().replace(b"UTF-8", b"UTF-16"),
        filled().replace(b"UTF-8", b"no-such-encoding"),
        filled(words="x").replace(b">x<", b">\xff\xfe<"),
        filled().replace(b"instanceID", b"other"),
        filled(instance="uuid:" + "x" * 200),
        filled(instance="a b"),
        filled(instance="uuid:1", deprecated="uuid:1"),
        b"<data>" + b"<x/>" * 5000 + b"</data>",
        b"<data><words>" + b"x" * 2_000_000 + b"</words></data>",
    ],
)
def test_bad_xml_is_refused_in_words_and_nothing_is_kept(phone: Phone, xml: bytes) -> None:
    answer = phone.send(xml)
    assert 400 <= answer.status_code < 500
    assert etree.fromstring(answer.content)[0].text
    assert not Report.objects.exists()
    assert not OdkSubmission.objects.exists()


def test_a_hundred_megabytes_are_refused_before_they_are_read(phone: Phone) -> None:
    phone.ask("HEAD", "/openrosa/submission")
    proof = phone.proof("POST", "/openrosa/submission")
    answer = Client().post(
        "/openrosa/submission",
        data=b"",
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": proof, "Content-Length": str(100 * 1024 * 1024)},
        CONTENT_LENGTH=str(100 * 1024 * 1024),
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nz\r\n--x--", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"abc", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary=" + "y" * 500),
    ],
)
def test_bad_requests_are_refused(phone: Phone, body: bytes, kind: str) -> None:
    phone.ask("HEAD", "/openrosa/submission")
    headers = {"Authorization": phone.proof("POST", "/openrosa/submission")}
    answer = Client().generic("POST", "/openrosa/submission", body, content_type=kind, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer["X-OpenRosa-Version"] == "1.0"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_a_form_or_refused(content: bytes) -> None:
    with suppress(BadForm):
        assert read_instance(content).instance_id


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 600), put=st.binary(max_size=12), where=st.integers(0, 600), field=st.text(max_size=60))
def test_a_damaged_form_never_breaks_the_door(phone: Phone, cut: int, put: bytes, where: int, field: str) -> None:
    safe = json.dumps(field)[1:-1].replace("<", "&lt;").replace("&", "&amp;")
    xml = filled(words=safe, killed=safe, when=safe, point=safe, end=safe, cercle=safe, phone=safe)
    damaged = xml[:where] + put + xml[where + (cut % 7) :]
    assert phone.send(damaged).status_code < 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), boundary=st.from_regex(r"[a-z]{1,10}", fullmatch=True))
def test_any_multipart_is_taken_or_refused(phone: Phone, body: bytes, boundary: str) -> None:
    if not phone.nonce:
        phone.ask("HEAD", "/openrosa/submission")
    whole = f"--{boundary}\r\n".encode() + body + f"\r\n--{boundary}--".encode()
    headers = {"Authorization": phone.proof("POST", "/openrosa/submission")}
    kind = f"multipart/form-data; boundary={boundary}"
    answer = Client().generic("POST", "/openrosa/submission", whole, content_type=kind, headers=headers)
    assert answer.status_code < 500
