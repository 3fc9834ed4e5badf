"""API tokens: made once, shown once, one statement to read, one answer for every wrong one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from orgs.access import viewer_for, viewer_of
from orgs.api.authentication import TokenAuthentication
from orgs.models import ApiToken, Membership, Role, User
from orgs.services import tokens
from orgs.services.errors import NotAllowed
from tests.factories import MembershipFactory, country, person, signed_in


def request(header: str) -> Request:
    return Request(RequestFactory().get("/api/v1/areas/", headers={"Authorization": header}))


def key_of(user: User, days: int = 30) -> str:
    return tokens.make_token(viewer=viewer_for(user), label="export", days=days)[1]


@pytest.fixture
def monitor(db: None) -> User:
    return person(Role.MONITOR, "Koro", "Bankass")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "token", "BEARER"])
def test_a_key_gives_the_same_viewer_as_the_session_in_one_statement(monitor: User, scheme: str) -> None:
    MembershipFactory.create(person=monitor, role=Role.ANALYST, organisation=None)
    MembershipFactory.create(person=monitor, role=Role.FACILITATOR, areas=[country()])
    key = key_of(monitor)
    asked = request(f"{scheme} {key}")
    with CaptureQueriesContext(connection) as queries:
        found = TokenAuthentication().authenticate(asked)
        viewer = viewer_of(asked._request)
    assert len(queries) == 1
    assert found is not None
    assert found[0] == monitor
    assert viewer == viewer_for(monitor)
    assert len(viewer.posts) == 3


@pytest.mark.parametrize("areas", [[], ["Koro"], ["Koro", "Bankass", "Nioro"]])
@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.LIAISON,)])
def test_every_role_reads_as_the_session_does(db: None, role: Role, areas: list[str]) -> None:
    user = person(role, *areas)
    signed_in(user)
    asked = request(f"Bearer {key_of(user)}")
    TokenAuthentication().authenticate(asked)
    assert viewer_of(asked._request) == viewer_for(user)


def test_ended_and_coming_posts_do_not_count(monitor: User) -> None:
    key = key_of(monitor)
    post = Membership.objects.get(person=monitor)
    for change in (
        {"ends_at": timezone.now() - timedelta(seconds=1)},
        {"ends_at": None, "starts_at": timezone.now() + timedelta(hours=1)},
    ):
        Membership.objects.filter(pk=post.pk).update(**change)
        asked = request(f"Bearer {key}")
        TokenAuthentication().authenticate(asked)
        assert viewer_of(asked._request).posts == ()


WRONG = ["", "x", "passerelle_" + "a" * 43, "' OR 1=1 --", "é" * 50, "a" * 100_000, "\x00"]


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_key_is_refused(monitor: User, key: str) -> None:
    key_of(monitor)
    with pytest.raises(AuthenticationFailed):
        TokenAuthentication().authenticate(request(f"Bearer {key}"))


@pytest.mark.parametrize("end", ["revoked", "expired", "closed", "unknown"])
def test_every_dead_key_gets_one_and_the_same_answer(monitor: User, end: str) -> None:
    key = key_of(monitor)
    if end == "revoked":
        tokens.revoke_token(viewer=viewer_for(monitor), token=ApiToken.objects.get())
    elif end == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    elif end == "closed":
        User.objects.filter(pk=monitor.pk).update(is_active=False)
    else:
        key = "passerelle_" + "a" * 43
    answer = Client().get("/api/v1/incidents/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {"detail": "Cette clé n’est pas valable."}


def test_other_schemes_are_left_to_others(db: None) -> None:
    assert TokenAuthentication().authenticate(request("Basic abc")) is None
    assert TokenAuthentication().authenticate(request("")) is None


def test_a_key_works_on_the_api(monitor: User) -> None:
    headers = {"Authorization": f"Bearer {key_of(monitor)}"}
    assert Client().get("/api/v1/incidents/", headers=headers).status_code == 200


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LIAISON, Role.OVERSIGHT, Role.ADMINISTRATOR])
def test_a_role_that_needs_a_second_factor_needs_it_for_its_keys_too(db: None, role: Role) -> None:
    user = person(role, "Koro")
    key = key_of(user)
    with pytest.raises(PermissionDenied):
        TokenAuthentication().authenticate(request(f"Bearer {key}"))
    signed_in(user)
    assert TokenAuthentication().authenticate(request(f"Bearer {key}"))


# --- Making and revoking -----------------------------------------------------------------------------------------


def test_only_the_hash_is_kept(monitor: User) -> None:
    key = key_of(monitor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM orgs_apitoken t")
        rows = cursor.fetchall()
    assert key not in str(rows)
    assert key.removeprefix("passerelle_") not in str(rows)


@pytest.mark.parametrize(("label", "days"), [("", 30), ("  ", 30), ("x", 0), ("x", -1), ("x", 367), ("x", 10**9)])
def test_bad_input_is_refused(monitor: User, label: str, days: int) -> None:
    with pytest.raises(ValidationError):
        tokens.make_token(viewer=viewer_for(monitor), label=label, days=days)


def test_people_without_a_post_make_no_keys(db: None) -> None:
    from tests.factories import UserFactory

    with pytest.raises(NotAllowed):
        key_of(UserFactory.create())


def test_nobody_revokes_the_key_of_somebody_else(monitor: User) -> None:
    key_of(monitor)
    token = ApiToken.objects.get()
    other = person(Role.COORDINATOR, "Koro")
    with pytest.raises(NotAllowed):
        tokens.revoke_token(viewer=viewer_for(other), token=token)
    assert signed_in(other).post(reverse("revoke-api-token", args=[token.pk])).status_code == 404
    tokens.revoke_token(viewer=viewer_for(person(Role.ADMINISTRATOR)), token=token)
    token.refresh_from_db()
    assert token.revoked_at


def test_the_page_asks_again_and_shows_a_key_once(monitor: User) -> None:
    from tests.factories import PASSWORD

    client = signed_in(monitor)
    page = reverse("api-tokens")
    first = client.post(page, {"label": "export", "days": 30})
    assert first["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = client.post(page, {"label": "export", "days": 30})
    plain = answer.context["plain"]
    assert plain in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert plain not in client.get(page).content.decode()
    client.post(reverse("revoke-api-token", args=[answer.context["made"].pk]))
    assert Client().get("/api/v1/incidents/", headers={"Authorization": f"Bearer {plain}"}).status_code == 401
