"""What is said of an alert that is over, and of those before and after it in its thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents import alerting
from incidents.access import ALERTS, SENT
from incidents.models import Alert, AlertState, Delivery
from orgs.policy import Viewer

WORDS: dict[str, str | Promise] = {
    AlertState.CANCELLED: _("This alert is cancelled."),
    AlertState.REPLACED: _("This alert was replaced by a newer one."),
    AlertState.EXPIRED: _("This alert no longer holds: its time is over."),
}
MOST_OF_A_THREAD = 30


@dataclass(frozen=True)
class Threaded:
    """One other alert of the thread, as this viewer reads it."""

    alert: Alert
    headline: str
    state: tuple[str, str]


@dataclass(frozen=True)
class Place:
    """Where an alert stands in its thread: what is said when it is over, the newest one, those before it."""

    over: str | Promise
    newest: Threaded | None
    earlier: list[Threaded]


def place_of(viewer: Viewer, alert: Alert) -> Place:
    """The thread of an alert as this viewer may see it; three queries, however long it is."""
    rows = ALERTS.rows(viewer).filter(thread=alert.thread, state__in=SENT).exclude(pk=alert.pk)
    rows = rows.select_related("incident").prefetch_related("renditions").order_by("-released_at", "-pk")
    others = list(rows[:MOST_OF_A_THREAD])
    own = _own(viewer, others)
    shown = [_threaded(viewer, other, own.get(str(other.pk))) for other in others]
    newer = [one for one in shown if one.alert.released_at > alert.released_at]  # type: ignore[operator]
    older = [one for one in shown if one not in newer]
    return Place(over=WORDS.get(alert.state, ""), newest=newer[0] if newer else None, earlier=older)


def _own(viewer: Viewer, others: Sequence[Alert]) -> dict[str, Delivery]:
    if viewer.user_id is None or not others:
        return {}
    rows = Delivery.objects.filter(recipient=viewer.user_id, alert__in=others)
    return {str(row.alert_id): row for row in rows.select_related("rendition").order_by("step")}


def _threaded(viewer: Viewer, other: Alert, own: Delivery | None) -> Threaded:
    rendition = alerting.reading_for(viewer, other, own)
    headline = rendition.headline if rendition else str(other.get_kind_display())
    return Threaded(other, headline, alerting.shown_state(other))
