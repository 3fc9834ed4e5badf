"""What hangs on a report besides itself: words to its reporter, who entered it for them, what they were told by SMS.

The reporter's own answers are ``Addition`` rows: whatever a reporter says later stands in one place.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.reports import Report


class WordToReporter(models.Model):
    """What a coordinator asks or tells the reporter, who reads it with the code of the receipt and nowhere else."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="words", verbose_name=_("report"))
    text = models.TextField(_("text"))
    written_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), db_default=Now())
    seen_at = models.DateTimeField(_("seen by the reporter"), null=True, blank=True)

    class Meta:
        verbose_name = _("word to the reporter")
        verbose_name_plural = _("words to the reporters")
        ordering = ("written_at", "id")
        constraints = [
            # An empty question cannot be answered.
            models.CheckConstraint(condition=~Q(text=""), name="word_to_reporter_says_something"),
        ]

    def __str__(self) -> str:
        return f"{_('Word')} {self.pk}"


class Way(models.TextChoices):
    """How somebody reached the person who entered their report."""

    CALL = "call", _("Phone call")
    VISIT = "visit", pgettext_lazy("way", "They came in person")
    RADIO = "radio", _("Call to a radio station")
    LETTER = "letter", _("Letter")
    WHATSAPP = "whatsapp", _("WhatsApp or another messenger")
    MEETING = "meeting", pgettext_lazy("way", "Said at a meeting")
    PROGRAM = "program", pgettext_lazy("way", "Sent on by a program")
    OTHER = "other", pgettext_lazy("way", "Another way")


class ProxyEntry(models.Model):
    """Who entered a report for somebody else, and how they were reached. Whose words they are is not here."""

    report = models.OneToOneField(
        Report, models.CASCADE, primary_key=True, related_name="proxy", verbose_name=_("report")
    )
    way = models.CharField(_("how the person came to us"), max_length=10, choices=Way)
    entered_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"), db_default=Now())

    class Meta:
        verbose_name = _("report entered for somebody")
        verbose_name_plural = _("reports entered for somebody")
        ordering = ("-entered_at",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class FeedbackStep(models.TextChoices):
    """When a reporter is told something outside of the follow-up page."""

    READ = "read", pgettext_lazy("feedback", "It was read")
    OUTCOME = "outcome", pgettext_lazy("feedback", "Something came of it")


class Feedback(models.Model):
    """That a reporter is told, once a step. The address is opened when the message leaves, and not kept here."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="feedback", verbose_name=_("report"))
    step = models.CharField(_("step"), max_length=10, choices=FeedbackStep)
    message = models.OneToOneField(
        "orgs.Message", models.SET_NULL, null=True, related_name="+", verbose_name=_("message")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("feedback to a reporter")
        verbose_name_plural = _("feedback to reporters")
        ordering = ("-created_at", "-id")
        constraints = [
            # Undoing a decision and taking it again tells nobody twice.
            models.UniqueConstraint(fields=["report", "step"], name="feedback_once_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.pk}"
