"""Sessions in Django admin: coordinators look at those of their areas. Nothing sealed is here."""

from __future__ import annotations

from typing import Any, ClassVar

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


class OfSessionAdmin(CoordinatorsAdmin):
    """What hangs on a session."""

    path = "session"
    first = ("session",)
    list_select_related: ClassVar[tuple[str, ...]] = ("session",)
    search_fields: ClassVar[tuple[str, ...]] = ("=session__id",)
    ordering: ClassVar[tuple[str, ...]] = ("-id",)


@admin.register(Attendance)
class AttendanceAdmin(OfSessionAdmin):
    """Counts of people."""

    table = ATTENDANCE
    list_display = ("id", "session", "group", "sex", "age_band", "count")
    list_filter = ("group", "sex", "age_band")


@admin.register(Issue)
class IssueAdmin(OfSessionAdmin):
    """What was raised."""

    table = ISSUE
    list_display = ("id", "session", "words", "needs", "themes")
    search_fields = ("=session__id", "words")


@admin.register(Point)
class PointAdmin(OfSessionAdmin):
    """What was agreed, and what was not."""

    table = POINT
    list_display = ("id", "session", "kind", "words")
    list_filter = ("kind",)
    search_fields = ("=session__id", "words")


@admin.register(SessionEdit)
class SessionEditAdmin(OfSessionAdmin):
    """Who wrote something when, and what became of it."""

    table = EDIT
    list_display = ("id", "session", "version", "state", "written_by_name", "written_at")
    list_filter = ("state", "written_at")
    list_select_related = ("session", "written_by")
    ordering = ("-written_at", "-id")
    written_by_name = named("written_by", SessionEdit._meta.get_field("written_by").verbose_name)
