"""The page on which a person says how they are told: order, tries, what may not be seen, bad input."""

import json
from typing import Any

import pytest
from django.test import Client

from orgs import audit, crypto
from orgs.access import viewer_for
from orgs.messaging import outbox
from orgs.messaging.drain import drain
from orgs.models import Address, Channel, Membership, Message, Role, User, WayOut
from orgs.services import channels
from tests.factories import person, signed_in
from tests.orgs.channels.browser_key import BrowserKey
from tests.orgs.channels.server import Other

pytestmark = pytest.mark.django_db
PAGE = "/accounts/ways/"


@pytest.fixture
def page(awa: User) -> Client:
    User.objects.filter(pk=awa.pk).update(phone_verified_at=awa.date_joined)
    return signed_in(awa)


def shown(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def allow(page: Client, endpoint: str = "https://fcm.googleapis.com/SECRET-PATH", **change: str) -> Any:
    return page.post(
        f"{PAGE}push/", {"endpoint": endpoint, "label": "Le vert de la cuisine", **BrowserKey().words(), **change}
    )


def test_the_order_is_kept(page: Client, awa: User) -> None:
    assert page.post(PAGE, {"way1": "sms", "way2": "email"}).status_code == 302
    awa.refresh_from_db()
    assert (awa.channel, awa.ways) == ("sms", ["sms", "email"])
    assert page.post(PAGE, {"way1": "inbox"}).status_code == 302
    awa.refresh_from_db()
    assert (awa.channel, awa.ways) == ("inbox", [])


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"way1": ""},
        {"way1": "pigeon"},
        {"way1": "sms", "way2": "sms"},
        {"way1": "push"},
        {"way1": "inbox", "way2": "email"},
        {"way1": "call", "way2": "sms"},
    ],
)
def test_what_makes_no_order_is_refused_and_changes_nothing(page: Client, awa: User, posted: dict[str, str]) -> None:
    assert page.post(PAGE, posted).status_code == 422
    awa.refresh_from_db()
    assert (awa.channel, awa.ways) == ("email", [])


def test_a_number_that_is_not_proved_is_no_way(awa: User) -> None:
    User.objects.filter(pk=awa.pk).update(phone_verified_at=None)
    assert signed_in(awa).post(PAGE, {"way1": "sms"}).status_code == 422


def test_a_device_comes_first_once_it_is_allowed(page: Client, awa: User) -> None:
    assert allow(page).json() == {"kept": True}
    awa.refresh_from_db()
    assert awa.ways == ["push", "email", "sms"]
    assert "Le vert de la cuisine" in shown(page)


def test_a_wish_for_no_messages_outlives_a_new_device(page: Client, awa: User) -> None:
    page.post(PAGE, {"way1": "inbox"})
    allow(page)
    awa.refresh_from_db()
    assert (awa.channel, awa.ways) == ("inbox", [])


@pytest.mark.parametrize("change", [{"endpoint": ""}, {"p256dh": ""}, {"label": ""}, {"endpoint": "https://evil.org/"}])
def test_a_browser_that_gives_too_little_is_told(page: Client, change: dict[str, str]) -> None:
    answer = allow(page, **change)
    assert answer.status_code == 422
    assert answer.json()["refused"]
    assert not Address.objects.exists()


def test_a_secret_is_shown_once_and_never_again(page: Client) -> None:
    answer = page.post(
        f"{PAGE}program/", {"program-label": "Radio", "program-url": "https://example.org/in?key=HIDDEN"}
    )
    secret = crypto.unseal(Address.objects.get().sealed)["secret"]
    assert answer.status_code == 200
    assert secret in answer.content.decode()
    again = shown(page)
    assert secret not in again
    assert "HIDDEN" not in again
    renewed = page.post(f"{PAGE}{Address.objects.get().pk}/secret/").content.decode()
    new = crypto.unseal(Address.objects.get().sealed)["secret"]
    assert new != secret
    assert new in renewed
    assert new not in shown(page)


def test_what_was_typed_is_not_lost(page: Client) -> None:
    answer = page.post(f"{PAGE}program/", {"program-label": "Radio Dogon", "program-url": "http://example.org/"})
    assert answer.status_code == 422
    assert "Radio Dogon" in answer.content.decode()


def test_asking_changes_nothing(page: Client) -> None:
    allow(page)
    number = Address.objects.get().pk
    assert page.get(f"{PAGE}{number}/end/").status_code == 200
    assert Address.objects.get().ended_at is None
    page.post(f"{PAGE}{number}/end/")
    assert Address.objects.get().ended_at is not None
    assert page.get(f"{PAGE}{number}/end/").status_code == 404


def test_another_persons_address_is_not_there(page: Client) -> None:
    allow(page)
    number = Address.objects.get().pk
    stranger = signed_in(person(Role.MONITOR, "Koro", name="B"))
    assert "Le vert de la cuisine" not in shown(stranger)
    for path in ("end/", "secret/"):
        assert stranger.get(f"{PAGE}{number}/{path}").status_code == 404
        assert stranger.post(f"{PAGE}{number}/{path}").status_code == 404
    assert stranger.post(f"{PAGE}try/", {"channel": "push", "address": number}).status_code == 404


def test_a_try_goes_out_and_its_end_is_told(page: Client, awa: User) -> None:
    assert page.post(f"{PAGE}try/", {"channel": "email"}).status_code == 302
    drain(Channel.EMAIL, hands=0)
    assert "Un essai" in shown(page)
    assert Message.objects.get(purpose="test").state == "sent"


def test_tries_are_counted(page: Client) -> None:
    for _ in range(10):
        page.post(f"{PAGE}try/", {"channel": "email"})
    assert Message.objects.filter(purpose="test").count() == channels.MOST_TESTS


@pytest.mark.parametrize("posted", [{}, {"channel": "pigeon"}, {"channel": "push"}, {"channel": "inbox"}])
def test_a_way_that_is_not_there_is_not_tried(page: Client, posted: dict[str, str]) -> None:
    assert page.post(f"{PAGE}try/", posted).status_code == 302
    assert not Message.objects.filter(purpose="test").exists()


def test_the_page_costs_the_same_whatever_there_is(page: Client, awa: User, other: Other) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            shown(page)
        return len(queries)

    allow(page, f"{other.url}/1")
    before = cost()
    for number in range(2, 9):
        allow(page, f"{other.url}/{number}")
        outbox.post(purpose="single", channel=Channel.EMAIL, recipient=awa, text="T", subject="S")
    assert cost() == before


def test_a_new_way_is_told_to_its_person_and_noted_without_words(page: Client, awa: User) -> None:
    allow(page)
    assert Message.objects.filter(recipient=awa, purpose="account").count() == 1
    entry = audit.entries_of(Address.objects.get()).get()
    assert entry.facts == {"channel": "push"}
    assert "SECRET-PATH" not in json.dumps(list(audit.entries_of(Address.objects.get()).values("facts", "verb")))


def test_admin_shows_that_there_is_one_and_not_where(page: Client) -> None:
    allow(page)
    administrator = signed_in(person(Role.ADMINISTRATOR, name="Admin"))
    for path in ("/admin/orgs/address/", f"/admin/orgs/address/{Address.objects.get().pk}/change/"):
        said = shown(administrator, path)
        assert "Le vert de la cuisine" in said
        assert "SECRET-PATH" not in said
        assert Address.objects.get().mark not in said
    assert signed_in(person(Role.OPERATOR, name="O")).get("/admin/orgs/address/").status_code in (302, 403)


def test_admin_sets_the_terms_of_a_way_out(db: None) -> None:
    way = WayOut.objects.create(channel=Channel.SMS)
    operator = signed_in(person(Role.OPERATOR, name="O"))
    path = f"/admin/orgs/wayout/{way.pk}/change/"
    assert operator.get(path).status_code == 200
    posted = {"price": "25", "currency": "FCFA", "per_minute": "60"}
    assert operator.post(path, posted).status_code == 302
    way.refresh_from_db()
    assert (str(way.price), way.per_minute) == ("25.000", 60)


def test_the_worker_serves_this_page_alone(client: Client) -> None:
    answer = client.get(f"{PAGE}worker.js")
    assert answer["Service-Worker-Allowed"] == PAGE
    assert answer["Content-Type"].startswith("text/javascript")


def test_whoever_has_no_post_has_no_program(awa: User) -> None:
    Membership.objects.filter(person=awa).delete()
    from orgs.services.errors import NotAllowed

    with pytest.raises(NotAllowed):
        channels.add_program(viewer=viewer_for(awa), url="https://example.org/", label="x")
