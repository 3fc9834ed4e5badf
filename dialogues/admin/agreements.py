"""Agreements in Django admin: looked at here, written on their pages. Coordinators alone."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dialogues.access import AGREEMENTS
from dialogues.admin.base import InAreasAdmin, LinkedAdmin, WrittenAdmin
from dialogues.disclosed_agreements import AGREEMENT, ASSESSMENT, PROVISION
from dialogues.models import Agreement, Assessment, IncidentTouches, Provision
from incidents.access import INCIDENTS
from incidents.admin.base import DeskAdmin, named


@admin.register(Agreement)
class AgreementAdmin(InAreasAdmin):
    """What was signed."""

    policy = AGREEMENTS
    table = AGREEMENT
    list_display = ("title", "kind", "signed_on", "in_region", "in_cercle", "tlp", "ended_on")
    list_filter = ("kind", "tlp", "signed_on", "is_demo")
    search_fields = ("title", "place_text", "region__name_key", "cercle__name_key")
    ordering = ("-signed_on", "-id")


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
class AssessmentAdmin(WrittenAdmin):
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


@admin.register(IncidentTouches)
class IncidentTouchesAdmin(LinkedAdmin):
    """Links between provisions and incidents, where one reads both ends."""

    policy = AGREEMENTS
    path = "provision__agreement"
    other, other_policy = "incident", INCIDENTS
    list_display = ("id", "provision", "incident", "linker", "linked_at")
    list_select_related = ("provision", "incident", "linked_by")
    search_fields = ("=incident__ref",)
    besides = ("provision", "incident", "linker", "linked_at")
