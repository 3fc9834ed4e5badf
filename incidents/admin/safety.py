"""How alerts were checked and how they ended, in Django admin: looked at, never changed; and the bars, which are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.access import CLOSINGS, REVIEWS, may_keep_bars
from incidents.admin.base import named
from incidents.models import AlertClosing, SafetyAnswer, SafetyBar, SafetyOverride, SafetyReview
from incidents.services.safety_bars import set_bar
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin


class _OfReviews(ReadOnlyAdmin):
    """Rows that belong to a review: for coordinators of the area and for oversight."""

    list_select_related = ("review__alert__incident", "review__reviewer")
    search_fields = ("=review__alert__incident__ref", "review__reviewer__name")
    ordering = ("-id",)
    person = named("review__reviewer", _("gone through by"))

    def get_queryset(self, request: HttpRequest) -> Any:
        """The rows of the reviews that the viewer sees."""
        return self.rows().filter(review__in=REVIEWS.rows(self.viewer(request)).order_by().values("pk"))

    @admin.display(description=_("incident"))
    def reference(self, row: SafetyAnswer | SafetyOverride) -> str:
        """The incident's reference."""
        return row.review.alert.incident.ref

    @admin.display(description=_("at"), ordering="review__at")
    def at(self, row: SafetyAnswer | SafetyOverride) -> datetime:
        """When the list was gone through."""
        return row.review.at


@admin.register(SafetyReview)
class SafetyReviewAdmin(ReadOnlyAdmin):
    """Each time somebody went through the list."""

    policy = REVIEWS
    list_display = ("id", "reference", "person", "at", "alert_version", "who_checks", "check_by")
    list_filter = ("at", "who_checks", "alert__severity", "alert__tlp", "alert__is_rumour")
    list_select_related = ("alert__incident", "reviewer")
    search_fields = ("=alert__incident__ref", "reviewer__name")
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = ("reference", "person", "at", "alert_version", "incident_version", "words_hash", "who_checks", "check_by")
    person = named("reviewer", _("gone through by"))

    @admin.display(description=_("incident"))
    def reference(self, review: SafetyReview) -> str:
        """The incident's reference; the alert's words are not for everybody who sees this."""
        return review.alert.incident.ref


@admin.register(SafetyAnswer)
class SafetyAnswerAdmin(_OfReviews):
    """Answers to the list."""

    list_display = ("id", "reference", "question", "answer", "word", "person", "at")
    list_filter = ("question", "answer", "review__at")
    fields = ("reference", "question", "answer", "word", "person", "at")


@admin.register(SafetyOverride)
class SafetyOverrideAdmin(_OfReviews):
    """What was let pass, by whom and why."""

    list_display = ("id", "reference", "check_code", "decision", "reason", "person", "at")
    list_filter = ("decision", "check_code", "review__at")
    fields = ("reference", "check_code", "decision", "reason", "person", "at")


@admin.register(AlertClosing)
class AlertClosingAdmin(ReadOnlyAdmin):
    """What alerts turned out to be, with every correction."""

    policy = CLOSINGS
    list_display = ("id", "reference", "truth", "why", "person", "at")
    list_filter = ("truth", "why", "at")
    list_select_related = ("alert__incident", "closed_by")
    search_fields = ("=alert__incident__ref", "closed_by__name")
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = ("reference", "truth", "why", "word", "person", "at")
    person = named("closed_by", _("said by"))

    @admin.display(description=_("incident"))
    def reference(self, closing: AlertClosing) -> str:
        """The incident's reference."""
        return closing.alert.incident.ref


@admin.register(SafetyBar)
class SafetyBarAdmin(GuardedAdmin):
    """How sure one must be before an alert of a severity goes out. Administrators; by a service."""

    asks_again = True
    list_display = ("severity", "sources", "reports", "second_person")
    list_filter = ("second_person",)
    search_fields = ("severity",)
    ordering = ("id",)
    fields = ("severity", "sources", "reports", "second_person")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Administrators."""
        return may_keep_bars(self.viewer(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators."""
        return may_keep_bars(self.viewer(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Of which severity stays; another one has a row of its own."""
        return ("severity",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: SafetyBar, form: Any, change: bool) -> None:
        """By the service."""
        data = form.cleaned_data
        made = set_bar(
            viewer=self.viewer(request),
            severity=data.get("severity", obj.severity),
            sources=data["sources"],
            reports=data["reports"],
            second_person=data["second_person"],
        )
        obj.pk = made.pk
