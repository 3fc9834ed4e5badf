"""Gaps: what fills them, what does not, for whom; the file that says the same."""

import csv
import io
from datetime import date

import pytest
from django.utils import timezone

from orgs.access import viewer_for
from orgs.maps import gaps
from orgs.maps.gaps import Gap
from orgs.maps.narrowing import division
from orgs.models import Level, Organisation, OrganisationKind, OrganisationState, Presence, ProvedHow, Role
from orgs.policy import Viewer
from tests.factories import ContactFactory, OrganisationFactory, area, country, person, signed_in
from tests.factories_directory import StateServiceFactory
from tests.moments import by_now

pytestmark = pytest.mark.django_db


def missing(viewer: Viewer, name: str = "Koro") -> set[str]:
    found = gaps.coverage(viewer, division())
    return set(next(one for one in found.cercles if one.area.name == name).missing)


@pytest.fixture
def coordinator() -> Viewer:
    return viewer_for(person(Role.COORDINATOR, "Koro"))


ALL = {Gap.VERIFIED, Gap.WOMEN, Gap.EMERGENCY, Gap.MEDIATOR}


def test_all_160_cercles_are_there_and_lack_everything_at_first(coordinator: Viewer) -> None:
    found = gaps.coverage(coordinator, division())
    assert len(found.cercles) == 160
    assert all(set(one.missing) == ALL for one in found.cercles)


def test_each_sort_fills_its_own_gap(coordinator: Viewer) -> None:
    OrganisationFactory.verified(areas=["Koro"])
    assert missing(coordinator) == ALL - {Gap.VERIFIED}
    OrganisationFactory.create(kind=OrganisationKind.WOMEN, areas=["Koro"])
    assert missing(coordinator) == ALL - {Gap.VERIFIED, Gap.WOMEN}
    OrganisationFactory.create(capacities=["mediation"], areas=["Koro"])
    assert missing(coordinator) == {Gap.EMERGENCY}
    assert missing(coordinator, "Bankass") == ALL


@pytest.mark.parametrize(
    ("fields", "fills"),
    [
        ({"is_emergency": True, "proved_at": timezone.now, "proved_how": ProvedHow.CALL}, True),
        ({"is_emergency": True}, False),
        ({"is_emergency": False, "proved_at": timezone.now, "proved_how": ProvedHow.CALL}, False),
        ({"is_emergency": True, "proved_at": timezone.now, "proved_how": "call", "failed_at": timezone.now}, False),
        ({"is_emergency": True, "proved_at": timezone.now, "proved_how": "call", "ended_at": timezone.now}, False),
    ],
)
def test_an_emergency_contact_must_work(coordinator: Viewer, fields: dict[str, object], fills: bool) -> None:
    ContactFactory.create(organisation=OrganisationFactory.create(areas=["Koro"]), **by_now(fields))
    assert (Gap.EMERGENCY not in missing(coordinator)) is fills


def test_a_whole_region_counts_and_the_whole_country_does_not(coordinator: Viewer) -> None:
    OrganisationFactory.create(kind=OrganisationKind.WOMEN, areas=[country()])
    assert Gap.WOMEN in missing(coordinator)
    assert gaps.coverage(coordinator, division()).nationwide.women == 1
    OrganisationFactory.create(kind=OrganisationKind.WOMEN, areas=[area("Bandiagara", Level.REGION)])
    assert Gap.WOMEN not in missing(coordinator)
    assert Gap.WOMEN in missing(coordinator, "Gao")


def test_a_seat_counts_as_being_there(coordinator: Viewer) -> None:
    OrganisationFactory.verified(seat=area("Koro"))
    assert Gap.VERIFIED not in missing(coordinator)


def test_what_is_hidden_retired_or_merged_fills_no_gap_for_others(coordinator: Viewer) -> None:
    hidden = OrganisationFactory.create(kind=OrganisationKind.WOMEN, areas=["Koro"])
    Organisation.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    OrganisationFactory.create(kind=OrganisationKind.MEDIATOR, areas=["Koro"], state=OrganisationState.RETIRED)
    merged = OrganisationFactory.verified(areas=["Koro"])
    Organisation.objects.filter(pk=merged.pk).update(merged_into=hidden)
    assert missing(viewer_for(person(Role.MONITOR, "Koro"))) == ALL
    assert missing(coordinator) == ALL - {Gap.WOMEN}


def test_a_contact_that_may_not_be_seen_fills_no_gap() -> None:
    fields = {"is_emergency": True, "proved_at": timezone.now(), "proved_how": ProvedHow.CALL}
    ContactFactory.create(organisation=OrganisationFactory.create(areas=["Koro"]), **fields)
    assert Gap.EMERGENCY in missing(viewer_for(person(Role.MONITOR, "Koro")))
    page = signed_in(person(Role.MONITOR, "Koro")).get("/orgs/gaps/").content.decode()
    assert "Seul compte ce que vous pouvez voir" in page


def test_four_statements_for_all(coordinator: Viewer, django_assert_num_queries) -> None:
    areas = division()
    StateServiceFactory.create(said_by=OrganisationFactory.create())
    with django_assert_num_queries(4):
        gaps.coverage(coordinator, areas)


def test_services_come_with_who_said_so_and_since_when(coordinator: Viewer) -> None:
    StateServiceFactory.create(presence=Presence.ABSENT, source="Radio", since=date(2022, 1, 1), since_is_year=True)
    StateServiceFactory.create(kind="court", presence=Presence.ABSENT, area=area("Bandiagara", Level.REGION))
    found = gaps.coverage(coordinator, division())
    assert [one.area.name for one in gaps.narrowed(found.cercles, None, "no_school")] == ["Koro"]
    koro = next(one for one in found.cercles if one.area.name == "Koro")
    assert [(one.since, one.who) for one in koro.said if one.kind == "school"] == [("2022", "Radio")]
    bankass = next(one for one in found.cercles if one.area.name == "Bankass")
    assert [one.kind for one in bankass.said] == ["court"]


def test_the_file_has_its_hxl_row_and_no_formula() -> None:
    StateServiceFactory.create(kind="school", source="=HYPERLINK(1)", note="@x")
    answer = signed_in(person(Role.ANALYST, "Koro")).get("/orgs/gaps.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Région"
    assert rows[1][:4] == ["#adm1+name", "#adm1+code", "#adm2+name", "#adm2+code"]
    assert len(rows) == 162
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows[2:] for cell in row if cell[:1] in "=+-@" and cell]
    koro = next(row for row in rows if row[2] == "Koro")
    assert "HYPERLINK" in koro[rows[1].index("#service+status+school")]


def test_the_table_is_narrowed_and_sorted_by_its_address() -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    OrganisationFactory.create(kind=OrganisationKind.WOMEN, areas=["Koro"])
    page = client.get("/orgs/gaps/?area=ML19&gap=women&sort=name&x=1").content.decode()
    assert client.get("/orgs/gaps/?area=nowhere&gap=nonsense&sort=nonsense").status_code == 200
    assert page.count("<tr>") < 161
    region = area("Bandiagara", Level.REGION)
    page = client.get(f"/orgs/gaps/?area={region.pcode}&gap=women").content.decode()
    assert "Bankass</a></th>" in page
    assert "Koro</a></th>" not in page
    assert f"/orgs/gaps.csv?area={region.pcode}&amp;gap=women" in page
