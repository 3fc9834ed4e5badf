"""The vocabulary of incidents in Django admin, kept by administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from incidents.access import TYPES
from incidents.models import IncidentType
from incidents.services import vocabulary
from orgs.admin.base import GuardedAdmin


@admin.register(IncidentType)
class IncidentTypeAdmin(GuardedAdmin):
    """Types are retired, never deleted: incidents refer to them."""

    policy = TYPES
    list_display = ("label_fr", "label_en", "code", "acled_sub_event_type", "on_form", "is_active", "position")
    list_filter = ("is_active", "on_form")
    search_fields = ("code", "label_fr", "label_en", "acled_sub_event_type")
    ordering = ("position", "code")
    fields = ("code", "label_fr", "label_en", "acled_sub_event_type", "pictogram", "on_form", "position", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code that is in use stays: programs know it."""
        return ("code",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: IncidentType, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which decides and audits."""
        vocabulary.keep_type(viewer=self.viewer(request), kind=obj)
