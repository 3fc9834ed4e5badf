"""A process: a series of sessions with one purpose."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dialogues.models.vocabulary import DialogueLevel, ProcessKind, ProcessState, Track
from orgs.models import Tlp


class InAreas(models.Model):
    """The areas of a row in the current edition; none of them for what concerns the whole country or is held abroad.

    Stored on the row since filtering a subtree through a join was 10 to 15 times slower.
    """

    region = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("region")
    )
    cercle = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("cercle")
    )
    commune = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("commune")
    )

    class Meta:
        abstract = True


class KeptInAreas(InAreas):
    """What somebody entered and others change after them, by its version."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        abstract = True


class Process(InAreas):
    """A series of sessions with one purpose: who convenes it, at which level, on which track, from when to when."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=ProcessKind)
    level = models.CharField(_("level"), max_length=10, choices=DialogueLevel)
    track = models.CharField(_("track"), max_length=1, choices=Track)
    state = models.CharField(_("state"), max_length=10, choices=ProcessState, default=ProcessState.PLANNED)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp, default=Tlp.GREEN)
    conveners = models.ManyToManyField(
        "orgs.Organisation", blank=True, related_name="convened_processes", verbose_name=_("convened by")
    )
    steering = models.ManyToManyField(
        "orgs.Organisation", blank=True, related_name="steered_processes", verbose_name=_("steering committee")
    )
    partners = models.ManyToManyField(
        "orgs.Organisation", blank=True, related_name="partnered_processes", verbose_name=_("partners")
    )
    funders = models.ManyToManyField(
        "orgs.Organisation", blank=True, related_name="funded_processes", verbose_name=_("funders")
    )
    funders_text = models.CharField(
        _("other funders"), max_length=200, blank=True, help_text=_("Those who are not in the directory.")
    )
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("dialogue process")
        verbose_name_plural = _("dialogue processes")
        ordering = (F("starts_on").desc(nulls_last=True), "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="process_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(tlp__in=Tlp.values), name="process_tlp_known"),
        ]
        indexes = [
            # The list, and an area's line of time.
            models.Index(fields=["region", "starts_on"], name="process_by_region"),
            models.Index(fields=["cercle", "starts_on"], name="process_by_cercle"),
        ]

    def __str__(self) -> str:
        return self.title


class Answered(models.Model):
    """An incident that a process or a session answers. Read by whoever may see both ends, and by nobody else."""

    incident = models.ForeignKey("incidents.Incident", models.CASCADE, related_name="+", verbose_name=_("incident"))
    process = models.ForeignKey(
        Process, models.CASCADE, null=True, blank=True, related_name="answers", verbose_name=_("process")
    )
    session = models.ForeignKey(
        "dialogues.Session", models.CASCADE, null=True, blank=True, related_name="answers", verbose_name=_("session")
    )
    linked_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    linked_at = models.DateTimeField(_("linked"), db_default=Now())

    class Meta:
        verbose_name = _("answered incident")
        verbose_name_plural = _("answered incidents")
        constraints = [
            models.CheckConstraint(
                condition=Q(process__isnull=False, session__isnull=True)
                | Q(process__isnull=True, session__isnull=False),
                name="answered_by_a_process_or_a_session",
            ),
            models.UniqueConstraint(fields=["incident", "process"], name="answered_once_a_process"),
            models.UniqueConstraint(fields=["incident", "session"], name="answered_once_a_session"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
