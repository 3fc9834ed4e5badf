"""An agreement: what parties signed, line by line, and what became of each line, as those say who watch it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models.processes import KeptInAreas
from orgs.models import Tlp

SHARED = Tlp.up_to(Tlp.AMBER_STRICT)
"""Agreements and committees are for whole organisations at least: nothing here is marked for single persons."""


class AgreementKind(models.TextChoices):
    """How far an agreement reaches."""

    NATIONAL = "national", pgettext_lazy("agreement", "National")
    REGIONAL = "regional", pgettext_lazy("agreement", "Regional")
    LOCAL = "local", _("Local pact")


class Verdict(models.TextChoices):
    """What became of a provision. In the order of a picture: from the best to what has not begun."""

    KEPT = "kept", pgettext_lazy("provision", "Kept")
    PARTLY = "partly", pgettext_lazy("provision", "Kept in part")
    BROKEN = "broken", pgettext_lazy("provision", "Broken")
    NOT_BEGUN = "not_begun", pgettext_lazy("provision", "Not begun")


class Agreement(KeptInAreas):
    """What parties signed, where and when. One without an area is for the whole country."""

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=AgreementKind)
    signed_on = models.DateField(_("signed on"))
    place_text = models.CharField(_("signed at"), max_length=200, blank=True)
    parties = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("parties"))
    source = models.CharField(_("source"), max_length=500, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_how = models.CharField(_("how it ended"), max_length=300, blank=True)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp, default=Tlp.CLEAR)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("-signed_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(signed_on__gte="1960-01-01"), name="agreement_since_independence"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("signed_on")),
                name="agreement_ends_after_it_is_signed",
            ),
            models.CheckConstraint(condition=Q(tlp__in=SHARED), name="agreement_shared_with_organisations"),
        ]
        indexes = [
            # The list, newest first, paged by (signed_on, id).
            models.Index(F("signed_on").desc(), F("id").desc(), name="agreement_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class Provision(models.Model):
    """One thing that the parties promised, and by what one would see that it is kept (the benchmark)."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="provisions", verbose_name=_("agreement"))
    number = models.CharField(
        pgettext_lazy("provision", "number"), max_length=20, help_text=_("As in the text: 3, 3.2, annexe 1.")
    )
    position = models.PositiveSmallIntegerField(_("place in the list"))
    words = models.CharField(_("what was promised"), max_length=500)
    benchmark = models.CharField(_("seen by"), max_length=300, blank=True)
    due_on = models.DateField(pgettext_lazy("day", "by"), null=True, blank=True)

    class Meta:
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        ordering = ("agreement", "position", "id")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="provision_number_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Assessment(models.Model):
    """What one organisation found of one provision on a day. Added, never changed: a later one stands before it.

    The organisation is named to all; the person who wrote it is known to coordinators alone.
    """

    provision = models.ForeignKey(Provision, models.PROTECT, related_name="assessments", verbose_name=_("provision"))
    assessor = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="provision_assessments", verbose_name=_("assessor")
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    as_of = models.DateField(_("as of"))
    words = models.CharField(_("why"), max_length=500, blank=True)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("assessment of a provision")
        verbose_name_plural = _("assessments of provisions")
        ordering = ("-as_of", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="assessment_verdict_known"),
        ]
        indexes = [
            # The one that stands, of each assessor of each provision: DISTINCT ON reads it in this order.
            models.Index(
                F("provision"), F("assessor"), F("as_of").desc(), F("id").desc(), name="assessment_that_stands"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class IncidentTouches(models.Model):
    """An incident that has to do with a provision. Read by whoever may see both ends, and by nobody else."""

    provision = models.ForeignKey(Provision, models.CASCADE, related_name="touched_by", verbose_name=_("provision"))
    incident = models.ForeignKey("incidents.Incident", models.CASCADE, related_name="+", verbose_name=_("incident"))
    linked_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    linked_at = models.DateTimeField(_("linked"), db_default=Now())

    class Meta:
        verbose_name = _("incident that touches a provision")
        verbose_name_plural = _("incidents that touch a provision")
        constraints = [
            models.UniqueConstraint(fields=["provision", "incident"], name="incident_touches_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
