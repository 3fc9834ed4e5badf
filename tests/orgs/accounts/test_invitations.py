"""Inviting: who may invite whom where, and the life of an invitation's link."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgs.access import viewer_for
from orgs.models import AuditEntry, Invitation, Level, Membership, Message, Role, User
from orgs.policy import Viewer
from orgs.services import invitations, memberships
from orgs.services.errors import NotAllowed
from tests.factories import (
    PASSWORD,
    OrganisationFactory,
    UserFactory,
    area,
    country,
    person,
    signed_in,
    viewer,
)
from tests.orgs.accounts.conftest import last_message, link_in

NEW = "trois-chevres-et-un-puits"
CHOSEN = {"password1": NEW, "password2": NEW}

# --- Who may invite whom, where (typed by hand) ------------------------------------------------------------------

KORO, MOPTI_REGION, BANDIAGARA_REGION, WHOLE = "Koro", "region:Mopti", "region:Bandiagara", "country"


def where(name: str) -> list[object]:
    if name == "country":
        return [country()]
    if name == "":
        return []
    level, _, rest = name.rpartition(":")
    return [area(rest, Level.REGION if level else Level.CERCLE)]


RULES = [
    # (who invites, where they are), (role given, where): allowed
    (Role.ADMINISTRATOR, "", Role.ADMINISTRATOR, "", True),
    (Role.ADMINISTRATOR, "", Role.OVERSIGHT, "", True),
    (Role.ADMINISTRATOR, "", Role.COORDINATOR, KORO, True),
    (Role.ADMINISTRATOR, "", Role.COORDINATOR, WHOLE, True),
    (Role.ADMINISTRATOR, "", Role.LIAISON, KORO, True),
    (Role.COORDINATOR, KORO, Role.REPORTER, KORO, True),
    (Role.COORDINATOR, KORO, Role.LIAISON, KORO, True),
    (Role.COORDINATOR, KORO, Role.COORDINATOR, KORO, True),
    (Role.COORDINATOR, KORO, Role.REPORTER, "Bankass", False),
    (Role.COORDINATOR, KORO, Role.REPORTER, BANDIAGARA_REGION, False),
    (Role.COORDINATOR, KORO, Role.REPORTER, WHOLE, False),
    (Role.COORDINATOR, KORO, Role.ADMINISTRATOR, KORO, False),
    (Role.COORDINATOR, KORO, Role.OVERSIGHT, KORO, False),
    (Role.COORDINATOR, KORO, Role.OPERATOR, KORO, False),
    (Role.COORDINATOR, KORO, Role.ANALYST, "", False),
    (Role.COORDINATOR, BANDIAGARA_REGION, Role.REPORTER, KORO, True),
    (Role.COORDINATOR, BANDIAGARA_REGION, Role.REPORTER, BANDIAGARA_REGION, True),
    (Role.COORDINATOR, BANDIAGARA_REGION, Role.REPORTER, MOPTI_REGION, False),
    (Role.COORDINATOR, WHOLE, Role.REPORTER, KORO, True),
    (Role.COORDINATOR, WHOLE, Role.REPORTER, WHOLE, True),
    (Role.COORDINATOR, WHOLE, Role.ADMINISTRATOR, WHOLE, False),
    (Role.REPORTER, KORO, Role.REPORTER, KORO, False),
    (Role.EDITOR, KORO, Role.REPORTER, KORO, False),
    (Role.MONITOR, KORO, Role.REPORTER, KORO, False),
    (Role.FACILITATOR, KORO, Role.REPORTER, KORO, False),
    (Role.LIAISON, KORO, Role.LIAISON, KORO, False),
    (Role.ANALYST, KORO, Role.REPORTER, KORO, False),
    (Role.OVERSIGHT, "", Role.REPORTER, KORO, False),
    (Role.OPERATOR, "", Role.REPORTER, KORO, False),
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("way", ["invite", "add_recipient", "give_post"])
def test_who_may_invite_whom(db: None, rule: tuple[Role, str, Role, str, bool], way: str) -> None:
    inviter, inviter_in, role, role_in, allowed = rule
    asking = viewer(inviter, *where(inviter_in))  # type: ignore[arg-type]
    given: dict[str, Any] = {"role": role, "organisation": OrganisationFactory.create(), "areas": where(role_in)}
    new: dict[str, Any] = {"name": "Awa", "email": "awa@example.org", "channel": "email"}
    known = UserFactory.create()
    steps: dict[str, Callable[[], object]] = {
        "invite": lambda: invitations.invite(viewer=asking, **new, **given),
        "add_recipient": lambda: memberships.add_recipient(viewer=asking, **new, **given),
        "give_post": lambda: memberships.give_post(viewer=asking, person=known, **given),
    }
    step = steps[way]

    if allowed:
        assert step()
    else:
        with pytest.raises(NotAllowed):
            step()
        assert not Membership.objects.filter(person__email__in=["awa@example.org", known.email]).exists()
        assert not Message.objects.exists()


def test_without_an_account_nobody_invites(db: None) -> None:
    with pytest.raises(NotAllowed):
        invite(Viewer(), email="awa@example.org")


# --- What is asked for -------------------------------------------------------------------------------------------


def invite(asking: Viewer, **given: object) -> Invitation:
    asked = {
        "name": "Awa",
        "role": Role.REPORTER,
        "organisation": OrganisationFactory.create(),
        "areas": [area("Koro")],
        **given,
    }
    return invitations.invite(viewer=asking, **asked)  # type: ignore[arg-type]


@pytest.fixture
def coordinator(db: None) -> Viewer:
    return viewer(Role.COORDINATOR, "Koro")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "", "channel": "email"}, "email"),
        ({"email": "a@example.org", "channel": "sms"}, "phone"),
        ({"phone": "abc", "channel": "sms"}, "phone"),
        ({"email": "a@example.org", "role": "king"}, "role"),
        ({"email": "a@example.org", "organisation": None}, "organisation"),
        ({"email": "a@example.org", "areas": []}, "areas"),
        ({"phone": "70123456", "channel": "call"}, "channel"),
    ],
)
def test_what_is_missing_is_named(coordinator: Viewer, given: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        invite(coordinator, **given)
    assert field in refused.value.message_dict


@pytest.mark.parametrize(
    ("given", "channel", "address"),
    [
        ({"email": "Awa@Example.org"}, "email", "awa@example.org"),
        ({"phone": "70 12 34 56", "channel": "sms"}, "sms", "+22370123456"),
    ],
)
def test_the_link_goes_to_the_address(coordinator: Viewer, given: dict[str, str], channel: str, address: str) -> None:
    invitation = invite(coordinator, **given)
    said = last_message()
    assert (said["channel"], said["address"]) == (channel, address)
    token = link_in(said["text"]).rstrip("/").rpartition("/")[2]
    assert len(token) >= 32
    assert token not in invitation.token_hash
    assert all(token not in str(entry.facts) for entry in AuditEntry.objects.all())


def test_an_invited_person_is_nobody_until_they_accept(coordinator: Viewer, client: Client) -> None:
    invitation = invite(coordinator, email="awa@example.org")
    person_ = invitation.person
    assert not person_.is_active
    assert not Membership.objects.current().filter(person=person_).exists()
    client.get(link_in(last_message()["text"]))
    client.post(reverse("invitation"), CHOSEN)
    assert Membership.objects.current().filter(person=person_).exists()


# --- The link ----------------------------------------------------------------------------------------------------


@pytest.fixture
def link(coordinator: Viewer) -> str:
    invite(coordinator, email="awa@example.org", phone="70123456")
    return link_in(last_message()["text"])


def test_opening_the_link_changes_nothing(link: str, client: Client) -> None:
    before = list(Invitation.objects.values()), list(User.objects.order_by("pk").values())
    for _ in range(3):
        assert Client().get(link, follow=True).status_code == 200
    assert Client().head(link).status_code in (302, 405)
    assert before == (list(Invitation.objects.values()), list(User.objects.order_by("pk").values()))


def test_the_token_does_not_stay_in_the_address(link: str, client: Client) -> None:
    answer = client.get(link)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/invitation/"
    page = client.get("/accounts/invitation/")
    assert link.rstrip("/").rpartition("/")[2] not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_accepting_signs_in_under_a_new_session(link: str, client: Client) -> None:
    client.get(link)
    before = client.session.session_key
    answer = client.post(reverse("invitation"), CHOSEN)
    assert answer.status_code == 302
    awa = User.objects.get(email="awa@example.org")
    assert client.session["_auth_user_id"] == str(awa.pk)
    assert client.session.session_key != before
    assert awa.emailaddress_set.get().verified
    assert awa.phone_verified_at is None, "the link came by e-mail: the phone is not proved"


def test_a_link_works_once(link: str, client: Client) -> None:
    client.get(link)
    client.post(reverse("invitation"), CHOSEN)
    thief = Client()
    assert thief.get(link, follow=True).status_code == 410
    assert thief.post(reverse("invitation"), {"password1": PASSWORD, "password2": PASSWORD}).status_code == 410
    assert User.objects.get(email="awa@example.org").check_password(NEW)


@pytest.mark.parametrize("end", ["expired", "revoked", "resent", "closed", "made up"])
def test_a_dead_link_opens_nothing(link: str, coordinator: Viewer, client: Client, end: str) -> None:
    invitation = Invitation.objects.get()
    if end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "revoked":
        invitations.revoke(viewer=coordinator, invitation=invitation)
    elif end == "resent":
        invitations.resend(viewer=coordinator, invitation=invitation)
    elif end == "closed":
        User.objects.filter(pk=invitation.person_id).update(closed_at=timezone.now())
    else:
        link = "/accounts/invitation/abcdefghijklmnopqrstuvwxyz123456/"
    assert client.get(link, follow=True).status_code == 410
    assert client.post(reverse("invitation"), CHOSEN).status_code == 410
    assert not User.objects.get(email="awa@example.org").is_active


def test_it_expires_after_seven_days(link: str) -> None:
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_a_resent_link_works(link: str, coordinator: Viewer, client: Client) -> None:
    invitations.resend(viewer=coordinator, invitation=Invitation.objects.get())
    client.get(link_in(last_message()["text"]))
    assert client.post(reverse("invitation"), CHOSEN).status_code == 302


def test_revoking_ends_the_post_of_somebody_who_never_came(link: str, coordinator: Viewer) -> None:
    invitations.revoke(viewer=coordinator, invitation=Invitation.objects.get())
    assert Membership.objects.get(person__email="awa@example.org").ends_at is not None


@pytest.mark.parametrize("password", ["short", "1234567890123", "qwertyuiop", "awa@example.org", ""])
def test_a_weak_password_is_refused(link: str, client: Client, password: str) -> None:
    client.get(link)
    answer = client.post(reverse("invitation"), {"password1": password, "password2": password})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not User.objects.get(email="awa@example.org").is_active


def test_whoever_was_signed_in_is_signed_out(link: str) -> None:
    other = person(Role.REPORTER, "Koro")
    client = signed_in(other)
    client.get(link)
    client.post(reverse("invitation"), CHOSEN)
    assert client.session["_auth_user_id"] != str(other.pk)
    other.refresh_from_db()
    assert other.check_password(PASSWORD)


# --- People who are known already --------------------------------------------------------------------------------


def test_inviting_a_pending_person_again_never_changes_their_address(link: str) -> None:
    """Or a second inviter could send the link, with every post that others gave, to a phone of their own."""
    elsewhere = viewer(Role.COORDINATOR, "Bankass")
    User.objects.filter(email="awa@example.org").update(phone=None)
    given = {"email": "awa@example.org", "phone": "+22399999999", "channel": "sms", "areas": [area("Bankass")]}
    with pytest.raises(ValidationError):
        invite(elsewhere, **given)
    assert not User.objects.filter(phone="+22399999999").exists()


def test_a_mistyped_address_is_corrected_once_the_invitation_is_revoked(link: str, coordinator: Viewer) -> None:
    invitations.revoke(viewer=coordinator, invitation=Invitation.objects.get())
    invite(coordinator, email="awa.t@example.org", phone="70123456")
    assert last_message()["address"] == "awa.t@example.org"
    assert User.objects.filter(phone="+22370123456").count() == 1


def test_somebody_with_an_account_gets_the_post_at_once(coordinator: Viewer) -> None:
    awa = person(Role.MONITOR, "Bankass", email="awa@example.org")
    invitation = invite(coordinator, email="AWA@example.org")
    assert invitation.accepted_at
    assert Membership.objects.current().filter(person=awa, role=Role.REPORTER).exists()
    said = last_message()
    assert said["address"] == "awa@example.org"
    assert "/accounts/invitation/" not in said["text"]
    awa.refresh_from_db()
    assert awa.check_password(PASSWORD)


def test_a_closed_account_is_not_opened_by_inviting(coordinator: Viewer) -> None:
    awa = person(Role.MONITOR, "Koro", email="awa@example.org")
    User.objects.filter(pk=awa.pk).update(is_active=False, closed_at=timezone.now())
    with pytest.raises(ValidationError):
        invite(coordinator, email="awa@example.org")
    assert not Message.objects.exists()


def test_addresses_of_two_people_are_refused(coordinator: Viewer) -> None:
    UserFactory.create(email="a@example.org")
    UserFactory.create(email="b@example.org", phone="+22370123456")
    with pytest.raises(ValidationError):
        invite(coordinator, email="a@example.org", phone="70123456")


def test_a_recipient_is_told_but_cannot_sign_in(coordinator: Viewer, client: Client) -> None:
    given = {"role": Role.REPORTER, "organisation": OrganisationFactory.create(), "areas": [area("Koro")]}
    told = memberships.add_recipient(
        viewer=coordinator,
        name="Moussa",
        phone="70 99 88 77",
        channel="sms",
        **given,  # type: ignore[arg-type]
    )
    assert told.is_active
    assert Membership.objects.current().filter(person=told).exists()
    assert not Message.objects.exists()
    client.post("/accounts/password/reset/", {"email": "70998877"})
    assert not Message.objects.exists(), "a number that was never proved opens no account"


# --- Ending and taking back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "where_", "allowed"),
    [
        (Role.COORDINATOR, "Koro", True),
        (Role.COORDINATOR, "Bankass", False),
        (Role.ADMINISTRATOR, "", True),
        (Role.MONITOR, "Koro", False),
        (Role.OVERSIGHT, "", False),
    ],
)
def test_who_may_end_a_post(db: None, role: Role, where_: str, allowed: bool) -> None:
    post = Membership.objects.get(person=person(Role.LIAISON, "Koro"))
    asking = viewer(role, *where(where_))  # type: ignore[arg-type]
    if not allowed:
        with pytest.raises(NotAllowed):
            memberships.end_membership(viewer=asking, membership=post)
        post.refresh_from_db()
        assert post.ends_at is None
        return
    memberships.end_membership(viewer=asking, membership=post)
    assert viewer_for(post.person).posts == ()
    memberships.resume_membership(viewer=asking, membership=post)
    assert viewer_for(post.person).posts


def test_a_coordinator_cannot_end_a_post_that_reaches_beyond_their_areas(db: None) -> None:
    post = Membership.objects.get(person=person(Role.LIAISON, "Koro", "Bankass"))
    with pytest.raises(NotAllowed):
        memberships.end_membership(viewer=viewer(Role.COORDINATOR, "Koro"), membership=post)


# --- Pages -------------------------------------------------------------------------------------------------------
