"""The models of choosing in Django admin: read by whom they concern, written nowhere."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Role
from tests.factories import area, person, signed_in
from tests.incidents.choice.conftest import Place, on_duty, subscribed

pytestmark = pytest.mark.django_db
MODELS = ("subscription", "ruleasdigest", "dutyroster", "dutyshift", "dutyreplacement")


def test_lists_and_what_they_show(koro: Place) -> None:
    subscribed(koro.liaison, "Koro", min_severity="severe")
    on_duty(koro.liaison, koro.liaison, start="06:00", end="18:00", days=[1])
    administrator, coordinator = signed_in(person(Role.ADMINISTRATOR)), signed_in(koro.author)
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    for model in MODELS:
        assert administrator.get(f"/admin/incidents/{model}/").status_code == 200
        expected = 200 if model.startswith("duty") else 403
        assert coordinator.get(f"/admin/incidents/{model}/?q=Keita").status_code == expected
        assert administrator.get(f"/admin/incidents/{model}/add/").status_code == 403
    assert administrator.get("/admin/orgs/areaneighbour/").status_code == 200
    assert "Keita" in coordinator.get("/admin/incidents/dutyshift/").content.decode()
    assert "Keita" not in administrator.get("/admin/incidents/dutyshift/").content.decode()
    assert "Permanence" not in away.get("/admin/incidents/dutyroster/").content.decode()


def test_queries_of_a_list_do_not_grow(koro: Place) -> None:
    browser = signed_in(person(Role.ADMINISTRATOR))

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            browser.get("/admin/incidents/subscription/")
        return len(caught)

    subscribed(koro.liaison, "Koro")
    few = queries()
    for _number in range(5):
        subscribed(koro.monitor, area("Gao"))
    assert queries() == few
