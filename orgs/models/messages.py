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
    gateway_id = models.CharField(_("gateway’s own number"), max_length=120, blank=True)
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


class ReceivedSms(models.Model):
    """An SMS that somebody sent us, kept sealed; a gateway that delivers it twice makes one row.

    ``external_id`` is the gateway's number for it, or a hash of sender, text and minute where it gives none.
    ``handled_by`` names the function that answered, "" while it waits. ``turn_at`` runs ahead of the clock
    for a number that sends faster than it is read; ``due_at`` is when it is to be read, put off where it waits for
    the other parts of a long one (which share ``part_key``) or could not be read.
    """

    gateway = models.CharField(_("gateway"), max_length=20)
    external_id = models.CharField(_("gateway’s own number"), max_length=100)
    sender_key = models.CharField(max_length=64, editable=False, help_text=_("Keyed hash of the number."))
    sealed = models.BinaryField(editable=False, help_text=_("Encrypted number and words."))
    received_at = models.DateTimeField(_("received"), db_default=Now())
    turn_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(_("to be read"), db_default=Now(), editable=False)
    part_key = models.CharField(max_length=64, blank=True, editable=False)
    handled_by = models.CharField(_("read by"), max_length=40, blank=True)
    handled_at = models.DateTimeField(_("read"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("SMS received")
        verbose_name_plural = _("SMS received")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["gateway", "external_id"], name="received_sms_once")]
        indexes = [
            # What nobody has read yet, in the order in which it is read.
            models.Index(
                fields=["due_at"], name="received_sms_waiting", condition=models.Q(handled_by="", attempts__lt=5)
            ),
            # The last turn of a number, asked when its next message comes in.
            models.Index(fields=["sender_key", "turn_at"], name="received_sms_by_sender"),
            # How often a number was answered lately: nobody is answered without end.
            models.Index(
                fields=["sender_key", "answered_at"],
                name="received_sms_answered",
                condition=models.Q(answered_at__isnull=False),
            ),
            # The other parts of a long message.
            models.Index(fields=["part_key"], name="received_sms_parts", condition=~models.Q(part_key="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class EarlyReceipt(models.Model):
    """A receipt that came before we had written down the gateway's number of its message. The sweep applies it."""

    reference = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=MessageState)
    reason = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("early receipt")
        verbose_name_plural = _("early receipts")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"#{self.pk}"
