"""The people who made a commitment and agreed to be named: opened with a reason, forgotten when they ask."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from dialogues.access import may_decide, may_open_person
from dialogues.models import Commitment, CommitmentPerson
from incidents.services.identities import checked_reason
from incidents.services.steps import note
from orgs.crypto import seal, unseal
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed


@dataclass(frozen=True)
class OpenedPerson:
    """Who promised, as they agreed that it be kept."""

    name: str
    contact: str
    consent: str
    consented_on: date


def open_person(*, viewer: Viewer, commitment: Commitment, reason: str) -> OpenedPerson | None:
    """Open who promised; ``None`` where consent was taken back. It is on record, with its sealed reason, before that.

    Raises ``NotAllowed``, and ``ValidationError`` on ``reason`` when it says too little.
    """
    if not may_open_person(viewer, commitment):
        raise NotAllowed
    reason = checked_reason(reason)
    with transaction.atomic():
        row = CommitmentPerson.objects.filter(commitment=commitment.pk).first()
        note(viewer, commitment, "open_person", known=row is not None, reason=seal({"reason": reason}).decode())
    if row is None:
        return None
    said = unseal(row.sealed)
    return OpenedPerson(said["name"], said.get("contact", ""), row.get_consent_display(), row.consented_on)


def forget_person(*, viewer: Viewer, commitment: Commitment) -> bool:
    """Delete the name of a person who takes their consent back; the promise stays, of nobody by name."""
    with transaction.atomic():
        held = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
        if not may_decide(viewer, held):
            raise NotAllowed
        gone = CommitmentPerson.objects.filter(commitment=held).delete()[0] > 0
        if gone:
            note(viewer, held, "forgot_person")
    return gone
