"""How people are reached besides e-mail and phone, and how each way out is: price, limit, trouble."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models.vocabulary import WITH_ADDRESSES, Channel


class AddressEnd(models.TextChoices):
    """Why an address is not used any more."""

    TAKEN_OFF = "taken_off", _("Taken off by the person")
    GONE = "gone", _("The other side says that it does not exist any more")
    OTHER_PERSON = "other_person", _("The same device was then used by another person")
    CLOSED = "closed", _("Taken off by an administrator")


class Address(models.Model):
    """Where a person is reached by push, webhook or notice. What leads there is sealed and never shown again.

    ``mark`` is a keyed hash of it: the same device is found again without being read. ``proved_at`` is when the other
    side first took something from us. An address that fails again and again rests until ``rests_until``.
    """

    person = models.ForeignKey("orgs.User", models.CASCADE, related_name="addresses", verbose_name=_("person"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    label = models.CharField(_("name"), max_length=80)
    mark = models.CharField(max_length=64, editable=False)
    sealed = models.BinaryField(editable=False, help_text=_("Encrypted address and keys."))
    kind = models.CharField(_("service"), max_length=40, blank=True, help_text=_("The kind of notice; else empty."))
    added_at = models.DateTimeField(_("added"), db_default=Now())
    rotated_at = models.DateTimeField(_("secret made anew"), null=True, blank=True)
    proved_at = models.DateTimeField(_("first reached"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last reached"), null=True, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    failure = models.CharField(_("why"), max_length=40, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, db_default=0)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("taken off"), null=True, blank=True)
    end = models.CharField(_("why taken off"), max_length=12, choices=AddressEnd, blank=True)

    class Meta:
        verbose_name = _("address of a person")
        verbose_name_plural = _("addresses of people")
        ordering = ("-id",)
        constraints = [
            # A device or program belongs to one person: what is meant for one never shows on another's phone.
            models.UniqueConstraint(
                fields=["channel", "mark"], name="address_of_one_person", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(channel__in=WITH_ADDRESSES), name="address_channel_has_addresses"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="address_ended_says_why",
            ),
        ]
        indexes = [
            # Fan-out and sending ask for a person's own, by channel.
            models.Index(fields=["person", "channel"], name="address_live", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Breaker(models.TextChoices):
    """Whether a way out is used. Like a fuse: after troubles in a row it is left alone, but for a try at times."""

    CLOSED = "closed", pgettext_lazy("way out", "Works")
    OPEN = "open", pgettext_lazy("way out", "In trouble")
    HALF_OPEN = "half_open", pgettext_lazy("way out", "Being tried with one message")


class WayOut(models.Model):
    """One way by which messages leave: a channel and, for SMS, its gateway. Data that all workers obey together.

    ``per_minute`` is a limit that no minute exceeds, whatever the number of workers (``orgs.messaging.limits``);
    ``tokens`` are what is left of it at ``tokens_at``. ``troubles`` counts passes in a row that ended in trouble.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    gateway = models.CharField(_("gateway"), max_length=20, blank=True, default="")
    price = models.DecimalField(
        _("price of a part"),
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("What one SMS part costs."),
    )
    currency = models.CharField(_("currency"), max_length=8, blank=True, default="FCFA", db_default="FCFA")
    per_minute = models.PositiveIntegerField(
        _("messages a minute"), null=True, blank=True, help_text=_("At most so many; empty for no limit.")
    )
    tokens = models.FloatField(editable=False, default=0, db_default=0)
    tokens_at = models.DateTimeField(editable=False, null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=Breaker, default=Breaker.CLOSED, db_default=Breaker.CLOSED
    )
    troubles = models.PositiveIntegerField(_("troubles in a row"), default=0, db_default=0)
    trouble_at = models.DateTimeField(_("last trouble"), null=True, blank=True)
    trouble = models.CharField(_("what it was"), max_length=40, blank=True, default="", db_default="")
    opened_at = models.DateTimeField(_("in trouble since"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)

    class Meta:
        verbose_name = _("way out")
        verbose_name_plural = _("ways out")
        ordering = ("channel", "gateway")
        constraints = [
            models.UniqueConstraint(fields=["channel", "gateway"], name="way_out_once"),
            models.CheckConstraint(
                condition=Q(per_minute__isnull=True) | Q(per_minute__gt=0), name="way_out_limit_sends"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="way_out_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state="closed") | Q(opened_at__isnull=False, next_try_at__isnull=False),
                name="way_out_open_since_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.gateway}".strip()
