"""How an alert ended: what it turned out to be, and why it is thought so. Corrected by a further row."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.alerts import Alert, Truth

LONGEST_CLOSING_WORD = 200


class WhyClosed(models.TextChoices):
    """Why an alert is thought true or false."""

    HAPPENED = "happened", _("It happened as the alert said")
    AVERTED = "averted", _("It was averted, or people could get ready in time")
    RESOLVED = "resolved", _("It was settled before anything happened")
    LESS = "less", _("It was less, later or elsewhere than said")
    MISHEARD = "misheard", _("Misheard or misunderstood")
    DUPLICATE = "duplicate", _("The same as another alert")
    OLD = "old", _("Old news that came around again")
    HOAX = "hoax", _("Made up, to harm or to frighten")
    NO_NEWS = "no_news", _("Nobody could find out")
    OTHER = "other", _("Another reason")


class AlertClosing(models.Model):
    """One statement of what an alert turned out to be. ``Alert.truth`` holds the last."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="closings", verbose_name=_("alert"))
    truth = models.CharField(_("turned out"), max_length=10, choices=Truth)
    why = models.CharField(_("because"), max_length=10, choices=WhyClosed)
    word = models.CharField(_("in a word"), max_length=LONGEST_CLOSING_WORD, blank=True, default="")
    closed_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("said by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("closing of an alert")
        verbose_name_plural = _("closings of alerts")
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(truth__in=Truth.values), name="alert_closing_truth_known")]
        # What was said of one alert, in its order.
        indexes = [models.Index(fields=["alert", "id"], name="alert_closing_by_alert")]
        triggers = [pgtrigger.ReadOnly(name="alert_closing_append_only", exclude=["closed_by"])]

    def __str__(self) -> str:
        return f"{self.get_truth_display()} ({self.get_why_display()})"
