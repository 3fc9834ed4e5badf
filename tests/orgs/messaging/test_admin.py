"""The outbox in admin: operators see how sending goes, and nothing about whom or what."""

from typing import Any

import pytest
from django.urls import reverse

from orgs.messaging import outbox
from orgs.models import Channel, Message, MessageState, Role, User
from tests.factories import person, signed_in

pytestmark = pytest.mark.django_db
LIST = "admin:orgs_message_changelist"


@pytest.fixture
def messages() -> list[Message]:
    recipient = User.objects.create_user(email="recipient@example.org", name="Destinataire secret")
    made = [
        outbox.post(purpose="single", channel=Channel.EMAIL, recipient=recipient, subject="Sujet secret", text="Secret")
        for _ in range(3)
    ]
    Message.objects.filter(pk=made[0].pk).update(state=MessageState.FAILED, reason="no_connection")
    return made


def test_operators_see_states_without_people_or_words(messages: list[Message]) -> None:
    client = signed_in(person(Role.OPERATOR))
    for address in (reverse(LIST), reverse("admin:orgs_message_change", args=[messages[0].pk])):
        page = client.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert "Le serveur n’a pas pu être joint" in text
        for secret in ("recipient@example.org", "Destinataire secret", "Sujet secret", "sealed"):
            assert secret not in text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.OVERSIGHT])
def test_nobody_else_sees_the_outbox(messages: list[Message], role: str) -> None:
    assert signed_in(person(role)).get(reverse(LIST)).status_code == 403


def test_nothing_is_changed_in_admin(messages: list[Message]) -> None:
    client = signed_in(person(Role.OPERATOR))
    assert client.get(reverse("admin:orgs_message_add")).status_code == 403
    assert client.post(reverse("admin:orgs_message_delete", args=[messages[0].pk]), {"post": "yes"}).status_code == 403
    client.post(reverse("admin:orgs_message_change", args=[messages[0].pk]), {"state": "sent"})
    messages[0].refresh_from_db()
    assert messages[0].state == MessageState.FAILED


def test_the_list_costs_the_same_for_three_and_for_fifty(
    messages: list[Message], django_assert_max_num_queries: Any
) -> None:
    client = signed_in(person(Role.OPERATOR))
    for number in range(50):
        outbox.post(purpose="single", channel=Channel.SMS, address=f"+223700000{number:02}", text="T")
    client.get(reverse(LIST))
    with django_assert_max_num_queries(16):
        client.get(reverse(LIST))


def test_filters_and_search_find_a_message(messages: list[Message]) -> None:
    client = signed_in(person(Role.OPERATOR))
    found = client.get(reverse(LIST), {"state__exact": "failed"})
    assert found.context["cl"].result_count == 1
    found = client.get(reverse(LIST), {"q": str(messages[1].key)})
    assert [one.pk for one in found.context["cl"].result_list] == [messages[1].pk]
