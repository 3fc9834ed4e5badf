"""Saying which basic services of the State work where, and taking back what was a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import Area, Organisation, StateService, User, name_key
from orgs.models.state_services import LEVELS
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of
from orgs.wording import held_words

FIRST_DAY = date(1960, 1, 1)


@dataclass(frozen=True)
class Statement:
    """What is said of one service in one area, by whom, of what day."""

    area: Area
    kind: str
    presence: str
    as_of: date
    since: date | None = None
    since_is_year: bool = False
    said_by: Organisation | None = None
    seen_myself: bool = False
    source: str = ""
    note: str = ""


@transaction.atomic
def state_service(*, viewer: Viewer, statement: Statement) -> StateService:
    """Add a statement; the same one sent twice is one. Raises ``ValidationError`` by field and ``NotAllowed``."""
    if not access.may_state_services_in(viewer, statement.area):
        raise NotAllowed(_("This area is not one of yours."))
    person = actor_of(viewer)
    _check(viewer, statement)
    row = _row(statement, person)
    row.full_clean(exclude=["source_key"], validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return _said_already(row)
    audit.record(person, "stated_service", row, area=row.area.pcode, kind=row.kind, presence=row.presence)
    return row


def _row(statement: Statement, person: User | None) -> StateService:
    return StateService(
        area=statement.area,
        kind=statement.kind,
        presence=statement.presence,
        as_of=statement.as_of,
        since=statement.since,
        since_is_year=statement.since_is_year and statement.since is not None,
        said_by=statement.said_by,
        seen_by=person if statement.seen_myself else None,
        source=statement.source.strip(),
        source_key=name_key(statement.source),
        note=statement.note.strip(),
        entered_by=person,
    )


def _check(viewer: Viewer, statement: Statement) -> None:
    """Raise ``ValidationError`` by field for what makes no sense or may not be written down."""
    wrong: dict[str, list[str]] = {
        field: held for field in ("source", "note") if (held := held_words(getattr(statement, field)))
    }
    tomorrow = timezone.localdate() + timedelta(days=1)
    if statement.area.level not in LEVELS:
        wrong["area"] = [_("Choose a region, a cercle or a commune.")]
    if not FIRST_DAY <= statement.as_of < tomorrow:
        wrong["as_of"] = [_("This day is not possible: it lies ahead, or too far back.")]
    if statement.since is not None and not FIRST_DAY <= statement.since <= statement.as_of:
        wrong["since"] = [_("This is after the day of the statement, or too far back.")]
    if statement.said_by is None and not statement.seen_myself and not statement.source.strip():
        wrong["source"] = [_("Say who said it: an organisation, yourself, or a source in words.")]
    if statement.said_by is not None and not access.ORGANISATIONS.sees(viewer, statement.said_by):
        wrong["said_by"] = [_("This organisation is not in the directory.")]
    if wrong:
        raise ValidationError(wrong)


def _said_already(row: StateService) -> StateService:
    """The statement that stands of this source and day, if it says the same."""
    standing = StateService.objects.standing().get(
        area=row.area,
        kind=row.kind,
        said_by=row.said_by,
        seen_by=row.seen_by,
        source_key=row.source_key,
        as_of=row.as_of,
    )
    if (standing.presence, standing.since) != (row.presence, row.since):
        raise ValidationError(
            _("This source has said something else of the same day. Withdraw that first, or choose another day.")
        )
    return standing


@transaction.atomic
def withdraw_state_service(*, viewer: Viewer, statement: StateService) -> bool:
    """Take back a statement that was a mistake; ``False`` when it was taken back already. Raises ``NotAllowed``."""
    return _mark(viewer, statement, withdrawn=True)


@transaction.atomic
def restore_state_service(*, viewer: Viewer, statement: StateService) -> bool:
    """Let a withdrawn statement stand again. Raises ``NotAllowed``, and ``ValidationError`` where another took its
    place."""
    return _mark(viewer, statement, withdrawn=False)


def _mark(viewer: Viewer, statement: StateService, *, withdrawn: bool) -> bool:
    if not access.may_state_services_in(viewer, statement.area):
        raise NotAllowed
    rows = StateService.objects.filter(pk=statement.pk, withdrawn_at__isnull=withdrawn)
    try:
        with transaction.atomic():
            changed = rows.update(withdrawn_at=Now() if withdrawn else None)
    except IntegrityError:
        raise ValidationError(_("Another statement of this source and day stands in its place.")) from None
    if changed:
        verb = "withdrew_service" if withdrawn else "restored_service"
        audit.record(actor_of(viewer), verb, statement, area=statement.area.pcode, kind=statement.kind)
    return bool(changed)
