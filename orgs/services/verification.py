"""The life of an entry: draft, verified, stale, retired. Who checked it, how, and what time does to it.

draft, stale, verified --verify--> verified     verified --doubt, time--> stale
draft, stale, verified --retire--> retired      retired --take back--> draft, verified or stale, as it was
"""

import json
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import Organisation, OrganisationState, VerifiedHow
from orgs.policy import Viewer
from orgs.services.changes import hold
from orgs.services.errors import Faster, NotAllowed
from orgs.services.memberships import actor_of

DAYS_A_MONTH = 30.44

_DRAFT, _VERIFIED = OrganisationState.DRAFT, OrganisationState.VERIFIED
_STALE, _RETIRED = OrganisationState.STALE, OrganisationState.RETIRED


def verify_organisation(*, viewer: Viewer, organisation: Organisation, how: str, version: int) -> Organisation:
    """Somebody has checked the whole entry, in this way, today. Again and again: the last time counts."""
    if how not in VerifiedHow.values:
        raise ValidationError({"how": _("Say how you checked it.")})
    with transaction.atomic():
        held = _hold(viewer, organisation, version)
        if held.state == _RETIRED:
            raise NotAllowed(_("This organisation is marked as no longer active: take that back first."))
        held.state, held.verified_how, held.verified_by_id = _VERIFIED, how, viewer.user_id
        held.verified_at = held.confirmed_at = timezone.now()
        _keep(viewer, held, "verified_organisation", "verified_at", "verified_by", "verified_how", "confirmed_at")
        return held


def doubt_organisation(*, viewer: Viewer, organisation: Organisation, version: int) -> Organisation:
    """What was verified must be checked again: it may be wrong, or the verification was a mistake."""
    with transaction.atomic():
        held = _hold(viewer, organisation, version)
        if held.state != _VERIFIED:
            raise NotAllowed(_("This entry is not verified."))
        held.state = _STALE
        _keep(viewer, held, "doubted_organisation")
        return held


def retire_organisation(*, viewer: Viewer, organisation: Organisation, version: int) -> Organisation:
    """The organisation is no longer active. The entry stays for those who look for it, and can be taken back."""
    with transaction.atomic():
        held = _hold(viewer, organisation, version)
        if held.state != _RETIRED:
            held.state = _RETIRED
            _keep(viewer, held, "retired_organisation")
        return held


def take_back_organisation(*, viewer: Viewer, organisation: Organisation, version: int) -> Organisation:
    """It is active after all: the state follows again from when it was last checked."""
    with transaction.atomic():
        held = _hold(viewer, organisation, version)
        if held.state == _RETIRED:
            held.state = state_by_time(held)
            _keep(viewer, held, "took_back_organisation")
        return held


def confirm_as_own(*, viewer: Viewer, organisation: Organisation) -> Organisation:
    """Somebody who speaks for the organisation says that everything is right."""
    with transaction.atomic():
        held = hold(organisation)
        if not access.may_confirm(viewer, held):
            raise NotAllowed
        confirm(held)
        audit.record(actor_of(viewer), "confirmed_organisation", held, by="editor", state=held.state)
        return held


def confirm(held: Organisation) -> None:
    """A locked entry is known to be right now. What a person verified once counts as verified again."""
    held.confirmed_at = timezone.now()
    if held.state == _STALE and held.verified_at is not None:
        held.state = _VERIFIED
    held.save(update_fields=["confirmed_at", "state"])


def state_by_time(organisation: Organisation) -> str:
    """The state of an entry that is active, by when it was checked last."""
    if organisation.verified_at is None:
        return _DRAFT
    last = organisation.confirmed_at or organisation.verified_at
    return _STALE if last < timezone.now() - months(settings.DIRECTORY_STALE_MONTHS) else _VERIFIED


def months(number: float) -> timedelta:
    """So many months, on average."""
    return timedelta(days=number * DAYS_A_MONTH)


def let_age() -> int:
    """Verified entries that nobody has confirmed for long become stale; how many. One statement for all."""
    before = timezone.now() - months(settings.DIRECTORY_STALE_MONTHS)
    statement = f"""
        WITH aged AS (
            UPDATE orgs_organisation SET state = 'stale'
             WHERE state = 'verified' AND COALESCE(confirmed_at, verified_at) < %s AND merged_into_id IS NULL
         RETURNING id
        ), noted AS ({audit.record_sql("aged")} RETURNING id)
        SELECT count(*) FROM noted"""  # noqa: S608 (only the audit statement is put in)
    facts = json.dumps({"months": settings.DIRECTORY_STALE_MONTHS})
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, None, "aged_organisation", "organisation", facts])
        (count,) = cursor.fetchone()
    return int(count)


def _hold(viewer: Viewer, organisation: Organisation, version: int) -> Organisation:
    held = hold(organisation)
    if not access.may_decide_on(viewer, held):
        raise NotAllowed
    if held.version != version:
        raise Faster(held.version)
    return held


def _keep(viewer: Viewer, held: Organisation, verb: str, *fields: str) -> None:
    held.version += 1
    held.save(update_fields=["state", "version", "updated_at", *fields])
    audit.record(
        actor_of(viewer), verb, held, state=held.state, how=held.verified_how if fields else "", version=held.version
    )
