"""What the tests of choosing share: subscriptions, rosters, and releases at a given hour."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidents.models import Alert, AlertAudience, AlertState, Audience, Delivery, Incident, Severity, Subscription
from incidents.services import fanout, renditions
from incidents.services.rosters import RosterSaid, add_shifts, keep_roster
from incidents.services.subscriptions import Wanted, keep_subscription
from orgs.access import viewer_for
from orgs.models import Area, User
from tests.factories import AlertAudienceFactory, AlertFactory, area
from tests.incidents.alerts.conftest import Place, koro, verified

__all__ = ["Place", "koro", "verified"]

BAMAKO = ZoneInfo("Africa/Bamako")
MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=BAMAKO)


def places(*names: str | Area) -> list[Area]:
    return [area(one) if isinstance(one, str) else one for one in names]


def subscribed(person: User, *areas: str | Area, **wanted: Any) -> Subscription:
    """A subscription of a person's own; to the whole country without areas."""
    return keep_subscription(viewer=viewer_for(person), wanted=Wanted(areas=places(*areas), **wanted))


def on_duty(keeper: User, person: User, *, start: str, end: str, days: Any = (), **more: Any) -> Any:
    """A roster for Koro with one person's weekly shifts."""
    organisation = person.memberships.get().organisation
    said = RosterSaid(name="Permanence", areas=places("Koro"), **more)
    roster = keep_roster(viewer=viewer_for(keeper), said=said, organisation=organisation)
    add_shifts(
        viewer=viewer_for(keeper),
        roster=roster,
        person=person,
        from_time=time.fromisoformat(start),
        to_time=time.fromisoformat(end),
        weekdays=list(days) or list(range(1, 8)),
    )
    return roster


def told(incident: Incident, *lines: AlertAudience, at: datetime = MONDAY_NOON, **fields: Any) -> Alert:
    """An alert released at that hour to lines (saved with it); messages as the release writes them."""
    fields.setdefault("severity", incident.severity)
    alert = AlertFactory.create(incident=incident, state=AlertState.RELEASED, released_at=at, **fields)
    kept = lines or (AlertAudience(audience=Audience.LIAISON),)
    for line in kept:
        line.pk, line.alert = None, alert
        line.save()
    audiences = renditions.audiences_of(alert, incident, [line.audience for line in kept])
    renditions.freeze(alert, renditions.write_all(renditions.source_of(alert, incident), audiences))
    fanout.write_deliveries(alert, incident, list(kept), at=at)
    Delivery.objects.filter(alert=alert).update(created_at=at)
    fanout.write_messages(alert)
    return alert


def graded(severity: str = Severity.MODERATE, **fields: Any) -> Incident:
    return verified(severity=severity, **fields)


def line(audience: str = Audience.LIAISON, **fields: Any) -> AlertAudience:
    return AlertAudienceFactory.build(alert=None, audience=audience, **fields)


@pytest.fixture
def noon() -> datetime:
    return MONDAY_NOON
