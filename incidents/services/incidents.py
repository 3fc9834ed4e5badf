"""What a coordinator does to an incident: grade, write, count, name who is held responsible, verify, close, reopen."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import (
    FeedbackStep,
    Figure,
    Finding,
    Harm,
    HeldResponsible,
    Incident,
    IncidentState,
    Report,
    ReportState,
)
from incidents.services import feedback, steps
from incidents.services.content import FIRST_DAY, Account, Grading, checked_words
from incidents.services.errors import NotAllowed
from orgs.models import Actor
from orgs.policy import Viewer

LARGEST_FIGURE = 1_000_000
LONGEST_SOURCE = 120


def grade_incident(*, viewer: Viewer, incident: Incident, version: int, grading: Grading) -> Incident:
    """Give an incident all its grades anew. The audit log keeps, code by code, what changed."""
    fields = grading.fields()
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "grade")
        changed = {
            name: [_code(getattr(held, name)), _code(new)] for name, new in fields.items() if getattr(held, name) != new
        }
        if changed:
            _set(held, fields)
            steps.keep(viewer, held, "graded", *_columns(changed), changed=changed)
    return held


def write_incident(*, viewer: Viewer, incident: Incident, version: int, account: Account) -> Incident:
    """Write the internal narrative, the public summary and the word to the reporters."""
    fields = checked_words(account)
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "write")
        changed = [name for name, new in fields.items() if getattr(held, name) != new]
        if changed:
            _set(held, fields)
            steps.keep(viewer, held, "written", *changed, fields=changed)
    return held


def add_figure(
    *,
    viewer: Viewer,
    incident: Incident,
    version: int,
    kind: str,
    value: int,
    as_of: date,
    source: str = "",
    report: Report | None = None,
) -> Figure:
    """Put down what one source says of people harmed, beside what others say. ``value`` counts people."""
    _check_figure(kind, value, as_of, source)
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "count")
        if report is not None and report.incident_id != held.pk:
            raise ValidationError({"report": _("This report does not stand behind this incident.")})
        figure = Figure.objects.create(
            incident=held,
            kind=kind,
            value=value,
            as_of=as_of,
            source=source.strip(),
            report=report,
            recorded_by_id=viewer.user_id,
        )
        steps.keep(viewer, held, "figure_added", figure=figure.pk, kind=kind)
    return figure


def withdraw_figure(*, viewer: Viewer, incident: Incident, version: int, figure: Figure) -> Figure:
    """Take a figure back: it stays in the history and counts no more. Doing it again puts it back."""
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "count")
        found = Figure.objects.select_for_update().filter(pk=figure.pk, incident=held).first()
        if found is None:
            raise NotAllowed(_("This figure does not belong to this incident."))
        withdrawn = found.withdrawn_at is None
        found.withdrawn_at = timezone.now() if withdrawn else None
        found.save(update_fields=["withdrawn_at"])
        steps.keep(viewer, held, "figure_withdrawn" if withdrawn else "figure_restored", figure=found.pk)
    return found


def name_responsible(*, viewer: Viewer, incident: Incident, version: int, actor: Actor) -> HeldResponsible:
    """Name the actor held responsible. From now on its people see nothing of the incident and are told nothing."""
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "name")
        named, created = HeldResponsible.objects.get_or_create(
            incident=held, actor=actor, defaults={"recorded_by_id": viewer.user_id}
        )
        if created:
            steps.keep(viewer, held, "responsible_named", responsible_actor=actor.pk)
    return named


def unname_responsible(*, viewer: Viewer, incident: Incident, version: int, actor: Actor) -> None:
    """Take an actor off those held responsible. Its people are treated like all others again."""
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "name")
        gone, _rows = HeldResponsible.objects.filter(incident=held, actor=actor).delete()
        if not gone:
            raise NotAllowed(_("This actor is not named here."))
        steps.keep(viewer, held, "responsible_unnamed", responsible_actor=actor.pk)


def verify_incident(*, viewer: Viewer, incident: Incident, version: int) -> Incident:
    """Hold an incident to be true. It needs a report behind it and a summary that others can read."""
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "verify")
        if not Report.objects.filter(incident=held, state=ReportState.ATTACHED).exists():
            raise NotAllowed(_("No report stands behind this incident: attach one first."))
        if not held.summary:
            raise ValidationError({"summary": _("Write a public summary first: it is what others read once verified.")})
        checked_words(Account(held.narrative, held.summary, held.reporter_note))
        steps.keep(viewer, held, "verified", "state")
    return held


def close_incident(
    *, viewer: Viewer, incident: Incident, version: int, finding: str, reporter_note: str | None = None
) -> Incident:
    """Close an incident and say what it turned out to be; ``reporter_note`` replaces the word to the reporters."""
    if finding not in Finding.values:
        raise ValidationError({"finding": _("Say what it turned out to be.")})
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "close")
        account = Account(held.narrative, held.summary, held.reporter_note)
        if reporter_note is not None:
            account = replace(account, reporter_note=reporter_note)
        _set(held, checked_words(account))
        held.finding, held.closed_at = finding, timezone.now()
        columns = ("state", "finding", "closed_at", "narrative", "summary", "reporter_note")
        steps.keep(viewer, held, "closed", *columns, finding=finding)
        feedback.tell(Report.objects.filter(incident=held, state=ReportState.ATTACHED), FeedbackStep.OUTCOME)
    return held


def reopen_incident(*, viewer: Viewer, incident: Incident, version: int) -> Incident:
    """Open a closed incident again: it is being checked, and must be verified anew."""
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=version)
        held.state = steps.state_after(held, "reopen")
        held.finding, held.closed_at = "", None
        steps.keep(viewer, held, "reopened", "state", "finding", "closed_at")
    return held


def is_open(incident: Incident) -> bool:
    """Whether an incident is still worked on."""
    return incident.state != IncidentState.CLOSED


def _check_figure(kind: str, value: int, as_of: date, source: str) -> None:
    problems: dict[str, str] = {}
    if kind not in Harm.values:
        problems["kind"] = _("Choose one of the list.")
    if not 0 <= value <= LARGEST_FIGURE:
        problems["value"] = _("Give a number of people from 0 to %(n)s.") % {"n": LARGEST_FIGURE}
    if not FIRST_DAY <= as_of <= timezone.localdate() + timedelta(days=1):
        problems["as_of"] = _("Give a day that has come, not before 1960.")
    if len(source.strip()) > LONGEST_SOURCE:
        problems["source"] = _("At most %(n)s characters.") % {"n": LONGEST_SOURCE}
    if problems:
        raise ValidationError(problems)


def _set(row: Incident, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)


def _columns(changed: dict[str, Any]) -> list[str]:
    return [name.removesuffix("_id") for name in changed]


def _code(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
