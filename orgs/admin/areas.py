"""Areas in Django admin: read; only names and an edition's description are corrected here. Imports are a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from orgs.admin.base import ReadOnlyAdmin
from orgs.models.areas import Area, AreaQuerySet, Edition, EditionQuerySet, Place, PlaceQuerySet, name_key
from orgs.models.neighbours import AreaNeighbour
from orgs.services import areas

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest

_UNWRITTEN = ("name_key", "other_key", "geometry", "version")


class _ReadMostly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows come from imports and migrations: nothing is added or removed, and few fields change."""

    corrected: tuple[str, ...] = ()
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: rows are imported."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: other rows refer to them."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Everything but keys, stamps and shapes."""
        return [f.name for f in self.model._meta.fields if f.name not in (*_UNWRITTEN, "id")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but what is corrected by hand."""
        return [name for name in self.get_fields(request, obj) if name not in self.corrected]


class _Named(_ReadMostly):
    """Rows that are found by name, whatever the accents."""

    corrected = ("name", "other_names")
    search_fields = ("name_key", "other_key")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A P-code is searched as it is written, anything else by its key."""
        term = search_term.strip().upper()
        if term.startswith("ML") and any(character.isdigit() for character in term):
            column = "pcode" if self.model is Area else "code"
            return queryset.filter(**{f"{column}__startswith": term}), False
        return super().get_search_results(request, queryset, name_key(search_term))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which audits."""
        areas.correct_names(request.user, row=obj, name=obj.name, other_names=obj.other_names)  # type: ignore[arg-type]


@admin.register(Edition)
class EditionAdmin(_ReadMostly):
    """Editions; the one in force is changed by an action."""

    corrected = ("title", "source", "credit", "valid_from", "valid_to")
    list_display = ("code", "title", "is_current", "is_official", "valid_from", "valid_to")
    search_fields = ("code", "title")
    actions = ("put_in_force",)

    def save_model(self, request: HttpRequest, obj: Edition, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which audits."""
        areas.describe_edition(request.user, edition=obj)  # type: ignore[arg-type]

    @admin.action(description=_("Put this edition in force"), permissions=["change"])
    def put_in_force(self, request: HttpRequest, queryset: EditionQuerySet) -> None:
        """Exactly one edition is put in force."""
        edition = queryset.first()
        if queryset.count() != 1 or edition is None:
            self.message_user(request, _("Choose exactly one edition."), level="ERROR")
            return
        areas.make_current(request.user, edition=edition)  # type: ignore[arg-type]
        words = _(
            "%(edition)s is now in force. Reports and incidents keep their former areas until “%(command)s” is run."
        )
        self.message_user(request, words % {"edition": edition, "command": "manage.py resolve_areas"})


@admin.register(Area)
class AreaAdmin(_Named):
    """Areas of every edition."""

    list_display = ("name", "pcode", "level", "cercle_name", "region_name", "edition", "has_shape", "is_approximate")
    list_filter = ("edition", "level", "is_approximate")

    def get_queryset(self, request: HttpRequest) -> AreaQuerySet:
        """One query for the list, without shapes."""

        has_shape = ExpressionWrapper(Q(geometry__isnull=False), output_field=BooleanField())
        rows: AreaQuerySet = Area.objects.with_names().select_related("parent", "successor")
        return rows.defer("parent__geometry", "successor__geometry", "geometry").annotate(shaped=has_shape)

    @admin.display(description=_("cercle"), ordering="cercle__name_key")
    def cercle_name(self, area: Area) -> str:
        """Its cercle."""
        return area.cercle.name if area.cercle else ""

    @admin.display(description=_("region"), ordering="region__name_key")
    def region_name(self, area: Area) -> str:
        """Its région."""
        return area.region.name if area.region else ""

    @admin.display(description=_("shape"), boolean=True)
    def has_shape(self, area: Any) -> bool:
        """Whether its limits are loaded."""
        return bool(area.shaped)


@admin.register(Place)
class PlaceAdmin(_Named):
    """Towns and villages."""

    list_display = ("name", "kind", "rank", "cercle_name", "region_name", "edition")
    list_filter = ("edition", "kind", "rank")

    def get_queryset(self, request: HttpRequest) -> PlaceQuerySet:
        """One query for the list, without shapes."""
        return Place.objects.with_names()

    @admin.display(description=_("cercle"), ordering="cercle__name_key")
    def cercle_name(self, place: Place) -> str:
        """Its cercle."""
        return place.cercle.name if place.cercle else ""

    @admin.display(description=_("region"), ordering="region__name_key")
    def region_name(self, place: Place) -> str:
        """Its région."""
        return place.region.name if place.region else ""


@admin.register(AreaNeighbour)
class AreaNeighbourAdmin(ReadOnlyAdmin):
    """Which areas touch; worked out from their shapes at each import."""

    policy = None
    list_display = ("area", "neighbour", "level")
    list_filter = ("area__edition", "area__level")
    search_fields = ("area__name_key", "neighbour__name_key")
    ordering = ("area__name_key", "id")
    fields = ("area", "neighbour")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Everybody may know which areas lie beside each other; without their shapes."""
        rows = AreaNeighbour.objects.select_related("area", "neighbour").defer("area__geometry", "neighbour__geometry")
        return rows.order_by(*self.ordering)

    @admin.display(description=_("level"), ordering="area__level")
    def level(self, row: AreaNeighbour) -> str:
        """Of both."""
        return row.area.get_level_display()
