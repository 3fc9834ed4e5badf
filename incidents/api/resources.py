"""Reports, incidents, alerts and deliveries as the API gives them."""

from typing import Any

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DictField,
    IntegerField,
    UUIDField,
)

from incidents.access import COUNTED_ALERTS, COUNTED_DELIVERIES, COUNTED_INCIDENTS, REPORTS
from incidents.api.filters import AlertFilters, DeliveryFilters, IncidentFilters, ReportFilters
from incidents.disclosure import ALERT, DELIVERY, INCIDENT, REPORT
from orgs.api.resources import Order, Published, Resource

AREA_JOINS = ("place", "region", "cercle", "commune")


def _text(name: str, help_text: str, source: str = "") -> Published:
    return Published(name, source or name, CharField(allow_null=True, help_text=help_text))


def _typed(name: str, kind: type[serializers.Field[Any, Any, Any, Any]], help_text: str, source: str = "") -> Published:
    return Published(name, source or name, kind(allow_null=True, help_text=help_text))


_PLACE = (
    _text("region", "P-code of the région, today's division.", "region_pcode"),
    _text("cercle", "P-code of the cercle.", "cercle_pcode"),
    _text("commune", "P-code of the commune, where communes are loaded.", "commune_pcode"),
)

INCIDENT_RESOURCE = Resource(
    name="incidents",
    policy=COUNTED_INCIDENTS,
    table=INCIDENT,
    published=(
        _text("ref", "Reference of the incident."),
        _text("type", "Code of its type.", "type_id"),
        _typed("occurred_on", DateField, "Day it happened or began."),
        _text("time_precision", "hour, day, week or month."),
        *_PLACE,
        _text("place", "Name of the town or village.", "place_name"),
        _text("state", "open (being checked), verified or closed."),
        _text("tlp", "Traffic Light Protocol 2.0: clear, green, amber, amber_strict or red."),
        _text("severity", "CAP 1.2 severity."),
        _text("urgency", "Urgency: immediate, expected, future, past or unknown."),
        _text("certainty", "CAP 1.2 certainty."),
        _text("source_grade", "Admiralty scale, source: A to F."),
        _text("claim_grade", "Admiralty scale, claim: 1 to 6."),
        _text("summary", "Public summary."),
        _text("finding", "What it turned out to be, once closed: true, partly, false or unknown."),
        _text("narrative", "Internal narrative; coordinators only."),
        _typed("updated_at", DateTimeField, "Last change."),
    ),
    order=Order(("occurred_on", "id")),
    filters=IncidentFilters,
    joined=AREA_JOINS,
    key="ref",
)

REPORT_RESOURCE = Resource(
    name="reports",
    policy=REPORTS,
    table=REPORT,
    published=(
        _typed("id", IntegerField, "Number of the report; not shown to reporters."),
        _text("door", "By which way it came in."),
        _typed("received_at", DateTimeField, "When it came in."),
        _typed("sent_at", DateTimeField, "When it was sent, where the door knows."),
        _text("language", "Language of the reporter: fr or en."),
        _text("type", "What, as chosen by the reporter.", "type_id"),
        _typed("occurred_on", DateField, "Day, as said."),
        _text("time_precision", "hour, day, week or month."),
        _text("place_text", "Place, as said."),
        *_PLACE,
        _text("narrative", "What was said."),
        _typed("harmed", DictField, "People harmed, as said: kind and number."),
        _text("how_known", "saw, told, heard or unknown."),
        _typed("may_call_back", BooleanField, "Whether the reporter may be called back."),
        _text("state", "new, attached or rejected."),
        _text("reject_reason", "Why it was set aside."),
        _text("incident", "Reference of the incident it is attached to.", "incident_ref"),
    ),
    order=Order(("received_at", "id")),
    filters=ReportFilters,
    joined=("region", "cercle", "commune", "incident"),
)

ALERT_RESOURCE = Resource(
    name="alerts",
    policy=COUNTED_ALERTS,
    table=ALERT,
    published=(
        _typed("id", UUIDField, "Number of the alert."),
        _text("incident", "Reference of its incident.", "incident_ref"),
        _text("state", "draft, proposed, released, cancelled, replaced (by a newer one) or expired."),
        _text("kind", "alert, update or correction."),
        _typed("thread", UUIDField, "The same for an alert and all that update or correct it."),
        _typed("follows", UUIDField, "The alert that this one updates or corrects.", "follows_id"),
        _typed("is_rumour", BooleanField, "Whether it went out before it was verified."),
        _text("tlp", "Traffic Light Protocol 2.0."),
        _text("severity", "CAP 1.2 severity."),
        _text("urgency", "Urgency."),
        _text("instruction", "What the reader should do."),
        _typed("released_at", DateTimeField, "When it was released."),
        _typed("expires_at", DateTimeField, "Until when it holds."),
        _typed("created_at", DateTimeField, "When it was prepared."),
    ),
    order=Order(("created_at", "id")),
    filters=AlertFilters,
    joined=("incident",),
)

DELIVERY_RESOURCE = Resource(
    name="deliveries",
    policy=COUNTED_DELIVERIES,
    table=DELIVERY,
    published=(
        _typed("id", IntegerField, "Number of the delivery."),
        _typed("alert", UUIDField, "Its alert.", "alert_id"),
        _typed("recipient", UUIDField, "Public number of the person."),
        _text("organisation", "Address of the organisation for which the person was chosen."),
        _typed("step", IntegerField, "Step of the ladder."),
        _text("channel", "The first way: push, sms, email, webhook, notice, call or inbox."),
        _text("last_channel", "The way of the last message, where another was taken after the first.", "last_channel"),
        _text("state", "Of the last message: pending, sending, sent, delivered, failed or skipped; null for none."),
        _text("why", "Why, as a code; empty where there is nothing to say."),
        _typed("created_at", DateTimeField, "When the person was chosen."),
        _typed("called_at", DateTimeField, "When the person was called."),
        _text("answer", "Last answer: acknowledged, acting, done, declined or need_more; empty for none."),
        _typed("answered_at", DateTimeField, "When."),
    ),
    order=Order(("created_at", "id")),
    filters=DeliveryFilters,
    joined=("alert__incident", "recipient", "organisation"),
)
