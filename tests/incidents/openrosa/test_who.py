"""Who may send: devices with credentials of their own, by Digest or Basic, revocable, slowed when they guess."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.models import Device, OdkSubmission, Report, ReporterIdentity
from incidents.openrosa import auth
from incidents.services.doors import device_by_username, make_device, revoke_device
from incidents.services.errors import NotAllowed
from incidents.services.identities import Identity
from orgs.access import viewer_for
from orgs.models import AuditEntry, OrganisationKind, Role
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory, signed_in, viewer
from tests.incidents.openrosa.phone import Phone, coordinator, device, filled

pytestmark = pytest.mark.django_db


def test_the_first_answer_is_a_challenge_even_for_head() -> None:
    for method, path in (
        ("GET", "/openrosa/formList"),
        ("HEAD", "/openrosa/submission"),
        ("POST", "/openrosa/submission"),
    ):
        answer = Client().generic(method, path)
        assert answer.status_code == 401
        assert answer["X-OpenRosa-Version"] == "1.0"
        assert answer["WWW-Authenticate"].startswith('Digest realm="Passerelle", qop="auth", algorithm=MD5, nonce="')


def test_basic_is_offered_in_a_header_of_its_own_and_only_where_nobody_listens() -> None:
    ways = [
        value for name, value in Client().get("/openrosa/formList", secure=True).items() if name == "WWW-Authenticate"
    ]
    assert [way.split()[0] for way in ways] == ["Digest", "Basic"]
    plain = [value for name, value in Client().get("/openrosa/formList").items() if name == "WWW-Authenticate"]
    assert [way.split()[0] for way in plain] == ["Digest"]


def test_basic_over_https_and_to_this_machine_but_not_over_http(settings: Any) -> None:
    made = device()
    secret = base64.b64encode(f"{made.username}:{made.password}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    assert Client(headers=headers).get("/openrosa/formList", secure=True).status_code == 200
    assert Client(headers={**headers, "Host": "localhost:8000"}).get("/openrosa/formList").status_code == 200
    assert Client(headers=headers).get("/openrosa/formList").status_code == 401
    wrong = base64.b64encode(f"{made.username}:wrong".encode()).decode()
    assert Client(headers={"Authorization": f"Basic {wrong}"}).get("/openrosa/formList", secure=True).status_code == 401


def test_digest_without_qop(phone: Phone) -> None:
    phone.ask("HEAD", "/openrosa/submission")
    proof = phone.proof("GET", "/openrosa/formList", qop=False)
    assert Client(headers={"Authorization": proof}).get("/openrosa/formList").status_code == 200


def test_an_old_nonce_is_stale_and_a_forged_one_is_nothing(phone: Phone) -> None:
    phone.nonce = auth.new_nonce(at=timezone.now().timestamp() - auth.NONCE_SECONDS - 5)
    answer = phone.ask("HEAD", "/openrosa/submission")
    assert answer.status_code == 401
    assert "stale=true" in answer["WWW-Authenticate"]
    phone.nonce = "0.0.0"
    answer = phone.ask("HEAD", "/openrosa/submission")
    assert answer.status_code == 401
    assert "stale" not in answer["WWW-Authenticate"]


def test_a_proof_for_one_address_opens_no_other(phone: Phone) -> None:
    phone.ask("HEAD", "/openrosa/submission")
    proof = phone.proof("GET", "/openrosa/formList")
    path = "/openrosa/forms/passerelle_incident.xml"
    assert Client(headers={"Authorization": proof}).get(path).status_code == 401
    assert Client(headers={"Authorization": proof}).generic("HEAD", "/openrosa/formList").status_code == 401


def test_wrong_attempts_are_slowed_for_that_name_alone(phone: Phone) -> None:
    liar = Phone(phone.username, "wrong")
    answers = [liar.ask("GET", "/openrosa/formList").status_code for _ in range(auth.ALLOWED + 1)]
    assert answers == [401] * auth.ALLOWED + [429]
    assert Phone.of(device()).ask("GET", "/openrosa/formList").status_code == 200


def test_a_revoked_device_is_nobody(phone: Phone) -> None:
    assert phone.ask("GET", "/openrosa/formList").status_code == 200
    revoke_device(viewer=coordinator(), device=Device.objects.get())
    assert phone.send(filled()).status_code == 401
    assert not Report.objects.exists()
    assert AuditEntry.objects.filter(verb="revoked_device").count() == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Digest",
        "Digest ,,,",
        'Digest username="',
        "Basic ####",
        "Bearer x",
        "Basic " + "A" * 9000,
        'Digest username="\x00", nonce="é"',
    ],
)
def test_any_header_is_answered(header: str) -> None:
    answer = Client(headers={"Authorization": header}).get("/openrosa/formList", secure=True)
    assert answer.status_code == 401


def test_a_session_opens_nothing() -> None:
    assert signed_in(UserFactory.create()).get("/openrosa/formList").status_code == 401


# Making devices


def test_only_coordinators_make_devices_and_only_for_organisations_of_their_areas() -> None:
    near, far = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create(areas=["Gao"])
    service = OrganisationFactory.create(areas=["Koro"], kind=OrganisationKind.SECURITY)
    assert make_device(viewer=coordinator(), label="x", organisation=near).password
    for organisation in (far, service):
        with pytest.raises(Exception, match="organisation"):
            make_device(viewer=coordinator(), label="x", organisation=organisation)
    for role in set(Role.values) - {Role.COORDINATOR}:
        with pytest.raises(NotAllowed):
            make_device(viewer=viewer(role, "Koro", organisation=near), label="x", organisation=near)
    with pytest.raises(NotAllowed):
        revoke_device(viewer=viewer(Role.COORDINATOR, "Gao"), device=Device.objects.get())


def test_a_password_is_kept_nowhere() -> None:
    made = device()
    row = Device.objects.values().get()
    assert made.password not in str(row)
    assert made.password not in str(list(AuditEntry.objects.values()))


def test_a_persons_phone_reports_for_them_and_nothing_in_clear_says_so() -> None:
    organisation = OrganisationFactory.create(areas=["Koro"])
    person = MembershipFactory.create(role=Role.REPORTER, organisation=organisation, areas=["Koro"]).person
    phone = Phone.of(device(organisation, person=person))
    assert phone.send(filled()).status_code == 201
    from incidents.access import own_reports

    assert own_reports(viewer_for(person)).count() == 1
    assert ReporterIdentity.objects.get().person_key == Identity(user_id=person.pk).person_key
    columns = {field.name for field in (*Device._meta.concrete_fields, *OdkSubmission._meta.concrete_fields)}
    assert not columns & {"person", "user"}


def test_seen_is_noted_and_not_at_every_call(phone: Phone) -> None:
    assert Device.objects.get().last_seen_at is None
    phone.ask("GET", "/openrosa/formList")
    seen = Device.objects.get().last_seen_at
    assert seen is not None
    phone.ask("GET", "/openrosa/formList")
    assert Device.objects.get().last_seen_at == seen
    Device.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    phone.ask("GET", "/openrosa/formList")
    again = Device.objects.get().last_seen_at
    assert again is not None
    assert again > seen
    assert device_by_username("nobody") is None
