"""Agreements in Django admin: looked at here, written on their pages. Coordinators alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues.access import AGREEMENTS
from dialogues.disclosed_agreements import AGREEMENT, ASSESSMENT, PROVISION
from dialogues.models import Agreement, Assessment, IncidentTouches, Provision
from incidents.access import INCIDENTS
from incidents.admin.base import DeskAdmin, named, without_shapes


@admin.register(Agreement)
class AgreementAdmin(DeskAdmin):
    """What was signed."""

    policy = AGREEMENTS
    table = AGREEMENT
    list_display = ("title", "kind", "signed_on", "in_region", "in_cercle", "tlp", "ended_on")
    list_filter = ("kind", "tlp", "signed_on", "is_demo")
    list_select_related = ("region", "cercle", "commune", "made_by")
    search_fields = ("title", "place_text", "region__name_key", "cercle__name_key")
    ordering = ("-signed_on", "-id")
    besides = ("in_region", "in_cercle", "in_commune", "maker", "updated_at")
    in_region = named("region", _("region"))
    in_cercle = named("cercle", _("cercle"))
    in_commune = named("commune", _("commune"))
    maker = named("made_by", _("made by"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return without_shapes(super().rows())


@admin.register(Provision)
class ProvisionAdmin(DeskAdmin):
    """What was promised, line by line."""

    policy = AGREEMENTS
    path = "agreement"
    table = PROVISION
    list_display = ("agreement", "number", "words", "due_on")
    list_filter = ("due_on",)
    list_select_related = ("agreement",)
    search_fields = ("words", "benchmark")
    ordering = ("agreement_id", "position", "id")
    besides = ("agreement",)


@admin.register(Assessment)
class AssessmentAdmin(DeskAdmin):
    """What organisations found, and, for coordinators, who wrote it."""

    policy = AGREEMENTS
    path = "provision__agreement"
    table = ASSESSMENT
    list_display = ("provision", "assessor_name", "verdict", "as_of", "writer", "written_at")
    list_filter = ("verdict", "as_of", "is_demo")
    list_select_related = ("provision", "assessor", "written_by")
    search_fields = ("words", "evidence", "assessor__name")
    ordering = ("-as_of", "-id")
    besides = ("provision", "assessor_name", "writer", "written_at", "is_demo")
    assessor_name = named("assessor", _("assessor"))
    writer = named("written_by", _("by"))


@admin.register(IncidentTouches)
class IncidentTouchesAdmin(DeskAdmin):
    """Links between provisions and incidents, where one reads both ends."""

    policy = AGREEMENTS
    path = "provision__agreement"
    list_display = ("id", "provision", "incident", "linker", "linked_at")
    list_filter = ("linked_at",)
    list_select_related = ("provision", "incident", "linked_by")
    search_fields = ("=incident__ref",)
    ordering = ("-linked_at", "-id")
    besides = ("provision", "incident", "linker", "linked_at")
    linker = named("linked_by", _("by"))

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        """Those whose incident the coordinator reads as well."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(incident__in=INCIDENTS.rows_as(self.viewer(request), "coordinator").values("pk"))
