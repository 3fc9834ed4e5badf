"""The call at the end of a ladder: a coordinator calls the person named there, and says what came of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.access import may_climb
from incidents.models import Alert, CallOutcome, Escalation, EscalationState
from incidents.services import steps
from incidents.services.climbing import checked_text, database_time
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer

LONGEST_NOTE = 300


def open_call(*, viewer: Viewer, step: Escalation) -> Escalation:
    """Show a number to call: that it was opened is kept."""
    held = _hold(viewer, step)
    steps.note(viewer, held, "call_opened", step=held.step, alert=str(held.alert_id))
    return held


def note_call(*, viewer: Viewer, step: Escalation, outcome: str, note: str) -> Escalation:
    """Tick the call off. It can be noted again: the person may be reached at the second try."""
    if outcome not in CallOutcome.values or outcome == CallOutcome.NONE:
        raise ValidationError({"outcome": _("Choose one of the list.")})
    needed = "" if outcome == CallOutcome.NO_ANSWER else _("Say in a few words what was said.")
    said = checked_text("note", note, longest=LONGEST_NOTE, needed=needed)
    with transaction.atomic():
        # The alert first, as everywhere: a stop or a cancellation waits, or is seen here.
        Alert.objects.select_for_update(of=("self",), no_key=True).get(pk=step.alert_id)
        held = _hold(viewer, step)
        held.call_outcome, held.call_note = outcome, said
        held.called_at, held.called_by_id = database_time(), viewer.user_id
        held.save(update_fields=["call_outcome", "call_note", "called_at", "called_by"])
        steps.note(viewer, held, "call_noted", step=held.step, outcome=outcome, alert=str(held.alert_id))
    return held


def _hold(viewer: Viewer, step: Escalation) -> Escalation:
    held = Escalation.objects.select_related("alert__incident").get(pk=step.pk)
    if not may_climb(viewer, held.alert):
        raise NotAllowed(_("Only coordinators of the area may do this, while the alert stands."))
    if not held.is_call or held.state != EscalationState.DONE:
        raise NotAllowed(_("Nobody has to be called yet."))
    return held
