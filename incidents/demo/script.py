"""Playing the story: every step goes through the service that a person would use, at the hour at which it happened."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from django.utils import timezone

from incidents.demo import alerting, choosing, conduct, doors, ladders, twoway
from incidents.demo.cases import ASIDE, CASES, Aside, Case, Count
from incidents.demo.told import REPORTS, Told
from incidents.models import Addition, Figure, HeldResponsible, Incident, Report, ReporterIdentity
from incidents.said import Said
from incidents.services import incidents, triage
from incidents.services.content import Account, Grading
from incidents.services.identities import Identity
from incidents.services.reports import add_to_report, receive_report
from orgs.demo import Stage
from orgs.models import Area

HOURS = {told.key: told.hours for told in REPORTS}
Step = tuple[float, Callable[[], None]]
"""So many hours ago, this was done."""


def play(stage: Stage) -> None:
    """Everything that happened, in its order."""
    choosing.play(stage)
    parts = (alerting, twoway, doors)
    steps = [*_telling(stage), *_deciding(stage), *(step for part in parts for step in part.steps(stage))]
    for hours, act in sorted(steps, key=lambda step: -step[0]):
        with stage.moment(stage.ago(hours)):
            act()
    conduct.play(stage)
    ladders.play(stage)


# --- Reports -----------------------------------------------------------------------------------------------------


def _telling(stage: Stage) -> Iterator[Step]:
    for told in REPORTS:
        yield told.hours, partial(_tell, stage, told)
        for hours, text in told.added:
            yield hours, partial(_add, stage, told, hours, text)


def _tell(stage: Stage, told: Told) -> None:
    received = receive_report(
        door=told.door,
        external_id=f"demo-{told.key}",
        said=Said(
            type_code=told.kind,
            occurred_on=None if told.days is None else _day(stage, told.days * 24),
            place_text=told.place,
            area_id=Area.objects.current().get(pcode=told.area).pk if told.area else None,
            narrative=told.text,
            harmed=told.harmed,
            how_known=told.how,
            may_call_back=bool(told.phone or told.by),
        ),
        identity=_identity(stage, told),
        language=told.language,
        is_demo=True,
    )
    at = stage.ago(told.hours)
    Report.objects.filter(pk=received.report.pk).update(received_at=at)
    ReporterIdentity.objects.filter(report=received.report.pk).update(created_at=at)


def _identity(stage: Stage, told: Told) -> Identity | None:
    if not (told.phone or told.name or told.by):
        return None
    return Identity(name=told.name, phone=told.phone, user_id=stage.people[told.by].pk if told.by else None)


def _add(stage: Stage, told: Told, hours: float, text: str) -> None:
    addition = add_to_report(report=report(told.key), text=text)
    if addition is not None:
        Addition.objects.filter(pk=addition.pk).update(received_at=stage.ago(hours))


# --- Incidents ---------------------------------------------------------------------------------------------------


def _deciding(stage: Stage) -> Iterator[Step]:
    for aside in ASIDE:
        yield aside.hours, partial(_set_aside, stage, aside)
    for case in CASES:
        yield case.hours, partial(_make, stage, case)
        for count in case.counts:
            yield count.hours, partial(_count, stage, case, count)
        if case.written:
            yield case.written, partial(_write, stage, case)
        if case.responsible is not None:
            yield case.responsible[0], partial(_name, stage, case, *case.responsible)
        if case.verified:
            yield case.verified, partial(_verify, stage, case)
        if case.closed:
            yield case.closed, partial(_close, stage, case)


def _set_aside(stage: Stage, aside: Aside) -> None:
    row, viewer = report(aside.report), stage.viewer(aside.by)
    triage.reject_report(viewer=viewer, report=row, version=row.version, reason=aside.reason, note=aside.note)
    Report.objects.filter(pk=row.pk).update(decided_at=stage.ago(aside.hours))


def _make(stage: Stage, case: Case) -> None:
    at = stage.ago(case.hours)
    first, *others = [report(key) for key in case.reports if HOURS[key] > case.hours]
    source, claim, severity, urgency, certainty = case.grades
    made = triage.make_incident(
        viewer=stage.viewer(case.by),
        report=first,
        version=first.version,
        grading=Grading(
            type_code=case.kind,
            occurred_on=first.occurred_on or timezone.localdate(),
            source_grade=source,
            claim_grade=claim,
            severity=severity,
            urgency=urgency,
            certainty=certainty,
            tlp=case.tlp,
        ),
        account=Account(narrative=case.narrative),
        together=[(row, row.version) for row in others],
    )
    Incident.objects.filter(pk=made.pk).update(created_at=at, updated_at=at)
    Report.objects.filter(incident=made).update(decided_at=at)
    alerting.remember(stage, case.key, made)


def _write(stage: Stage, case: Case) -> None:
    row = alerting.incident(stage, case.key)
    _attach_latecomers(stage, case, row)
    incidents.write_incident(
        viewer=stage.viewer(case.by),
        incident=row,
        version=row.version,
        account=Account(case.narrative, case.summary, "" if case.closed else case.note),
    )
    _stamp(stage, row, case.written)


def _attach_latecomers(stage: Stage, case: Case, row: Incident) -> None:
    """Reports that came in after the incident was made stand behind it too."""
    for late in map(report, case.reports):
        if late.incident_id is None:
            triage.attach_report(viewer=stage.viewer(case.by), report=late, incident=row, version=late.version)
            Report.objects.filter(pk=late.pk).update(decided_at=stage.ago(case.written))


def _count(stage: Stage, case: Case, count: Count) -> None:
    row = alerting.incident(stage, case.key)
    figure = incidents.add_figure(
        viewer=stage.viewer(case.by),
        incident=row,
        version=row.version,
        kind=count.kind,
        value=count.value,
        as_of=_day(stage, count.hours),
        source=count.source,
        report=report(count.report) if count.report else None,
    )
    Figure.objects.filter(pk=figure.pk).update(recorded_at=stage.ago(count.hours))
    _stamp(stage, row, count.hours)


def _name(stage: Stage, case: Case, hours: float, actor: str) -> None:
    row = alerting.incident(stage, case.key)
    named = incidents.name_responsible(
        viewer=stage.viewer(case.by), incident=row, version=row.version, actor=stage.actors[actor]
    )
    HeldResponsible.objects.filter(pk=named.pk).update(recorded_at=stage.ago(hours))
    _stamp(stage, row, hours)


def _verify(stage: Stage, case: Case) -> None:
    row = alerting.incident(stage, case.key)
    incidents.verify_incident(viewer=stage.viewer(case.by), incident=row, version=row.version)
    _stamp(stage, row, case.verified)


def _close(stage: Stage, case: Case) -> None:
    row = alerting.incident(stage, case.key)
    incidents.close_incident(
        viewer=stage.viewer(case.by),
        incident=row,
        version=row.version,
        finding=case.finding,
        reporter_note=case.note,
    )
    Incident.objects.filter(pk=row.pk).update(closed_at=stage.ago(case.closed))
    _stamp(stage, row, case.closed)


# --- Parts -------------------------------------------------------------------------------------------------------


def report(key: str) -> Report:
    """A report of the story as it is now."""
    return Report.objects.get(external_id=f"demo-{key}", is_demo=True)


def _stamp(stage: Stage, row: Incident, hours: float) -> None:
    Incident.objects.filter(pk=row.pk).update(updated_at=stage.ago(hours))


def _day(stage: Stage, hours: float) -> date:
    return timezone.localtime(stage.now - timedelta(hours=hours)).date()
