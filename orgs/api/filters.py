"""Filters of organisations and areas."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orgs.access import ANYONE
from orgs.directory import search
from orgs.directory.contacts import EMERGENCY, WORKING, has_emergency_contact
from orgs.directory.words import area_of, codes_of, with_those_above
from orgs.models import (
    Area,
    Edition,
    Level,
    Organisation,
    OrganisationKind,
    OrganisationState,
    Vocabulary,
    name_key,
)
from orgs.policy import Viewer


class TermFilter(filters.MultipleChoiceFilter):
    """Rows that have one of these codes of a list. ``choices`` may be given to a filter set that shows the field."""

    def __init__(self, field_name: str, *, vocabulary: str, **kwargs: Any) -> None:
        super().__init__(field_name, **kwargs)
        self.vocabulary = vocabulary
        self.extra.setdefault("choices", self.codes)

    def codes(self) -> list[tuple[str, str]]:
        """Codes of the list, retired ones included: entries may still hold them."""
        return [(code, code) for code in codes_of(self.vocabulary)]

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """Keep the rows that have any of them; one index answers."""
        return qs.filter(**{f"{self.field_name}__overlap": list(value)}) if value else qs


class OrganisationFilters(filters.FilterSet):
    """What a list of organisations may be narrowed by, on pages and in the API. Several values of one: any of them.

    Who asks stands where filters keep the request: whether an organisation has an emergency contact is answered from
    the contacts that the viewer may see.
    """

    words = filters.CharFilter(method="having", max_length=100, label=_("words, whatever accents and small slips"))
    area = filters.CharFilter(method="found_in", label=_("P-code or number of an area: those that are or work in it"))
    covering = filters.CharFilter(
        method="that_cover", label=_("P-code or number of an area: those that work in it or in all that is around it")
    )
    theme = TermFilter("themes", vocabulary=Vocabulary.THEME, label=_("theme"))
    kind = filters.MultipleChoiceFilter(choices=OrganisationKind.choices, label=_("kind"))
    spoken = TermFilter("spoken", vocabulary=Vocabulary.SPOKEN, label=_("language spoken"))
    served = TermFilter("served", vocabulary=Vocabulary.SERVED, label=_("people served"))
    capacity = TermFilter("capacities", vocabulary=Vocabulary.CAPACITY, label=_("capacity"))
    state = filters.MultipleChoiceFilter(choices=OrganisationState.choices, label=_("state of the entry"))
    emergency = filters.ChoiceFilter(choices=EMERGENCY, method="with_emergency", label=_("emergency contact"))
    name = filters.CharFilter(method="named", label=_("part of the name, without accents"))

    class Meta:
        model = Organisation
        fields: list[str] = []

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.request or ANYONE

    def having(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """Keep what has all these words, or words like them."""
        return search.having(queryset, value)

    def found_in(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """Keep what is or works in the subtree of an area; nothing for an area that is not known."""
        area = area_of(value)
        return queryset.none() if area is None else queryset.filter(reach__contains=[area.pk])

    def that_cover(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """Keep what works in an area itself, in its cercle, its région or the whole country."""
        area = area_of(value)
        return queryset.none() if area is None else queryset.filter(covers__overlap=with_those_above(area))

    def with_emergency(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """Keep what has an emergency contact that the viewer may see."""
        return queryset.filter(has_emergency_contact(self.viewer, working=value == WORKING))

    def named(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """Compare names as they are sorted: no accents, no capitals."""
        return queryset.filter(name_key__contains=name_key(value))


class AreaFilters(filters.FilterSet):
    """What a list of areas may be narrowed by."""

    edition = filters.ModelChoiceFilter(queryset=Edition.objects.all(), to_field_name="code", label=_("edition"))
    current = filters.BooleanFilter("edition__is_current", label=_("edition in force"))
    level = filters.MultipleChoiceFilter(choices=Level.choices, label=_("level"))
    pcode = filters.CharFilter("pcode", label=_("P-code"))
    parent = filters.CharFilter("parent__pcode", label=_("P-code of the parent area"))

    class Meta:
        model = Area
        fields: list[str] = []
