"""Support to organisations: what sub-grants, needs and calls for funding share with trainings and programmes."""

from decimal import Decimal

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models.organisations import Organisation

CURRENCY_PATTERN = r"^[A-Z]{3}$"
is_currency = RegexValidator(CURRENCY_PATTERN, _("Three capital letters, such as XOF, EUR or USD."))


class SupportRow(models.Model):
    """What every row of support has: a version, so that two people do not undo each other's work, and a way back.

    A row that is withdrawn stays, for those who keep it, so that it can be put back.
    """

    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Who or what says so."))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True

    @property
    def owner_id(self) -> int | None:
        """The organisation whose people may keep the row."""
        raise NotImplementedError


class Located(models.Model):
    """A row that happens in an area. The three columns are worked out from ``area`` when the row is written."""

    area = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    place_text = models.CharField(
        _("place"),
        max_length=200,
        blank=True,
        help_text=_("Village, hall, school. Only those who keep the row read it."),
    )
    region = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", editable=False)
    cercle = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", editable=False)
    commune = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        abstract = True

    def locate(self) -> None:
        """Take the three columns from the area; one of an older edition counts with its area of today."""
        today = self.area.successor or self.area if self.area else None
        self.region_id = today.region_id if today else None
        self.cercle_id = today.cercle_id if today else None
        self.commune_id = today.commune_id if today else None


class GrantStatus(models.TextChoices):
    """Where a sub-grant stands."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["recipient", "funder", "amount", "currency", "starts_on", "ends_on", "status", "withdrawn_at"],
    model_name="SubGrantHistory",
    level=pghistory.Statement,
)
class SubGrant(SupportRow):
    """Money that one organisation gives to another for a purpose. Who knows an amount may be tempted by it."""

    recipient = models.ForeignKey(
        Organisation, models.PROTECT, related_name="grants_received", verbose_name=_("receives it")
    )
    funder = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="grants_given", verbose_name=_("gives it")
    )
    funder_text = models.CharField(_("gives it, in words"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=15, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    currency = models.CharField(_("currency"), max_length=3, default="XOF", validators=[is_currency])
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    purpose = models.CharField(_("for what"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=GrantStatus, default=GrantStatus.PLANNED)

    class Meta:
        verbose_name = _("sub-grant")
        verbose_name_plural = _("sub-grants")
        ordering = ("-starts_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="sub_grant_amount_positive",
                violation_error_message=_("The amount is more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_PATTERN),
                name="sub_grant_currency_iso",
                violation_error_message=_("Three capital letters, such as XOF, EUR or USD."),
            ),
            models.CheckConstraint(
                condition=Q(funder__isnull=False) | ~Q(funder_text=""),
                name="sub_grant_says_who_gives",
                violation_error_message=_("Say who gives the money."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="sub_grant_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(funder__isnull=True) | ~Q(funder=F("recipient")),
                name="sub_grant_not_to_itself",
                violation_error_message=_("An organisation does not give to itself."),
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-starts_on", "-id"], name="sub_grant_by_date"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def owner_id(self) -> int | None:
        """The recipient."""
        return self.recipient_id


class GrantReport(models.Model):
    """A report that a sub-grant asks for: when it is due, and when it came."""

    grant = models.ForeignKey(SubGrant, models.CASCADE, related_name="reports", verbose_name=_("sub-grant"))
    due_on = models.DateField(_("due"))
    received_on = models.DateField(_("received"), null=True, blank=True)

    class Meta:
        verbose_name = _("report due")
        verbose_name_plural = _("reports due")
        ordering = ("due_on", "id")
        constraints = [models.UniqueConstraint(fields=["grant", "due_on"], name="grant_report_once_a_day")]
        indexes = [
            # What is late, for everybody's overview: the few rows that were not received.
            models.Index(fields=["due_on"], name="grant_report_open", condition=Q(received_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_overdue(self) -> bool:
        """Whether it should have come."""
        return self.received_on is None and self.due_on < timezone.localdate()


class NeedState(models.TextChoices):
    """What became of a need."""

    OPEN = "open", pgettext_lazy("need", "Open")
    MET = "met", _("Met")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["organisation", "kind", "stated_on", "state", "withdrawn_at"],
    model_name="NeedHistory",
    level=pghistory.Statement,
)
class Need(SupportRow):
    """What an organisation says it lacks. ``kind`` is a code of the needs' list."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="needs", verbose_name=_("organisation"))
    kind = models.CharField(_("what is needed"), max_length=30)
    words = models.CharField(_("in their words"), max_length=500)
    stated_on = models.DateField(_("said on"), default=timezone.localdate)
    stated_by = models.CharField(
        _("said by"), max_length=120, blank=True, help_text=_("Their function, never a person’s name.")
    )
    state = models.CharField(_("state"), max_length=10, choices=NeedState, default=NeedState.OPEN)

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ("-stated_on", "-id")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="need_says_something")]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-stated_on", "-id"], name="need_by_date"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def owner_id(self) -> int | None:
        """Who needs it."""
        return self.organisation_id


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=[
        "title",
        "funder",
        "themes",
        "opens_on",
        "closes_on",
        "amount_min",
        "amount_max",
        "currency",
        "is_public",
        "withdrawn_at",
    ],
    model_name="FundingCallHistory",
    level=pghistory.Statement,
)
class FundingCall(SupportRow):
    """Money that organisations may ask for. ``themes`` hold codes; no theme and no area mean any.

    ``covers`` and ``reach`` are kept from ``areas`` when the row is written: its areas, and these with all above them.
    """

    title = models.CharField(_("title"), max_length=200)
    funder = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name=_("funder")
    )
    funder_text = models.CharField(_("funder, in words"), max_length=200, blank=True)
    areas = models.ManyToManyField(
        "orgs.Area", blank=True, related_name="+", verbose_name=_("areas"), help_text=_("None: the whole country.")
    )
    themes = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name=_("themes"), help_text=_("None: any.")
    )
    opens_on = models.DateField(_("opens"), null=True, blank=True)
    closes_on = models.DateField(_("closes"))
    amount_min = models.DecimalField(_("from (amount)"), max_digits=15, decimal_places=2, null=True, blank=True)
    amount_max = models.DecimalField(_("up to (amount)"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="XOF", validators=[is_currency])
    who_may_apply = models.CharField(_("who may apply"), max_length=500, blank=True)
    link = models.URLField(_("link"), max_length=300, blank=True)
    is_public = models.BooleanField(
        _("for everybody"),
        default=False,
        help_text=_("Also for people without an account, unless the funder is hidden from them."),
    )
    covers = ArrayField(models.BigIntegerField(), default=list, editable=False)
    reach = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        verbose_name = _("call for funding")
        verbose_name_plural = _("calls for funding")
        ordering = ("closes_on", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="funding_call_has_a_title"),
            models.CheckConstraint(
                condition=Q(funder__isnull=False) | ~Q(funder_text=""),
                name="funding_call_says_who_gives",
                violation_error_message=_("Say who gives the money."),
            ),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(opens_on__lte=F("closes_on")),
                name="funding_call_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=(Q(amount_min__isnull=True) | Q(amount_min__gt=0))
                & (Q(amount_max__isnull=True) | Q(amount_max__gt=0))
                & (Q(amount_min__isnull=True) | Q(amount_max__isnull=True) | Q(amount_max__gte=F("amount_min"))),
                name="funding_call_amounts_in_order",
                violation_error_message=_("The smaller amount comes first, and both are more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(amount_min__isnull=True, amount_max__isnull=True) | Q(currency__regex=CURRENCY_PATTERN),
                name="funding_call_currency_iso",
                violation_error_message=_("Three capital letters, such as XOF, EUR or USD."),
            ),
        ]
        indexes = [
            # The list: what closes first.
            models.Index(fields=["closes_on", "id"], name="funding_call_by_end"),
            # By area and theme, and what fits an organisation.
            GinIndex(fields=["covers", "reach", "themes"], name="funding_call_by_codes"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int | None:
        """Nobody's: coordinators and administrators keep calls."""
        return None
