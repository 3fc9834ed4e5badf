"""Roles that need a second factor do nothing without one; setting it up and signing in with it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import checks
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from config.checks import second_factor_is_relaxed_for_demonstrations_only
from orgs.models import Role, User
from tests.factories import PASSWORD, UserFactory, person, signed_in

NEEDED = {Role.COORDINATOR, Role.LIAISON, Role.OVERSIGHT, Role.ADMINISTRATOR}


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    code: str = format_hotp_value(hotp_value(secret, counter))
    return code


def bare(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", list(Role))
def test_which_roles_are_sent_to_set_it_up(db: None, role: Role) -> None:
    client = bare(person(role, "Koro"))
    for page in ("/", reverse("account"), "/accounts/email/"):
        answer = client.get(page)
        if role in NEEDED:
            assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), page
        else:
            assert answer.status_code == 200, page


@pytest.mark.parametrize("role", list(Role))
def test_programs_get_403(db: None, role: Role) -> None:
    client = bare(person(role, "Koro"))
    answer = client.get("/api/v1/incidents/")
    assert (answer.status_code == 403) is (role in NEEDED)
    answer = client.get(reverse("account"), headers={"Accept": "application/json"})
    assert answer.status_code == (403 if role in NEEDED else 200)


@pytest.mark.parametrize("role", sorted(NEEDED))
def test_nothing_is_written_before(db: None, role: Role) -> None:
    user = person(role, "Koro", name="Before")
    bare(user).post(reverse("account"), {"name": "After", "language": "fr"})
    user.refresh_from_db()
    assert user.name == "Before"


@pytest.mark.parametrize("role", sorted(NEEDED))
def test_with_a_second_factor_they_work(db: None, role: Role) -> None:
    assert signed_in(person(role, "Koro")).get(reverse("account")).status_code == 200


def test_setting_up_signing_out_and_languages_stay_open(db: None) -> None:
    client = bare(person(Role.COORDINATOR, "Koro"))
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(reverse("account_reauthenticate")).status_code == 200
    assert client.post(reverse("set_language"), {"language": "en"}).status_code in (204, 302)
    assert client.post(reverse("account_logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_switch_counts_only_beside_made_up_data(db: None, settings: Settings) -> None:
    client = bare(person(Role.COORDINATOR, "Koro"))
    settings.RELAX_SECOND_FACTOR, settings.DEMO = True, True
    assert client.get(reverse("account")).status_code == 200
    assert "deuxième étape de connexion est" in client.get(reverse("account")).content.decode()
    settings.DEMO = False
    assert client.get(reverse("account")).status_code == 302
    found = second_factor_is_relaxed_for_demonstrations_only(None)
    assert [one.id for one in found] == ["config.E004"]
    assert found[0].level == checks.ERROR


def test_setting_up_an_app_and_signing_in_with_it(db: None) -> None:
    user = person(Role.COORDINATOR, "Koro", email="awa@example.org")
    client = Client()
    client.post("/accounts/login/", {"login": "awa@example.org", "password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200, "whoever has just signed in is not asked again"
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    stored = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(stored.data), "the secret is sealed in the database"
    assert client.get(reverse("account")).status_code == 200

    again = Client()
    answer = again.post("/accounts/login/", {"login": "awa@example.org", "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in again.session, "the password alone does not sign in"
    assert again.get(reverse("account")).status_code == 302
    again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in again.session
    from django.core.cache import cache

    cache.clear()  # the code was used a moment ago to set the app up; each counts once
    again.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert again.session["_auth_user_id"] == str(user.pk)


def test_codes_cannot_be_tried_for_ever(db: None) -> None:
    user = UserFactory.create(email="awa@example.org")
    signed_in(user)
    Authenticator.objects.filter(user=user).delete()
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client = Client()
    client.post("/accounts/login/", {"login": "awa@example.org", "password": PASSWORD})
    for _ in range(6):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert "_auth_user_id" not in client.session


def test_sealed_secrets_open_again() -> None:
    from orgs.accounts.adapter import SecondFactorAdapter

    adapter = SecondFactorAdapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
