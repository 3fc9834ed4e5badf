"""Which priority of its process a commitment carries out: said when it is written down, or later."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import PRIORITIES, may_decide
from dialogues.models import Commitment, Priority
from incidents.services.steps import note
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed


def carry_out(*, viewer: Viewer, commitment: Commitment, priority: Priority | None) -> Commitment:
    """Say which priority a commitment carries out; ``None`` takes it away. Its words and its state stay as they are.

    Raises ``ValidationError`` (``priority``), ``NotAllowed``.
    """
    with transaction.atomic():
        held = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
        if not may_decide(viewer, held):
            raise NotAllowed
        number = priority.pk if priority is not None else None
        if held.priority_id == number:
            return held
        if held.priority_id is not None and not PRIORITIES.rows(viewer).filter(pk=held.priority_id).exists():
            raise NotAllowed  # nobody unties what they do not see
        if words := priority_refused(viewer, held, priority):
            raise ValidationError({"priority": words})
        held.priority = priority
        held.version += 1
        held.save()
        note(viewer, held, "tied" if priority is not None else "untied", priority=number, version=held.version)
    return held


def priority_refused(viewer: Viewer, commitment: Commitment, priority: Priority | None) -> str:
    """Why a commitment of this process cannot carry out this priority; empty where it can."""
    if priority is None:
        return ""
    # Asked of the database again: it may have been merged or taken back since the form was shown.
    standing = PRIORITIES.rows(viewer, Priority.objects.standing()).filter(process=commitment.process_id)
    if commitment.process_id is None or not standing.filter(pk=priority.pk).exists():
        return _("Choose a priority of the same process that still stands.")
    return ""
