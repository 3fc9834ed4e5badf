"""What an alert's page, the API, admin and the preview say of ways: in words, with why, to those who may know."""

import re
from typing import Any

import pytest
from django.test import Client

from incidents.models import FallBack
from incidents.services import alerts
from incidents.services.falling_back import fall_back
from orgs.messaging import reasons
from orgs.models import Address, Channel, Message, Role, User, WayOut
from tests.factories import person, signed_in
from tests.incidents.alerts.conftest import Place, drafted, verified
from tests.incidents.channels.test_fall_back import became, released, with_push

pytestmark = pytest.mark.django_db


@pytest.fixture
def fell(koro: Place) -> Any:
    """The liaison's device is gone; the SMS arrived."""
    with_push(koro.liaison)
    delivery = released(koro)
    became(delivery, "failed", reasons.UNKNOWN_ADDRESS)
    fall_back()
    became(delivery, "delivered")
    return delivery


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_coordinators_see_each_way_and_why_the_next(fell: Any, koro: Place) -> None:
    page = shown(signed_in(koro.author), f"/alerts/{fell.alert_id}/")
    assert "Puis, car le message n’a pas pu être remis" in page
    assert str(reasons.words(reasons.UNKNOWN_ADDRESS)) in page or "Il n’y a personne à cette adresse" in page
    assert "Reçu" in page


def test_recipients_see_how_it_came_to_them_and_nobody_elses_way(fell: Any, koro: Place) -> None:
    page = shown(signed_in(koro.liaison), f"/alerts/{fell.alert_id}/")
    assert "Comment cela vous est parvenu" in page
    assert "Puis, car" in page
    other = person(Role.LIAISON, "Bankass", organisation=koro.service, name="Autre")
    answer = signed_in(other).get(f"/alerts/{fell.alert_id}/")
    assert "Puis, car" not in answer.content.decode()


def test_the_list_costs_the_same_with_chains(fell: Any, koro: Place, django_assert_max_num_queries: Any) -> None:
    from incidents import alerting

    page = list(alerting.recipients_of(koro.author_view, fell.alert).select_related("recipient", "alert"))
    with django_assert_max_num_queries(1):
        told = alerting.with_messages(page)
    [one] = [row for row in told if row.delivery.pk == fell.pk]
    assert len(one.links) == 2
    assert one.state == "Reçu"


def test_who_was_reached_by_the_next_way_need_not_be_called(fell: Any, koro: Place) -> None:
    from incidents import alerting

    assert fell not in alerting.call_list(koro.author_view, fell.alert)
    Message.objects.filter(deliveries=fell).update(state="failed", reason=reasons.REFUSED)
    assert fell in alerting.call_list(koro.author_view, fell.alert)


def test_programs_read_the_last_way_its_state_and_why(fell: Any, koro: Place) -> None:
    from incidents.api.resources import DELIVERY_RESOURCE
    from orgs.access import viewer_for

    viewer = viewer_for(koro.liaison)
    one = DELIVERY_RESOURCE.one(viewer, fell.pk)
    assert one is not None
    [row] = DELIVERY_RESOURCE.statement(viewer, {}, size=10, after=False, backwards=False).run([])
    listed = dict(zip(DELIVERY_RESOURCE.names, row, strict=False))
    for shown_row in (one, listed):
        found = [shown_row[name] for name in ("channel", "last_channel", "state", "why")]
        assert found == ["push", "sms", "delivered", ""]


def test_admin_lists_fall_backs_for_coordinators_of_the_area(fell: Any, koro: Place) -> None:
    step = FallBack.objects.get()
    inside, outside = signed_in(koro.author), signed_in(person(Role.COORDINATOR, "Gao", name="Loin"))
    assert "Keita" in shown(inside, "/admin/incidents/fallback/")
    assert inside.get(f"/admin/incidents/fallback/{step.pk}/change/").status_code == 200
    assert "Keita" not in shown(outside, "/admin/incidents/fallback/")


def test_the_preview_says_what_sms_cost_and_what_is_in_trouble(koro: Place) -> None:
    User.objects.filter(pk=koro.liaison.pk).update(channel=Channel.SMS)
    now = koro.author.date_joined
    WayOut.objects.create(channel=Channel.SMS, price="25", per_minute=60)
    WayOut.objects.create(channel=Channel.EMAIL, state="open", opened_at=now, next_try_at=now, troubles=5)
    alert = drafted(koro, verified())
    page = shown(signed_in(koro.author), f"/alerts/{alert.pk}/preview/")
    found = re.search(r"SMS : (\d+) parties?, environ (\d+)", page)
    assert found is not None
    assert int(found[2]) == 25 * int(found[1])
    assert "au plus 60 messages par minute" in page
    assert "a un problème" in page


def test_the_preview_counts_people_by_their_first_way(koro: Place) -> None:
    with_push(koro.liaison)
    alert = drafted(koro, verified())
    assert "Notification sur le téléphone" in shown(signed_in(koro.author), f"/alerts/{alert.pk}/preview/")
    Address.objects.update(ended_at=koro.author.date_joined, end="gone")
    assert "Notification sur le téléphone" not in shown(signed_in(koro.author), f"/alerts/{alert.pk}/preview/")


def test_a_release_to_people_with_ways_costs_the_same_statements(koro: Place) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(people: int) -> int:
        for number in range(people):
            with_push(person(Role.LIAISON, "Koro", organisation=koro.service, name=f"L{number}"))
        alert = drafted(koro, verified())
        with CaptureQueriesContext(connection) as queries:
            alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        return len(queries)

    assert cost(1) == cost(30)
