"""The outbox in Django admin: for operators, without address, recipient or content."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import ReadOnlyAdmin
from orgs.messaging import reasons
from orgs.models import Message, ReceivedSms


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What waits, what went out, what failed and why."""

    policy = access.MESSAGES
    list_display = ("id", "channel", "purpose", "state", "why", "attempts", "maybe_double", "created_at", "final_at")
    list_filter = ("state", "channel", "purpose", "maybe_double", "created_at")
    search_fields = ("=key", "=gateway_id")
    search_help_text = _("The whole number of the message, ours or the gateway’s.")
    date_hierarchy = "created_at"
    fields = (
        "key",
        "channel",
        "purpose",
        "language",
        "priority",
        "state",
        "why",
        "attempts",
        "maybe_double",
        "gateway_id",
        "created_at",
        "next_attempt_at",
        "claimed_at",
        "sent_at",
        "final_at",
    )
    readonly_fields = ("key", "why")
    ordering = ("-id",)

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed: it is not for this page."""
        return super().rows().defer("sealed")

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, message: Message) -> str:
        """The reason in words."""
        return str(reasons.words(message.reason))


@admin.register(ReceivedSms)
class ReceivedSmsAdmin(ReadOnlyAdmin):
    """What came in by SMS, who read it and when; what waits for its turn. Without number and words."""

    policy = access.RECEIVED
    list_display = ("id", "gateway", "received_at", "due_at", "handled_by", "handled_at", "attempts")
    list_filter = ("gateway", "handled_by", "received_at")
    search_fields = ("=external_id",)
    search_help_text = _("The whole number of the message, ours or the gateway’s.")
    date_hierarchy = "received_at"
    fields = ("gateway", "external_id", "received_at", "due_at", "handled_by", "handled_at", "answered_at", "attempts")
    ordering = ("-id",)

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed, and without the hash that ties the messages of one number together."""
        return super().rows().defer("sealed", "sender_key")
