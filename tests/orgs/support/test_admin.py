"""Support and merges in Django admin: rows by policy, writes by the services, no query more for a row more."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.access import viewer_for
from orgs.models import Attendance, GrantReport, Need, NotDuplicate, ProgrammeCount, Role, SubGrant
from orgs.services.merges import merge_organisations
from tests.factories import OrganisationFactory, person, signed_in
from tests.factories_directory import (
    FundingCallFactory,
    NeedFactory,
    ProgrammeFactory,
    SubGrantFactory,
    TrainingFactory,
)

pytestmark = pytest.mark.django_db
MODELS = (
    "training", "subgrant", "need", "fundingcall", "programme", "attendance", "programmecount", "grantreport", "merge",
    "notduplicate",
)  # fmt: skip


def fill(viewer: Any) -> None:
    training, programme, grant = TrainingFactory.create(), ProgrammeFactory.create(), SubGrantFactory.create()
    NeedFactory.create()
    FundingCallFactory.create(funder=OrganisationFactory.create())
    Attendance.objects.create(training=training, organisation=grant.recipient, sex="male", age="youth", number=2)
    ProgrammeCount.objects.create(
        programme=programme, measure="trained", starts_on="2015-01-01", ends_on="2018-01-01", sex="male", age="youth",
        number=2,
    )  # fmt: skip
    GrantReport.objects.create(grant=grant, due_on="2026-01-01")
    first, second = OrganisationFactory.create(), OrganisationFactory.create()
    NotDuplicate.objects.create(first=first, second=second)
    kept, gone = OrganisationFactory.create(), OrganisationFactory.create()
    merge_organisations(viewer=viewer, kept=kept, gone=gone, choices={})


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_however_many_rows(model: str) -> None:
    user = person(Role.ADMINISTRATOR)
    client, counts = signed_in(user), []
    for _ in range(2):
        fill(viewer_for(user))
        with CaptureQueriesContext(connection) as heard:
            assert client.get(f"/admin/orgs/{model}/?q=assoc").status_code == 200
        counts.append(len(heard))
    assert counts[0] == counts[1]
    assert client.get(f"/admin/orgs/{model}/").status_code == 200


def test_a_row_is_written_by_the_service() -> None:
    client, body = signed_in(person(Role.ADMINISTRATOR)), OrganisationFactory.create()
    given = {
        "organisation": body.pk,
        "kind": "transport",
        "words": "Deux motos",
        "stated_on": "2026-01-01",
        "state": "open",
    }
    assert client.post("/admin/orgs/need/add/", given).status_code == 302
    need = Need.objects.get()
    assert client.get(f"/admin/orgs/need/{need.pk}/change/").status_code == 200
    assert client.get(f"/admin/orgs/need/{need.pk}/history/").status_code == 200
    assert client.post("/admin/orgs/need/add/", {**given, "kind": "nonsense"}).status_code in (200, 302)
    assert Need.objects.count() == 1
    client.post("/admin/orgs/need/", {"action": "withdraw", "_selected_action": [need.pk]})
    need.refresh_from_db()
    assert need.withdrawn_at is not None


def test_a_coordinator_reads_the_grants_of_the_own_areas_in_admin() -> None:
    here = SubGrantFactory.create()
    away = SubGrantFactory.create(recipient=OrganisationFactory.create(areas=["Gao"]))
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    assert client.get(f"/admin/orgs/subgrant/{here.pk}/change/").status_code == 200
    assert client.get(f"/admin/orgs/subgrant/{away.pk}/change/").status_code == 302
    assert SubGrant.objects.count() == 2
