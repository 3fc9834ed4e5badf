"""Two coordinators at the same moment, on real connections: one step is taken, the other is told."""

from datetime import date

import pytest

from incidents.models import Incident, Report
from incidents.services import incidents as work
from incidents.services import triage
from incidents.services.content import Account, Grading
from incidents.services.errors import ChangedMeanwhile
from orgs import audit
from orgs.models import Role
from tests.factories import IncidentFactory, ReportFactory, viewer
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
GRADING = Grading(type_code="looting", occurred_on=date(2026, 1, 1))


@pytest.fixture
def pair():
    return viewer(Role.COORDINATOR, "Koro"), viewer(Role.COORDINATOR, "Koro")


@pytest.mark.parametrize("_again", range(5))
def test_one_report_becomes_one_incident(pair, _again):
    row = ReportFactory.create()
    results = at_once(
        *(lambda who=who: triage.make_incident(viewer=who, report=row, version=1, grading=GRADING) for who in pair)
    )
    assert sum(isinstance(result, Incident) for result in results) == 1
    (told,) = [result for result in results if isinstance(result, ChangedMeanwhile)]
    winner = next(who for who, result in zip(pair, results, strict=True) if isinstance(result, Incident))
    assert told.by is not None
    assert told.by.pk == winner.user_id
    assert Incident.objects.count() == 1
    assert Report.objects.get().version == 2


@pytest.mark.parametrize("_again", range(5))
def test_attaching_and_setting_aside_at_once_is_one_of_them(pair, _again):
    row, incident = ReportFactory.create(), IncidentFactory.create()
    results = at_once(
        lambda: triage.attach_report(viewer=pair[0], report=row, incident=incident, version=1),
        lambda: triage.reject_report(viewer=pair[1], report=row, version=1, reason="unclear", note=""),
    )
    assert sum(isinstance(result, ChangedMeanwhile) for result in results) == 1
    assert len(audit.entries_of(row)) == 1


def test_of_many_writers_one_wins_and_no_word_is_lost_unseen(pair):
    row = IncidentFactory.create()
    results = at_once(
        *(
            lambda n=n: work.write_incident(
                viewer=pair[n % 2], incident=row, version=1, account=Account(narrative=f"récit {n}")
            )
            for n in range(6)
        )
    )
    assert sum(isinstance(result, ChangedMeanwhile) for result in results) == 5
    (won,) = [n for n, result in enumerate(results) if isinstance(result, Incident)]
    assert Incident.objects.get().narrative == f"récit {won}"
    assert Incident.objects.get().version == 2


@pytest.mark.parametrize("_again", range(5))
def test_the_last_report_cannot_slip_away_while_the_incident_is_verified(pair, _again):
    row = IncidentFactory.create()
    report = ReportFactory.attached(row)
    at_once(
        lambda: work.verify_incident(viewer=pair[0], incident=row, version=1),
        lambda: triage.reopen_report(viewer=pair[1], report=report, version=1),
    )
    now = Incident.objects.get()
    assert now.state == "open" or now.reports.exists()


@pytest.mark.parametrize("_again", range(5))
def test_reports_joined_crosswise_do_not_block_each_other(pair, _again):
    one, two = ReportFactory.create(), ReportFactory.create()
    results = at_once(
        lambda: triage.make_incident(viewer=pair[0], report=one, version=1, grading=GRADING, together=[(two, 1)]),
        lambda: triage.make_incident(viewer=pair[1], report=two, version=1, grading=GRADING, together=[(one, 1)]),
    )
    assert sum(isinstance(result, Incident) for result in results) == 1
    assert sum(isinstance(result, ChangedMeanwhile) for result in results) == 1
    assert Report.objects.filter(state="attached").count() == 2
