"""What becomes of an alert after it went out: updated, corrected, or no longer holding because its time is over.

Cancelling is a step of ``alerts``; what those who had it are told is in ``following``, for all of these alike.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import Alert, AlertKind, AlertState
from incidents.services import alerts, following
from incidents.services.alerts import Following, Line
from incidents.services.errors import NotAllowed
from orgs import audit
from orgs.messaging import outbox
from orgs.models import Channel
from orgs.policy import Viewer

AT_ONCE = 50
"""So many alerts are ended in one pass; the next one is a minute away."""


def update_alert(
    *,
    viewer: Viewer,
    alert: Alert,
    instruction: str,
    call_number: str = "",
    holds_hours: int | None = None,
    lines: Sequence[Line] = (),
) -> Alert:
    """Prepare the update of a released alert: a draft for those who had it, and for the lines that are added."""
    draft = _Draft(instruction, call_number, holds_hours, tuple(lines))
    return _follow(viewer, alert, AlertKind.UPDATE, draft)


def correct_alert(
    *,
    viewer: Viewer,
    alert: Alert,
    instruction: str,
    call_number: str = "",
    holds_hours: int | None = None,
    lines: Sequence[Line] = (),
) -> Alert:
    """Prepare the correction of a released alert that was wrong: likewise."""
    draft = _Draft(instruction, call_number, holds_hours, tuple(lines))
    return _follow(viewer, alert, AlertKind.CORRECTION, draft)


@dataclass(frozen=True)
class _Draft:
    """What is chosen for an alert that follows another one."""

    instruction: str
    call_number: str
    holds_hours: int | None
    lines: tuple[Line, ...]


def _follow(viewer: Viewer, alert: Alert, kind: str, draft: _Draft) -> Alert:
    """The draft. Two coordinators may both prepare one; only the first that is released replaces the alert."""
    with transaction.atomic():
        rows = Alert.objects.select_for_update(of=("self",)).select_related("incident")
        held = rows.filter(pk=alert.pk).first()
        if held is None or not access.may_follow(viewer, held):
            raise NotAllowed(_("Only coordinators of the area may do this."))
        if held.state != AlertState.RELEASED:
            raise NotAllowed(
                _("This alert is over (“%(state)s”): prepare a new one.") % {"state": held.get_state_display()}
            )
        return alerts.prepare_alert(
            viewer=viewer,
            incident=held.incident,
            lines=draft.lines,
            instruction=draft.instruction,
            call_number=draft.call_number,
            holds_hours=draft.holds_hours,
            following=Following(kind, held),
        )


def expire_due() -> int:
    """End the alerts whose time is over, each in a transaction of its own; returns how many.

    Two workers at once, or one that dies, do no harm: an alert is ended by whoever holds it, once.
    """
    due = Alert.objects.filter(state=AlertState.RELEASED, expires_at__lte=timezone.now()).order_by("expires_at")
    return sum(_expire(pk) for pk in due.values_list("pk", flat=True)[:AT_ONCE])


def _expire(pk: uuid.UUID) -> bool:
    with transaction.atomic():
        rows = Alert.objects.select_for_update(of=("self",), skip_locked=True)
        held = rows.filter(pk=pk, state=AlertState.RELEASED, expires_at__lte=timezone.now()).first()
        if held is None:  # somebody else ends, replaces or cancels it at this moment
            return False
        told = following.end(held, AlertState.EXPIRED)
        audit.record(None, "expired", held, version=held.version, told=told, incident=held.incident_id)
        outbox.wake(Channel.EMAIL, Channel.SMS)
    return True
