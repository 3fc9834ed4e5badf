"""Names of those who hold seats: kept with consent alone, sealed, opened with a reason, forgotten when asked."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import may_edit_committee, may_open_holder_name
from dialogues.models import Consent, HolderName, Holding
from incidents.services.identities import checked_reason
from incidents.services.steps import note
from orgs.crypto import seal, unseal
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

LONGEST_NAME = 120


def problems_of(name: str, consent: str, consented_on: date | None) -> dict[str, list[str]]:
    """What is missing before a name may be kept, by field; nothing where there is no name."""
    problems: dict[str, list[str]] = {}
    if not name:
        return problems
    if len(name) > LONGEST_NAME:
        problems["name"] = [_("At most %(n)d characters.") % {"n": LONGEST_NAME}]
    if consent not in Consent.values:
        problems["consent"] = [_("Without consent no name is kept: leave it out.")]
    if consented_on is None or consented_on > timezone.localdate():
        problems["consented_on"] = [_("Write the day on which they agreed.")]
    return problems


def keep(viewer: Viewer, holding: Holding, name: str, consent: str, consented_on: date | None) -> None:
    """Seal a name that was checked; nothing where there is none."""
    if name and consented_on is not None:
        HolderName.objects.create(
            holding=holding, sealed=seal({"name": name}), consent=consent, consented_on=consented_on,
            added_by_id=viewer.user_id,
        )  # fmt: skip


def open_name(*, viewer: Viewer, holding: Holding, reason: str) -> str:
    """Open a name. The opening is on record, with its sealed reason, before anything is read."""
    if not may_open_holder_name(viewer, holding.seat.committee):
        raise NotAllowed
    reason = checked_reason(reason)
    with transaction.atomic():
        row = HolderName.objects.filter(holding=holding).first()
        note(viewer, holding, "open_name", known=row is not None, reason=seal({"reason": reason}).decode())
    return str(unseal(row.sealed)["name"]) if row is not None else ""


def forget_name(*, viewer: Viewer, holding: Holding) -> None:
    """Erase a name for good: its bearer took consent back."""
    with transaction.atomic():
        if not may_edit_committee(viewer, holding.seat.committee):
            raise NotAllowed
        HolderName.objects.select_for_update().filter(holding=holding).delete()
        note(viewer, holding, "forgot_name")
