"""Filters of incidents, reports and alerts, for the API and for lists on pages."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.access import ALERTS, INCIDENTS, REPORTS
from incidents.models import (
    Alert,
    AlertState,
    Delivery,
    DeliveryAnswer,
    Door,
    Incident,
    IncidentState,
    IncidentType,
    Report,
    ReportState,
    Severity,
)
from orgs.access import ANYONE
from orgs.models import Area, Channel, Tlp
from orgs.policy import Policy


class AreaFilter(filters.CharFilter):
    """Rows in the subtree of an area of today's division, by its P-code.

    Asks the row's own area columns: a join through the tree of areas was 10 to 15 times slower.
    """

    def __init__(self, *args: Any, policy: Policy[Any], near: tuple[str, ...], prefix: str = "", **kwargs: Any) -> None:
        """``near`` are the audiences that are shown the commune: nobody else may find a row by it."""
        kwargs.setdefault("label", _("P-code of an area: everything inside it"))
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.near = near
        self.prefix = prefix

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows of the area; none for a P-code that is not known."""
        if not value:
            return qs
        area = Area.objects.current().filter(pcode=value.strip().upper()).only("id", "level").order_by("pk").first()
        if area is None:
            return qs.none()
        if area.level == Area.Level.COUNTRY:
            return qs
        if area.level not in ("region", "cercle", "commune"):
            return qs.none()
        if area.level == Area.Level.COMMUNE:
            viewer = getattr(self.parent, "request", None) or ANYONE
            qs = qs.filter(self.policy.condition(viewer, self.near))
        return qs.filter(Q(**{f"{self.prefix}{area.level}": area.pk}))


class IncidentFilters(filters.FilterSet):
    """What a list of incidents may be narrowed by."""

    area = AreaFilter(policy=INCIDENTS, near=("coordinator", "network"))
    type = filters.ModelMultipleChoiceFilter(queryset=IncidentType.objects.all(), label=_("type of incident"))
    state = filters.MultipleChoiceFilter(choices=IncidentState.choices, label=_("state"))
    severity = filters.MultipleChoiceFilter(choices=Severity.choices, label=_("severity"))
    tlp = filters.MultipleChoiceFilter(choices=Tlp.choices, label=_("marking"))
    occurred_after = filters.DateFilter("occurred_on", lookup_expr="gte", label=_("from this day on"))
    occurred_before = filters.DateFilter("occurred_on", lookup_expr="lte", label=_("up to this day"))
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gte", label=_("changed since"))

    class Meta:
        model = Incident
        fields: list[str] = []


class ReportFilters(filters.FilterSet):
    """What a list of reports may be narrowed by."""

    area = AreaFilter(policy=REPORTS, near=("coordinator", "own"))
    type = filters.ModelMultipleChoiceFilter(queryset=IncidentType.objects.all(), label=_("what"))
    state = filters.MultipleChoiceFilter(choices=ReportState.choices, label=_("state"))
    door = filters.MultipleChoiceFilter(choices=Door.choices, label=_("door"))
    received_after = filters.IsoDateTimeFilter("received_at", lookup_expr="gte", label=_("received since"))
    received_before = filters.IsoDateTimeFilter("received_at", lookup_expr="lte", label=_("received until"))

    class Meta:
        model = Report
        fields: list[str] = []


class AlertFilters(filters.FilterSet):
    """What a list of alerts may be narrowed by."""

    area = AreaFilter(policy=ALERTS, near=("coordinator", "recipient", "network"), prefix="incident__")
    state = filters.MultipleChoiceFilter(choices=AlertState.choices, label=_("state"))
    severity = filters.MultipleChoiceFilter(choices=Severity.choices, label=_("severity"))
    released_after = filters.IsoDateTimeFilter("released_at", lookup_expr="gte", label=_("released since"))

    class Meta:
        model = Alert
        fields: list[str] = []


class DeliveryFilters(filters.FilterSet):
    """What a list of deliveries may be narrowed by."""

    alert = filters.UUIDFilter("alert", label=_("alert"))
    answer = filters.MultipleChoiceFilter(choices=DeliveryAnswer.choices, label=_("answer"))
    channel = filters.MultipleChoiceFilter(choices=Channel.choices, label=_("told by"))

    class Meta:
        model = Delivery
        fields: list[str] = []
