"""Signing in by e-mail or phone, the limits on trying, forgotten passwords."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgs.models import Message, Role, User
from orgs.services import accounts
from tests.factories import PASSWORD, UserFactory, person
from tests.orgs.accounts.conftest import code_in, last_message

LOGIN = "/accounts/login/"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": login, "password": password}).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def awa() -> User:
    user = UserFactory.create(name="Awa", email="Awa.Traore@Example.org", phone="+22370123456")
    accounts.prove_address(person=user, channel="email")
    accounts.set_proved_phone(person=user, phone="+22370123456")
    return user


@pytest.mark.parametrize(
    "typed",
    [
        "awa.traore@example.org",
        "AWA.Traore@EXAMPLE.ORG",
        " awa.traore@example.org ",
        "70 12 34 56",
        "70123456",
        "70-12-34-56",
        "70.12.34.56",
        "+223 70 12 34 56",
        "00223 70123456",
        "+22370123456",
    ],
)
def test_a_person_signs_in_by_every_way_of_writing_their_address(client: Client, awa: User, typed: str) -> None:
    assert sign_in(client, typed) == 302
    assert client.session["_auth_user_id"] == str(awa.pk)


@pytest.mark.parametrize("typed", ["nobody@example.org", "+22399999999", "awa", "", "' OR 1=1 --"])
def test_what_nobody_has_opens_nothing(client: Client, awa: User, typed: str) -> None:
    assert sign_in(client, typed) == 200
    assert not is_signed_in(client)


def test_known_and_unknown_addresses_get_the_same_words(client: Client, awa: User) -> None:
    answers = []
    for typed in ("awa.traore@example.org", "nobody@example.org", "+22370123456", "+22371000000"):
        response = client.post(LOGIN, {"login": typed, "password": "wrong-password-1"})
        answers.append(response.context["form"].errors.as_text())
    assert len(set(answers)) == 1


@pytest.mark.parametrize("field", ["email", "phone"])
def test_two_people_cannot_have_one_address(awa: User, field: str) -> None:
    from django.db import IntegrityError, transaction

    other = {"email": "AWA.traore@example.org"} if field == "email" else {"phone": "+22370123456"}
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory.create(**other)
    bare = UserFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=bare.pk).update(**other)


def test_an_inactive_person_does_not_get_in(client: Client, awa: User) -> None:
    User.objects.filter(pk=awa.pk).update(is_active=False)
    sign_in(client, "70123456")
    assert not is_signed_in(client)


def test_the_session_key_changes_at_sign_in(client: Client, awa: User) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key or ""
    sign_in(client, "70123456")
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert not type(session)(session_key=before).exists(before)


@pytest.mark.parametrize("typed", ["awa.traore@example.org", "70123456"])
def test_after_five_wrong_tries_the_right_password_waits_too(awa: User, typed: str) -> None:
    for _ in range(5):
        sign_in(Client(), typed, "wrong-password-1")
    client = Client()
    response = client.post(LOGIN, {"login": typed, "password": PASSWORD})
    assert not is_signed_in(client)
    assert "cinq minutes" in response.content.decode()


def test_wrong_tries_by_one_phone_block_no_other_phone(awa: User) -> None:
    UserFactory.create(phone="+22371111111")
    for _ in range(6):
        sign_in(Client(), "71 11 11 11", "wrong-password-1")
    client = Client()
    sign_in(client, "70 12 34 56")
    assert is_signed_in(client)


def test_losing_the_cache_locks_nobody_out(awa: User) -> None:
    for _ in range(6):
        sign_in(Client(), "70123456", "wrong-password-1")
    cache.clear()
    client = Client()
    sign_in(client, "70123456")
    assert is_signed_in(client)


def test_limits_are_kept_where_every_process_sees_them(awa: User) -> None:
    from django.db import connection

    sign_in(Client(), "70123456", "wrong-password-1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orgs_cache WHERE cache_key LIKE '%%login_failed%%'")
        assert cursor.fetchone()[0] >= 1


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    response = client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    assert response.status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()


# --- Forgotten passwords -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "channel", "address"),
    [("Awa.Traore@example.org", "email", "awa.traore@example.org"), ("70 12 34 56", "sms", "+22370123456")],
)
def test_a_code_replaces_a_forgotten_password(
    client: Client, awa: User, typed: str, channel: str, address: str
) -> None:
    for _ in range(5):
        sign_in(Client(), typed, "wrong-password-1")
    client.post(reverse("account_reset_password"), {"email": typed})
    said = last_message()
    assert (said["channel"], said["address"]) == (channel, address)
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(said["text"])})
    new = "trois-chevres-et-un-puits"
    client.post(reverse("account_complete_password_reset"), {"password1": new, "password2": new})
    assert not is_signed_in(client)
    fresh = Client()
    sign_in(fresh, typed, new)
    assert is_signed_in(fresh)
    assert not is_signed_in(_tried(typed, PASSWORD))


def _tried(login: str, password: str) -> Client:
    client = Client()
    sign_in(client, login, password)
    return client


def test_a_wrong_code_opens_nothing_and_three_end_it(client: Client, awa: User) -> None:
    client.post(reverse("account_reset_password"), {"email": "70123456"})
    right = code_in(last_message()["text"])
    for _ in range(3):
        client.post(reverse("account_confirm_password_reset_code"), {"code": "0000-0001"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": right})
    response = client.get(reverse("account_complete_password_reset"))
    assert response.status_code == 302
    assert response["Location"] == reverse("account_reset_password")


@pytest.mark.parametrize("typed", ["nobody@example.org", "+22399999999"])
def test_an_unknown_address_gets_the_same_answer_and_no_letter(client: Client, awa: User, typed: str) -> None:
    known = client.post(reverse("account_reset_password"), {"email": "70123456"})
    before = Message.objects.count()
    unknown = Client().post(reverse("account_reset_password"), {"email": typed})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Message.objects.count() == before


@pytest.mark.parametrize("code", ["", "0", "None"])
def test_without_a_letter_no_code_is_right(client: Client, code: str) -> None:
    client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    assert client.get(reverse("account_complete_password_reset")).status_code == 302


def test_an_address_that_is_not_proved_gets_no_code(client: Client, awa: User) -> None:
    EmailAddress.objects.filter(user=awa).update(verified=False)
    User.objects.filter(pk=awa.pk).update(phone_verified_at=None)
    for typed in ("awa.traore@example.org", "70123456"):
        client.post(reverse("account_reset_password"), {"email": typed})
    assert not Message.objects.exists()


# --- Own addresses -----------------------------------------------------------------------------------------------


def test_a_new_phone_counts_once_its_code_is_typed(awa: User) -> None:
    client = _tried("70123456", PASSWORD)
    client.post(reverse("account_change_phone"), {"phone": "76 00 00 01", "action_add": ""})
    awa.refresh_from_db()
    assert awa.phone == "+22370123456"
    said = last_message()
    assert said["address"] == "+22376000001"
    client.post(reverse("account_verify_phone"), {"code": code_in(said["text"])})
    awa.refresh_from_db()
    assert awa.phone == "+22376000001"
    assert awa.phone_verified_at is not None


def test_the_phone_of_somebody_else_cannot_be_taken(awa: User) -> None:
    UserFactory.create(phone="+22376000001", phone_verified_at=timezone.now())
    client = _tried("70123456", PASSWORD)
    client.post(reverse("account_change_phone"), {"phone": "76 00 00 01", "action_add": ""})
    awa.refresh_from_db()
    assert awa.phone == "+22370123456"


def test_a_new_email_counts_once_its_link_is_used(awa: User) -> None:
    from tests.orgs.accounts.conftest import link_in

    client = _tried("70123456", PASSWORD)
    client.post(reverse("account_email"), {"email": "New@example.org", "action_add": ""})
    awa.refresh_from_db()
    assert awa.email == "awa.traore@example.org"
    said = last_message()
    assert said["address"] == "new@example.org"
    link = link_in(said["text"])
    client.get(link)
    awa.refresh_from_db()
    assert awa.email == "awa.traore@example.org", "opening a link changes nothing"
    client.post(link)
    awa.refresh_from_db()
    assert awa.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=awa).values_list("email", "verified", "primary")) == [
        ("new@example.org", True, True)
    ]


def test_settings_are_kept(client: Client) -> None:
    user = person(Role.REPORTER, "Koro")
    client.force_login(user)
    client.post(reverse("account"), {"name": "Awa T.", "language": "en"})
    user.refresh_from_db()
    assert (user.name, user.language, user.channel) == ("Awa T.", "en", "email")


def test_signing_out_everywhere_leaves_only_this_session(awa: User) -> None:
    here, elsewhere = _tried("70123456", PASSWORD), _tried("70123456", PASSWORD)
    assert elsewhere.get(reverse("account")).status_code == 200
    here.post(reverse("sign-out-everywhere"))
    assert here.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_what_has_expired_is_forgotten_and_the_rest_stays(awa: User) -> None:
    from datetime import timedelta

    from django.contrib.sessions.models import Session

    here, gone = _tried("70123456", PASSWORD), _tried("70123456", PASSWORD)
    Session.objects.filter(pk=gone.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    cache.set("old", 1, timeout=-10)
    cache.set("new", 1, timeout=100)
    assert accounts.forget_expired() >= 1
    assert here.get(reverse("account")).status_code == 200
    assert not Session.objects.filter(pk=gone.session.session_key).exists()
    assert cache.get("new") == 1
