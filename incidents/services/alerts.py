"""The life of an alert: prepared, proposed to a second person where it is grave, released, perhaps cancelled.

draft --propose--> proposed --release--> released --cancel--> cancelled
                                         released --its time is over--> expired
                                         released --an update or correction is released--> replaced
draft --release--> released (below the severity from which a second person must agree)

Whoever changes a draft has prepared it, and what was proposed is a draft again: the second person always agrees to
words and recipients that somebody else chose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import Alert, AlertAudience, AlertState, Audience, Incident, IncidentState, Who
from incidents.services import cap, fanout, following, ladders, renditions, safety, steps
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.safety import Standing
from orgs import audit
from orgs.messaging import outbox
from orgs.models import SENDING, Area, Organisation, OrganisationKind, Tlp, User
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_INSTRUCTION = 300
MOST_LINES = 20
CHANGEABLE = (AlertState.DRAFT, AlertState.PROPOSED)


@dataclass(frozen=True)
class Line:
    """One line of the choice of recipients; see ``AlertAudience``."""

    audience: str
    role: str = ""
    area: Area | None = None
    organisation: Organisation | None = None
    kind: str = ""
    person: User | None = None
    who: str = Who.ALL


@dataclass(frozen=True)
class Released:
    """What a release did. ``already``: somebody else, or an earlier tap on the button, had released it."""

    alert: Alert
    recipients: int
    already: bool = False


@dataclass(frozen=True)
class Following:
    """Of which alert a draft is the update or the correction; it belongs to the same thread."""

    kind: str
    earlier: Alert

    @property
    def fields(self) -> dict[str, Any]:
        """What the draft takes from the earlier one."""
        return {"kind": self.kind, "follows": self.earlier, "thread": self.earlier.thread}


def prepare_alert(
    *,
    viewer: Viewer,
    incident: Incident,
    lines: Sequence[Line],
    instruction: str = "",
    call_number: str = "",
    holds_hours: int | None = None,
    following: Following | None = None,
) -> Alert:
    """Make a draft from an incident, with its marking and grades. Nobody is told anything yet.

    ``holds_hours`` is for how long it will hold; by its severity when not said. ``following`` makes it the update or
    the correction of an earlier one (``alert_life``).
    """
    _check_instruction(instruction)
    _check_lines(lines)
    check_hours(holds_hours)
    with transaction.atomic():
        held = steps.hold_incident(viewer, incident, version=None)
        _refuse_closed(held)
        alert = Alert.objects.create(
            incident=held,
            exercise_id=held.exercise_id,
            tlp=held.tlp,
            severity=held.severity,
            urgency=held.urgency,
            instruction=instruction.strip(),
            call_number=call_number,
            holds_hours=holds_hours,
            created_by_id=viewer.user_id,
            is_demo=held.is_demo,
            **({} if following is None else following.fields),
        )
        _write_lines(alert, lines)
        steps.note(viewer, alert, "prepared", version=alert.version, incident=held.pk)
    return alert


def set_audiences(*, viewer: Viewer, alert: Alert, version: int, lines: Sequence[Line]) -> Alert:
    """Choose the recipients anew: these lines replace those that were there."""
    _check_lines(lines)
    with transaction.atomic():
        held, incident = hold_draft(viewer, alert, version)
        held.audiences.all().delete()
        _write_lines(held, lines)
        keep(viewer, held, incident, "audiences_chosen", lines=len(lines))
    return held


def set_words(
    *, viewer: Viewer, alert: Alert, version: int, instruction: str, call_number: str, holds_hours: int | None = None
) -> Alert:
    """Write what the reader should do, the number to call, and for how long it holds."""
    _check_instruction(instruction)
    check_hours(holds_hours)
    with transaction.atomic():
        held, incident = hold_draft(viewer, alert, version)
        held.instruction, held.call_number = instruction.strip(), call_number
        held.holds_hours = holds_hours
        keep(viewer, held, incident, "worded")
    return held


def propose_alert(*, viewer: Viewer, alert: Alert, version: int) -> Alert:
    """Ask a second person to release it. It must be fit to go out already, and gone through by whoever proposes it."""
    with transaction.atomic():
        held, incident = hold_draft(viewer, alert, version)
        if held.state != AlertState.DRAFT:
            raise NotAllowed(_("This alert already waits for a second person."))
        _check_fit(viewer, held, incident, following.lines_of(held))
        keep(viewer, held, incident, "proposed", state=AlertState.PROPOSED)
    return held


def discard_alert(*, viewer: Viewer, alert: Alert, version: int) -> None:
    """Throw a draft away. Nobody was told anything."""
    with transaction.atomic():
        held, _incident = hold_draft(viewer, alert, version)
        audit.record(steps.person_of(viewer), "discarded", held, incident=held.incident_id)
        held.delete()


def release_alert(*, viewer: Viewer, alert: Alert, version: int, incident_version: int | None = None) -> Released:
    """Tell people: freeze the words, write deliveries, messages and their ties, all in one transaction.

    ``incident_version`` is the incident as it was previewed; if it changed since, nothing goes out. Whoever releases
    has answered the list of ``safety_answers`` for exactly these words. A second call finds the work done and does
    nothing.
    """
    with transaction.atomic():
        held = _lock(viewer, alert)
        if held.state == AlertState.RELEASED:
            return Released(held, held.deliveries.count(), already=True)
        _refuse_unless(held, CHANGEABLE)
        _refuse_stale(held, version)
        incident = _lock_incident(held, incident_version)
        _in_step(held, incident)
        if not access.may_release(viewer, held):
            raise NotAllowed(_("Somebody else than the one who prepared this alert must release it."))
        lines = following.lines_of(held)
        standing = safety.standing_of(viewer, held, incident, lines)
        safety.refuse_alone(viewer, standing)
        _check_fit(viewer, held, incident, lines, standing)
        recipients = _tell(viewer, held, incident, lines, standing)
    return Released(held, recipients)


def cancel_alert(*, viewer: Viewer, alert: Alert) -> Alert:
    """Take an alert back: what has not left stays; whoever had it is told so, by the same channel."""
    with transaction.atomic():
        held = _lock(viewer, alert)
        if held.state == AlertState.CANCELLED:
            return held
        _refuse_unless(held, (AlertState.RELEASED,))
        told = following.end(held, AlertState.CANCELLED)
        cap.withdraw(held)
        steps.note(viewer, held, "cancelled", version=held.version, told=told, incident=held.incident_id)
        outbox.wake(*SENDING)
    return held


def in_step(alert: Alert, incident: Incident) -> Alert:
    """A draft with the marking and grades that its incident has now (not saved); a released one as it was."""
    if alert.state in CHANGEABLE:
        _in_step(alert, incident)
    alert.incident = incident
    return alert


# --- What is checked ---------------------------------------------------------------------------------------------


def problems_of(alert: Alert, incident: Incident, *, public: bool, standing: Standing) -> dict[str, list[str]]:
    """Why an alert may not go out as it is, by field, whoever answers what; empty when its words are fit."""
    problems = safety.held_by_words(standing)
    if not Tlp(alert.tlp).carries_content and not alert.call_number:
        problems["call_number"] = [_("Give a number to call: those without internet get nothing else.")]
    if public and not incident.summary:
        problems["summary"] = [_("Write a public summary first: it is what the public reads.")]
    return problems


def _check_fit(
    viewer: Viewer,
    alert: Alert,
    incident: Incident,
    lines: Sequence[AlertAudience],
    standing: Standing | None = None,
) -> None:
    checked = standing or safety.standing_of(viewer, alert, incident, lines)
    public = any(line.audience == Audience.PUBLIC for line in lines)
    problems = problems_of(alert, incident, public=public, standing=checked)
    if not _reaches_anybody(incident, lines):
        problems["audiences"] = [_("This choice reaches nobody.")]
    if not problems and not checked.complete:
        problems = safety.problems_of(checked)
    if problems:
        raise ValidationError(problems)


def _reaches_anybody(incident: Incident, lines: Sequence[AlertAudience]) -> bool:
    public = any(line.audience == Audience.PUBLIC for line in lines)
    if public and access.may_have_rendition(incident, Audience.PUBLIC):
        return True
    return bool(fanout.counts(incident, lines))


def _check_instruction(text: str) -> None:
    if len(text.strip()) > LONGEST_INSTRUCTION:
        raise ValidationError({"instruction": _("At most %(n)s characters.") % {"n": LONGEST_INSTRUCTION}})
    if held := held_words(text):
        raise ValidationError({"instruction": held})


def check_hours(hours: int | None) -> None:
    """Refuse a time that no alert holds for."""
    if hours is not None and not following.SHORTEST_HOURS <= hours <= following.LONGEST_HOURS:
        words = _("Between %(least)s hour and %(most)s days.")
        most = following.LONGEST_HOURS // 24
        raise ValidationError({"holds_hours": words % {"least": following.SHORTEST_HOURS, "most": most}})


def _check_lines(lines: Sequence[Line]) -> None:
    if len(lines) > MOST_LINES:
        raise ValidationError({"audiences": _("At most %(n)s lines.") % {"n": MOST_LINES}})
    for line in lines:
        if line.audience not in Audience.values:
            raise ValidationError({"audience": _("Choose one of the list.")})
        if line.role and line.role not in access.AUDIENCE_ROLES.get(line.audience, ()):
            raise ValidationError({"role": _("This role does not belong to this audience.")})
        if line.kind and line.kind not in OrganisationKind.values:
            raise ValidationError({"kind": _("Choose one of the list.")})
        if line.person is not None and line.audience == Audience.PUBLIC:
            raise ValidationError({"person": _("The public is not one person.")})
        if line.audience == Audience.ORGANISATION and line.organisation is None:
            raise ValidationError({"organisation": _("Say which organisation is concerned.")})


def _refuse_closed(incident: Incident) -> None:
    if incident.state == IncidentState.CLOSED:
        raise NotAllowed(_("This incident is closed: open it again first."))


def _refuse_unless(alert: Alert, states: Sequence[str]) -> None:
    if alert.state not in states:
        raise NotAllowed(_("This step is not possible any more: “%(state)s”.") % {"state": alert.get_state_display()})


def _refuse_stale(alert: Alert, version: int) -> None:
    if alert.version != version:
        since = audit.entries_of(alert).filter(facts__version__gt=version).select_related("actor").order_by("-id")
        changes = list(since[:10])
        last = changes[0] if changes else None
        raise ChangedMeanwhile(
            by=last.actor if last else None, at=last.at if last else None, version=alert.version, changes=changes
        )


# --- What is written ---------------------------------------------------------------------------------------------


def _tell(viewer: Viewer, alert: Alert, incident: Incident, lines: Sequence[AlertAudience], standing: Standing) -> int:
    # What was gone through is what goes out: the very words, not the same written again.
    subject = standing.subject
    renditions.freeze(alert, subject.written)
    recipients = fanout.write_deliveries(alert, incident, lines)
    facts = {
        "recipients": recipients,
        "audiences": list(subject.audiences),
        "let_pass": len(standing.let_pass),
        "unsure": len(standing.unsure),
        "rumour": alert.is_rumour,
    }
    if alert.follows_id is not None:
        facts["no_longer_told"] = following.take_over(alert)
    fanout.write_messages(alert)
    alert.released_by_id, alert.released_at = viewer.user_id, timezone.now()
    following.hold_until(alert)
    ladders.freeze(alert, subject.plan, alert.released_at)
    cap.publish(subject.source, subject.written)
    keep(viewer, alert, incident, "released", state=AlertState.RELEASED, author=alert.created_by_id, **facts)
    outbox.wake(*SENDING)
    return recipients


def _write_lines(alert: Alert, lines: Sequence[Line]) -> None:
    AlertAudience.objects.bulk_create(
        [
            AlertAudience(
                alert=alert,
                audience=line.audience,
                role=line.role,
                area=line.area,
                organisation=line.organisation,
                kind=line.kind,
                person=line.person,
                who=line.who,
            )
            for line in dict.fromkeys(lines)
        ]
    )


def hold_draft(viewer: Viewer, alert: Alert, version: int) -> tuple[Alert, Incident]:
    """A draft (or a proposal) and its incident as they are now, locked."""
    held = _lock(viewer, alert)
    _refuse_unless(held, CHANGEABLE)
    _refuse_stale(held, version)
    incident = _lock_incident(held, None)
    _in_step(held, incident)
    return held, incident


def _lock(viewer: Viewer, alert: Alert) -> Alert:
    held = Alert.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=alert.pk).first()
    if held is None or access.ALERTS.audience(viewer, held) != "coordinator":
        raise NotAllowed(_("Only coordinators of the area may do this."))
    return held


def _lock_incident(alert: Alert, version: int | None) -> Incident:
    """The incident, locked: nobody may be named responsible between the choice of people and the commit."""
    incident = (
        Incident.objects.select_for_update(of=("self",)).select_related("type", "place").get(pk=alert.incident_id)
    )
    _refuse_closed(incident)
    if version is not None and incident.version != version:
        raise steps.changed_meanwhile(incident, version)
    return incident


def _in_step(alert: Alert, incident: Incident) -> None:
    alert.tlp, alert.severity, alert.urgency = incident.tlp, incident.severity, incident.urgency
    # An alert of a made-up incident says so, whoever prepared it and in whichever way.
    alert.exercise_id = incident.exercise_id
    # What is not verified goes out as a rumour, or not at all.
    alert.is_rumour = incident.state == IncidentState.OPEN
    alert.incident = incident


def keep(
    viewer: Viewer,
    alert: Alert,
    incident: Incident,
    verb: str,
    *,
    state: str = AlertState.DRAFT,
    author: int | None = None,
    **facts: object,
) -> None:
    """Write a held draft as its next version, prepared by ``author`` (by default whoever does this)."""
    alert.state = state
    alert.created_by_id = viewer.user_id if author is None else author
    alert.version += 1
    alert.save()
    steps.note(viewer, alert, verb, version=alert.version, incident=incident.pk, **facts)
