"""Every trap by which a server that is nearly right does not work with real phones, by name."""

import hashlib
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from incidents.models import Addition, IncidentType, OdkSubmission, Prompt, Report
from incidents.openrosa import forms
from incidents.openrosa.forms import Media, current_form, manifest
from incidents.services.prompts import keep_prompt
from orgs.models import Role
from tests.factories import viewer
from tests.incidents.media import samples
from tests.incidents.media.samples import jpeg
from tests.incidents.openrosa.conftest import kept_files
from tests.incidents.openrosa.phone import NAMESPACES, Phone, filled

pytestmark = pytest.mark.django_db


def _xml(answer: Any) -> Any:
    return etree.fromstring(answer.content)


def _listed(phone: Phone, path: str = "/openrosa/formList") -> Any:
    return _xml(phone.ask("GET", path))


# 1, 2, 3: the list


def test_list_and_manifest_are_text_xml_with_version_and_date(phone: Phone) -> None:
    entry = _listed(phone)[0]
    addresses = ["/openrosa/formList", "/openrosa/forms/passerelle_incident/manifest"]
    for path in addresses:
        answer = phone.ask("GET", path)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/xml")
        assert answer["X-OpenRosa-Version"] == "1.0"
        assert parsedate_to_datetime(answer["Date"]) is not None
        assert answer["Date"].endswith("GMT")
    assert entry.tag == f"{{{NAMESPACES['list']}}}xform"


def test_list_has_its_namespace_and_no_entry_lacks_anything(phone: Phone) -> None:
    root = _listed(phone)
    assert root.tag == f"{{{NAMESPACES['list']}}}xforms"
    assert len(root) == 1
    for name in ("formID", "name", "version", "hash", "downloadUrl", "manifestUrl"):
        assert root.findtext(f"list:xform/list:{name}", namespaces=NAMESPACES), name


def test_hash_is_md5_of_exactly_the_bytes_served_and_is_stable(phone: Phone) -> None:
    given = _listed(phone).findtext("list:xform/list:hash", namespaces=NAMESPACES)
    served = phone.ask("GET", "/openrosa/forms/passerelle_incident.xml").content
    assert given == "md5:" + hashlib.md5(served, usedforsecurity=False).hexdigest()
    forms._built.clear()  # as another process, or after a restart
    assert phone.ask("GET", "/openrosa/forms/passerelle_incident.xml").content == served


def test_version_and_hash_change_when_anything_changes(phone: Phone) -> None:
    before = current_form()
    IncidentType.objects.filter(pk="threat").update(label_fr="Menace grave")
    after = current_form()
    assert before.version != after.version
    assert before.hash != after.hash
    assert f'version="{after.version}"'.encode() in after.xml


def test_list_with_query_of_the_phone(phone: Phone) -> None:
    assert len(_listed(phone, "/openrosa/formList?verbose=true&deviceID=collect%3Aabc")) == 1
    assert len(_listed(phone, "/openrosa/formList?formID=passerelle_incident")) == 1
    assert len(_listed(phone, "/openrosa/formList?formID=another")) == 0


# 4: the manifest


def test_manifest_entries_are_whole_and_their_files_are_there(phone: Phone) -> None:
    root = _listed(phone, "/openrosa/forms/passerelle_incident/manifest")
    assert root.tag == f"{{{NAMESPACES['manifest']}}}manifest"
    files = root.findall("manifest:mediaFile", NAMESPACES)
    assert files
    for one in files:
        name, given, address = (
            one.findtext(f"manifest:{field}", namespaces=NAMESPACES) for field in ("filename", "hash", "downloadUrl")
        )
        assert "/" not in name  # phones use the base name alone
        content = phone.ask("GET", address.removeprefix("http://testserver")).content
        assert given == "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest()


def _record(question: str, language: str, name: str, sound: bytes) -> Prompt:
    prompt = Prompt(question=question, language=language, language_name=name)
    return keep_prompt(viewer=viewer(Role.ADMINISTRATOR), prompt=prompt, data=sound)


def test_recorded_questions_are_heard_in_the_form_in_their_language(phone: Phone) -> None:
    without = current_form()
    bambara, french = (
        _record("what", "bm", "Bamanankan", samples.ogg()),
        _record("words", "fr", "Français", samples.m4a()),
    )
    _record("start", "bm", "Bamanankan", samples.ogg())  # the welcome of the page: nothing is asked there
    form = current_form()
    assert form.version != without.version
    sounds = {one.filename: one for one in form.media if one.content_type.startswith("audio/")}
    assert {name: one.content for name, one in sounds.items()} == {
        "prompt-what-bm.ogg": bytes(bambara.audio),
        "prompt-words-fr.m4a": bytes(french.audio),
    }
    served = phone.ask("GET", "/openrosa/forms/passerelle_incident.xml").content.decode()
    spoken = served[served.index('lang="Bamanankan (bm)"') :].split("</translation>")[0]
    assert "jr://audio/prompt-what-bm.ogg" in spoken
    assert "Que se passe-t-il" in spoken, "who reads finds the French words"
    assert "jr://images/kind-" in spoken
    written = served[served.index('lang="Français (fr)"') :].split("</translation>")[0]
    assert "jr://audio/prompt-words-fr.m4a" in written
    assert "prompt-what" not in written
    root = _listed(phone, "/openrosa/forms/passerelle_incident/manifest")
    listed = [one.findtext("manifest:filename", namespaces=NAMESPACES) for one in root]
    assert set(sounds) <= set(listed)
    answer = phone.ask("GET", "/openrosa/forms/passerelle_incident/prompt-what-bm.ogg")
    assert (answer["Content-Type"], answer.content) == ("audio/ogg", bytes(bambara.audio))
    Prompt.objects.update(is_active=False)
    assert current_form().version == without.version
    assert phone.ask("GET", "/openrosa/forms/passerelle_incident/prompt-what-bm.ogg").status_code == 404


def test_a_recording_that_was_changed_makes_a_new_version(phone: Phone) -> None:
    prompt = _record("what", "bm", "Bamanankan", samples.ogg())
    before = current_form()
    keep_prompt(viewer=viewer(Role.ADMINISTRATOR), prompt=prompt, data=samples.m4a())
    assert current_form().version != before.version


def test_manifest_names_only_base_names() -> None:
    root = etree.fromstring(manifest([(Media("a.svg", b"x", "image/svg+xml"), "https://x/a.svg")]))
    assert root.findtext("manifest:mediaFile/manifest:filename", namespaces=NAMESPACES) == "a.svg"


# 5, 6: HEAD


def test_head_is_204_with_version_date_and_length_and_names_no_other_host(phone: Phone) -> None:
    answer = phone.ask("HEAD", "/openrosa/submission?deviceID=x")
    assert answer.status_code == 204
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Date"]
    assert answer["X-OpenRosa-Accept-Content-Length"] == "10000000"
    assert "Location" not in answer
    assert answer.content == b""


# 7: only 201 is a success


def test_post_is_201_with_a_message(phone: Phone) -> None:
    answer = phone.send(filled())
    assert answer.status_code == 201, answer.content
    assert answer["Content-Type"].startswith("text/xml")
    assert answer["X-OpenRosa-Accept-Content-Length"] == "10000000"
    message = _xml(answer).find("answer:message", NAMESPACES)
    assert message.get("nature") == "submit_success"


def test_the_same_form_again_is_201_and_one_report(phone: Phone) -> None:
    xml = filled()
    assert [phone.send(xml).status_code for _again in range(3)] == [201, 201, 201]
    assert Report.objects.count() == OdkSubmission.objects.count() == 1
    assert Addition.objects.count() == 0


def test_the_same_number_with_other_content_is_409_and_changes_nothing(phone: Phone) -> None:
    assert phone.send(filled(instance="uuid:1")).status_code == 201
    answer = phone.send(filled(instance="uuid:1", words="Autre chose"))
    assert answer.status_code == 409
    assert _xml(answer).find("answer:message", NAMESPACES).get("nature") == "submit_error"
    assert Report.objects.get().narrative == "Ils ont menacé."
    assert Addition.objects.count() == 0


# 8: split submissions


def test_split_submission_adds_files_until_all_are_there(phone: Phone, own_folder: Path) -> None:
    xml = filled(photo_1="a.jpg", photo_2="b.jpg", voice="c.amr")
    first = phone.send(xml, {"a.jpg": jpeg(40, 30)}, **{"*isIncomplete*": "yes"})
    assert first.status_code == 201
    assert OdkSubmission.objects.get().missing == ["b.jpg", "c.amr"]
    assert phone.send(xml, {"b.jpg": jpeg(41, 30)}, **{"*isIncomplete*": "yes"}).status_code == 201
    assert phone.send(xml, {"c.amr": jpeg(42, 30), "a.jpg": jpeg(40, 30)}).status_code == 201
    kept = OdkSubmission.objects.get()
    assert kept.missing == []
    assert [one["name"] for one in kept.received] == ["a.jpg", "b.jpg", "c.amr"]
    assert len(kept_files(own_folder)) == 3
    assert Report.objects.count() == 1


def test_files_are_sealed_and_nobody_elses_to_read(phone: Phone, own_folder: Path) -> None:
    phone.send(filled(photo_1="../../x.jpg"), {"x.jpg": jpeg()})
    # The form names a path: nothing of it is used as one, and a file of that name never comes.
    phone.send(filled(photo_1="x.jpg"), {"x.jpg": jpeg(), "other.jpg": jpeg(50, 50)})
    (file,) = kept_files(own_folder)
    assert b"JFIF" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_more_than_a_hundred_files_are_taken(phone: Phone) -> None:
    assert phone.send(filled(photo_1="1.jpg"), {f"{n}.jpg": b"x" for n in range(101)}).status_code == 201


# 9: the phone's clock


@pytest.mark.parametrize("date", ["Sat, 28 Nov 2026 03:15:00 GMT+00:00", "never", "Thu, 01 Jan 1970 12:00:00 GMT"])
def test_the_phones_date_is_never_a_reason_to_refuse(phone: Phone, date: str) -> None:
    assert phone.ask("HEAD", "/openrosa/submission", headers={"Date": date}).status_code == 204


# 10, 11, 12: addresses


def test_addresses_have_no_slash_need_no_session_and_no_csrf_token(phone: Phone) -> None:
    phone.client = Client(enforce_csrf_checks=True)
    assert reverse("openrosa-list") == "/openrosa/formList"
    assert phone.send(filled()).status_code == 201
    assert not phone.client.cookies


def test_addresses_are_absolute_of_the_host_and_scheme_that_was_called(phone: Phone, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["passerelle.example"]
    headers = {"Host": "passerelle.example", "X-Forwarded-Proto": "https"}
    phone.client = Client(headers=headers)
    entry = _xml(phone.ask("GET", "/openrosa/formList"))[0]
    for name in ("downloadUrl", "manifestUrl"):
        address = entry.findtext(f"list:{name}", namespaces=NAMESPACES)
        assert address.startswith("https://passerelle.example/openrosa/"), address


def test_the_form_names_no_address_of_its_own(phone: Phone) -> None:
    assert b"<submission" not in phone.ask("GET", "/openrosa/forms/passerelle_incident.xml").content


# Meta


@pytest.mark.parametrize("meta", ["plain", "orx"])
def test_meta_is_found_in_either_namespace(phone: Phone, meta: str) -> None:
    assert phone.send(filled(instance="uuid:7", meta=meta)).status_code == 201
    assert OdkSubmission.objects.get().instance_id == "uuid:7"


def test_a_whole_form_in_a_namespace_of_its_own_is_read(phone: Phone) -> None:
    xml = filled().replace(b"<data ", b'<data xmlns="http://example.org/any" ')
    assert phone.send(xml).status_code == 201
    assert Report.objects.get().narrative == "Ils ont menacé."
