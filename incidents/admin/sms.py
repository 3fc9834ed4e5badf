"""Doors of SMS in Django admin, for operators: how many numbers write, and which conversations are under way.

Neither number nor words are here, nor the hash that ties one person's reports together.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from incidents.access import SMS_CONVERSATIONS, SMS_SENDERS
from incidents.models import SmsConversation, SmsSender
from orgs.admin.base import ReadOnlyAdmin


@admin.register(SmsSender)
class SmsSenderAdmin(ReadOnlyAdmin):
    """Numbers that write, without the numbers."""

    policy = SMS_SENDERS
    list_display = ("last_at", "first_at", "language", "wants_news", "wrong_codes")
    list_filter = ("language", "wants_news", "last_at")
    fields = ("first_at", "last_at", "language", "wants_news", "wrong_codes", "wrong_since")
    ordering = ("-last_at", "sender_key")


@admin.register(SmsConversation)
class SmsConversationAdmin(ReadOnlyAdmin):
    """Conversations under way, without what is said in them."""

    policy = SMS_CONVERSATIONS
    list_display = ("started_at", "question", "language", "unfit", "expires_at")
    list_filter = ("question", "language", "started_at")
    fields = ("started_at", "question", "language", "unfit", "expires_at")
    ordering = ("-started_at", "sender_key")

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        return super().rows().defer("sealed")
