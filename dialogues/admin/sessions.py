"""Sessions in Django admin: coordinators look at those of their areas. Nothing sealed is here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dialogues.access import SESSIONS
from dialogues.disclosed_sessions import EDIT
from dialogues.disclosure import ATTENDANCE, ISSUE, POINT, SESSION
from dialogues.models import Attendance, Issue, Point, Session, SessionEdit
from incidents.admin.base import DeskAdmin, named, without_shapes
from orgs.models import Role


class CoordinatorsAdmin(DeskAdmin):
    """Content for coordinators: a model of the same name elsewhere opens nothing here to administrators."""

    policy = SESSIONS

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Coordinators alone."""
        is_coordinator = Role.COORDINATOR in self.viewer(request).roles
        return is_coordinator and bool(super().has_view_permission(request, obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Coordinators alone."""
        return Role.COORDINATOR in self.viewer(request).roles


@admin.register(Session)
class SessionAdmin(CoordinatorsAdmin):
    """Sessions."""

    table = SESSION
    besides = ("recorded_at",)
    list_display = ("id", "held_on", "title", "kind", "state", "region_name", "cercle_name", "people", "tlp")
    list_filter = ("kind", "state", "tlp", "how", "held_on", "is_demo")
    search_fields = ("=id", "title", "place_text")
    ordering = ("-held_on", "-id")
    region_name = named("region", Session._meta.get_field("region").verbose_name)
    cercle_name = named("cercle", Session._meta.get_field("cercle").verbose_name)

    def rows(self) -> QuerySet[Any]:
        """With the names of areas."""
        return without_shapes(super().rows().select_related("region", "cercle", "commune", "process", "led_by"))


@admin.register(Attendance)
class AttendanceAdmin(CoordinatorsAdmin):
    """Counts of people."""

    path = "session"
    table = ATTENDANCE
    first = ("session",)
    list_display = ("id", "session", "group", "sex", "age_band", "count")
    list_filter = ("group", "sex", "age_band")
    list_select_related = ("session",)
    search_fields = ("=session__id",)
    ordering = ("-id",)


@admin.register(Issue)
class IssueAdmin(CoordinatorsAdmin):
    """What was raised."""

    path = "session"
    table = ISSUE
    first = ("session",)
    list_display = ("id", "session", "words", "needs", "themes")
    list_select_related = ("session",)
    search_fields = ("=session__id", "words")
    ordering = ("-id",)


@admin.register(Point)
class PointAdmin(CoordinatorsAdmin):
    """What was agreed, and what was not."""

    path = "session"
    table = POINT
    first = ("session",)
    list_display = ("id", "session", "kind", "words")
    list_filter = ("kind",)
    list_select_related = ("session",)
    search_fields = ("=session__id", "words")
    ordering = ("-id",)


@admin.register(SessionEdit)
class SessionEditAdmin(CoordinatorsAdmin):
    """Who wrote something when, and what became of it."""

    path = "session"
    table = EDIT
    first = ("session",)
    list_display = ("id", "session", "version", "state", "written_by_name", "written_at")
    list_filter = ("state", "written_at")
    list_select_related = ("session", "written_by")
    search_fields = ("=session__id",)
    ordering = ("-written_at", "-id")
    written_by_name = named("written_by", SessionEdit._meta.get_field("written_by").verbose_name)
