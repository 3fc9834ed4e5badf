"""The pages on which people are invited and posts end, and the link of the first administrator."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgs.access import viewer_for
from orgs.models import Invitation, Membership, Role, User
from orgs.policy import Viewer
from orgs.services import invitations
from orgs.services.errors import NotAllowed
from tests.factories import (
    PASSWORD,
    OrganisationFactory,
    area,
    person,
    signed_in,
    viewer,
)
from tests.orgs.accounts.conftest import last_message, link_in

NEW = "trois-chevres-et-un-puits"
CHOSEN = {"password1": NEW, "password2": NEW}

# --- Who may invite whom, where (typed by hand) ------------------------------------------------------------------

KORO, MOPTI_REGION, BANDIAGARA_REGION, WHOLE = "Koro", "region:Mopti", "region:Bandiagara", "country"


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


@pytest.fixture
def link(coordinator: Viewer) -> str:
    invite(coordinator, email="awa@example.org", phone="70123456")
    return link_in(last_message()["text"])


def test_the_page_shows_the_people_of_my_areas_only(db: None) -> None:
    near, far = person(Role.REPORTER, "Koro", name="Near"), person(Role.REPORTER, "Nioro", name="Far")
    page = signed_in(person(Role.COORDINATOR, "Koro")).get(reverse("people")).content.decode()
    assert near.name in page
    assert far.name not in page
    page = signed_in(person(Role.ADMINISTRATOR)).get(reverse("people")).content.decode()
    assert far.name in page


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.COORDINATOR, Role.ADMINISTRATOR)])
def test_the_pages_are_not_there_for_others(db: None, role: Role) -> None:
    client = signed_in(person(role, "Koro"))
    post = Membership.objects.get(person=person(Role.REPORTER, "Koro"))
    for name, args in (("people", []), ("invite", []), ("end-post", [post.pk]), ("post-ended", [post.pk])):
        assert client.get(reverse(name, args=args)).status_code == 404, name
    assert client.post(reverse("resume-post", args=[post.pk])).status_code == 404


def test_the_page_takes_as_many_queries_for_many_people_as_for_few(db: None) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    coordinator = person(Role.COORDINATOR, "Koro", "Bankass")
    client = signed_in(coordinator)
    asking = viewer_for(coordinator)

    def add() -> None:
        person(Role.MONITOR, "Koro", "Bankass")
        given = {"areas": [area("Koro"), area("Bankass")], "email": f"p{User.objects.count()}@example.org"}
        invite(asking, **given)

    add()
    client.get(reverse("people"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("people"))
    for _ in range(10):
        add()
    with CaptureQueriesContext(connection) as many:
        rows = client.get(reverse("people")).context["rows"]
    posts = [row["post"].pk for row in rows]
    assert len(posts) == len(set(posts)) == 23, "each post once, though it lies in two of my areas"
    assert len(many) == len(few)


def test_far_people_are_not_there(db: None) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    post = Membership.objects.get(person=person(Role.REPORTER, "Nioro"))
    assert client.get(reverse("end-post", args=[post.pk])).status_code == 404
    assert client.post(reverse("end-post", args=[post.pk])).status_code == 404
    assert client.get(reverse("end-post", args=[10**9])).status_code == 404


def test_inviting_ending_and_taking_back_by_page(db: None) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    given = {
        "name": "Awa",
        "how": "signs_in",
        "role": Role.REPORTER,
        "organisation": OrganisationFactory.create().pk,
        "areas": [area("Koro").pk],
        "channel": "email",
        "email": "awa@example.org",
        "language": "fr",
    }
    answer = client.post(reverse("invite"), {**given, "areas": [area("Nioro").pk]})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert client.post(reverse("invite"), given).status_code == 302
    post = Membership.objects.get(person__email="awa@example.org")
    visitor = Client()
    visitor.get(link_in(last_message()["text"]))
    visitor.post(reverse("invitation"), CHOSEN)
    assert client.get(reverse("end-post", args=[post.pk])).status_code == 200
    post.refresh_from_db()
    assert post.ends_at is None
    client.post(reverse("end-post", args=[post.pk]), follow=True)
    post.refresh_from_db()
    assert post.ends_at
    client.post(reverse("resume-post", args=[post.pk]))
    post.refresh_from_db()
    assert post.ends_at is None


def test_inviting_asks_for_the_password_again_when_it_was_a_while_ago(db: None) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    answer = client.post(reverse("invite"), {"name": "Awa"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")


# --- The first administrator -------------------------------------------------------------------------------------


def test_the_first_administrator(db: None, client: Client) -> None:
    link = invitations.first_administrator_link(site_url="http://localhost:8000").removeprefix("http://localhost:8000")
    second = Client()
    for browser in (client, second):
        assert browser.get(link, follow=True).status_code == 200
    given = {"name": "Fatoumata", "email": "F@example.org", **CHOSEN}
    answer = client.post(reverse("first-administrator"), given)
    assert answer.status_code == 302
    made = User.objects.get(email="f@example.org")
    assert Membership.objects.current().get(person=made).role == Role.ADMINISTRATOR
    assert client.get("/accounts/people/")["Location"] == reverse("mfa_index")
    assert second.post(reverse("first-administrator"), {**given, "email": "x@example.org"}).status_code == 410
    assert Client().get(link, follow=True).status_code == 410
    with pytest.raises(NotAllowed):
        invitations.first_administrator_link(site_url="")


def test_the_link_of_the_first_administrator_expires(db: None, client: Client) -> None:
    from unittest.mock import patch

    with patch("django.core.signing.time.time", return_value=timezone.now().timestamp() - 49 * 3600):
        link = invitations.first_administrator_link(site_url="")
    assert client.get(link, follow=True).status_code == 410
    assert client.get("/accounts/first-administrator/made-up:token:here/", follow=True).status_code == 410
