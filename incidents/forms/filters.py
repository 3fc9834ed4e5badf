"""What the desk and the list of incidents may be narrowed by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.access import INCIDENTS
from incidents.desk import NOWHERE, AreaCount
from incidents.models import (
    Door,
    HowKnown,
    Incident,
    IncidentState,
    IncidentType,
    Report,
    Severity,
)
from orgs.models import Area, Level, Tlp
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput

AGES = [("1", _("more than a day")), ("3", _("more than 3 days")), ("7", _("more than a week"))]
SHORTEST_TEXT = 3
Choices = list[tuple[str, Any]]


def in_area(rows: QuerySet[Any], number: str) -> QuerySet[Any]:
    """The rows in the subtree of an area, by their own columns: a join was 9 to 16 times slower."""
    if number == NOWHERE:
        return rows.filter(region=None)
    level = Area.objects.filter(pk=number).values_list("level", flat=True).first()
    return rows.filter(**{level: int(number)}) if level in (Level.REGION, Level.CERCLE) else rows.none()


class _Filters(filters.FilterSet):
    """Fields shown in our look; what is not understood narrows nothing and is said at its field."""

    def __init__(self, *args: Any, areas: Choices = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        self.filters["area"].extra["choices"] = list(areas)

    def narrow_to_area(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the area's subtree."""
        return in_area(rows, value)

    @property
    def chosen(self) -> bool:
        """Whether anything narrows the list."""
        return self.is_bound and any(value not in (None, "") for value in self.form.cleaned_data.values())


class DeskFilters(_Filters):
    """The queue by area, type, how it is known, door and age."""

    area = filters.ChoiceFilter(method="narrow_to_area", label=_("Area"), empty_label=_("all"))
    type = filters.ModelChoiceFilter(queryset=IncidentType.objects.all(), label=_("What"), empty_label=_("all"))
    how_known = filters.ChoiceFilter(choices=HowKnown.choices, label=_("How it is known"), empty_label=_("all"))
    door = filters.ChoiceFilter(choices=Door.choices, label=_("Door"), empty_label=_("all"))
    age = filters.ChoiceFilter(choices=AGES, method="older", label=_("Waiting for"), empty_label=_("all"))

    class Meta:
        model = Report
        fields: list[str] = []

    def older(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        """Keep what has waited for so many days."""
        return rows.filter(received_at__lt=timezone.now() - timedelta(days=int(value)))


class IncidentPageFilters(_Filters):
    """The list by area, type, state, severity, marking, days and words.

    Words are looked for only where the viewer may read them: in the narrative only of incidents in their own areas.
    """

    area = filters.ChoiceFilter(method="narrow_to_area", label=_("Area"), empty_label=_("all"))
    type = filters.ModelChoiceFilter(queryset=IncidentType.objects.all(), label=_("Type"), empty_label=_("all"))
    state = filters.ChoiceFilter(choices=IncidentState.choices, label=_("State"), empty_label=_("all"))
    severity = filters.ChoiceFilter(choices=Severity.choices, label=_("How grave"), empty_label=_("all"))
    tlp = filters.ChoiceFilter(choices=Tlp.choices, label=_("Marking"), empty_label=_("all"))
    since = filters.DateFilter("occurred_on", lookup_expr="gte", label=_("From"), widget=DayInput)
    until = filters.DateFilter("occurred_on", lookup_expr="lte", label=_("Until"), widget=DayInput)
    text = filters.CharFilter(
        method="words", label=_("Words or reference"), min_length=SHORTEST_TEXT, max_length=80, widget=forms.TextInput
    )

    class Meta:
        model = Incident
        fields: list[str] = []

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def words(self, rows: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        """Keep what holds these words, or has this reference."""
        said = value.strip().replace("\x00", "")
        found = Q(ref__iexact=said) | Q(summary__icontains=said)
        return rows.filter(found | Q(narrative__icontains=said) & INCIDENTS.condition(self.viewer, ("coordinator",)))


def counted_areas(counts: Iterable[AreaCount], chosen: str = "") -> Choices:
    """The areas where something waits, régions with their cercles; and the chosen one, even if nothing waits there."""
    found: Choices = []
    for whole in counts:
        found.append((whole.key, f"{whole.name} ({whole.waiting})"))
        found.extend((part.key, f"\u2003{part.name} ({part.waiting})") for part in whole.parts)
    if chosen and chosen.isdecimal() and len(chosen) < 18 and chosen not in dict(found):
        area = Area.objects.with_names().filter(pk=chosen).first()
        found.extend([(chosen, area.label())] if area else [])
    return found


def all_areas() -> Choices:
    """Today's régions, each with its cercles; in one query."""
    rows = Area.objects.current().filter(level__in=(Level.REGION, Level.CERCLE)).order_by("name_key")
    cercles: dict[int | None, list[tuple[str, str]]] = {}
    regions: list[tuple[int, str]] = []
    for pk, level, name, region in rows.values_list("pk", "level", "name", "region"):
        if level == Level.REGION:
            regions.append((pk, name))
        else:
            cercles.setdefault(region, []).append((str(pk), f"\u2003{name}"))
    found: Choices = []
    for pk, name in regions:
        found += [(str(pk), name), *cercles.get(pk, [])]
    return [*found, (NOWHERE, _("Place not found"))]
