"""Committees in Django admin: looked at here, kept on their pages. Coordinators alone."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dialogues.access import COMMITTEES, SESSIONS
from dialogues.admin.base import InAreasAdmin, LinkedAdmin, RemindersAdmin, WrittenAdmin
from dialogues.disclosed_agreements import COMMITTEE, DECISION, FOLLOW_UP, HOLDING, SEAT
from dialogues.models import Committee, Decision, DecisionFollowUp, Holding, Meeting, MeetingReminder, Seat
from incidents.admin.base import DeskAdmin, named


@admin.register(Committee)
class CommitteeAdmin(InAreasAdmin):
    """Standing bodies."""

    policy = COMMITTEES
    table = COMMITTEE
    list_display = ("name", "kind", "in_region", "in_cercle", "state", "meets_every", "tlp")
    list_filter = ("kind", "state", "tlp", "is_demo")
    search_fields = ("name", "region__name_key", "cercle__name_key")
    ordering = ("name", "id")


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
class HoldingAdmin(WrittenAdmin):
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


@admin.register(Meeting)
class MeetingAdmin(LinkedAdmin):
    """Which sessions are meetings, where one reads both."""

    policy = COMMITTEES
    path = "committee"
    other, other_policy = "session", SESSIONS
    list_display = ("id", "committee", "session", "linker", "linked_at")
    list_select_related = ("committee", "session", "linked_by")
    search_fields = ("committee__name",)
    besides = ("committee", "session", "linker", "linked_at")


@admin.register(Decision)
class DecisionAdmin(WrittenAdmin):
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


@admin.register(DecisionFollowUp)
class DecisionFollowUpAdmin(WrittenAdmin):
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


@admin.register(MeetingReminder)
class MeetingReminderAdmin(RemindersAdmin):
    """Who was told that a committee should have met."""

    policy = COMMITTEES
    path = "committee"
    besides = ("committee", "period", "person_name", "made_at")
    list_display = ("id", "committee", "period", "person_name", "made_at")
    list_select_related = ("committee", "person")
    search_fields = ("committee__name",)
