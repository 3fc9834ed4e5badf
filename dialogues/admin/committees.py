"""Committees in Django admin: looked at here, kept on their pages. Coordinators alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues.access import COMMITTEES, SESSIONS
from dialogues.disclosed_agreements import COMMITTEE, DECISION, FOLLOW_UP, HOLDING, SEAT
from dialogues.models import Committee, Decision, DecisionFollowUp, Holding, Meeting, MeetingReminder, Seat
from incidents.admin.base import DeskAdmin, named, without_shapes


@admin.register(Committee)
class CommitteeAdmin(DeskAdmin):
    """Standing bodies."""

    policy = COMMITTEES
    table = COMMITTEE
    list_display = ("name", "kind", "in_region", "in_cercle", "state", "meets_every", "tlp")
    list_filter = ("kind", "state", "tlp", "is_demo")
    list_select_related = ("region", "cercle", "commune", "made_by")
    search_fields = ("name", "region__name_key", "cercle__name_key")
    ordering = ("name", "id")
    besides = ("in_region", "in_cercle", "in_commune", "maker", "updated_at")
    in_region = named("region", _("region"))
    in_cercle = named("cercle", _("cercle"))
    in_commune = named("commune", _("commune"))
    maker = named("made_by", _("made by"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return without_shapes(super().rows())


@admin.register(Seat)
class SeatAdmin(DeskAdmin):
    """The seats of committees."""

    policy = COMMITTEES
    path = "committee"
    table = SEAT
    list_display = ("committee", "label", "group", "kept_for", "ended_on")
    list_filter = ("group", "ended_on")
    list_select_related = ("committee", "organisation")
    search_fields = ("label", "committee__name", "organisation__name")
    ordering = ("committee_id", "position", "id")
    besides = ("committee", "kept_for")
    kept_for = named("organisation", _("kept for"))


@admin.register(Holding)
class HoldingAdmin(DeskAdmin):
    """Who held which seat when, without names."""

    policy = COMMITTEES
    path = "seat__committee"
    table = HOLDING
    list_display = ("seat", "body", "sex", "age_band", "since", "until")
    list_filter = ("sex", "age_band", "since")
    list_select_related = ("seat", "organisation", "written_by")
    search_fields = ("seat__label", "seat__committee__name")
    ordering = ("-since", "-id")
    besides = ("seat", "body", "writer", "written_at")
    body = named("organisation", _("organisation"))
    writer = named("written_by", _("by"))


@admin.register(Meeting)
class MeetingAdmin(DeskAdmin):
    """Which sessions are meetings, where one reads both."""

    policy = COMMITTEES
    path = "committee"
    list_display = ("id", "committee", "session", "linker", "linked_at")
    list_filter = ("linked_at",)
    list_select_related = ("committee", "session", "linked_by")
    search_fields = ("committee__name",)
    ordering = ("-linked_at", "-id")
    besides = ("committee", "session", "linker", "linked_at")
    linker = named("linked_by", _("by"))

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        """Those whose session the coordinator reads as well."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(session__in=SESSIONS.rows_as(self.viewer(request), "coordinator").values("pk"))


@admin.register(Decision)
class DecisionAdmin(DeskAdmin):
    """What committees decided."""

    policy = COMMITTEES
    path = "committee"
    table = DECISION
    list_display = ("committee", "words", "body", "due_on", "state", "decided_on")
    list_filter = ("state", "due_on", "decided_on")
    list_select_related = ("committee", "owner", "written_by")
    search_fields = ("words", "owner_text", "committee__name")
    ordering = ("-decided_on", "-id")
    besides = ("committee", "body", "writer", "written_at")
    body = named("owner", _("to be done by"))
    writer = named("written_by", _("by"))


@admin.register(DecisionFollowUp)
class DecisionFollowUpAdmin(DeskAdmin):
    """What was noted of decisions."""

    policy = COMMITTEES
    path = "decision__committee"
    table = FOLLOW_UP
    list_display = ("decision", "state", "words", "writer", "written_at")
    list_filter = ("state", "written_at")
    list_select_related = ("decision", "written_by")
    search_fields = ("words", "decision__committee__name")
    ordering = ("-written_at", "-id")
    besides = ("decision", "writer")
    writer = named("written_by", _("by"))


@admin.register(MeetingReminder)
class MeetingReminderAdmin(DeskAdmin):
    """Who was told that a committee should have met."""

    policy = COMMITTEES
    path = "committee"
    person_name = named("person", _("recipient"))
    besides = ("committee", "period", "person_name", "made_at")
    list_display = ("id", "committee", "period", "person_name", "made_at")
    list_filter = ("made_at",)
    list_select_related = ("committee", "person")
    search_fields = ("committee__name",)
    ordering = ("-made_at", "-id")
