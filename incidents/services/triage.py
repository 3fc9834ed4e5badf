"""What a coordinator decides about a report: it joins an incident, makes one, or is set aside; and undoing it."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import FeedbackStep, Incident, IncidentState, RejectReason, Report, ReportState
from incidents.services import feedback, steps
from incidents.services.content import Account, Grading, checked_words
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer

LONGEST_NOTE = 500
_LOCATED = ("place_text", "place_id", "place_precision", "region_id", "cercle_id", "commune_id")


def attach_report(*, viewer: Viewer, report: Report, incident: Incident, version: int) -> Report:
    """Put a new report behind an incident that is still worked on. ``version`` is the report's."""
    with transaction.atomic():
        held = steps.hold_report(viewer, report, version=version)
        behind = steps.hold_incident(viewer, incident, version=None)
        steps.state_after(behind, "take_report")
        if behind.exercise_id is not None:
            raise NotAllowed(_("This incident was made up for an exercise: no report belongs to it."))
        _attach(viewer, held, behind)
        feedback.tell([held], FeedbackStep.READ)
    return held


def make_incident(
    *,
    viewer: Viewer,
    report: Report,
    version: int,
    grading: Grading,
    account: Account | None = None,
    together: Sequence[tuple[Report, int]] = (),
) -> Incident:
    """Make an incident of a new report, graded, in the report's place.

    ``together`` are other new reports (each with its version) that say the same thing and stand behind it too.
    Without an ``account`` the internal narrative starts as the report's own words.
    """
    account = account or Account(narrative=report.narrative)
    fields = {**grading.fields(), **checked_words(account)}
    with transaction.atomic():
        everyone = {row.pk: (row, seen) for row, seen in (*together, (report, version))}
        # Always in the same order, or two coordinators who join the same reports would wait for each other.
        rows = {pk: steps.hold_report(viewer, row, version=seen) for pk, (row, seen) in sorted(everyone.items())}
        held = rows.pop(report.pk)
        steps.state_after(held, "attach")
        located = {name: getattr(held, name) for name in _LOCATED}
        incident = Incident.objects.create(**located, **fields, created_by_id=viewer.user_id, is_demo=held.is_demo)
        facts = {"tlp": incident.tlp, "severity": incident.severity, "type": incident.type_id}
        steps.note(viewer, incident, "made", version=incident.version, **facts)
        for one in (held, *rows.values()):
            _attach(viewer, one, incident)
        feedback.tell([held, *rows.values()], FeedbackStep.READ)
    return incident


def reject_report(*, viewer: Viewer, report: Report, version: int, reason: str, note: str = "") -> Report:
    """Set a new report aside. The reporter reads the reason in safe words, never the note."""
    problems = {}
    if reason not in dict(RejectReason.for_the_desk()):
        problems["reason"] = _("Say why.")
    if len(note) > LONGEST_NOTE:
        problems["note"] = _("At most %(n)s characters.") % {"n": LONGEST_NOTE}
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        held = steps.hold_report(viewer, report, version=version)
        held.state = steps.state_after(held, "reject")
        held.reject_reason, held.reject_note = reason, note
        _decide(viewer, held)
        steps.keep(viewer, held, "rejected", *_DECISION, reason=reason)
        feedback.tell([held], FeedbackStep.READ)
    return held


def reopen_report(*, viewer: Viewer, report: Report, version: int) -> Report:
    """Undo the decision on a report: it is new again. A verified incident keeps at least one report."""
    with transaction.atomic():
        held = steps.hold_report(viewer, report, version=version)
        after = steps.state_after(held, "reopen")
        if held.erased_at is not None:
            raise NotAllowed(_("Its author erased this report: there is nothing left to decide."))
        incident = held.incident
        if incident is not None:
            _detach(viewer, held, incident)
        held.state, held.incident = after, None
        held.reject_reason, held.reject_note = "", ""
        held.decided_at, held.decided_by_id = None, None
        steps.keep(viewer, held, "reopened", *_DECISION, incident=incident.pk if incident else None)
    return held


_DECISION = ("state", "incident", "reject_reason", "reject_note", "decided_at", "decided_by")


def _attach(viewer: Viewer, held: Report, incident: Incident) -> None:
    held.state = steps.state_after(held, "attach")
    held.incident = incident
    _decide(viewer, held)
    steps.keep(viewer, held, "attached", *_DECISION, incident=incident.pk)
    steps.note(viewer, incident, "report_attached", report=held.pk)


def _detach(viewer: Viewer, held: Report, incident: Incident) -> None:
    behind = steps.hold_incident(viewer, incident, version=None)
    steps.state_after(behind, "leave_report")
    others = Report.objects.filter(incident=behind, state=ReportState.ATTACHED).exclude(pk=held.pk)
    if behind.state == IncidentState.VERIFIED and not others.exists():
        raise NotAllowed(_("A verified incident keeps at least one report. Close the incident first."))
    steps.note(viewer, behind, "report_detached", report=held.pk)


def _decide(viewer: Viewer, held: Report) -> None:
    held.decided_at = timezone.now()
    held.decided_by_id = viewer.user_id
