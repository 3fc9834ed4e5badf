"""Which ladder a draft gets: the one that fits best, another one, or none, with a reason."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import Alert, AlertLadder, Ladder
from incidents.services import alerts
from incidents.services.climbing import checked_reason
from orgs.policy import Viewer


def choose_ladder(*, viewer: Viewer, alert: Alert, version: int, ladder: Ladder, reason: str = "") -> AlertLadder:
    """Give a draft another ladder than the one proposed. Whoever does this has prepared the alert."""
    if not ladder.is_active:
        raise ValidationError({"ladder": _("This ladder is not in use any more.")})
    return _write(viewer, alert, version, ladder=ladder, reason=reason)


def leave_out_ladder(*, viewer: Viewer, alert: Alert, version: int, reason: str) -> AlertLadder:
    """Nobody else is to be told if nobody answers. Needs a reason, which the second person reads."""
    return _write(viewer, alert, version, ladder=None, reason=reason)


def propose_again(*, viewer: Viewer, alert: Alert, version: int) -> None:
    """Take the choice back: the ladder that fits best stands again."""
    with transaction.atomic():
        held, incident = alerts.hold_draft(viewer, alert, version)
        AlertLadder.objects.filter(alert=held).delete()
        alerts.keep(viewer, held, incident, "ladder_proposed")


def _write(viewer: Viewer, alert: Alert, version: int, *, ladder: Ladder | None, reason: str) -> AlertLadder:
    said = checked_reason(reason)
    with transaction.atomic():
        held, incident = alerts.hold_draft(viewer, alert, version)
        choice, _made = AlertLadder.objects.update_or_create(
            alert=held,
            defaults={
                "ladder": ladder,
                "name": ladder.name if ladder is not None else "",
                "left_out": ladder is None,
                "reason": said,
                "chosen_by_id": viewer.user_id,
            },
        )
        verb = "ladder_left_out" if ladder is None else "ladder_chosen"
        alerts.keep(viewer, held, incident, verb, ladder=ladder.pk if ladder is not None else None)
    return choice
