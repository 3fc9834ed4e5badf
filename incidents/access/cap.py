"""Who may fetch which CAP message, and as which audience: what ``ALERTS`` opens to them, and nothing of TLP:RED."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from incidents.access.rows import ALERTS
from incidents.models import Audience, CapMessage, Delivery
from orgs.models import Organisation, Tlp
from orgs.policy import Viewer

FED = Tlp.up_to(Tlp.AMBER_STRICT)
"""Markings that may leave for another program: what is for named persons is read in the product only."""

_MOST_CONCERNED_FIRST = (Audience.LIAISON, Audience.ORGANISATION, Audience.OVERSIGHT, Audience.NETWORK)


def cap_messages(viewer: Viewer) -> QuerySet[CapMessage]:
    """The messages of the alerts that this viewer may read."""
    alerts = ALERTS.rows(viewer).filter(tlp__in=FED)
    return CapMessage.objects.filter(alert__in=alerts.values("pk")).select_related("alert__incident", "alert__exercise")


def cap_audiences(viewer: Viewer, messages: Sequence[CapMessage]) -> dict[UUID, str]:
    """As which audience the viewer reads each alert of these messages (which they may see); three queries in all."""
    ids = {message.alert_id for message in messages}
    found = dict.fromkeys(ids, str(Audience.PUBLIC))
    if viewer.user_id is None or not ids:
        return found
    near = ALERTS.rows_as(viewer, "network", "coordinator").filter(pk__in=ids)
    found |= dict.fromkeys(near.values_list("pk", flat=True), str(Audience.NETWORK))
    for alert, audience in _told(viewer, ids):
        if _rank(audience) < _rank(found[alert]):
            found[alert] = audience
    own = Delivery.objects.filter(alert__in=ids, recipient=viewer.user_id).order_by("step")
    return found | dict(own.values_list("alert", "rendition__audience"))


def _told(viewer: Viewer, ids: set[UUID]) -> QuerySet[Delivery, tuple[UUID, str]]:
    """What was written for the viewer's organisations, and for those that serve them where the marking allows it."""
    own = sorted(viewer.organisation_ids)
    servers = Organisation.objects.filter(serves__in=own).values("pk")
    reached = Q(organisation__in=own) | Q(organisation__in=servers, alert__tlp__in=Tlp.up_to(Tlp.AMBER))
    told = Delivery.objects.filter(reached, alert__in=ids)
    return told.values_list("alert", "rendition__audience").distinct()


def _rank(audience: str) -> int:
    return _MOST_CONCERNED_FIRST.index(Audience(audience)) if audience in _MOST_CONCERNED_FIRST else 9
