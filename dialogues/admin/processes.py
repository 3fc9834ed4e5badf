"""Processes and what they answer, in Django admin: read by coordinators, changed on their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from dialogues.access import ANSWERED, PROCESSES, TAKEN_UP
from dialogues.admin.base import LinkAdmin
from dialogues.disclosure import PROCESS
from dialogues.models import Answered, CalendarAddress, Process, TakenUp
from incidents.admin.base import DeskAdmin, without_shapes
from orgs.admin.base import ReadOnlyAdmin


@admin.register(Process)
class ProcessAdmin(DeskAdmin):
    """Series of sessions."""

    policy = PROCESSES
    table = PROCESS
    besides = ("region", "cercle", "commune", "created_at")
    list_display = ("title", "kind", "level", "state", "starts_on", "region", "cercle", "tlp")
    list_filter = ("kind", "level", "track", "state", "tlp", "is_demo")
    list_select_related = ("region", "cercle")
    search_fields = ("title",)
    ordering = ("-id",)

    def rows(self) -> QuerySet[Any]:
        """Without the limits of areas."""
        return without_shapes(super().rows().select_related("region", "cercle", "commune"))


@admin.register(Answered)
class AnsweredAdmin(LinkAdmin):
    """Which dialogue answers which incident."""

    policy = ANSWERED
    fields = ("incident", "process", "session", "linked_at")
    list_display = ("id", "incident", "process", "session", "linked_at")
    list_filter = ("linked_at",)
    list_select_related = ("incident", "process", "session")
    search_fields = ("=incident__ref",)
    ordering = ("-id",)


@admin.register(TakenUp)
class TakenUpAdmin(LinkAdmin):
    """Which process takes up which pattern in the conduct of forces."""

    policy = TAKEN_UP
    fields = ("pattern", "process", "taken_at")
    list_display = ("id", "pattern", "process", "taken_at")
    list_filter = ("taken_at",)
    list_select_related = ("pattern", "process")
    search_fields = ("=id",)
    ordering = ("-id",)


@admin.register(CalendarAddress)
class CalendarAddressAdmin(ReadOnlyAdmin):
    """Who has an address for their calendar, for administrators; the address itself is kept nowhere."""

    fields = ("person", "made_at")
    list_display = ("person", "made_at")
    list_filter = ("made_at",)
    list_select_related = ("person",)
    search_fields = ("person__email",)
    ordering = ("-id",)
