"""Imports of organisations in Django admin: looked at here, worked on at ``/orgs/import/``."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import ReadOnlyAdmin
from orgs.models import ImportJob, ImportRow


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    """Files brought, and what became of them."""

    policy = access.IMPORTS
    list_display = ("file_name", "state", "uploaded_by", "created_at", "applied_at", "page")
    list_filter = ("state", "mode", "created_at")
    list_select_related = ("uploaded_by",)
    search_fields = ("file_name",)
    ordering = ("-id",)
    fields = (
        "page", "file_name", "size", "format", "state", "mode", "fills_only", "source", "uploaded_by", "created_at",
        "applied_at", "undone_at", "forgotten_at", "counts", "fault",
    )  # fmt: skip

    @admin.display(description=_("page"))
    def page(self, job: ImportJob) -> str:
        """The page on which it is worked on."""
        return format_html('<a href="{}">{}</a>', reverse("import", args=[job.pk]), _("Open"))


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    """Lines of files."""

    policy = access.IMPORT_ROWS
    list_display = ("id", "job", "sheet", "number", "state", "decision", "outcome")
    list_filter = ("state", "outcome")
    list_select_related = ("job",)
    search_fields = ("job__file_name", "number")
    ordering = ("-id",)
    fields = ("job", "sheet", "number", "state", "decision", "outcome", "match", "organisation", "cells", "problems")

    def rows(self) -> QuerySet[Any]:
        """Lines with their import and entries, without what only workers read."""
        return super().rows().select_related("match", "organisation").defer("before", "likely")
