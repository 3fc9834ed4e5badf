"""Organisations and lists of terms in Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Count, QuerySet
from django.forms import ChoiceField, ModelForm, URLField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import GuardedAdmin
from orgs.models import FactSource, Organisation, OrganisationName, Term, name_key
from orgs.services import facts, organisations


@admin.register(Organisation)
class OrganisationAdmin(GuardedAdmin):
    """The directory."""

    policy = access.ORGANISATIONS
    list_display = ("name", "acronym", "kind", "state", "visibility", "seat", "people", "is_demo")
    list_filter = ("kind", "state", "visibility", "is_demo")
    list_select_related = ("seat",)
    search_fields = ("name_key", "acronym")
    autocomplete_fields = ("seat", "seat_place", "areas", "serves")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "acronym", "slug", "kind", "founded", "legal_number", "legal_scheme")}),
        (_("What it does"), {"fields": ("themes", "served", "capacities", "spoken", "description", "description_en")}),
        (_("Where"), {"fields": ("seat", "seat_place", "place_text", "areas", "links")}),
        (_("How it is shown"), {"fields": ("visibility", "agreed_on", "hidden_at", "serves")}),
        (
            _("How it is known"),
            {
                "fields": (
                    "source",
                    "state",
                    "verified_at",
                    "verified_how",
                    "confirmed_at",
                    "merged_into",
                    "is_demo",
                    "created_at",
                    "updated_at",
                )
            },
        ),
    )
    readonly_fields = (
        "hidden_at",
        "state",
        "verified_at",
        "verified_how",
        "confirmed_at",
        "merged_into",
        "is_demo",
        "created_at",
        "updated_at",
    )
    ordering = ("name_key", "id")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A link without its beginning is meant to be a safe one."""
        if db_field.name == "links":
            return SimpleArrayField(URLField(assume_scheme="https"), required=False, label=db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def rows(self) -> QuerySet[Any]:
        """Organisations with the number of their posts, without the shape of the seat."""
        rows: QuerySet[Any] = super().rows().defer("seat__geometry").annotate(posts=Count("memberships"))
        return rows

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """The address follows the name only while the form may be written."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return dict(self.prepopulated_fields) if may else {}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))

    @admin.display(description=_("posts"), ordering="posts")
    def people(self, organisation: Any) -> int:
        """How many posts people hold or held."""
        return int(organisation.posts)

    def save_model(self, request: HttpRequest, obj: Organisation, form: ModelForm[Organisation], change: bool) -> None:
        """Through the service, which decides and audits."""
        organisations.keep_organisation(
            viewer=self.viewer(request),
            organisation=obj,
            areas=list(form.cleaned_data["areas"]),
            serves=list(form.cleaned_data["serves"]),
        )


@admin.register(OrganisationName)
class OrganisationNameAdmin(GuardedAdmin):
    """Other names of organisations: added and corrected here, taken away by an action."""

    policy = access.NAMES
    list_display = ("name", "organisation", "kind", "language")
    list_filter = ("kind",)
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name_key")
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "name", "kind", "language")
    ordering = ("name", "id")
    actions = ("take_away",)

    @admin.action(description=_("Take these names away"), permissions=["delete_by_service"])
    def take_away(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Through the service, which decides and audits."""
        viewer = self.viewer(request)
        rows = queryset.select_related("organisation")
        self.each(request, rows, lambda row: facts.remove_name(viewer=viewer, name=row), str(_("Taken away")))

    def has_delete_by_service_permission(self, request: HttpRequest) -> bool:
        """Those who keep the directory."""
        return access.may_keep_directory(self.viewer(request))

    def save_model(
        self, request: HttpRequest, obj: OrganisationName, form: ModelForm[OrganisationName], change: bool
    ) -> None:
        """Through the service, which decides and audits."""
        facts.keep_name(viewer=self.viewer(request), name=obj)


@admin.register(FactSource)
class FactSourceAdmin(GuardedAdmin):
    """Where single facts of entries come from."""

    policy = access.FACT_SOURCES
    list_display = ("organisation", "field", "source", "as_of")
    list_filter = ("field",)
    list_select_related = ("organisation",)
    search_fields = ("source", "organisation__name_key")
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "field", "source", "as_of")
    ordering = ("organisation_id", "field")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Facts are chosen, not typed."""
        if db_field.name == "field":
            choices = [(name, name) for name in facts.FACTS]
            return ChoiceField(choices=choices, label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: FactSource, form: ModelForm[FactSource], change: bool) -> None:
        """Through the service, which decides and audits."""
        facts.keep_fact_source(viewer=self.viewer(request), source=obj)


@admin.register(Term)
class TermAdmin(GuardedAdmin):
    """Terms are retired, never deleted: entries hold their codes."""

    policy = access.TERMS
    list_display = ("label_fr", "label_en", "vocabulary", "code", "standard", "is_active", "position")
    list_filter = ("vocabulary", "is_active")
    search_fields = ("code", "label_fr", "label_en", "other_labels", "standard")
    ordering = ("vocabulary", "position", "code")
    fields = ("vocabulary", "code", "label_fr", "label_en", "other_labels", "standard", "position", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code that is in use stays: entries and programs know it."""
        return ("vocabulary", "code") if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Term, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which decides and audits."""
        organisations.keep_term(viewer=self.viewer(request), term=obj)
