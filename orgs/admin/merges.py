"""Merges in Django admin: only looked at; they are made and undone on the pages of the directory."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs import access
from orgs.access.merges import MERGES
from orgs.admin.base import ReadOnlyAdmin
from orgs.models import Merge, NotDuplicate, name_key


class _ByName(ReadOnlyAdmin):
    """Found by the names of the two entries."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))


@admin.register(Merge)
class MergeAdmin(_ByName):
    """What was merged into what."""

    policy = MERGES
    list_display = ("id", "gone", "kept", "made_at", "undone_at")
    list_filter = (("undone_at", admin.EmptyFieldListFilter), "made_at")
    list_select_related = ("kept", "gone")
    search_fields = ("kept__name_key", "gone__name_key")
    fields = ("kept", "gone", "made_at", "undone_at")
    ordering = ("-id",)


@admin.register(NotDuplicate)
class NotDuplicateAdmin(_ByName):
    """Pairs that are not proposed again."""

    list_display = ("first", "second", "said_at")
    list_filter = ("said_at",)
    list_select_related = ("first", "second")
    search_fields = ("first__name_key", "second__name_key")
    fields = ("first", "second", "said_at")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Pairs of entries that the viewer sees both."""
        seen = access.ORGANISATIONS.rows(self.viewer(request)).values("pk")
        return self.rows().filter(first__in=seen, second__in=seen)
