"""The page of phones, the report on the desk, and admin: what is shown once, what is never shown, how many queries."""

import base64
import json
import re
import zlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Device, OdkSubmission, Report
from incidents.openrosa.connecting import picture, settings_in_words
from orgs.models import Role
from tests.factories import MembershipFactory, OrganisationFactory, person, signed_in
from tests.incidents.openrosa.phone import Phone, device, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    """A coordinator of Koro."""
    return signed_in(person(Role.COORDINATOR, "Koro"))


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_phone_is_made_and_its_password_shown_once(desk: Client) -> None:
    organisation = OrganisationFactory.create(areas=["Koro"])
    answer = desk.post("/desk/devices/", {"label": "Bureau de Koro", "organisation": organisation.pk, "person": ""})
    assert answer.status_code == 200
    assert "<svg" in _text(answer)
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    address, username, password = re.findall(r'<dd class="code">([^<]+)</dd>', _text(answer))
    assert address == "http://testserver/openrosa"
    assert Phone(username, password).send(filled()).status_code == 201
    again = _text(desk.get("/desk/devices/"))
    assert "Bureau de Koro" in again
    assert password not in again
    assert username not in again


def test_the_picture_holds_what_the_app_reads() -> None:
    words = settings_in_words("https://x.example/openrosa", "tel-1", "secret")
    read = json.loads(zlib.decompress(base64.b64decode(words)))
    assert set(read) == {"general", "admin", "project"}
    assert read["admin"] == {}
    assert read["general"]["server_url"] == "https://x.example/openrosa"
    assert (read["general"]["username"], read["general"]["password"]) == ("tel-1", "secret")
    assert read["general"]["form_update_mode"] == "match_exactly"
    assert read["project"]["name"] == "Passerelle"
    assert "style=" not in picture(words)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(desk: Client) -> None:
    far = OrganisationFactory.create(areas=["Gao"])
    answer = desk.post("/desk/devices/", {"label": "Téléphone 3", "organisation": far.pk, "person": ""})
    assert answer.status_code == 422
    assert "Téléphone 3" in _text(answer)
    assert not Device.objects.exists()


def test_a_person_of_another_organisation_is_refused(desk: Client) -> None:
    one, other = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create(areas=["Koro"])
    somebody = MembershipFactory.create(organisation=other, role=Role.REPORTER, areas=["Koro"]).person
    answer = desk.post("/desk/devices/", {"label": "x", "organisation": one.pk, "person": str(somebody.pk)})
    assert answer.status_code == 422
    assert not Device.objects.exists()


def test_taking_back_asks_first(desk: Client) -> None:
    phone = Phone.of(device())
    address = f"/desk/devices/{Device.objects.get().pk}/revoke/"
    assert desk.get(address).status_code == 200
    assert phone.ask("GET", "/openrosa/formList").status_code == 200
    assert desk.post(address).status_code == 302
    assert phone.ask("GET", "/openrosa/formList").status_code == 401


def test_phones_of_other_areas_are_not_there() -> None:
    device()
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    assert "Phone 1" not in _text(away.get("/desk/devices/"))
    address = f"/desk/devices/{Device.objects.get().pk}/revoke/"
    assert away.get(address).status_code == away.post(address).status_code == 404
    assert Device.objects.get().revoked_at is None


def test_the_report_on_the_desk_names_the_phone_and_no_more(desk: Client) -> None:
    phone = Phone.of(device())
    phone.send(filled(name="Awa Kassambara", where="Koro"))
    report = Report.objects.get()
    page = _text(desk.get(f"/desk/reports/{report.pk}/"))
    assert "Phone 1" in page
    assert "Kassambara" not in page
    assert phone.username not in page


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_the_list_of_phones_asks_as_often_whatever_its_length(desk: Client) -> None:
    organisation = OrganisationFactory.create(areas=["Koro"])
    device(organisation)
    few = _queries(desk, "/desk/devices/")
    for _more in range(12):
        device(organisation)
    assert _queries(desk, "/desk/devices/") == few <= 16


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR])
def test_admin_shows_phones_without_secrets(role: str) -> None:
    made = device()
    browser = signed_in(person(role, "Koro"))
    listed = browser.get("/admin/incidents/device/")
    assert "Phone 1" in _text(listed)
    one = _text(browser.get(f"/admin/incidents/device/{made.device.pk}/change/"))
    assert made.username not in one
    done = browser.post(
        "/admin/incidents/device/", {"action": "revoke", "_selected_action": made.device.pk}, follow=True
    )
    assert done.status_code == 200
    assert Device.objects.get().revoked_at is not None


def test_admin_shows_that_a_form_came_and_not_what_is_in_it() -> None:
    Phone.of(device()).send(filled(photo_1="a.jpg", name="Awa Kassambara"))
    number = OdkSubmission.objects.get().pk
    coordinator, administrator = (signed_in(person(r, "Koro")) for r in (Role.COORDINATOR, Role.ADMINISTRATOR))
    for path in ("/admin/incidents/odksubmission/", f"/admin/incidents/odksubmission/{number}/change/"):
        page = _text(coordinator.get(path))
        assert "0 / 1" in page
        assert "Kassambara" not in page
        assert administrator.get(path).status_code == 403
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    report = Report.objects.get()
    if report.region_id is not None:
        assert "0 / 1" not in _text(away.get("/admin/incidents/odksubmission/"))
