"""That a delivery went on by another way, because the one before it led nowhere in time."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.alerts import Delivery
from orgs.models import Channel


class WhyNext(models.TextChoices):
    """Why the next way of a person was taken."""

    FAILED = "failed", _("the message could not be delivered")
    IN_TROUBLE = "in_trouble", _("this way is in trouble and messages wait")
    NO_WORD = "no_word", _("no answer came in time, and the alert is grave")


class FallBack(models.Model):
    """One step down a person's ways for one delivery. A way is taken once: so a chain always ends."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="fall_backs", verbose_name=_("delivery"))
    before = models.CharField(_("after"), max_length=10, choices=Channel)
    channel = models.CharField(_("then by"), max_length=10, choices=Channel)
    why = models.CharField(_("why"), max_length=12, choices=WhyNext)
    message = models.OneToOneField("orgs.Message", models.CASCADE, related_name="fall_back", verbose_name=_("message"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("fall-back of a delivery")
        verbose_name_plural = _("fall-backs of deliveries")
        ordering = ("-id",)
        constraints = [
            # Two workers that look at once write one message; a way never comes round again.
            models.UniqueConstraint(fields=["delivery", "channel"], name="fall_back_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("channel")), name="fall_back_to_another"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
