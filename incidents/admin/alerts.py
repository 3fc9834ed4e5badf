"""Alerts in Django admin: what each audience read, who was told, what they answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import ALERTS, DELIVERIES
from incidents.admin.base import DeskAdmin, named
from incidents.disclosure import ALERT, FALL_BACK
from incidents.models import Alert, AlertAudience, CapMessage, Carriage, Delivery, FallBack, Rendition, Reply


@admin.register(Alert)
class AlertAdmin(DeskAdmin):
    """Calls on people to know and act."""

    policy = ALERTS
    table = ALERT
    list_display = ("incident", "kind", "state", "tlp", "severity", "created_at", "maker", "released_at", "expires_at")
    list_display_links = ("incident",)
    list_filter = ("state", "kind", "is_rumour", "tlp", "severity", "urgency", "created_at", "is_demo")
    list_select_related = ("incident", "created_by", "released_by")
    search_fields = ("=incident__ref", "instruction")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    first = ("page", "incident")
    besides = ("call_number", "holds_hours", "links_recalled_at", "maker", "releaser", "is_demo")
    maker = named("created_by", _("prepared by"))
    releaser = named("released_by", _("released by"))

    @admin.display(description=_("on the desk"))
    def page(self, alert: Alert) -> str:
        """Where it is worked on."""
        return format_html('<a href="/alerts/{}/">{}</a>', alert.pk, alert)


@admin.register(AlertAudience)
class AlertAudienceAdmin(DeskAdmin):
    """The choice of recipients, line by line."""

    policy = ALERTS
    path = "alert"
    list_display = ("id", "alert", "audience", "who", "role", "area", "organisation", "kind", "one_person")
    list_filter = ("audience", "who", "role", "kind")
    list_select_related = ("alert", "area", "organisation", "person")
    search_fields = ("=alert__incident__ref", "organisation__name_key")
    ordering = ("-id",)
    besides = ("alert", "audience", "who", "role", "area", "organisation", "kind", "one_person")
    one_person = named("person", _("person"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return super().rows().defer("area__geometry")


@admin.register(Rendition)
class RenditionAdmin(DeskAdmin):
    """What each audience reads, frozen as sent."""

    policy = ALERTS
    path = "alert"
    list_display = ("id", "alert", "audience", "language", "headline", "frozen_at")
    list_filter = ("audience", "language", "frozen_at")
    list_select_related = ("alert",)
    search_fields = ("=alert__incident__ref", "headline", "body")
    ordering = ("-id",)
    besides = (
        "alert",
        "audience",
        "language",
        "headline",
        "body",
        "email_subject",
        "email_text",
        "sms_text",
        "frozen_at",
    )


@admin.register(Delivery)
class DeliveryAdmin(DeskAdmin):
    """Who is told, by which channel, and their last answer."""

    policy = DELIVERIES
    list_display = ("id", "alert", "person", "channel", "answer", "answered_at", "organisation")
    list_filter = ("answer", "channel", "hold", "tlp", "created_at", "alert__state")
    list_select_related = ("alert", "recipient", "organisation", "called_by")
    search_fields = ("=alert__incident__ref", "recipient__name", "organisation__name_key")
    search_help_text = _("Reference of the incident, name of the person or of the organisation")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    besides = (
        "alert",
        "rendition",
        "person",
        "organisation",
        "step",
        "channel",
        "tlp",
        "hold",
        "held_until",
        "line",
        "subscription",
        "roster",
        "created_at",
        "called_at",
        "caller",
        "recalled_at",
        "opened_at",
        "link_recalled_at",
        "answer",
        "answered_at",
    )
    person = named("recipient", _("recipient"))
    caller = named("called_by", _("called by"))


@admin.register(FallBack)
class FallBackAdmin(DeskAdmin):
    """Whose next way was taken, and why."""

    policy = DELIVERIES
    path = "delivery"
    table = FALL_BACK
    list_display = ("id", "delivery", "person", "before", "channel", "why", "at")
    list_filter = ("why", "before", "channel", "at")
    list_select_related = ("delivery__recipient",)
    search_fields = ("=delivery__alert__incident__ref", "delivery__recipient__name")
    date_hierarchy = "at"
    ordering = ("-id",)
    besides = ("delivery", "person")
    person = named("delivery__recipient", _("recipient"))


@admin.register(Carriage)
class CarriageAdmin(DeskAdmin):
    """Which message carried which delivery, and what became of it."""

    policy = DELIVERIES
    path = "delivery"
    list_display = ("id", "delivery", "person", "channel", "state", "sent_at")
    list_filter = ("message__state", "message__channel")
    list_select_related = ("delivery__recipient", "message")
    search_fields = ("=delivery__alert__incident__ref", "delivery__recipient__name")
    ordering = ("-id",)
    besides = ("delivery", "person", "channel", "state", "sent_at")
    person = named("delivery__recipient", _("recipient"))

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        return super().rows().defer("message__sealed")

    @admin.display(description=_("channel"), ordering="message__channel")
    def channel(self, carriage: Carriage) -> str:
        """By which way it went."""
        return carriage.message.get_channel_display()

    @admin.display(description=_("state"), ordering="message__state")
    def state(self, carriage: Carriage) -> str:
        """What became of it."""
        return carriage.message.get_state_display()

    @admin.display(description=_("sent"), ordering="message__sent_at")
    def sent_at(self, carriage: Carriage) -> Any:
        """When it went out."""
        return carriage.message.sent_at


@admin.register(Reply)
class ReplyAdmin(DeskAdmin):
    """What recipients answered, in their order."""

    policy = DELIVERIES
    path = "delivery"
    list_display = ("id", "delivery", "person", "kind", "reason", "channel", "at")
    list_filter = ("kind", "reason", "channel", "at")
    list_select_related = ("delivery__recipient", "recorded_by")
    search_fields = ("=delivery__alert__incident__ref", "delivery__recipient__name", "text")
    ordering = ("-at", "-id")
    besides = ("delivery", "person", "kind", "reason", "text", "channel", "recorder", "at")
    person = named("delivery__recipient", _("recipient"))
    recorder = named("recorded_by", _("recorded by"))


@admin.register(CapMessage)
class CapMessageAdmin(DeskAdmin):
    """What alert hubs fetch, as it was frozen."""

    policy = ALERTS
    path = "alert"
    list_display = ("identifier", "alert", "kind", "sent", "expires")
    list_filter = ("kind", "sent")
    list_select_related = ("alert__incident",)
    search_fields = ("=identifier", "=alert__incident__ref")
    ordering = ("-sent", "-identifier")
    besides = ("identifier", "alert", "kind", "sent", "expires", "content")
