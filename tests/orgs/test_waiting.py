"""What waits for a person is counted by one statement, however many rooms have something."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import providers
from orgs.access import ANYONE, viewer_for
from orgs.models import Role
from orgs.providers import Providers, Waits
from tests.factories import AlertFactory, IncidentFactory, ReportFactory, person

pytestmark = pytest.mark.django_db


def test_all_rooms_are_counted_by_one_statement() -> None:
    coordinator = person(Role.COORDINATOR, "Koro")
    for _n in range(3):
        ReportFactory.create(where="Koro")
    AlertFactory.create(incident=IncidentFactory.create(where="Koro"), state="proposed")
    viewer = viewer_for(coordinator)
    with CaptureQueriesContext(connection) as asked:
        found = providers.waiting_for(viewer)
    assert len(asked) == 1
    assert {str(one.label): one.count for one in found if one.count} == {
        "nouveaux signalements dans vos zones": 3,
        "alerte attend votre accord": 1,
    }


def test_each_count_is_that_of_its_rows() -> None:
    viewer = viewer_for(person(Role.COORDINATOR, "Koro"))
    ReportFactory.create(where="Koro")
    each = [(one.url, one.rows.order_by().count()) for one in providers.waiting.collect(viewer)]
    assert [(one.url, one.count) for one in providers.waiting_for(viewer)] == each
    assert len(each) > 5


def test_rows_that_nobody_can_see_count_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from incidents.models import Report

    made: Providers[[object], Waits] = Providers()
    made.register(lambda _viewer: [Waits("desk", Report.objects.none(), lambda count: f"{count}", "/desk/")])
    monkeypatch.setattr(providers, "waiting", made)
    assert [one.count for one in providers.waiting_for(ANYONE)] == [0]
