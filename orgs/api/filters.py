"""Filters of organisations and areas."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orgs.models import Area, Edition, Level, Organisation, OrganisationKind, name_key


class OrganisationFilters(filters.FilterSet):
    """What a list of organisations may be narrowed by."""

    kind = filters.MultipleChoiceFilter(choices=OrganisationKind.choices, label=_("kind"))
    name = filters.CharFilter(method="named", label=_("part of the name, without accents"))

    class Meta:
        model = Organisation
        fields: list[str] = []

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
