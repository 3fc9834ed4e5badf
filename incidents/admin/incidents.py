"""Incidents, their figures and the actors held responsible, in Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import INCIDENTS
from incidents.admin.base import DeskAdmin, named, without_shapes
from incidents.disclosure import FIGURE, INCIDENT
from incidents.models import Figure, HeldResponsible, Incident


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    """What coordinators hold to be true."""

    policy = INCIDENTS
    table = INCIDENT
    list_display = ("ref", "occurred_on", "type", "cercle_name", "state", "tlp", "severity")
    list_filter = ("state", "tlp", "severity", "urgency", "occurred_on", "finding", "is_demo", "type")
    list_select_related = ("type", "region", "cercle")
    search_fields = ("=ref", "place_text", "summary", "narrative")
    search_help_text = _("Reference, or words of the summary or the narrative")
    date_hierarchy = "occurred_on"
    ordering = ("-occurred_on", "-id")
    first = ("desk",)
    besides = ("maker", "created_at", "closed_at", "is_demo")
    maker = named("created_by", _("made by"))
    cercle_name = named("cercle", _("cercle"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return without_shapes(super().rows())

    @admin.display(description=_("on the desk"))
    def desk(self, incident: Incident) -> str:
        """Where it is worked on."""
        return format_html('<a href="/incidents/{0}/">{0}</a>', incident.ref)


@admin.register(Figure)
class FigureAdmin(DeskAdmin):
    """What single sources say of people harmed."""

    policy = INCIDENTS
    path = "incident"
    table = FIGURE
    list_display = ("id", "incident", "kind", "value", "source", "as_of", "withdrawn_at")
    list_filter = ("kind", "as_of", "incident__state")
    list_select_related = ("incident", "report")
    search_fields = ("=incident__ref", "source")
    ordering = ("-id",)
    first = ("incident",)
    besides = ("recorder", "recorded_at", "withdrawn_at")
    recorder = named("recorded_by", _("recorded by"))


@admin.register(HeldResponsible)
class HeldResponsibleAdmin(DeskAdmin):
    """Who is held responsible. The people of the actor see neither the incident nor this row."""

    policy = INCIDENTS
    path = "incident"
    list_display = ("id", "incident", "actor", "recorder", "recorded_at")
    list_filter = ("actor__sector", "recorded_at")
    list_select_related = ("incident", "actor", "recorded_by")
    search_fields = ("=incident__ref", "actor__name_key")
    ordering = ("-id",)
    besides = ("incident", "actor", "recorder", "recorded_at")
    recorder = named("recorded_by", _("recorded by"))
