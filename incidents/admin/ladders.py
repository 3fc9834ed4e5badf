"""Ladders and drills in Django admin: looked at here, changed on their own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.access import ALERT_LADDERS, ESCALATIONS, EXERCISES, LADDERS, PARTICIPATIONS
from incidents.admin.base import DeskAdmin, named
from incidents.disclosure_ladders import ALERT_LADDER, ESCALATION, EXERCISE, LADDER, LADDER_STEP, PARTICIPATION
from incidents.models import AlertLadder, Escalation, Exercise, Ladder, LadderStep, Participation


@admin.register(Ladder)
class LadderAdmin(DeskAdmin):
    """Plans: who is told next while nobody answers."""

    policy = LADDERS
    table = LADDER
    list_display = ("name", "place", "severity", "is_active", "maker", "updated_at")
    list_filter = ("is_active", "severity", "is_demo")
    list_select_related = ("area", "created_by")
    search_fields = ("name", "area__name_key")
    ordering = ("name", "id")
    besides = ("place", "maker", "updated_at", "is_demo")
    place = named("area", _("area"))
    maker = named("created_by", _("made by"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return super().rows().defer("area__geometry")


@admin.register(LadderStep)
class LadderStepAdmin(DeskAdmin):
    """The steps of plans; numbers to call stand on the page of a call alone."""

    policy = LADDERS
    path = "ladder"
    table = LADDER_STEP
    list_display = ("ladder", "step", "wait", "audience", "role", "kind", "who", "call_name")
    list_filter = ("audience", "who")
    list_select_related = ("ladder",)
    search_fields = ("ladder__name",)
    ordering = ("ladder_id", "step")
    besides = ("ladder",)


@admin.register(AlertLadder)
class AlertLadderAdmin(DeskAdmin):
    """The ladder that each alert has, or why it has none."""

    policy = ALERT_LADDERS
    table = ALERT_LADDER
    list_display = ("alert", "name", "left_out", "frozen_at", "stopped_at")
    list_filter = ("left_out", "stopped_at")
    list_select_related = ("alert",)
    search_fields = ("=alert__incident__ref", "name")
    ordering = ("-frozen_at", "-pk")
    besides = ("alert", "chooser", "stopper")
    chooser = named("chosen_by", _("chosen by"))
    stopper = named("stopped_by", _("stopped by"))


@admin.register(Escalation)
class EscalationAdmin(DeskAdmin):
    """Every step of every alert, and what became of it."""

    policy = ESCALATIONS
    table = ESCALATION
    list_display = ("alert", "step", "state", "why", "due_at", "done_at", "told", "call_outcome")
    list_filter = ("state", "why", "call_outcome", "due_at")
    list_select_related = ("alert",)
    search_fields = ("=alert__incident__ref",)
    ordering = ("-due_at", "-id")
    besides = ("alert", "doer", "caller")
    doer = named("done_by", _("done by"))
    caller = named("called_by", _("called by"))


@admin.register(Exercise)
class ExerciseAdmin(DeskAdmin):
    """Drills."""

    policy = EXERCISES
    table = EXERCISE
    list_display = ("name", "place", "starts_at", "started_at", "ended_at", "aborted")
    list_filter = ("aborted", "starts_at", "is_demo")
    list_select_related = ("area",)
    search_fields = ("name",)
    ordering = ("-starts_at", "-id")
    besides = ("place", "maker", "ender", "is_demo")
    place = named("area", _("area"))
    maker = named("created_by", _("prepared by"))
    ender = named("ended_by", _("ended by"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return super().rows().defer("area__geometry")


@admin.register(Participation)
class ParticipationAdmin(DeskAdmin):
    """Who was chosen for which drill."""

    policy = PARTICIPATIONS
    table = PARTICIPATION
    list_display = ("exercise", "human", "invited_at", "answer", "answered_at")
    list_filter = ("answer", "invited_at")
    list_select_related = ("exercise", "person")
    search_fields = ("exercise__name", "person__name")
    ordering = ("-exercise_id", "id")
    besides = ("exercise", "human")
    human = named("person", _("person"))
