"""Statements on services of the State in Django admin: read here; said and taken back through the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import ReadOnlyAdmin
from orgs.models import StateService, name_key
from orgs.services import state_services


@admin.register(StateService)
class StateServiceAdmin(ReadOnlyAdmin):
    """Who said that a service works where. A statement is never changed: another one takes its place."""

    policy = access.STATE_SERVICES
    list_display = ("kind", "area", "presence", "since", "as_of", "said_by", "source", "withdrawn_at", "is_demo")
    list_filter = ("kind", "presence", ("withdrawn_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("area", "said_by")
    search_fields = ("area__name_key", "source_key", "said_by__name_key")
    date_hierarchy = "as_of"
    ordering = ("-as_of", "-id")
    actions = ("take_back", "let_stand")
    fields = (
        "area",
        "kind",
        "presence",
        "since",
        "since_is_year",
        "as_of",
        "said_by",
        "seen_by",
        "source",
        "note",
        "entered_by",
        "entered_at",
        "withdrawn_at",
        "is_demo",
    )

    def rows(self) -> QuerySet[Any]:
        """Statements without the shapes of their areas."""
        return super().rows().defer("area__geometry")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))

    @admin.action(description=_("Take back"))
    def take_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """They count no more."""
        viewer = self.viewer(request)
        self.each(
            request,
            queryset,
            lambda row: state_services.withdraw_state_service(viewer=viewer, statement=row),
            str(_("Taken back.")),
        )

    @admin.action(description=_("Let it stand again"))
    def let_stand(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """They count again."""
        viewer = self.viewer(request)
        self.each(
            request,
            queryset,
            lambda row: state_services.restore_state_service(viewer=viewer, statement=row),
            str(_("It stands again.")),
        )
