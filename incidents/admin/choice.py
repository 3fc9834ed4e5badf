"""Subscriptions, rules and duty rosters in Django admin: looked at, and kept on their own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.access.choice import ROSTERS, SUBSCRIPTIONS
from incidents.admin.base import named
from incidents.models import DutyReplacement, DutyRoster, DutyShift, RuleAsDigest, Subscription
from orgs.admin.base import ReadOnlyAdmin


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """That somebody subscribed, or that an organisation has a rule; of what they wish to hear is not shown."""

    policy = SUBSCRIPTIONS
    list_display = ("id", "owner", "organisation", "role", "sending", "is_active", "paused_until", "created_at")
    list_filter = ("sending", "is_active", "role", ("deleted_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("person", "organisation")
    search_fields = ("person__name", "organisation__name_key")
    search_help_text = _("Name of the person or of the organisation")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("owner", "organisation", "role", "sending", "is_active", "paused_until", "created_at", "deleted_at")
    owner = named("person", _("person"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """For administrators alone: whoever keeps rules does so on their own page."""
        return SUBSCRIPTIONS.rows_as(self.viewer(request), "administrator").order_by(*self.ordering)


@admin.register(RuleAsDigest)
class RuleAsDigestAdmin(ReadOnlyAdmin):
    """Who takes a rule of their organisation as a digest."""

    list_display = ("id", "rule", "taker")
    list_select_related = ("subscription__organisation", "person")
    search_fields = ("person__name", "subscription__organisation__name_key")
    list_filter = ("subscription__role",)
    ordering = ("-id",)
    fields = ("rule", "taker")
    rule = named("subscription__organisation", _("organisation"))
    taker = named("person", _("person"))


@admin.register(DutyRoster)
class DutyRosterAdmin(ReadOnlyAdmin):
    """Who answers when: the rosters."""

    policy = ROSTERS
    list_display = ("name", "organisation", "time_zone", "created_at", "deleted_at", "is_demo")
    list_filter = ("time_zone", ("deleted_at", admin.EmptyFieldListFilter), "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name_key")
    ordering = ("name", "id")
    fields = ("name", "organisation", "time_zone", "created_at", "deleted_at", "is_demo")


class OfARoster(ReadOnlyAdmin):
    """Rows of rosters that one keeps or coordinates. Administrators see that they are, and not whose they are."""

    path = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the rosters that the viewer sees."""
        return self.rows().filter(**{f"{self.path}__in": ROSTERS.rows(self.viewer(request)).order_by().values("pk")})

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Without the person for those who neither keep nor coordinate rosters."""
        return self._without_person(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Likewise on the page of one row."""
        return self._without_person(request, super().get_fields(request, obj))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """What is not shown is not searched."""
        found = list(super().get_search_fields(request))
        return found if self._names(request) else [name for name in found if not name.startswith("person")]

    def _without_person(self, request: HttpRequest, names: Any) -> list[Any]:
        return [name for name in names if name != "who" or self._names(request)]

    def _names(self, request: HttpRequest) -> bool:
        viewer = self.viewer(request)
        return "coordinator" in viewer.roles and "administrator" not in viewer.roles


@admin.register(DutyShift)
class DutyShiftAdmin(OfARoster):
    """Turns on a roster."""

    path = "roster"
    list_display = ("id", "roster", "who", "weekday", "on_date", "from_time", "to_time")
    list_filter = ("weekday", "is_demo")
    list_select_related = ("roster", "person")
    search_fields = ("roster__name", "person__name")
    ordering = ("roster_id", "weekday", "id")
    fields = ("roster", "who", "weekday", "on_date", "from_time", "to_time", "first_day", "last_day")
    who = named("person", _("person"))


@admin.register(DutyReplacement)
class DutyReplacementAdmin(OfARoster):
    """Who took a turn instead of whom."""

    path = "shift__roster"
    list_display = ("id", "roster", "who", "on_date", "starts_at")
    list_filter = ("on_date",)
    list_select_related = ("shift__roster", "person")
    search_fields = ("shift__roster__name", "person__name")
    ordering = ("-on_date", "-id")
    fields = ("roster", "who", "on_date", "starts_at", "created_at")
    roster = named("shift__roster", _("duty roster"))
    who = named("person", _("person"))
