"""Saying what an alert turned out to be. It can be corrected; what was said before is kept."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import Alert, AlertClosing, Finding, Incident, Truth, WhyClosed
from incidents.models.closings import LONGEST_CLOSING_WORD
from incidents.services import steps
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs import audit
from orgs.policy import Viewer
from orgs.wording import held_words

_BY_FINDING = {
    Finding.TRUE: Truth.TRUE,
    Finding.PARTLY: Truth.PARTLY,
    Finding.FALSE: Truth.FALSE,
    Finding.UNKNOWN: Truth.UNKNOWN,
}


def proposed_truth(incident: Incident) -> str:
    """What the finding of a closed incident suggests for its alerts; empty while there is none."""
    return str(_BY_FINDING[Finding(incident.finding)]) if incident.finding else ""


def close_alert(*, viewer: Viewer, alert: Alert, version: int, truth: str, why: str, word: str = "") -> Alert:
    """Say, or correct, what an alert turned out to be, and why it is thought so."""
    _check(truth, why, word)
    with transaction.atomic():
        held = Alert.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=alert.pk).first()
        if held is None or access.ALERTS.audience(viewer, held) != "coordinator":
            raise NotAllowed(_("Only coordinators of the area may do this."))
        if held.state not in access.CLOSABLE:
            raise NotAllowed(_("This alert did not go out, or a newer one stands in its place."))
        if held.exercise_id is not None:
            raise NotAllowed(_("This was an exercise: it is neither true nor false."))
        _refuse_stale(held, version)
        last = held.closings.first()
        if last is not None and (last.truth, last.why, last.word) == (truth, why, word.strip()):
            return held
        AlertClosing.objects.create(alert=held, truth=truth, why=why, word=word.strip(), closed_by_id=viewer.user_id)
        held.truth, held.closed_at, held.closed_by_id = truth, timezone.now(), viewer.user_id
        held.version += 1
        held.save(update_fields=["truth", "closed_at", "closed_by", "version"])
        verb = "closed" if last is None else "closing_corrected"
        steps.note(viewer, held, verb, version=held.version, incident=held.incident_id, truth=truth, why=why)
    return held


def _check(truth: str, why: str, word: str) -> None:
    problems: dict[str, list[str]] = {}
    if truth not in Truth.values:
        problems["truth"] = [_("Say what it turned out to be.")]
    if why not in WhyClosed.values:
        problems["why"] = [_("Choose one of the list.")]
    if len(word.strip()) > LONGEST_CLOSING_WORD:
        problems["word"] = [_("At most %(n)s characters.") % {"n": LONGEST_CLOSING_WORD}]
    elif held := held_words(word):
        problems["word"] = held
    if problems:
        raise ValidationError(problems)


def _refuse_stale(alert: Alert, version: int) -> None:
    if alert.version == version:
        return
    since = audit.entries_of(alert).filter(facts__version__gt=version).select_related("actor").order_by("-id")
    changes = list(since[:10])
    last = changes[0] if changes else None
    raise ChangedMeanwhile(
        by=last.actor if last else None, at=last.at if last else None, version=alert.version, changes=changes
    )
