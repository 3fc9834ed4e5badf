"""Taking the reports, incidents and alerts of the demonstration away, with everything that hangs on them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.demo import choosing
from incidents.models import (
    Advisory,
    Alert,
    AlertAudience,
    Carriage,
    ConductFeedback,
    ConductPattern,
    Delivery,
    Device,
    Escalation,
    Exercise,
    HeldResponsible,
    Incident,
    Ladder,
    LadderStep,
    Notice,
    Report,
    ReportState,
    WebhookSource,
)
from incidents.services.exercises import INVITATION
from orgs.demo.foundation import delete_with_history
from orgs.models import Message


def remove() -> Mapping[str, int]:
    """Rows of real people that touch made-up ones stay: their reports are new again, their alerts lose a recipient."""
    told = Delivery.objects.filter(
        Q(alert__is_demo=True) | Q(alert__incident__is_demo=True) | Q(recipient__is_demo=True)
    )
    made_up = Q(is_demo=True) | Q(incident__is_demo=True)
    advisories = Advisory.objects.filter(Q(is_demo=True) | Q(given_by__is_demo=True) | Q(organisation__is_demo=True))
    notices = Notice.objects.filter(Q(delivery__in=told) | Q(advisory__in=advisories))
    Message.objects.filter(pk__in=list(notices.values_list("message", flat=True))).delete()
    advisories.delete()
    gone = {"messages of alerts": _delete(_messages_of(told)), "deliveries": _delete(told)}
    gone["subscriptions"] = choosing.remove()
    AlertAudience.objects.filter(organisation__is_demo=True).delete()
    for steps in (LadderStep, Escalation):
        steps.objects.filter(organisation__is_demo=True).delete()
    gone["ladders"] = _delete(Ladder.objects.filter(is_demo=True))
    HeldResponsible.objects.filter(actor__is_demo=True).delete()
    # What follows goes before what it follows.
    gone["alerts"] = _delete(Alert.objects.filter(made_up, follows__isnull=False))
    gone["alerts"] += _delete(Alert.objects.filter(made_up))
    gone["reports"] = _delete(Report.objects.filter(is_demo=True))
    Report.objects.filter(incident__is_demo=True).update(
        state=ReportState.NEW, incident=None, decided_at=None, decided_by=None
    )
    gone["feedback on conduct"] = _delete(ConductFeedback.objects.filter(is_demo=True))
    gone["patterns of conduct"] = _delete(ConductPattern.objects.filter(is_demo=True))
    gone["incidents"] = delete_with_history(Incident.objects.filter(is_demo=True))
    Message.objects.filter(purpose=INVITATION, recipient__is_demo=True).delete()
    gone["exercises"] = _delete(Exercise.objects.filter(is_demo=True))
    # Phones of made-up bodies go with them, whoever made them; what real ones sent stays, without its phone.
    gone["phones"] = _delete(Device.objects.filter(Q(is_demo=True) | Q(organisation__is_demo=True)))
    gone["servers that call"] = _delete(WebhookSource.objects.filter(is_demo=True))
    return gone


def _messages_of(told: QuerySet[Delivery]) -> QuerySet[Message]:
    """The messages that carried nothing but these deliveries."""
    numbers = list(told.values_list("pk", flat=True))
    carried = Carriage.objects.filter(message=OuterRef("pk"))
    return Message.objects.filter(
        Exists(carried.filter(delivery__in=numbers)), ~Exists(carried.exclude(delivery__in=numbers))
    )


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)
