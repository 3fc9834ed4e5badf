"""What a report is held beside, and why."""

import pytest
from django.utils import timezone

from incidents.matching import incidents_like, reports_like
from orgs.models import Level, Role
from tests.factories import ActorFactory, IncidentFactory, OrganisationFactory, ReportFactory, area, country, viewer
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db
THEFT = "Hier soir des hommes armés ont volé quarante vaches près du marché de Koro."


@pytest.fixture
def coordinator():
    return viewer(Role.COORDINATOR, country())


def reasons(match):
    return [str(reason) for reason in match.reasons]


def test_the_likeliest_comes_first_with_its_reasons(coordinator):
    report = ReportFactory.create(narrative=THEFT)
    same = IncidentFactory.create(
        narrative="Vol de quarante vaches au marché par des hommes armés", occurred_on=timezone.localdate()
    )
    IncidentFactory.create(narrative="Dispute pour un puits", type_id="land", where="Gao")
    near = IncidentFactory.create(narrative="Bétail emporté", occurred_on=in_days(-3)(), where="Koro")
    found = incidents_like(report, coordinator)
    assert [match.row.pk for match in found] == [same.pk, near.pk]
    told = reasons(found[0])
    assert told[:3] == ["même cercle", "même jour", "même type"]
    assert told[3].startswith("mots communs : ")
    assert "quarante" in told[3]
    assert reasons(found[1])[1] == "3 jours d’écart"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"occurred_on": in_days(-20)},
        {"where": "Gao"},
        {"state": "closed", "finding": "true", "closed_at": timezone.now},
        {"narrative": "Une école a fermé", "type_id": "services"},
    ],
)
def test_what_is_far_in_time_or_place_or_closed_or_something_else_is_left_out(elsewhere, coordinator):
    report = ReportFactory.create(narrative=THEFT)
    IncidentFactory.create(**({"narrative": THEFT} | by_now(elsewhere)))
    assert incidents_like(report, coordinator) == []


def test_other_new_reports_and_the_very_same_words(coordinator):
    report = ReportFactory.create(narrative=THEFT, content_key="a" * 64)
    twin = ReportFactory.create(narrative=THEFT, content_key="a" * 64)
    like = ReportFactory.create(narrative="On a volé des vaches au marché, des hommes armés")
    ReportFactory.rejected(narrative=THEFT)
    found = reports_like(report, coordinator)
    assert [match.row.pk for match in found] == [twin.pk, like.pk]
    assert reasons(found[0])[0] == "exactement les mêmes mots"


def test_a_report_without_a_place_is_matched_by_its_words(coordinator):
    report = ReportFactory.create(where=None, narrative=THEFT, type_id=None)
    incident = IncidentFactory.create(narrative="Vol de quarante vaches près du marché")
    IncidentFactory.create(narrative="Autre histoire sans rapport", type_id="land")
    assert [match.row.pk for match in incidents_like(report, coordinator)] == [incident.pk]


def test_a_report_without_words_is_matched_by_place_and_type(coordinator):
    report = ReportFactory.create(narrative="")
    incident = IncidentFactory.create(narrative="")
    found = incidents_like(report, coordinator)
    assert [match.row.pk for match in found] == [incident.pk]
    assert reasons(found[0]) == ["même cercle", "même jour", "même type"]


def test_nobody_is_offered_what_they_may_not_see():
    organisation = OrganisationFactory.create()
    insider = viewer(Role.COORDINATOR, "Koro", organisation=organisation)
    report = ReportFactory.create(narrative=THEFT)
    IncidentFactory.create(narrative=THEFT, where=area("Gao", Level.REGION))
    accused = IncidentFactory.create(narrative=THEFT)
    assert [match.row.pk for match in incidents_like(report, insider)] == [accused.pk]
    accused.held_responsible.create(actor=ActorFactory.create(organisation=organisation))
    assert incidents_like(report, insider) == []


def test_one_statement_a_kind(coordinator, django_assert_num_queries):
    report = ReportFactory.create(narrative=THEFT)
    for _ in range(12):
        IncidentFactory.create(narrative=THEFT)
        ReportFactory.create(narrative=THEFT)
    with django_assert_num_queries(1):
        assert len(incidents_like(report, coordinator)) == 8
    with django_assert_num_queries(1):
        assert len(reports_like(report, coordinator)) == 8
