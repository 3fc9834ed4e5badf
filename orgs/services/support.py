"""Keeping support to organisations: entering, changing, withdrawing and putting back a row of any kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import audit
from orgs.access import support as access
from orgs.models import Area, AuditEntry, FundingCall, Need, NeedState, Term, Vocabulary
from orgs.models.support import Located, SupportRow
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of

Row = TypeVar("Row", bound=SupportRow)

CODED: Mapping[str, Mapping[str, str]] = {
    "training": {"topic": Vocabulary.TRAINING, "spoken": Vocabulary.SPOKEN},
    "need": {"kind": Vocabulary.NEED},
    "fundingcall": {"themes": Vocabulary.THEME},
}
"""The fields of each model that hold codes, and the list that each takes them from."""
CONFLICT = "conflict"
KEPT = ("region", "cercle", "commune", "covers", "reach")


@transaction.atomic
def keep(*, viewer: Viewer, row: SupportRow, version: int | None = None, areas: Iterable[Area] | None = None) -> None:
    """Enter or change a row, with the areas of a call. ``version`` is the one that was read.

    Raises ``NotAllowed``, and ``ValidationError`` by field; with code ``conflict`` when somebody changed it meanwhile.
    """
    is_new = row.pk is None
    if not is_new:
        _stored(viewer, row, version)
    if isinstance(row, Located):
        row.locate()
    if isinstance(row, FundingCall) and areas is not None:
        row.covers, row.reach = arrays_of(areas)
    if not access.may_keep(viewer, row):
        raise NotAllowed(_("You may enter this for your own organisation or your own areas only."))
    _check_codes(row)
    row.full_clean(exclude=KEPT)
    row.version = 1 if is_new else row.version + 1
    row.save()
    if isinstance(row, FundingCall) and areas is not None:
        row.areas.set(areas)
    _note(viewer, "added" if is_new else "changed", row)


@transaction.atomic
def withdraw(*, viewer: Viewer, row: SupportRow) -> None:
    """Take a row off every list. Those who keep it can put it back."""
    _mark(viewer, row, "withdrew", lambda stored: stored.withdrawn_at is None, withdrawn_at=timezone.now())


@transaction.atomic
def put_back(*, viewer: Viewer, row: SupportRow) -> None:
    """Undo a withdrawal."""
    _mark(viewer, row, "put_back", lambda stored: stored.withdrawn_at is not None, withdrawn_at=None)


@transaction.atomic
def meet_need(*, viewer: Viewer, need: Need) -> None:
    """Say that a need was met."""
    _mark(viewer, need, "met", lambda stored: stored.state == NeedState.OPEN, state=NeedState.MET)


@transaction.atomic
def reopen_need(*, viewer: Viewer, need: Need) -> None:
    """Say that a need is there again."""
    _mark(viewer, need, "reopened", lambda stored: stored.state == NeedState.MET, state=NeedState.OPEN)


def arrays_of(areas: Iterable[Area]) -> tuple[list[int], list[int]]:
    """What a call keeps of its areas: these (and their areas of today), and these with all above them."""
    numbers = [area.pk for area in areas]
    covers: set[int] = set()
    reach: set[int] = set()
    for area in (
        Area.objects.filter(pk__in=numbers).select_related("successor").defer("geometry", "successor__geometry")
    ):
        today = area.successor or area
        covers |= {area.pk, today.pk}
        reach |= {today.parent_id, today.region_id, today.cercle_id, today.commune_id} - {None}  # type: ignore[arg-type]
    return sorted(covers), sorted(reach | covers)


def lock(viewer: Viewer, row: Row) -> Row:
    """The row as it stands, held until the end of the transaction, if this person may keep it."""
    stored: Row | None = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if stored is None or not access.may_keep(viewer, stored):
        raise NotAllowed
    return stored


def _stored(viewer: Viewer, row: SupportRow, version: int | None) -> None:
    """Hold the stored row; refuse what was made from an older one."""
    stored = lock(viewer, row)
    if version is not None and stored.version != version:
        words = _("Somebody changed this while you were writing. Compare, then save again to keep what you wrote.")
        raise ValidationError(words, code=CONFLICT)
    row.version, row.withdrawn_at = stored.version, stored.withdrawn_at


def _mark(viewer: Viewer, row: SupportRow, verb: str, may: Callable[[Any], bool], **changes: Any) -> None:
    stored = lock(viewer, row)
    if not may(stored):
        return  # Somebody else did the same just before: it is as wished.
    for name, value in changes.items():
        setattr(stored, name, value)
        setattr(row, name, value)
    stored.version = row.version = stored.version + 1
    stored.save(update_fields=[*changes, "version", "updated_at"])
    _note(viewer, verb, stored)


def _check_codes(row: SupportRow) -> None:
    fields = CODED.get(row._meta.model_name or "", {})
    if not fields:
        return
    known = set(Term.objects.filter(vocabulary__in=set(fields.values())).values_list("vocabulary", "code"))
    wrong = {}
    for field, vocabulary in fields.items():
        value = getattr(row, field)
        codes = [value] if isinstance(value, str) else sorted(set(value))
        if not isinstance(value, str):
            setattr(row, field, codes)
        unknown = [code for code in codes if (vocabulary, code) not in known]
        if unknown:
            wrong[field] = _("Not in the list: %(codes)s.") % {"codes": ", ".join(unknown)}
    if wrong:
        raise ValidationError(wrong)


def _note(viewer: Viewer, verb: str, row: SupportRow) -> None:
    audit.record(actor_of(viewer), f"{verb}_{row._meta.model_name}", row, organisation=row.owner_id)


def history(row: SupportRow) -> list[AuditEntry]:
    """What was done with a row, newest first. For those who keep it; by whom stands in the log of oversight."""
    return list(audit.entries_of(row).order_by("-id")[:20])
