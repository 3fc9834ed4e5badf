"""Proposals, priorities and ratings in Django admin, looked at. Ballots are not here: nobody reads a single one."""

from __future__ import annotations

from django.contrib import admin

from dialogues.access import PRIORITIES, PROCESSES, PROPOSALS, ROUNDS
from dialogues.disclosed_proposals import DISSENT, PRIORITY, PROPOSAL, RATED, ROUND
from dialogues.models import ConsensusMark, Dissent, GroupingStep, PaperCount, Priority, Proposal, RatedPriority
from dialogues.models import RatingRound as Round
from incidents.admin.base import DeskAdmin


@admin.register(Proposal)
class ProposalAdmin(DeskAdmin):
    """What sessions propose."""

    policy = PROPOSALS
    table = PROPOSAL
    besides = ("session", "priority", "written_at")
    list_display = ("id", "words", "theme", "session", "priority", "written_at")
    list_filter = ("theme", "written_at")
    list_select_related = ("session", "priority")
    search_fields = ("words",)
    ordering = ("-id",)


@admin.register(Priority)
class PriorityAdmin(DeskAdmin):
    """Groups of like proposals."""

    policy = PRIORITIES
    table = PRIORITY
    besides = ("process", "merged_into", "withdrawn_at", "made_at", "is_demo")
    list_display = ("id", "title", "theme", "process", "merged_into", "withdrawn_at")
    list_filter = ("made_at", "is_demo")
    list_select_related = ("process", "merged_into")
    search_fields = ("title", "theme")
    ordering = ("-id",)


@admin.register(GroupingStep)
class GroupingStepAdmin(DeskAdmin):
    """What was grouped, by whom, and undone."""

    policy = PROCESSES
    path = "process"
    besides = ("kind", "priority", "other", "done_at", "undone_at")
    first = ("process",)
    list_display = ("id", "process", "kind", "priority", "done_at", "undone_at")
    list_filter = ("kind", "done_at")
    list_select_related = ("process", "priority")
    search_fields = ("=id",)
    ordering = ("-id",)


@admin.register(Round)
class RatingRoundAdmin(DeskAdmin):
    """Rating rounds."""

    policy = ROUNDS
    table = ROUND
    besides = ("process", "session")
    list_display = ("id", "title", "process", "method", "state", "opened_at", "closed_at")
    list_filter = ("method", "state", "opened_at", "is_demo")
    list_select_related = ("process",)
    search_fields = ("title",)
    ordering = ("-id",)


class OfRoundAdmin(DeskAdmin):
    """What hangs on a priority in a round."""

    policy = ROUNDS
    path = "item__round"
    first = ("item",)
    list_select_related = ("item",)
    search_fields = ("=id",)
    ordering = ("-id",)


@admin.register(RatedPriority)
class RatedPriorityAdmin(DeskAdmin):
    """Priorities in the words that were rated."""

    policy = ROUNDS
    path = "round"
    table = RATED
    besides = ("round",)
    list_display = ("id", "title", "theme", "round", "position")
    list_filter = ("round__method",)
    list_select_related = ("round",)
    search_fields = ("title",)
    ordering = ("-id",)


@admin.register(PaperCount)
class PaperCountAdmin(OfRoundAdmin):
    """What was typed from paper."""

    besides = ("criterion", "value", "people")
    list_display = ("id", "item", "criterion", "value", "people")
    list_filter = ("criterion",)


@admin.register(ConsensusMark)
class ConsensusMarkAdmin(OfRoundAdmin):
    """On what rooms agreed."""

    besides = ("criterion", "value")
    list_display = ("id", "item", "criterion", "value")
    list_filter = ("criterion",)


@admin.register(Dissent)
class DissentAdmin(OfRoundAdmin):
    """Who did not agree."""

    table = DISSENT
    besides = ("written_at",)
    list_display = ("id", "item", "group", "words", "written_at")
    list_filter = ("group", "written_at")
