"""Django admin: who comes in, what they see, that writes go through services, that lists take few queries."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orgs.access import viewer_for
from orgs.models import ApiToken, AuditEntry, Invitation, Membership, Organisation, Role, User
from orgs.services import invitations, tokens
from tests import factories
from tests.factories import ActorFactory, MembershipFactory, OrganisationFactory, UserFactory, person, signed_in

OWN = ("user", "membership", "invitation", "apitoken", "organisation", "actor")
SIGN_IN = ("account/emailaddress", "mfa/authenticator")
PAGES = (*(f"orgs/{name}" for name in OWN), *SIGN_IN)


@pytest.fixture
def administrator(db: None) -> Client:
    client = signed_in(person(Role.ADMINISTRATOR, name="Admin"))
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


def test_admin_signs_in_through_the_sign_in_of_the_product(client: Client, db: None) -> None:
    answer = client.get("/admin/orgs/user/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    assert "next=/admin/orgs/user/" in answer.request["QUERY_STRING"].replace("%2F", "/").replace("%3F", "?")
    answer = client.post("/admin/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.REPORTER, 403),
        (Role.EDITOR, 403),
        (Role.MONITOR, 403),
        (Role.FACILITATOR, 403),
        (Role.LIAISON, 403),
        (Role.ANALYST, 403),
        (Role.COORDINATOR, 200),
        (Role.OVERSIGHT, 200),
        (Role.OPERATOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_who_comes_in(db: None, role: Role, expected: int) -> None:
    answer = signed_in(person(role, "Koro")).get("/admin/", follow=True)
    assert answer.status_code == expected


COORDINATOR_READS = ("orgs/organisation", "orgs/actor")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OVERSIGHT, Role.OPERATOR, Role.ADMINISTRATOR])
def test_who_reads_what(db: None, role: Role, page: str) -> None:
    expected = {
        Role.ADMINISTRATOR: 200,
        Role.COORDINATOR: 200 if page in COORDINATOR_READS else 403,
        Role.OVERSIGHT: 403,
        Role.OPERATOR: 403,
    }[role]
    assert signed_in(person(role, "Koro")).get(f"/admin/{page}/").status_code == expected


@pytest.mark.parametrize("page", COORDINATOR_READS)
def test_a_coordinator_changes_nothing_in_admin(db: None, page: str) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    row = OrganisationFactory.create() if page.endswith("organisation") else ActorFactory.create()
    assert client.get(f"/admin/{page}/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/{page}/{row.pk}/change/", {"name": "X"}).status_code == 403
    assert client.get(f"/admin/{page}/add/").status_code == 403
    row.refresh_from_db()
    assert row.name != "X"


def test_nothing_is_deleted_in_admin(administrator: Client) -> None:
    post = MembershipFactory.create(areas=["Koro"])
    rows = (("user", post.person_id), ("membership", post.pk), ("organisation", post.organisation_id))
    for page, pk in rows:
        assert administrator.post(f"/admin/orgs/{page}/{pk}/delete/", {"post": "yes"}).status_code == 403
        answer = administrator.post(
            f"/admin/orgs/{page}/", {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        )
        assert answer.status_code in (200, 302)
    assert Membership.objects.filter(pk=post.pk).exists()
    assert post.organisation is not None
    assert Organisation.objects.filter(pk=post.organisation.pk).exists()


def test_other_packages_register_nothing(db: None) -> None:
    own_rooms = {"orgs", "incidents", "dialogues"}
    for model, model_admin in admin.site._registry.items():
        assert type(model_admin).__module__.split(".")[0] in own_rooms, model


def make_user() -> None:
    user = MembershipFactory.create(areas=["Koro", "Bankass"]).person
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Authenticator.objects.create(user=user, type="totp", data={})


def make_invitation() -> None:
    from datetime import timedelta

    from django.utils import timezone

    Invitation.objects.create(
        person=UserFactory.create(),
        invited_by=UserFactory.create(),
        token_hash=str(Invitation.objects.count()),
        expires_at=timezone.now() + timedelta(days=1),
    )


def make_token() -> None:
    ApiToken.objects.create(person=UserFactory.create(), key_hash=str(ApiToken.objects.count()), label="x")


def make_actor() -> None:
    ActorFactory.create(organisation=OrganisationFactory.create(seat=factories.area("Koro")))


MAKERS: list[tuple[str, Callable[[], None]]] = [
    ("orgs/user", make_user),
    ("orgs/membership", make_user),
    ("account/emailaddress", make_user),
    ("mfa/authenticator", make_user),
    ("orgs/invitation", make_invitation),
    ("orgs/apitoken", make_token),
    ("orgs/actor", make_actor),
    ("orgs/organisation", make_actor),
]


@pytest.mark.parametrize(("page", "make"), MAKERS)
def test_queries_do_not_grow_with_the_rows(
    administrator: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    page: str,
    make: Callable[[], None],
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make()
    administrator.get(f"/admin/{page}/")
    with CaptureQueriesContext(connection) as few:
        administrator.get(f"/admin/{page}/")
    for _ in range(15):
        make()
    with CaptureQueriesContext(connection) as many:
        answer = administrator.get(f"/admin/{page}/")
    assert len(answer.context["cl"].result_list) >= 15
    assert len(many) <= len(few)
    assert len(many) <= 15


@pytest.mark.parametrize("page", PAGES)
def test_lists_are_searched_and_shown(administrator: Client, page: str) -> None:
    assert administrator.get(f"/admin/{page}/?q=awa").status_code == 200


def test_changes_and_actions_ask_for_the_password_again(db: None) -> None:
    client = signed_in(person(Role.ADMINISTRATOR))
    awa = person(Role.REPORTER, "Koro", name="Awa", phone="+22370000001")
    fields = {"name": "Awa T.", "email": "AWA@example.org", "language": "fr", "channel": "email"}
    for page, given in (
        (reverse("admin:orgs_user_change", args=[awa.pk]), fields),
        (reverse("admin:orgs_user_changelist"), {"action": "close_accounts", "_selected_action": [awa.pk]}),
    ):
        answer = client.post(page, given)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/"), "this session never gave its password"
    awa.refresh_from_db()
    assert awa.name == "Awa"
    assert awa.is_active
    assert client.get(reverse("admin:orgs_user_changelist")).status_code == 200, "looking asks nothing"


def test_a_change_after_a_fresh_sign_in(db: None) -> None:
    awa = person(Role.REPORTER, "Koro", name="Awa", phone="+22370000001")
    admin_person = person(Role.ADMINISTRATOR, name="Admin")
    client = signed_in(admin_person)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    page = reverse("admin:orgs_user_change", args=[awa.pk])
    fields = {"name": "Awa T.", "email": "AWA@example.org", "phone": "+22370000002", "language": "fr", "channel": "sms"}
    assert client.post(page, fields)["Location"] == reverse("admin:orgs_user_changelist")
    awa.refresh_from_db()
    assert (awa.name, awa.email, awa.phone, awa.phone_verified_at) == (
        "Awa T.",
        "awa@example.org",
        "+22370000002",
        None,
    )
    assert not EmailAddress.objects.get(user=awa).verified
    entry = AuditEntry.objects.get(verb="edited_person")
    assert (entry.actor_id, entry.object_id) == (admin_person.pk, str(awa.pk))
    assert "awa" not in str(entry.facts).lower()
    history = client.get(reverse("admin:orgs_user_history", args=[awa.pk])).content.decode()
    assert "edited_person" in history


def test_closing_an_account_ends_sessions_and_keys(administrator: Client) -> None:
    awa = person(Role.REPORTER, "Koro")
    elsewhere = signed_in(awa)
    _, plain = tokens.make_token(viewer=viewer_for(awa), label="x", days=3)
    administrator.post("/admin/orgs/user/", {"action": "close_accounts", "_selected_action": [awa.pk]})
    awa.refresh_from_db()
    assert not awa.is_active
    assert awa.closed_at
    assert elsewhere.get("/accounts/").status_code == 302
    assert Client().get("/api/v1/areas/", headers={"Authorization": f"Bearer {plain}"}).status_code == 401
    administrator.post("/admin/orgs/user/", {"action": "reopen_accounts", "_selected_action": [awa.pk]})
    awa.refresh_from_db()
    assert awa.is_active
    assert Client().get("/api/v1/areas/", headers={"Authorization": f"Bearer {plain}"}).status_code == 401


def test_the_last_administrator_stays(administrator: Client) -> None:
    me = User.objects.get(name="Admin")
    post = Membership.objects.get(person=me)
    administrator.post("/admin/orgs/user/", {"action": "close_accounts", "_selected_action": [me.pk]})
    administrator.post("/admin/orgs/membership/", {"action": "end_posts", "_selected_action": [post.pk]})
    me.refresh_from_db()
    post.refresh_from_db()
    assert me.is_active
    assert post.ends_at is None


def test_a_lost_second_factor_is_taken_away(administrator: Client) -> None:
    awa = person(Role.COORDINATOR, "Koro")
    client = signed_in(awa)
    administrator.post("/admin/orgs/user/", {"action": "remove_second_factors", "_selected_action": [awa.pk]})
    assert not Authenticator.objects.filter(user=awa).exists()
    assert client.get("/accounts/").status_code == 302
    assert AuditEntry.objects.filter(verb="removed_second_factor", object_id=str(awa.pk)).exists()


def test_an_organisation_is_kept_through_the_service(administrator: Client) -> None:
    koro = factories.area("Koro")
    fields = {
        "name": "Association Yiriwa",
        "slug": "yiriwa",
        "kind": "association",
        "visibility": "partners",
        "areas": [koro.pk],
        "serves": [],
    }
    answer = administrator.post("/admin/orgs/organisation/add/", fields)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = Organisation.objects.get(slug="yiriwa")
    assert list(made.areas.all()) == [koro]
    assert AuditEntry.objects.filter(verb="added_organisation", object_id=str(made.pk)).exists()
    page = administrator.get(reverse("admin:orgs_organisation_history", args=[made.pk])).content.decode()
    assert "insert" in page


def test_invitations_are_resent_and_revoked_by_actions(administrator: Client) -> None:
    me = viewer_for(User.objects.get(name="Admin"))
    invitation = invitations.invite(
        viewer=me, name="Awa", email="awa@example.org", role=Role.ANALYST, organisation=None, areas=[]
    )
    before = invitation.token_hash
    administrator.post("/admin/orgs/invitation/", {"action": "resend", "_selected_action": [invitation.pk]})
    invitation.refresh_from_db()
    assert invitation.token_hash != before
    administrator.post("/admin/orgs/invitation/", {"action": "revoke", "_selected_action": [invitation.pk]})
    invitation.refresh_from_db()
    assert invitation.revoked_at
