"""Whatever coordinators do in whatever order, reports and incidents stay in their life cycle."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from incidents.models import Figure, Incident, Report
from incidents.services import incidents as work
from incidents.services import triage
from incidents.services.content import Account, Grading
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs.models import AuditEntry, Role
from tests.factories import ActorFactory, ReportFactory, viewer

MOVES = {
    "report": {("new", "attached"), ("new", "rejected"), ("attached", "new"), ("rejected", "new")},
    "incident": {("open", "verified"), ("open", "closed"), ("verified", "closed"), ("closed", "open")},
}
REFUSED = (NotAllowed, ChangedMeanwhile, ValidationError)
PICK = st.integers(0, 10)


class Desk(RuleBasedStateMachine):
    """Two coordinators with pages that may be out of date."""

    @initialize(reports=st.integers(2, 4))
    def open_the_desk(self, reports):
        Figure.objects.all().delete()
        self.viewers = [viewer(Role.COORDINATOR, "Koro"), viewer(Role.COORDINATOR, "Koro")]
        self.reports = [ReportFactory.create().pk for _ in range(reports)]
        self.incidents: list[int] = []
        self.actor = ActorFactory.create()
        self.before = self._states()

    def _states(self) -> dict[tuple[str, int], tuple[str, int]]:
        rows: dict[tuple[str, int], tuple[str, int]] = {}
        for kind, model, pks in (("report", Report, self.reports), ("incident", Incident, self.incidents)):
            for pk, state, version in model.objects.filter(pk__in=pks).values_list("pk", "state", "version"):
                rows[kind, pk] = (state, version)
        return rows

    def _try(self, step: Any, who: int, row: Any, stale: bool, **given: Any) -> Any:
        version = max(1, row.version - 1) if stale else row.version
        kind = "report" if isinstance(row, Report) else "incident"
        given |= {"viewer": self.viewers[who % 2], kind: row, "version": version}
        try:
            return step(**given)
        except REFUSED:
            assert self._states() == self.before, "a refused step wrote something"
            return None

    def _report(self, pick: int) -> Report:
        return Report.objects.get(pk=self.reports[pick % len(self.reports)])

    def _incident(self, pick: int) -> Incident | None:
        return Incident.objects.get(pk=self.incidents[pick % len(self.incidents)]) if self.incidents else None

    @rule(pick=PICK, who=PICK, stale=st.booleans(), summary=st.sampled_from(["", "Vol au marché"]))
    def make(self, pick, who, stale, summary):
        grading = Grading(type_code="looting", occurred_on=date(2026, 1, 1))
        row = self._report(pick)
        made = self._try(triage.make_incident, who, row, stale, grading=grading, account=Account(summary=summary))
        if made is not None:
            self.incidents.append(made.pk)

    @rule(pick=PICK, other=PICK, who=PICK, stale=st.booleans())
    def attach(self, pick, other, who, stale):
        incident = self._incident(other)
        if incident is not None:
            self._try(triage.attach_report, who, self._report(pick), stale, incident=incident)

    @rule(pick=PICK, who=PICK, stale=st.booleans())
    def reject(self, pick, who, stale):
        self._try(triage.reject_report, who, self._report(pick), stale, reason="unclear", note="")

    @rule(pick=PICK, who=PICK, stale=st.booleans())
    def reopen_report(self, pick, who, stale):
        self._try(triage.reopen_report, who, self._report(pick), stale)

    @rule(
        pick=PICK,
        who=PICK,
        stale=st.booleans(),
        step=st.sampled_from(["verify", "close", "reopen", "write", "count", "name"]),
    )
    def work_on(self, pick, who, stale, step):
        row = self._incident(pick)
        if row is None:
            return
        steps: dict[str, tuple[Any, dict[str, Any]]] = {
            "verify": (work.verify_incident, {}),
            "close": (work.close_incident, {"finding": "partly"}),
            "reopen": (work.reopen_incident, {}),
            "write": (work.write_incident, {"account": Account(summary="Un résumé")}),
            "count": (work.add_figure, {"kind": "killed", "value": 1, "as_of": timezone.localdate()}),
            "name": (work.name_responsible, {"actor": self.actor}),
        }
        service, given = steps[step]
        self._try(service, who, row, stale, **given)

    @invariant()
    def only_allowed_moves_were_made(self):
        if not hasattr(self, "before"):
            return
        now = self._states()
        for (kind, pk), (state, version) in now.items():
            was, seen = self.before.get((kind, pk), (state, version))
            assert state == was or (was, state) in MOVES[kind]
            assert version >= seen
            if state != was:
                assert version == seen + 1
        self.before = now

    @invariant()
    def rows_are_whole(self):
        if not hasattr(self, "before"):
            return
        for report in Report.objects.filter(pk__in=self.reports):
            assert (report.incident_id is not None) == (report.state == "attached")
            assert bool(report.reject_reason) == (report.state == "rejected")
            assert (report.decided_at is not None) == (report.state != "new")
        for incident in Incident.objects.filter(pk__in=self.incidents):
            assert bool(incident.finding) == (incident.state == "closed")
            assert (incident.closed_at is not None) == (incident.state == "closed")
            if incident.state == "verified":
                assert incident.reports.exists()
                assert incident.summary

    @invariant()
    def the_log_knows_every_version(self):
        if not hasattr(self, "before"):
            return
        for (kind, pk), (_state, version) in self._states().items():
            entries = AuditEntry.objects.filter(object_type=kind, object_id=str(pk), facts__has_key="version")
            versions = sorted(entry.facts["version"] for entry in entries)
            first = 1 if kind == "incident" else 2
            assert versions == list(range(first, version + 1))


@pytest.mark.django_db
class TestLife(HypothesisTestCase):
    def test_any_order_of_steps(self):
        run_state_machine_as_test(
            Desk,
            settings=settings(
                max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
