"""Who had an alert, for what follows it: an update, a correction, that it is cancelled or no longer holds.

Everything is one statement for one person and for ten thousand.
"""

import uuid
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import Alert, AlertAudience, AlertState, Audience, Delivery, Severity
from incidents.services import fanout
from incidents.services.errors import NotAllowed
from orgs.models import Membership

HOLDS_HOURS = {Severity.EXTREME: 24, Severity.SEVERE: 48, Severity.MODERATE: 7 * 24, Severity.MINOR: 14 * 24}
"""For how long an alert holds when nobody says otherwise."""
USUAL_HOURS = 7 * 24
SHORTEST_HOURS, LONGEST_HOURS = 1, 60 * 24

QUIET_END = (Severity.MINOR, Severity.UNKNOWN)
"""Severities whose end is shown in the inbox and said by no message: it would cost more attention than it saves."""

# By the channel that brought the earlier one, where the person still has an address for it.
_SAME_CHANNEL = """
    UPDATE incidents_delivery AS delivery SET channel = had.channel
      FROM (SELECT DISTINCT ON (recipient_id) recipient_id, channel FROM incidents_delivery
             WHERE alert_id = %(earlier)s ORDER BY recipient_id, step DESC) AS had,
           orgs_user AS person
     WHERE delivery.alert_id = %(alert)s AND had.recipient_id = delivery.recipient_id
       AND person.id = delivery.recipient_id AND had.channel <> delivery.channel
       AND (had.channel NOT IN ('sms', 'call') OR person.phone IS NOT NULL)
       AND (had.channel <> 'email' OR person.email IS NOT NULL)"""

_NOT_TOLD_ANEW = """
    AND NOT EXISTS (SELECT 1 FROM incidents_delivery AS newer
                     WHERE newer.alert_id = %(newer)s AND newer.recipient_id = delivery.recipient_id)"""


def hours_of(alert: Alert) -> int:
    """For how many hours an alert holds from its release."""
    return alert.holds_hours or HOLDS_HOURS.get(Severity(alert.severity), USUAL_HOURS)


def hold_until(alert: Alert) -> None:
    """Set until when an alert holds that goes out now (not saved)."""
    if alert.expires_at is None or alert.holds_hours:
        alert.expires_at = timezone.now() + timedelta(hours=hours_of(alert))


def lines_of(alert: Alert) -> list[AlertAudience]:
    """The lines of an alert; where it follows another one, first those who had that one, as lines of their own."""
    return [*carried_lines(alert), *alert.audiences.select_related("area", "organisation", "person")]


def carried_lines(alert: Alert) -> list[AlertAudience]:
    """Those who were told by the earlier alert, each in their audience; empty for a first alert. Never saved.

    The public comes along where it could read the earlier one.
    """
    if alert.follows_id is None:
        return []
    lines = [AlertAudience(pk=0, alert=alert, audience=audience) for audience in audiences_carried(alert)]
    for line in lines:
        line.carried = carried(alert.follows_id, line.audience)  # type: ignore[attr-defined]
    if alert.follows is not None and alert.follows.renditions.filter(audience=Audience.PUBLIC).exists():
        lines.append(AlertAudience(pk=0, alert=alert, audience=Audience.PUBLIC))
    return lines


def audiences_carried(alert: Alert) -> list[str]:
    """The audiences in which people were told by the alert that this one follows."""
    told = Delivery.objects.filter(alert=alert.follows_id).order_by().values_list("rendition__audience", flat=True)
    return [str(audience) for audience in told.distinct()]


def carried(earlier_id: uuid.UUID, audience: str) -> Q:
    """The posts (a condition on ``Membership``) for which people were told by an earlier alert in an audience.

    For the same organisation: colleagues may read what somebody was told for them, those of another post may not.
    """
    told = Delivery.objects.filter(alert=earlier_id, rendition__audience=audience, recipient=OuterRef("person"))
    of_it = told.filter(organisation=OuterRef("organisation"))
    posts = Membership.objects.filter(Q(Exists(of_it)) | Q(Exists(told.filter(organisation=None)), organisation=None))
    return Q(pk__in=posts.values("pk"))


def take_over(alert: Alert) -> int:
    """Let an alert whose deliveries are written take the place of the one it follows, in the same transaction.

    What has not left of the earlier one is called off. Those who had it and may not be told any more get a word without
    content that it no longer holds; how many is returned.
    """
    assert alert.follows_id is not None
    held = Alert.objects.select_for_update(of=("self",)).get(pk=alert.follows_id)
    if held.state != AlertState.RELEASED:
        raise NotAllowed(
            _("The alert that this one follows is over (“%(state)s”): prepare a new alert.")
            % {"state": held.get_state_display()}
        )
    _execute(_SAME_CHANNEL, alert=alert.pk, earlier=held.pk)
    held.state = AlertState.REPLACED
    held.version += 1
    held.save(update_fields=["state", "version"])
    return fanout.call_off(held, which=_NOT_TOLD_ANEW, newer=alert.pk)


def end(held: Alert, state: str) -> int:
    """Cancel or expire a locked alert: nothing more goes out, its links are recalled, those who had it are told."""
    held.state = state
    held.version += 1
    held.links_recalled_at = held.links_recalled_at or timezone.now()
    held.save(update_fields=["state", "version", "links_recalled_at"])
    return fanout.call_off(held, told=not (state == AlertState.EXPIRED and held.severity in QUIET_END))


def call_again(alert: Alert) -> Q:
    """Of those who were called about an alert that is over, whom to call once more (a condition on ``Delivery``)."""
    if alert.state == AlertState.EXPIRED and alert.severity in QUIET_END:
        return Q(pk__in=[])
    if alert.state != AlertState.REPLACED:
        return Q(called_at__isnull=False)
    anew = Delivery.objects.filter(alert__follows=alert.pk, alert__released_at__isnull=False)
    return Q(called_at__isnull=False) & ~Q(recipient__in=anew.values("recipient"))


def _execute(statement: str, **given: uuid.UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)
