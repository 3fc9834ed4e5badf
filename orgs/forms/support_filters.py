"""What the lists of support may be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orgs.forms.support import area_groups, terms_of
from orgs.models import (
    Area,
    FundingCall,
    GrantStatus,
    Need,
    NeedState,
    Programme,
    ProgrammeKind,
    SubGrant,
    Training,
    Vocabulary,
)
from orgs.models.support import SupportRow
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput
from orgs.support_lists import fitting, in_area, still_open


class SupportFilters(filters.FilterSet):
    """By area; what is not understood narrows nothing and is said at its field."""

    area = filters.ChoiceFilter(method="narrow_to_area", label=_("Area"), empty_label=_("all"))
    vocabularies: dict[str, str] = {}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.filters["area"].extra["choices"] = area_groups()
        for name, vocabulary in self.vocabularies.items():
            self.filters[name].extra["choices"] = terms_of(vocabulary, set())

    def narrow_to_area(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the area's subtree; calls that hold for it."""
        area = Area.objects.filter(pk=value).first()
        return rows.none() if area is None else in_area(rows, area)

    @property
    def chosen(self) -> bool:
        """Whether anything narrows the list."""
        return self.is_bound and any(value not in (None, "", False) for value in self.form.cleaned_data.values())


class TrainingFilters(SupportFilters):
    """Trainings by area, topic and days."""

    vocabularies = {"topic": Vocabulary.TRAINING}
    topic = filters.ChoiceFilter(label=_("Topic"), empty_label=_("all"))
    since = filters.DateFilter("starts_on", lookup_expr="gte", label=_("From"), widget=DayInput)
    until = filters.DateFilter("starts_on", lookup_expr="lte", label=_("Until"), widget=DayInput)

    class Meta:
        model = Training
        fields: list[str] = []


class GrantFilters(SupportFilters):
    """Sub-grants by area of the recipient, status and days."""

    status = filters.ChoiceFilter(choices=GrantStatus.choices, label=_("Status"), empty_label=_("all"))
    since = filters.DateFilter("starts_on", lookup_expr="gte", label=_("From"), widget=DayInput)
    until = filters.DateFilter("starts_on", lookup_expr="lte", label=_("Until"), widget=DayInput)

    class Meta:
        model = SubGrant
        fields: list[str] = []


class NeedFilters(SupportFilters):
    """Needs by area of the organisation, kind, state and days."""

    vocabularies = {"kind": Vocabulary.NEED}
    kind = filters.ChoiceFilter(label=_("What is needed"), empty_label=_("all"))
    state = filters.ChoiceFilter(choices=NeedState.choices, label=_("State"), empty_label=_("all"))
    since = filters.DateFilter("stated_on", lookup_expr="gte", label=_("From"), widget=DayInput)

    class Meta:
        model = Need
        fields: list[str] = []


class CallFilters(SupportFilters):
    """Calls by area and theme, those that fit one's own organisation, and those that closed."""

    vocabularies = {"theme": Vocabulary.THEME}
    theme = filters.ChoiceFilter(method="for_theme", label=_("Theme"), empty_label=_("all"))
    fits = filters.BooleanFilter(
        method="that_fit", label=_("Only what fits my organisation"), widget=forms.CheckboxInput
    )
    closed = filters.BooleanFilter(method="with_closed", label=_("Also those that closed"), widget=forms.CheckboxInput)

    class Meta:
        model = FundingCall
        fields: list[str] = []

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if not viewer.organisation_ids:
            del self.filters["fits"]

    def for_theme(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep what names the theme, or none."""
        return rows.filter(themes__contains=[value]) | rows.filter(themes=[])

    def that_fit(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Keep what fits the viewer's own organisations."""
        return fitting(rows, self.viewer) if value else rows

    def with_closed(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Closed calls are left out unless they are asked for."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What closed is left out, unless it is asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("closed") else still_open(rows)


class ProgrammeFilters(SupportFilters):
    """Programmes by area and kind."""

    kind = filters.ChoiceFilter(choices=ProgrammeKind.choices, label=_("Kind"), empty_label=_("all"))

    class Meta:
        model = Programme
        fields: list[str] = []


FILTERS: dict[type[SupportRow], type[SupportFilters]] = {
    Training: TrainingFilters,
    SubGrant: GrantFilters,
    Need: NeedFilters,
    FundingCall: CallFilters,
    Programme: ProgrammeFilters,
}
