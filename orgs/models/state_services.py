"""Which basic services of the State work where: what somebody said, of what day."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models.areas import Level

LEVELS = (Level.REGION, Level.CERCLE, Level.COMMUNE)


class StateServiceKind(models.TextChoices):
    """A basic service for civilians.

    **Never police, gendarmerie, army, guards or checkpoints**: where forces are present is a position, and this product
    keeps none.
    """

    TOWN_HALL = "town_hall", _("Town hall")
    PREFECTURE = "prefecture", _("Prefecture or sub-prefecture")
    COURT = "court", _("Court or justice of the peace")
    SCHOOL = "school", _("School")
    HEALTH = "health", _("Health centre")
    CIVIL_REGISTRY = "civil_registry", _("Civil registry")
    WATER = "water", _("Water service")
    SOCIAL = "social", _("Social services")
    FARMING = "farming", _("Agriculture or livestock service")
    POST = "post", _("Post office")
    OTHER = "other", _("Other civil service")


class Presence(models.TextChoices):
    """Whether people can use the service."""

    PRESENT = "present", _("It works")
    PARTLY = "partly", _("It works partly")
    ABSENT = "absent", _("It does not work")


class StateServiceQuerySet(models.QuerySet["StateService"]):
    """Set-based reads of statements; who may see them is in ``orgs.access``."""

    def standing(self) -> StateServiceQuerySet:
        """Those that nobody took back."""
        return self.filter(withdrawn_at__isnull=True)

    def last_of_each_source(self) -> StateServiceQuerySet:
        """Of each source the last that it said of a service in an area; sources that disagree both stay."""
        # By number: by the row's own name an area would be ordered as areas are.
        source = ("area_id", "kind", "said_by_id", "seen_by_id", "source_key")
        return self.standing().order_by(*source, "-as_of", "-id").distinct(*source)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    fields=["area", "kind", "presence", "since", "as_of", "withdrawn_at"],
    model_name="StateServiceHistory",
    level=pghistory.Statement,
)
class StateService(models.Model):
    """What one source said of one basic service in one area. Several statements stand side by side.

    The source is an organisation (``said_by``), the person who saw it (``seen_by``), or, where it is neither, in words
    (``source``). A statement is never changed: a later one of the same source takes its place, and one that was a
    mistake is withdrawn. What forces do and where they are is no service: see ``StateServiceKind``.
    """

    area = models.ForeignKey("orgs.Area", models.PROTECT, related_name="state_services", verbose_name=_("area"))
    kind = models.CharField(_("service"), max_length=20, choices=StateServiceKind)
    presence = models.CharField(_("how it is"), max_length=10, choices=Presence)
    since = models.DateField(_("since"), null=True, blank=True)
    since_is_year = models.BooleanField(
        _("only the year is known"), default=False, help_text=_("The day and the month of “since” then mean nothing.")
    )
    said_by = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="said_of_services",
        verbose_name=_("said by"),
    )
    seen_by = models.ForeignKey(
        "orgs.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seen by")
    )
    source = models.CharField(_("source in words"), max_length=200, blank=True)
    source_key = models.CharField(max_length=200, blank=True, editable=False)
    as_of = models.DateField(_("as of"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by"), editable=False
    )
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)

    objects = StateServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement on a service of the State")
        verbose_name_plural = _("statements on services of the State")
        ordering = ("-as_of", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(said_by__isnull=False) | Q(seen_by__isnull=False) | ~Q(source=""),
                name="state_service_says_who_said_it",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(since__lte=F("as_of")), name="state_service_since_before_as_of"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StateServiceKind.values), name="state_service_is_a_civil_service"
            ),
            models.CheckConstraint(condition=Q(presence__in=Presence.values), name="state_service_presence_known"),
            # One source says one thing of one service on one day: a form sent twice, or two people at once.
            models.UniqueConstraint(
                fields=["area", "kind", "said_by", "seen_by", "source_key", "as_of"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="state_service_once_a_source_and_day",
            ),
        ]
        indexes = [
            # The latest of each source, for all areas at once: gaps, and the list by area.
            models.Index(
                fields=["area", "kind", "said_by", "seen_by", "source_key", "-as_of", "-id"],
                condition=Q(withdrawn_at__isnull=True),
                name="state_service_latest",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
