"""The outbox: one row is one send to one address by one channel."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from orgs.models.vocabulary import Channel, Language


class MessageState(models.TextChoices):
    """Life of a message. ``sent`` is final where no receipt exists; a receipt may turn it into delivered or failed."""

    PENDING = "pending", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not sent")


class Message(models.Model):
    """One send to one address by one channel, and what became of it.

    ``purpose`` names who provides the words (``orgs.messaging.purposes``). Single messages keep their words,
    sealed, in ``sealed``; those of an alert take them from its frozen renditions. ``key`` goes out as Message-ID or
    idempotency key and is the same on every retry.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=20)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    recipient = models.ForeignKey(
        "orgs.User", models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("recipient")
    )
    sealed = models.BinaryField(
        null=True, editable=False, help_text=_("Encrypted address and words of a single message.")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    priority = models.SmallIntegerField(_("priority"), default=5, help_text=_("0 goes first."))
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.PENDING)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    maybe_double = models.BooleanField(
        _("perhaps sent twice"), default=False, help_text=_("A send was under way when something died.")
    )
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    final_at = models.DateTimeField(_("final since"), null=True, blank=True)
    gateway_id = models.CharField(_("gateway’s own number"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=[MessageState.SKIPPED, MessageState.FAILED]) | ~models.Q(reason=""),
                name="message_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.SENDING) | models.Q(claimed_at__isnull=False),
                name="message_sending_is_claimed",
            ),
        ]
        indexes = [
            # Workers claim the next ones of a channel in this order.
            models.Index(
                fields=["channel", "priority", "id"], name="message_to_send", condition=models.Q(state="pending")
            ),
            # The sweep looks for claims that were never booked.
            models.Index(fields=["claimed_at"], name="message_claimed", condition=models.Q(state="sending")),
            # A gateway's receipt names the message by the gateway's number.
            models.Index(fields=["gateway_id"], name="message_by_gateway_id", condition=~models.Q(gateway_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"
