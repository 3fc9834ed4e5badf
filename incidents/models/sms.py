"""Who writes by SMS, known by a keyed hash alone, and conversations that are under way."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from orgs.models import Language


class SmsSender(models.Model):
    """What is remembered of a number that wrote: its language, whether it wants news, and wrong codes that it tried.

    The number itself is nowhere here: ``sender_key`` is its keyed hash (``orgs.messaging.receiving.sender_key``).
    """

    sender_key = models.CharField(max_length=64, primary_key=True, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    wants_news = models.BooleanField(_("wants to hear what comes of it"), default=True)
    wrong_codes = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    wrong_since = models.DateTimeField(_("first wrong code"), null=True, blank=True)
    first_at = models.DateTimeField(_("wrote first"), db_default=Now())
    last_at = models.DateTimeField(_("wrote last"), db_default=Now())

    class Meta:
        verbose_name = _("number that writes by SMS")
        verbose_name_plural = _("numbers that write by SMS")
        ordering = ("-last_at", "sender_key")
        indexes = [
            # Those who wrote last, for the list in admin.
            models.Index(fields=["-last_at", "sender_key"], name="sms_sender_by_last")
        ]

    def __str__(self) -> str:
        return f"#{self.sender_key[:8]}"


class SmsQuestion(models.TextChoices):
    """The question that waits for its answer, in the order in which they are asked."""

    WHAT = "what", _("What happened")
    WHERE = "where", _("Where")
    WHICH = "which", _("Which of several places")
    WHEN = "when", _("When")
    HARMED = "harmed", _("People harmed")
    HOW = "how", _("How it is known")
    CALL = "call", _("May be called back")


class SmsConversation(models.Model):
    """Questions and answers by SMS, until they are a report. Answers and number are sealed; forgotten when it ends."""

    sender_key = models.CharField(max_length=64, primary_key=True, editable=False)
    question = models.CharField(_("question"), max_length=10, choices=SmsQuestion, default=SmsQuestion.WHAT)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    number = models.CharField(
        max_length=64, editable=False, help_text=_("The report that comes of it has this number at its door.")
    )
    sealed = models.BinaryField(editable=False)
    unfit = models.PositiveSmallIntegerField(_("answers that did not fit"), default=0)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    expires_at = models.DateTimeField(_("ends by itself"))

    class Meta:
        verbose_name = _("conversation by SMS")
        verbose_name_plural = _("conversations by SMS")
        ordering = ("-started_at", "sender_key")
        indexes = [
            # Those whose time is over, asked every hour.
            models.Index(fields=["expires_at"], name="sms_conversation_expires")
        ]

    def __str__(self) -> str:
        return f"#{self.sender_key[:8]}"
