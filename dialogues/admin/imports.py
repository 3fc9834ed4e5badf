"""Files of sessions in Django admin: one's own, looked at here, worked on at ``/dialogues/import/``."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dialogues.access import SESSION_IMPORT_ROWS, SESSION_IMPORTS
from dialogues.models import SessionImport, SessionImportRow
from orgs.admin.base import ReadOnlyAdmin


@admin.register(SessionImport)
class SessionImportAdmin(ReadOnlyAdmin):
    """Files brought, and what became of them."""

    policy = SESSION_IMPORTS
    list_display = ("file_name", "state", "lines", "created_at", "applied_at", "page")
    list_filter = ("state", "created_at")
    search_fields = ("file_name",)
    ordering = ("-id",)
    fields = (
        "page", "file_name", "sheet", "state", "lines", "created_at", "applied_at", "undone_at", "forgotten_at",
        "counts", "fault",
    )  # fmt: skip

    @admin.display(description=_("page"))
    def page(self, job: SessionImport) -> str:
        """The page on which it is worked on."""
        return format_html('<a href="{}">{}</a>', reverse("session-import", args=[job.uid]), _("Open"))


@admin.register(SessionImportRow)
class SessionImportRowAdmin(ReadOnlyAdmin):
    """Lines of files."""

    policy = SESSION_IMPORT_ROWS
    list_display = ("id", "job", "number", "state", "outcome")
    list_filter = ("state", "outcome")
    list_select_related = ("job",)
    search_fields = ("job__file_name", "number")
    ordering = ("-id",)
    fields = ("job", "number", "state", "outcome", "process_title", "cells", "problems")

    def rows(self) -> QuerySet[Any]:
        """Lines without what only workers read."""
        return super().rows().select_related("session").defer("said", "proposals")
