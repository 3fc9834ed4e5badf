"""The filters of the directory as its page shows them: those of the API, with words for every choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.api.filters import OrganisationFilters, TermFilter
from orgs.directory import search
from orgs.directory.contacts import EMERGENCY
from orgs.directory.words import Choices, Terms
from orgs.models import Organisation, OrganisationKind, OrganisationState, Vocabulary
from orgs.policy import Viewer

_SEVERAL = forms.CheckboxSelectMultiple
FACETS = ("kind", "theme", "spoken", "served", "capacity", "state")
"""Filters of which several values may be ticked."""
SHOWN = ("words", "area", "emergency", *FACETS)


@dataclass(frozen=True)
class Chosen:
    """One thing that narrows the list, in words, and the address of the list without it."""

    words: str
    without: str


class DirectoryFilters(OrganisationFilters):
    """What the list of organisations may be narrowed by, all at once, all in the address."""

    words = filters.CharFilter(
        method="having",
        max_length=search.LONGEST,
        label=_("Name, place or theme"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    area = filters.CharFilter(method="found_in", label=_("Where"), widget=forms.Select)
    kind = filters.MultipleChoiceFilter(choices=OrganisationKind.choices, label=_("Kind"), widget=_SEVERAL)
    theme = TermFilter("themes", vocabulary=Vocabulary.THEME, label=_("Theme"), widget=_SEVERAL)
    spoken = TermFilter("spoken", vocabulary=Vocabulary.SPOKEN, label=_("Language spoken"), widget=_SEVERAL)
    served = TermFilter("served", vocabulary=Vocabulary.SERVED, label=_("People served"), widget=_SEVERAL)
    capacity = TermFilter("capacities", vocabulary=Vocabulary.CAPACITY, label=_("Capacity"), widget=_SEVERAL)
    state = filters.MultipleChoiceFilter(
        choices=OrganisationState.choices,
        label=_("State"),
        widget=_SEVERAL,
        help_text=_("If you tick nothing, those that are no longer active are left out."),
    )
    emergency = filters.ChoiceFilter(
        choices=EMERGENCY, method="with_emergency", label=_("Emergency contact"), empty_label=_("all")
    )

    def __init__(self, data: QueryDict, *, queryset: QuerySet[Organisation], viewer: Viewer, terms: Terms) -> None:
        super().__init__(data, queryset=queryset, request=viewer)
        self.ranks: Mapping[int, float] = {}
        """How well each entry fits the words, once they were looked for."""
        for one in self.filters.values():
            if isinstance(one, TermFilter):
                one.extra["choices"] = terms.choices(one.vocabulary)

    def offer_areas(self, areas: Choices) -> None:
        """Put words to the areas that may be chosen."""
        self.form.fields["area"].widget.choices = [("", _("everywhere")), *areas]

    def having(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """Keep what has the words, and remember how well."""
        self.ranks = search.ranks(value)
        return search.among(queryset, self.ranks)

    def filter_queryset(self, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        """What is asked for; without a word on the state, those that are no longer active are left out."""
        rows: QuerySet[Organisation] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            rows = rows.exclude(state=OrganisationState.RETIRED)
        return rows

    @property
    def said(self) -> str:
        """The words that are looked for."""
        return str(self.form.cleaned_data.get("words") or "")

    @property
    def facets(self) -> list[tuple[Any, int]]:
        """The fields of which several values may be ticked, each with how many are."""
        return [(self.form[name], len(self.form.cleaned_data.get(name) or ())) for name in FACETS]

    @property
    def chosen(self) -> list[Chosen]:
        """Everything that narrows the list, in words."""
        given = (
            (name, str(one))
            for name, value in self.form.cleaned_data.items()
            for one in (value if isinstance(value, list) else [value])
            if one not in (None, "")
        )
        return [Chosen(self._words(name, value), self._without(name, value)) for name, value in given]

    def _words(self, name: str, value: str) -> str:
        if name == "words":
            return f"« {value} »"
        field = self.form.fields[name]
        choices = getattr(field, "choices", None) or getattr(field.widget, "choices", None) or ()
        label = next((words for key, words in choices if str(key) == value), value)
        if name == "emergency":
            return f"{field.label} : {label}"
        return str(label).strip() if not isinstance(label, Promise) else str(label)

    def _without(self, name: str, value: str) -> str:
        query = self.data.copy()
        query.pop("page", None)
        query.setlist(name, [one for one in query.getlist(name) if one.strip() != value])
        return f"?{query.urlencode()}"
