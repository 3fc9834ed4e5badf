"""Operators see in admin how SMS come in, and nothing of whom or what."""

from typing import Any

import pytest
from django.urls import reverse

from incidents.models import SmsConversation
from orgs.models import ReceivedSms, Role
from tests.factories import person, signed_in
from tests.incidents.sms.conftest import Phone

pytestmark = pytest.mark.django_db
LISTS = (
    "admin:orgs_receivedsms_changelist",
    "admin:incidents_smssender_changelist",
    "admin:incidents_smsconversation_changelist",
)


@pytest.fixture
def written(phone: Phone) -> None:
    phone.says("INC KORO TIR 3M 5B")
    phone.says("AIDE")
    phone.says("des voleurs au puits")


@pytest.mark.parametrize("name", LISTS)
def test_operators_see_neither_number_nor_words(written: None, phone: Phone, name: str) -> None:
    client = signed_in(person(Role.OPERATOR))
    page = client.get(reverse(name))
    assert page.status_code == 200
    row = page.context["cl"].result_list[0]
    change = client.get(reverse(name.replace("changelist", "change"), args=[row.pk]))
    assert change.status_code == 200
    for text in (page.content.decode(), change.content.decode()):
        for secret in (phone.number[1:], "KORO", "voleurs", "puits", "gAAAA"):
            assert secret not in text


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.OVERSIGHT])
def test_nobody_else_sees_them(written: None, name: str, role: str) -> None:
    assert signed_in(person(role, "Koro")).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_changed_there(written: None, name: str) -> None:
    client = signed_in(person(Role.OPERATOR))
    assert client.get(reverse(name.replace("changelist", "add"))).status_code == 403
    row = client.get(reverse(name)).context["cl"].result_list[0]
    delete = reverse(name.replace("changelist", "delete"), args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert SmsConversation.objects.exists()
    assert ReceivedSms.objects.exists()


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_cost_the_same_for_many(
    written: None, phone: Phone, name: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        Phone(f"+223760000{number:02}").says("AIDE")
    client = signed_in(person(Role.OPERATOR))
    client.get(reverse(name))
    with django_assert_max_num_queries(16):
        client.get(reverse(name))
