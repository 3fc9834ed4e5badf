"""Questions, outcomes, advisories and notices in Django admin: looked at here, worked on at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import ADVISORIES, DELIVERIES, QUESTION_ANSWERS, QUESTIONS
from incidents.admin.base import AUDIENCE, DeskAdmin, named, without_shapes
from incidents.disclosure import ADVISORY, ANSWER, QUESTION, WORDING
from incidents.models import (
    Advisory,
    AdvisoryWording,
    AlertQuestion,
    Notice,
    OutcomeDecision,
    QuestionAnswer,
)


@admin.register(AlertQuestion)
class AlertQuestionAdmin(DeskAdmin):
    """What recipients of alerts ask."""

    policy = QUESTIONS
    table = QUESTION
    list_display = ("id", "delivery", "person", "state", "asked_at", "beginning")
    list_filter = ("state", "asked_at")
    list_select_related = ("delivery__recipient", "delivery__organisation", "reply", "closed_by")
    search_fields = ("text", "=delivery__alert__incident__ref", "delivery__recipient__name")
    ordering = ("-asked_at", "-id")
    besides = ("delivery", "person", "reply", "closer")
    person = named("delivery__recipient", _("recipient"))
    closer = named("closed_by", _("closed by"))

    @admin.display(description=_("question"))
    def beginning(self, question: AlertQuestion) -> str:
        """Its first words, or what is missing."""
        return question.text[:80] or ", ".join(question.reply.missing_words if question.reply else ())


@admin.register(QuestionAnswer)
class QuestionAnswerAdmin(DeskAdmin):
    """What coordinators answer."""

    policy = QUESTION_ANSWERS
    table = ANSWER
    list_display = ("id", "question", "written_at", "writer", "to_all", "beginning")
    list_filter = ("to_all", "written_at")
    list_select_related = ("question", "written_by")
    search_fields = ("text",)
    ordering = ("-written_at", "-id")
    besides = ("question", "writer")
    writer = named("written_by", _("written by"))

    @admin.display(description=_("answer"))
    def beginning(self, answer: QuestionAnswer) -> str:
        """Its first words."""
        return answer.text[:80]


@admin.register(OutcomeDecision)
class OutcomeDecisionAdmin(DeskAdmin):
    """What coordinators made of outcomes."""

    policy = DELIVERIES
    path = "reply__delivery"
    list_display = ("reply", "verdict", "decided_at", "decider")
    list_filter = ("verdict", "decided_at")
    list_select_related = ("reply", "decided_by")
    search_fields = ("=reply__delivery__alert__incident__ref",)
    ordering = ("-decided_at", "-reply")
    besides = ("reply", "verdict", "decided_at", "decider")
    decider = named("decided_by", _("decided by"))


@admin.register(Advisory)
class AdvisoryAdmin(DeskAdmin):
    """What liaisons tell civil society."""

    policy = ADVISORIES
    table = ADVISORY
    list_display = ("id", "service", "type", "state", "severity", "tlp", "given_at", "ends_at")
    list_filter = ("state", "kind", "severity", "tlp", "given_at", "is_demo")
    list_select_related = ("organisation", "type", "given_by", "decided_by", "incident", "alert")
    search_fields = ("organisation__name_key", "=incident__ref")
    date_hierarchy = "given_at"
    ordering = ("-given_at", "-id")
    first = ("page",)
    besides = ("service", "giver", "decider", "alert", "is_demo")
    service = named("organisation", _("service"))
    giver = named("given_by", _("given by"))
    decider = named("decided_by", _("decided by"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return without_shapes(super().rows())

    @admin.display(description=_("on the desk"))
    def page(self, advisory: Advisory) -> str:
        """Where it is decided on."""
        return format_html('<a href="/alerts/advisories/{}/">{}</a>', advisory.pk, advisory)


@admin.register(AdvisoryWording)
class AdvisoryWordingAdmin(DeskAdmin):
    """Every version of the words."""

    policy = ADVISORIES
    path = "advisory"
    table = WORDING
    list_display = ("id", "advisory", "side", "written_at", "writer", "beginning")
    list_filter = ("side", "written_at")
    list_select_related = ("advisory", "written_by")
    search_fields = ("words", "instruction")
    ordering = ("-id",)
    besides = ("advisory", "writer")
    writer = named("written_by", _("written by"))

    @admin.display(description=_("words"))
    def beginning(self, wording: AdvisoryWording) -> str:
        """Its first words."""
        return wording.words[:80]


@admin.register(Notice)
class NoticeAdmin(DeskAdmin):
    """That somebody was told of these; never where to."""

    policy = DELIVERIES
    list_display = ("id", "kind", "person", "state", "created_at")
    list_filter = ("kind", "message__state", "created_at")
    list_select_related = ("message__recipient", "delivery", "answer", "advisory")
    search_fields = ("=delivery__alert__incident__ref", "message__recipient__name")
    ordering = ("-created_at", "-id")
    besides = ("kind", "person", "state", "delivery", "answer", "advisory", "created_at")
    person = named("message__recipient", _("recipient"))

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        """Those about alerts and advisories that the viewer works on."""
        viewer = self.viewer(request)
        of_alerts = self.rows().filter(delivery__in=DELIVERIES.rows_as(viewer, AUDIENCE).values("pk"))
        return of_alerts | self.rows().filter(advisory__in=ADVISORIES.rows_as(viewer, AUDIENCE).values("pk"))

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        return super().rows().defer("message__sealed")

    @admin.display(description=_("state"), ordering="message__state")
    def state(self, notice: Notice) -> str:
        """What became of it."""
        return notice.message.get_state_display()
