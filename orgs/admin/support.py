"""Support to organisations in Django admin: rows are written through the services; numbers are only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgs.access import support as access
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin
from orgs.models import (
    Attendance,
    FundingCall,
    GrantReport,
    Need,
    Programme,
    ProgrammeCount,
    SubGrant,
    Training,
    name_key,
)
from orgs.services import support as services


class SupportAdmin(GuardedAdmin):
    """What the kinds of support share."""

    readonly_fields = ("withdrawn_at", "is_demo", "created_at", "updated_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the name of the organisation, whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which decides and audits; a row that somebody changed meanwhile is not written over."""
        version = obj.version if change else None
        areas = list(form.cleaned_data["areas"]) if "areas" in form.cleaned_data else None
        services.keep(viewer=self.viewer(request), row=obj, version=version, areas=areas)

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take rows off every list."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda row: services.withdraw(viewer=viewer, row=row), str(_("Withdrawn")))

    @admin.action(description=_("Put back"))
    def put_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Undo a withdrawal."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda row: services.put_back(viewer=viewer, row=row), str(_("Put back")))

    actions = ("withdraw", "put_back")


@admin.register(Training)
class TrainingAdmin(SupportAdmin):
    """Trainings."""

    policy = access.TRAININGS
    list_display = ("title", "topic", "starts_on", "organiser", "withdrawn_at", "is_demo")
    list_filter = ("topic", "starts_on", ("withdrawn_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("organiser",)
    search_fields = ("organiser__name_key", "title")
    autocomplete_fields = ("organiser", "area")
    ordering = ("-starts_on", "-id")


@admin.register(SubGrant)
class SubGrantAdmin(SupportAdmin):
    """Sub-grants."""

    policy = access.GRANTS
    list_display = ("id", "recipient", "funder", "amount", "currency", "starts_on", "status", "withdrawn_at")
    list_filter = ("status", "currency", ("withdrawn_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("recipient", "funder")
    search_fields = ("recipient__name_key", "funder__name_key")
    autocomplete_fields = ("recipient", "funder")
    ordering = ("-starts_on", "-id")


@admin.register(Need)
class NeedAdmin(SupportAdmin):
    """Needs."""

    policy = access.NEEDS
    list_display = ("id", "organisation", "kind", "stated_on", "state", "withdrawn_at")
    list_filter = ("kind", "state", ("withdrawn_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name_key",)
    autocomplete_fields = ("organisation",)
    ordering = ("-stated_on", "-id")


@admin.register(FundingCall)
class FundingCallAdmin(SupportAdmin):
    """Calls for funding."""

    policy = access.CALLS
    list_display = ("title", "funder", "funder_text", "closes_on", "is_public", "withdrawn_at")
    list_filter = ("is_public", "closes_on", ("withdrawn_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("funder",)
    search_fields = ("title", "funder__name_key")
    autocomplete_fields = ("funder", "areas")
    ordering = ("closes_on", "id")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A link without its beginning is meant to be a safe one."""
        if db_field.name == "link":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Programme)
class ProgrammeAdmin(SupportAdmin):
    """Programmes."""

    policy = access.PROGRAMMES
    list_display = ("title", "organisation", "kind", "self_financed_since", "withdrawn_at", "is_demo")
    list_filter = ("kind", ("withdrawn_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name_key", "title")
    autocomplete_fields = ("organisation", "area")
    ordering = ("title", "id")


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    """Who came to trainings: written on the training's page."""

    policy = access.ATTENDANCE
    list_display = ("training", "organisation", "sex", "age", "number")
    list_filter = ("sex", "age")
    list_select_related = ("training", "organisation")
    search_fields = ("training__title", "organisation__name_key")
    ordering = ("-training_id", "id")


@admin.register(ProgrammeCount)
class ProgrammeCountAdmin(ReadOnlyAdmin):
    """Whom programmes reached: written on the programme's page."""

    policy = access.PROGRAMME_COUNTS
    list_display = ("programme", "measure", "starts_on", "ends_on", "sex", "age", "qualifier", "number")
    list_filter = ("measure", "sex", "age", "qualifier")
    list_select_related = ("programme",)
    search_fields = ("programme__title", "programme__organisation__name_key")
    ordering = ("-programme_id", "id")


@admin.register(GrantReport)
class GrantReportAdmin(ReadOnlyAdmin):
    """Reports that are due: written on the sub-grant's page."""

    policy = access.GRANT_REPORTS
    list_display = ("id", "grant", "recipient", "due_on", "received_on")
    list_filter = ("due_on", ("received_on", admin.EmptyFieldListFilter))
    list_select_related = ("grant__recipient",)
    search_fields = ("grant__recipient__name_key",)
    ordering = ("due_on", "id")

    @admin.display(description=_("receives it"))
    def recipient(self, report: GrantReport) -> str:
        """Of whom it is expected."""
        return str(report.grant.recipient)
