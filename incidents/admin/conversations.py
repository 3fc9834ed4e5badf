"""Words to reporters, reports entered for somebody, and feedback, in Django admin: looked at, never changed here."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import REPORTS
from incidents.admin.base import DeskAdmin, named
from incidents.disclosure import FEEDBACK, PROXY, WORD
from incidents.models import Feedback, ProxyEntry, WordToReporter


@admin.register(WordToReporter)
class WordToReporterAdmin(DeskAdmin):
    """What the desk asked or told reporters."""

    policy = REPORTS
    path = "report"
    table = WORD
    list_display = ("id", "report", "written_at", "writer", "seen_at", "beginning")
    list_filter = ("written_at", "seen_at")
    list_select_related = ("report", "written_by")
    search_fields = ("text",)
    ordering = ("-written_at", "-id")
    besides = ("report", "writer")
    writer = named("written_by", _("written by"))

    @admin.display(description=_("text"))
    def beginning(self, word: WordToReporter) -> str:
        """Its first words."""
        return word.text[:80]


@admin.register(ProxyEntry)
class ProxyEntryAdmin(DeskAdmin):
    """Who entered a report for somebody else."""

    policy = REPORTS
    path = "report"
    table = PROXY
    list_display = ("report", "way", "enterer", "entered_at")
    list_filter = ("way", "entered_at")
    list_select_related = ("report", "entered_by")
    search_fields = ("=report__id",)
    ordering = ("-entered_at", "-report")
    besides = ("report", "enterer")
    enterer = named("entered_by", _("entered by"))


@admin.register(Feedback)
class FeedbackAdmin(DeskAdmin):
    """That a reporter was told something; never where to."""

    policy = REPORTS
    path = "report"
    table = FEEDBACK
    list_display = ("id", "report", "step", "created_at")
    list_filter = ("step", "created_at")
    list_select_related = ("report",)
    search_fields = ("=report__id",)
    ordering = ("-created_at", "-id")
    besides = ("report",)
