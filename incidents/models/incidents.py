"""What a coordinator holds to be true, graded, with one or more reports behind it."""

import secrets

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.reports import Located, Report
from incidents.models.vocabulary import (
    Certainty,
    ClaimGrade,
    Finding,
    Harm,
    IncidentState,
    IncidentType,
    Severity,
    SourceGrade,
    TimePrecision,
    Urgency,
)
from orgs.models import Tlp

_REF_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ref() -> str:
    """A reference that can be read aloud, tells nothing (not even a count) and has no letter like another."""
    return "-".join("".join(secrets.choice(_REF_LETTERS) for _ in range(4)) for _ in range(2))


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    fields=[
        "type",
        "state",
        "tlp",
        "source_grade",
        "claim_grade",
        "severity",
        "urgency",
        "certainty",
        "finding",
        "occurred_on",
        "region",
        "cercle",
        "commune",
    ],
    model_name="IncidentHistory",
    level=pghistory.Statement,
)
class Incident(Located):
    """One thing that happened or is building up. The internal narrative and the public summary are apart."""

    ref = models.CharField(_("reference"), max_length=12, unique=True, default=new_ref, editable=False)
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="incidents", verbose_name=_("type"))
    occurred_on = models.DateField(_("when"))
    time_precision = models.CharField(_("time known"), max_length=10, choices=TimePrecision, default=TimePrecision.DAY)
    state = models.CharField(_("state"), max_length=10, choices=IncidentState, default=IncidentState.OPEN)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp, default=Tlp.AMBER)
    source_grade = models.CharField(_("source"), max_length=1, choices=SourceGrade, default=SourceGrade.F)
    claim_grade = models.CharField(_("claim"), max_length=1, choices=ClaimGrade, default=ClaimGrade.UNJUDGED)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.UNKNOWN)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.UNKNOWN)
    certainty = models.CharField(_("certainty"), max_length=10, choices=Certainty, default=Certainty.UNKNOWN)
    narrative = models.TextField(_("internal narrative"), blank=True)
    summary = models.TextField(
        _("public summary"), blank=True, help_text=_("Places and acts; no names, no communities, no forces.")
    )
    finding = models.CharField(_("it was"), max_length=8, choices=Finding, blank=True)
    reporter_note = models.TextField(
        _("word to the reporters"), blank=True, help_text=_("What came of it, in words that endanger nobody.")
    )
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    exercise = models.ForeignKey(
        "incidents.Exercise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        verbose_name=_("exercise"),
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-occurred_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=IncidentState.CLOSED) & ~Q(finding="") & Q(closed_at__isnull=False)
                | ~Q(state=IncidentState.CLOSED) & Q(finding="") & Q(closed_at__isnull=True),
                name="incident_closed_says_what_it_was",
            ),
            models.CheckConstraint(condition=Q(tlp__in=Tlp.values), name="incident_tlp_known"),
        ]
        indexes = [
            # The list, newest first, paged by (occurred_on, id): whole country, then one région, cercle, commune.
            models.Index(F("occurred_on").desc(), F("id").desc(), name="incident_newest"),
            models.Index(F("region"), F("occurred_on").desc(), F("id").desc(), name="incident_by_region"),
            models.Index(F("cercle"), F("occurred_on").desc(), F("id").desc(), name="incident_by_cercle"),
            models.Index(F("commune"), F("occurred_on").desc(), F("id").desc(), name="incident_by_commune"),
            # Programs that mirror ask for what changed since.
            models.Index(fields=["updated_at", "id"], name="incident_by_change"),
        ]

    def __str__(self) -> str:
        return self.ref


class Figure(models.Model):
    """What one source says of people harmed. Figures that differ stand side by side and are never summed."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="figures", verbose_name=_("incident"))
    kind = models.CharField(_("kind"), max_length=10, choices=Harm)
    value = models.PositiveIntegerField(_("people"))
    source = models.CharField(_("according to"), max_length=120, blank=True)
    report = models.ForeignKey(
        Report, models.SET_NULL, null=True, blank=True, related_name="figures", verbose_name=_("report")
    )
    as_of = models.DateField(_("as of"))
    recorded_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ("kind", "-as_of", "-id")
        constraints = [models.CheckConstraint(condition=Q(value__lte=1_000_000), name="figure_is_believable")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class HeldResponsible(models.Model):
    """The actor held responsible for an incident. Restricted: its people must not learn that they are named."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="held_responsible", verbose_name=_("incident"))
    actor = models.ForeignKey(
        "orgs.Actor", models.PROTECT, related_name="held_responsible", verbose_name=_("held responsible")
    )
    recorded_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("actor held responsible")
        verbose_name_plural = _("actors held responsible")
        constraints = [models.UniqueConstraint(fields=["incident", "actor"], name="held_responsible_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
