"""Subscriptions of people and rules of organisations: kept, paused, deleted and taken back."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.access import choice as access
from incidents.models import IncidentType, RuleAsDigest, Sending, Severity, Subscription
from incidents.services import steps
from incidents.services.errors import NotAllowed
from incidents.services.wishes import Wish
from orgs.crypto import seal_bytes, unseal_bytes
from orgs.models import HOME_ZONE, Area, Level, Organisation, Role
from orgs.policy import Viewer
from orgs.services import hours

MOST_SUBSCRIPTIONS = 30
"""Of one person, and rules of one organisation: more than anybody can keep in mind."""
MOST_AREAS = 60
_DIGEST = b"digest-off:"


@dataclass(frozen=True)
class Wanted:
    """What somebody wishes to be told of, and how."""

    areas: Sequence[Area] = ()
    with_neighbours: bool = False
    types: Sequence[IncidentType] = ()
    min_severity: str = Severity.UNKNOWN
    days: Sequence[int] = ()
    from_time: time | None = None
    to_time: time | None = None
    sending: str = Sending.EACH

    def wish(self, zone: str = HOME_ZONE) -> Wish:
        """The same as the condition in SQL reads it. The whole country is no condition at all."""
        everywhere = any(area.level == Level.COUNTRY for area in self.areas)
        return Wish(
            areas=() if everywhere else tuple(area.pk for area in self.areas),
            with_neighbours=self.with_neighbours,
            types=tuple(one.pk for one in self.types),
            min_severity=self.min_severity,
            days=tuple(self.days),
            from_time=self.from_time,
            to_time=self.to_time,
            zone=zone,
        )


def keep_subscription(
    *,
    viewer: Viewer,
    wanted: Wanted,
    subscription: Subscription | None = None,
    organisation: Organisation | None = None,
    role: str = "",
    is_demo: bool = False,
) -> Subscription:
    """Make a subscription of the viewer's own, or a rule of their organisation; or change the one given."""
    _check(wanted, role)
    with transaction.atomic():
        if subscription is None:
            kept = _new(viewer, organisation, role)
            kept.is_demo = is_demo
        else:
            kept = _hold(viewer, subscription)
            kept.role = role if kept.is_rule else ""
        wish = wanted.wish()
        kept.with_neighbours, kept.min_severity = bool(wish.areas) and wish.with_neighbours, wish.min_severity
        kept.days, kept.from_time, kept.to_time = sorted(set(wish.days)), wish.from_time, wish.to_time
        kept.sending = wanted.sending
        kept.save()
        kept.areas.set(wish.areas)
        kept.types.set(wanted.types)
        verb = "subscribed" if subscription is None else "changed"
        steps.note(viewer, kept, verb, rule=kept.is_rule, areas=len(wish.areas), types=len(wish.types))
    return kept


def pause_subscription(*, viewer: Viewer, subscription: Subscription, until: datetime | None) -> Subscription:
    """Tell nothing by it until then; ``None`` for until it is taken up again."""
    if until is not None and until <= timezone.now():
        raise ValidationError({"until": _("Choose a day to come.")})
    with transaction.atomic():
        kept = _hold(viewer, subscription)
        kept.is_active, kept.paused_until = until is not None, until
        kept.save(update_fields=["is_active", "paused_until"])
        steps.note(viewer, kept, "paused")
    return kept


def resume_subscription(*, viewer: Viewer, subscription: Subscription) -> Subscription:
    """Take it up again."""
    with transaction.atomic():
        kept = _hold(viewer, subscription)
        kept.is_active, kept.paused_until = True, None
        kept.save(update_fields=["is_active", "paused_until"])
        steps.note(viewer, kept, "resumed")
    return kept


def delete_subscription(*, viewer: Viewer, subscription: Subscription) -> None:
    """Tell nothing by it any more. It can be taken back."""
    with transaction.atomic():
        kept = _hold(viewer, subscription)
        if kept.deleted_at is None:
            kept.deleted_at = timezone.now()
            kept.save(update_fields=["deleted_at"])
            steps.note(viewer, kept, "deleted")


def restore_subscription(*, viewer: Viewer, subscription: Subscription) -> Subscription:
    """Take the deletion back."""
    with transaction.atomic():
        kept = _hold(viewer, subscription)
        if kept.deleted_at is not None:
            _refuse_too_many(kept.person_id, kept.organisation_id)
            kept.deleted_at = None
            kept.save(update_fields=["deleted_at"])
            steps.note(viewer, kept, "restored")
    return kept


def take_rule_as_digest(*, viewer: Viewer, rule: Subscription, as_digest: bool) -> bool:
    """A person whom a rule means takes it together, once a day, or one by one again."""
    person = steps.person_of(viewer)
    if person is None or not rule.is_rule or rule.organisation_id not in viewer.organisation_ids:
        raise NotAllowed(_("This rule is not about you."))
    with transaction.atomic():
        if as_digest:
            RuleAsDigest.objects.get_or_create(subscription=rule, person=person)
        else:
            RuleAsDigest.objects.filter(subscription=rule, person=person).delete()
        steps.note(viewer, rule, "as_digest", digest=as_digest)
    return as_digest


# --- Leaving the digest by a letter's own link --------------------------------------------------------------------


def digest_token(person_id: int) -> str:
    """What stands in the link of a digest: sealed, so that the address says nothing of the person."""
    return seal_bytes(_DIGEST + str(person_id).encode()).decode().rstrip("=")


def leave_digest(*, token: str) -> bool:
    """Send the person of this link no digest any more; ``False`` for a link that nobody gave."""
    person = person_of_token(token)
    return person is not None and hours.turn_off_digest(person_id=person)


def person_of_token(token: str) -> int | None:
    """Whose link it is."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        said = unseal_bytes(base64.urlsafe_b64encode(sealed))
    except (InvalidToken, ValueError):
        return None
    return int(said.removeprefix(_DIGEST)) if said.startswith(_DIGEST) else None


# --- What is checked ----------------------------------------------------------------------------------------------


def _new(viewer: Viewer, organisation: Organisation | None, role: str) -> Subscription:
    if organisation is None:
        if viewer.user_id is None or not access.may_subscribe(viewer):
            raise NotAllowed(_("Only those who may be told of alerts can subscribe."))
        owner = {"person_id": viewer.user_id}
    else:
        if organisation.pk not in access.organisations_ruled_by(viewer):
            raise NotAllowed(_("Only editors and coordinators of an organisation set its rules."))
        owner = {"organisation_id": organisation.pk}
    _refuse_too_many(owner.get("person_id"), owner.get("organisation_id"))
    return Subscription(**owner, role=role if organisation else "", created_by_id=viewer.user_id)


def _refuse_too_many(person: int | None, organisation: int | None) -> None:
    rows = Subscription.objects.filter(person=person, organisation=organisation, deleted_at=None)
    if rows.count() >= MOST_SUBSCRIPTIONS:
        raise NotAllowed(_("At most %(n)s subscriptions: delete one first.") % {"n": MOST_SUBSCRIPTIONS})


def _hold(viewer: Viewer, subscription: Subscription) -> Subscription:
    held = Subscription.objects.select_for_update().filter(pk=subscription.pk).first()
    if held is None or not access.may_change(viewer, held):
        raise NotAllowed(_("Only those whose subscription it is may change it."))
    return held


def _check(wanted: Wanted, role: str) -> None:
    wrong: dict[str, str] = {}
    if len(wanted.areas) > MOST_AREAS:
        wrong["areas"] = _("At most %(n)s areas.") % {"n": MOST_AREAS}
    if wanted.min_severity not in Severity.values:
        wrong["min_severity"] = _("Choose one of the list.")
    if not set(wanted.days) <= set(range(1, 8)):
        wrong["days"] = _("Choose days of the week.")
    if (wanted.from_time is None) != (wanted.to_time is None):
        wrong["to_time"] = _("Give both hours, or none.")
    elif wanted.from_time is not None and wanted.from_time == wanted.to_time:
        wrong["to_time"] = _("The hours end at another time than they begin.")
    if wanted.sending not in Sending.values:
        wrong["sending"] = _("Choose one of the list.")
    if role and role not in (str(one) for one in access.TOLD_ROLES if one != Role.OVERSIGHT):
        wrong["role"] = _("Choose one of the list.")
    if wrong:
        raise ValidationError(wrong)
