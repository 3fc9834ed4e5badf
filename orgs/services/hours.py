"""When a person may be told of things: zone, quiet hours, how much in an hour, the hour of the digest."""

from dataclasses import dataclass
from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orgs import audit
from orgs.models import HOME_ZONE, TimeZone, User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

LARGEST_CAP = 60


@dataclass(frozen=True)
class Hours:
    """What a person chose."""

    time_zone: str = HOME_ZONE
    quiet_from: time | None = None
    quiet_to: time | None = None
    hour_cap: int = 6
    digest_hour: int = 7
    wants_digest: bool = True


def hours_of(viewer: Viewer) -> Hours:
    """What the viewer chose, as it is now."""
    names = tuple(Hours.__dataclass_fields__)
    found = User.objects.filter(pk=viewer.user_id or 0).values_list(*names).first()
    return Hours(*found) if found else Hours()


def set_hours(*, viewer: Viewer, hours: Hours) -> Hours:
    """Keep what the viewer chose for themselves."""
    if viewer.user_id is None:
        raise NotAllowed
    _check(hours)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=viewer.user_id)
        for name in Hours.__dataclass_fields__:
            setattr(person, name, getattr(hours, name))
        person.save(update_fields=list(Hours.__dataclass_fields__))
        audit.record(person, "hours_chosen", person, quiet=hours.quiet_from is not None, digest=hours.wants_digest)
    return hours


def turn_off_digest(*, person_id: int) -> bool:
    """Send a person no digest any more; whether there is such a person. Asked by a letter's own link."""
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=person_id, is_active=True).first()
        if person is None:
            return False
        if person.wants_digest:
            person.wants_digest = False
            person.save(update_fields=["wants_digest"])
            audit.record(person, "digest_turned_off", person)
    return True


def _check(hours: Hours) -> None:
    wrong: dict[str, str] = {}
    if hours.time_zone not in TimeZone.values:
        wrong["time_zone"] = _("Choose one of the list.")
    if (hours.quiet_from is None) != (hours.quiet_to is None):
        wrong["quiet_to"] = _("Give both hours, or none.")
    elif hours.quiet_from is not None and hours.quiet_from == hours.quiet_to:
        wrong["quiet_to"] = _("Quiet hours end at another time than they begin.")
    if not 0 <= hours.digest_hour <= 23:
        wrong["digest_hour"] = _("Choose one of the list.")
    if not 1 <= hours.hour_cap <= LARGEST_CAP:
        wrong["hour_cap"] = _("Between 1 and %(n)s.") % {"n": LARGEST_CAP}
    if wrong:
        raise ValidationError(wrong)
