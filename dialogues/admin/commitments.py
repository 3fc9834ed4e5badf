"""Commitments in Django admin: read by coordinators of the area; never who the person is."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dialogues.access import COMMITMENTS
from dialogues.admin.base import RemindersAdmin
from dialogues.disclosed_commitments import COMMITMENT, FOLLOW_UP
from dialogues.models import Commitment, FollowUp, Reminder
from incidents.admin.base import DeskAdmin, named


@admin.register(Commitment)
class CommitmentAdmin(DeskAdmin):
    """What was promised."""

    policy = COMMITMENTS
    table = COMMITMENT
    owner = named("organisation", _("organisation"))
    maker = named("made_by", _("written down by"))
    first = ("owner",)
    besides = ("session", "process", "carries_out", "actor", "region", "cercle", "commune", "maker", "made_at")
    list_display = ("id", "what", "owner", "due_on", "state", "region", "cercle", "is_public", "tlp")
    list_filter = ("state", "owner_kind", "is_public", "tlp", "is_demo", "due_on")
    list_select_related = ("organisation", "region", "cercle", "made_by")
    search_fields = ("=id", "what", "organisation__name_key")
    ordering = ("order_on", "id")

    @admin.display(description=_("priority that it carries out"))
    def carries_out(self, row: Commitment) -> str:
        """Its number: whoever reads a commitment does not yet read the priorities of its process."""
        return f"#{row.priority_id}" if row.priority_id is not None else "–"

    def _disclosed(self) -> list[str]:
        return [name for name in super()._disclosed() if name != "priority"]


@admin.register(FollowUp)
class FollowUpAdmin(DeskAdmin):
    """What was seen since."""

    policy = COMMITMENTS
    path = "commitment"
    table = FOLLOW_UP
    person = named("by", _("by"))
    besides = ("commitment", "person")
    list_display = ("id", "commitment", "before", "state", "is_correction", "by_owner", "at", "person")
    list_filter = ("state", "is_correction", "by_owner", "at")
    list_select_related = ("commitment", "by")
    search_fields = ("=commitment__id",)
    ordering = ("-at", "-id")


@admin.register(Reminder)
class ReminderAdmin(RemindersAdmin):
    """Who was reminded when."""

    policy = COMMITMENTS
    path = "commitment"
    besides = ("commitment", "period", "person_name", "made_at")
    list_display = ("id", "commitment", "period", "person_name", "made_at")
    list_select_related = ("commitment", "person")
    search_fields = ("=commitment__id",)
