"""Conduct of forces in Django admin: oversight alone, and never what was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from incidents.access.conduct import CONDUCT, CONDUCT_PATTERNS
from incidents.models import ConductFeedback, ConductNote, ConductPattern
from orgs.admin.base import ReadOnlyAdmin


class OversightAdmin(ReadOnlyAdmin):
    """Rows that oversight reads; ``path`` leads from the row to the one that the policy decides about."""

    path: ClassVar[str] = ""
    shown: ClassVar[Sequence[str]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the viewer's own areas."""
        assert self.policy is not None
        rows = self.policy.rows_as(self.viewer(request), "oversight")
        return self.rows().filter(**{f"{self.path or 'pk'}__in": rows.values("pk")})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Nothing sealed."""
        return list(self.shown)


@admin.register(ConductFeedback)
class ConductFeedbackAdmin(OversightAdmin):
    """What people say, without their words: those are opened on its page, and that is noted."""

    policy = CONDUCT
    shown = ("force", "acts", "judgement", "occurred_on", "region", "cercle", "state", "received_at", "erased_at")
    list_display = ("id", "force", "judgement", "occurred_on", "region", "cercle", "state", "received_at")
    list_filter = ("force", "judgement", "state", "occurred_on", "is_demo")
    list_select_related = ("region", "cercle")
    search_fields = ("=id", "region__name_key", "cercle__name_key")
    ordering = ("-received_at", "-id")


@admin.register(ConductNote)
class ConductNoteAdmin(OversightAdmin):
    """Who noted something when, not what."""

    policy = CONDUCT
    path = "feedback"
    shown = ("feedback", "written_by", "written_at")
    list_display = ("id", "feedback", "written_by", "written_at")
    list_select_related = ("feedback", "written_by")
    search_fields = ("=feedback__id",)
    ordering = ("-written_at", "-id")


@admin.register(ConductPattern)
class ConductPatternAdmin(OversightAdmin):
    """What oversight gave to coordinators and facilitators."""

    policy = CONDUCT_PATTERNS
    shown = (
        "region", "cercle", "from_on", "to_on", "good", "bad", "words", "written_by", "written_at", "withdrawn_at",
    )  # fmt: skip
    list_display = ("id", "region", "cercle", "from_on", "to_on", "written_at", "withdrawn_at")
    list_filter = ("written_at", "is_demo")
    list_select_related = ("region", "cercle")
    search_fields = ("region__name_key", "cercle__name_key")
    ordering = ("-written_at", "-id")
