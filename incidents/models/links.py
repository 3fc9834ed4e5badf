"""What the links in messages opened. The links themselves are stored nowhere: ``incidents.services.links``."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.alerts import Delivery


class LinkState(models.TextChoices):
    """What a link is good for."""

    OPEN = "open", pgettext_lazy("link", "Works")
    EXPIRED = "expired", pgettext_lazy("link", "Run out")
    RECALLED = "recalled", pgettext_lazy("link", "Recalled")


class LinkOpening(models.Model):
    """That the link of a delivery was opened, by a program or a person: mail scanners open links too.

    It never counts as an answer. ``state`` is what the link was good for at that moment.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="link_openings", verbose_name=_("delivery"))
    state = models.CharField(_("the link"), max_length=10, choices=LinkState)
    at = models.DateTimeField(_("opened"), db_default=Now())

    class Meta:
        verbose_name = _("opening of a link")
        verbose_name_plural = _("openings of links")
        ordering = ("-id",)
        indexes = [
            # The openings of the links of a page of recipients, the newest first.
            models.Index(fields=["delivery", "-id"], name="link_opening_by_delivery"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
