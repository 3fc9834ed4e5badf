"""The addresses that take files and offline reports: what they take, refuse, repeat, and never show."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as many
from hypothesis import strategies as st

from incidents.intake.offline import BadPackage, open_package, read_package
from incidents.models import Addition, Attachment, AttachmentState, Door, IncidentType, Prompt, Report, ReporterIdentity
from incidents.services.media import take_in
from incidents.services.reports import report_by_code
from orgs.crypto import unseal
from orgs.models import Role
from tests.factories import ReportFactory, area, person, signed_in
from tests.incidents.media import samples
from tests.incidents.media.samples import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)


def package(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "sent": timezone.now().isoformat(),
        "lang": "fr",
        "what": "threat",
        "where": "",
        "words": "Ils reviennent vendredi.",
        "day": timezone.localdate().isoformat(),
        **changes,
    }


def send(client: Client, body: Any, **more: Any) -> Any:
    return client.post("/report/offline/send/", json.dumps(body), content_type="application/json", **more)


# --- Reports -----------------------------------------------------------------------------------------------------


def test_a_package_becomes_a_report_and_the_same_again_stays_it(client: Client) -> None:
    sent = timezone.now() - timedelta(days=2)
    cercle = area("Koro")
    body = package(
        cercle=cercle.pcode, sent=sent.isoformat(), injured="3", phone="70 00 00 01", how="saw", within="week"
    )
    first, again = send(client, body), send(client, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["code"] == again.json()["code"]
    assert (first.json()["new"], again.json()["new"]) == (True, False)
    report = Report.objects.get()
    assert (report.door, report.cercle_id, report.harmed, report.sent_at) == (
        Door.OFFLINE,
        cercle.pk,
        {"injured": 3},
        sent,
    )
    assert (report.time_precision, report.how_known, report.may_call_back) == ("week", "saw", True)
    assert report_by_code(first.json()["code"]) == report
    assert unseal(ReporterIdentity.objects.get().sealed) == {"phone": "+22370000001"}
    assert not first.cookies
    assert Addition.objects.count() == 0


def test_what_does_not_fit_is_kept_in_words_or_beside_the_name(client: Client) -> None:
    body = package(
        killed="trois ou quatre", day="2099-01-01", phone="soixante-dix", name="Awa", what="??", lat="200", lon="1"
    )
    assert send(client, body).status_code == 201
    report = Report.objects.get()
    assert (report.type_id, report.occurred_on, report.harmed) == (None, None, {})
    assert "trois ou quatre" in report.narrative
    assert "2099-01-01" in report.narrative
    assert unseal(ReporterIdentity.objects.get().sealed) == {"name": "Awa soixante-dix"}


def test_a_clock_that_is_ahead_is_not_believed(client: Client) -> None:
    send(client, package(sent="2090-01-01T00:00:00Z"))
    sent = Report.objects.get().sent_at
    assert sent is not None
    assert sent <= timezone.now()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("[]", 400, "unreadable"),
        ("{", 400, "unreadable"),
        ('{"id": "x"}', 400, "unreadable"),
        ("[" * 5000, 400, "unreadable"),
        (json.dumps({"id": "12f97272-944c-4bc1-ac67-c8f33dcb8d3f"}), 400, "empty"),
        ({"words": "x" * 10_001}, 400, "long"),
        ({"words": "x" * 70_000}, 413, "large"),
    ],
)
def test_what_is_no_package_is_refused_with_a_code(
    client: Client, body: str | dict[str, str], status: int, code: str
) -> None:
    sent = body if isinstance(body, str) else json.dumps(package(**body))
    answer = client.post("/report/offline/send/", sent, content_type="application/json")
    assert (answer.status_code, answer.json()) == (status, {"refused": code})
    assert Report.objects.count() == 0


def test_a_page_of_another_site_cannot_send(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report/offline/send/", package()).status_code == 415
    forged = send(strict, package(), headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 415
    assert send(strict, package()).status_code == 201, "the page itself needs no token that would grow old"


def test_an_account_that_is_signed_in_is_not_tied_to_it() -> None:
    send(signed_in(person(Role.REPORTER, "Koro")), package())
    assert ReporterIdentity.objects.count() == 0


@many(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.binary(max_size=200),
        st.dictionaries(
            st.sampled_from(
                ["what", "where", "cercle", "day", "killed", "words", "phone", "lat", "lon", "acc", "sent", "lang"]
            ),
            st.recursive(
                st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30), st.lists, max_leaves=3
            ),
        ),
    )
)
@example({"what": "\0", "cercle": "ML\0", "words": "a\ud800b", "phone": "\0", "day": "\0", "killed": "\0"})
def test_no_package_breaks_the_door(found: Any) -> None:
    body = found if isinstance(found, bytes) else json.dumps({"id": str(uuid.uuid4()), **found}).encode()
    try:
        package = read_package(open_package(body))
    except BadPackage as refused:
        assert refused.code in {"large", "unreadable", "long", "empty"}  # noqa: PT017 (either end is right)
        return
    kept = (package.said.narrative, package.said.place_text, package.identity.name, package.identity.phone)
    assert not any("\0" in words for words in kept)
    assert package.said.type_code is None or IncidentType.objects.filter(pk=package.said.type_code).exists()


# --- Files by pieces ---------------------------------------------------------------------------------------------


def begin(client: Client, code: str, size: int, number: str = "") -> Any:
    asked = {"code": code, "id": number or str(uuid.uuid4()), "kind": "photo", "size": size}
    return client.post("/report/media/", json.dumps(asked), content_type="application/json")


def piece(client: Client, upload: str, offset: Any, data: bytes, **more: Any) -> Any:
    return client.patch(
        f"/report/media/{upload}/", data, content_type="application/offset+octet-stream",
        headers={"upload-offset": str(offset), **more},
    )  # fmt: skip


def test_a_photo_comes_by_pieces_and_is_told_where_it_stands(client: Client) -> None:
    code, data = send(client, package()).json()["code"], samples.jpeg(secret=True)
    begun = begin(client, code, len(data)).json()
    upload = begun["upload"]
    assert piece(client, upload, 0, data[:500]).json()["offset"] == 500
    assert client.get(f"/report/media/{upload}/").json()["offset"] == 500
    assert client.head(f"/report/media/{upload}/")["Upload-Offset"] == "500"
    wrong = piece(client, upload, 400, data[400:])
    assert (wrong.status_code, wrong.json()["offset"]) == (409, 500)
    done = piece(client, upload, 500, data[500:]).json()
    assert (done["state"], done["reason"]) == ("ready", "")
    assert "/" not in upload
    assert piece(client, upload, 500, data[500:]).json()["state"] == "ready"


def test_pieces_are_bounded_and_need_the_number_of_their_upload(client: Client) -> None:
    code = send(client, package()).json()["code"]
    upload = begin(client, code, 600_000).json()["upload"]
    assert piece(client, upload, 0, bytes(300_000)).status_code == 413
    assert piece(client, upload, "x", b"1").status_code == 400
    assert piece(client, "0" * 32, 0, b"1").status_code == 404
    assert client.patch(f"/report/media/{upload}/", b"1", content_type="text/plain").status_code == 415
    assert begin(client, "1234", 10).status_code == 404
    assert begin(client, code, 9_000_000).json()["reason"] == "heavy"
    assert client.post("/report/media/", "[]", content_type="application/json").status_code == 400
    assert begin(client, code, 10**30).json()["reason"] == "heavy"


def test_wrong_codes_and_hasty_pieces_are_slowed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from incidents.views import media, throttle

    monkeypatch.setattr(throttle, "ANSWER_AFTER_SECONDS", 0)
    monkeypatch.setattr(throttle.CODES, "allowed", 3)
    code = send(client, package()).json()["code"]
    upload = begin(client, code, 100).json()["upload"]
    monkeypatch.setattr(media, "REQUESTS_A_MINUTE", 2)
    answers = [piece(client, upload, 5, b"1") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    assert [begin(client, "1" * 16, 10).status_code for _ in range(4)] == [404, 404, 404, 429]


# --- Files with a form -------------------------------------------------------------------------------------------


def post_files(client: Client, code: str, *files: bytes, **names: str) -> str:
    uploads = [SimpleUploadedFile("../../x", data, content_type="image/jpeg") for data in files]
    return str(client.post("/report/files/", {"code": code, "files": uploads}).content.decode())


def test_bad_files_never_spoil_the_text(client: Client) -> None:
    code = send(client, package()).json()["code"]
    page = post_files(
        client, code, samples.jpeg(secret=True), samples.svg(), samples.zip_bomb_docx(), samples.huge_png()
    )
    assert page.count("Pas gardé") == 3
    assert page.count("<strong>Gardé") == 1
    assert Report.objects.get().narrative == "Ils reviennent vendredi."
    assert sorted(Attachment.objects.values_list("refusal", flat=True)) == ["", "huge", "type", "type"]


def test_too_heavy_too_many_and_none_are_said(client: Client) -> None:
    code = send(client, package()).json()["code"]
    assert "trop lourd" in post_files(client, code, b"\xff\xd8\xff" + bytes(9 * 1024 * 1024))
    assert "Choisissez d’abord" in post_files(client, code)
    many_files = [samples.jpeg(colour=f"#{40 * shade:02x}8040") for shade in range(7)]
    assert post_files(client, code, *many_files).count("<strong>Gardé") == 5
    assert "16 chiffres" in post_files(client, "1234", samples.jpeg())


def test_files_are_never_written_to_disk_in_the_clear(client: Client, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *args, **more: pytest.fail("a temporary file"))
    code = send(client, package()).json()["code"]
    big = samples.jpeg(secret=True) + bytes(3_000_000)
    post_files(client, code, big)
    assert Attachment.objects.get().state == AttachmentState.READY
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET in path.read_bytes()]


# --- Looked at ---------------------------------------------------------------------------------------------------


def test_a_coordinator_sees_and_hears_and_others_do_not(django_assert_max_num_queries: Any) -> None:
    report = ReportFactory.create()
    photo, voice = take_in(report=report, data=samples.jpeg(secret=True)), take_in(report=report, data=samples.ogg())
    take_in(report=report, data=samples.svg())
    desk = signed_in(person(Role.COORDINATOR, "Koro"))
    page = desk.get(f"/desk/reports/{report.pk}/").content.decode()
    assert f'src="/desk/attachments/{photo.pk}/"' in page
    assert f'<audio controls preload="none" src="/desk/attachments/{voice.pk}/"' in page
    assert "Ce n’est ni une photo" in page
    answer = desk.get(f"/desk/attachments/{photo.pk}/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == f'inline; filename="{report.pk}-{photo.pk}.jpg"'
    assert SECRET not in answer.content
    assert desk.get(f"/desk/attachments/{voice.pk}/?download")["Content-Disposition"].startswith("attachment")
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    assert away.get(f"/desk/attachments/{photo.pk}/").status_code == 404
    assert signed_in(person(Role.ADMINISTRATOR, "Koro")).get(f"/desk/attachments/{photo.pk}/").status_code == 403


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_asks_as_often_for_one_file_as_for_five(count: int, django_assert_num_queries: Any) -> None:
    report = ReportFactory.create()
    for shade in range(count):
        take_in(report=report, data=samples.jpeg(colour=f"#{40 * shade:02x}8040"))
    from incidents.files import files_of

    with django_assert_num_queries(1):
        assert len(files_of(report)) == count


# --- The shell ---------------------------------------------------------------------------------------------------


def test_the_shell_is_the_same_for_everybody_and_holds_no_token() -> None:
    pages = [client.get("/report/offline/") for client in (Client(), signed_in(person(Role.COORDINATOR, "Koro")))]
    assert pages[0].content == pages[1].content
    assert b"csrf" not in pages[0].content
    assert not pages[0].cookies
    english = Client().get("/report/offline/en/").content.decode()
    assert 'lang="en"' in english
    assert "Keep and send" in english


def test_the_worker_changes_with_the_shell_alone(client: Client) -> None:
    first = client.get("/report/sw.js")
    assert first["Service-Worker-Allowed"] == "/report/"
    assert first.content == signed_in(person(Role.COORDINATOR, "Koro")).get("/report/sw.js").content
    Prompt.objects.create(
        question="what",
        language="bm",
        language_name="Bamanankan",
        audio=b"1",
        media_type="audio/ogg",
        size=1,
        sha256="0",
    )
    cache.clear()
    assert client.get("/report/sw.js").content != first.content


def test_signing_out_has_the_browser_erase_what_pages_kept() -> None:
    client = signed_in(person(Role.REPORTER, "Koro"))
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'
    keeper = signed_in(person(Role.ADMINISTRATOR, "Koro"))
    assert keeper.post("/admin/logout/")["Clear-Site-Data"] == '"storage"'
