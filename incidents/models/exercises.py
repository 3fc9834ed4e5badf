"""Drills: alerts that run through everything, to people who agreed to take part, and say EXERCISE everywhere."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Exercise(models.Model):
    """A drill. Its alerts reach its participants only; a participant is chosen beforehand and knows of it.

    It is planned until an example incident is made for it (``started_at``), and over once it has ``ended_at``.
    """

    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True, help_text=_("What is to be tried."))
    area = models.ForeignKey("orgs.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("prepared by")
    )
    created_at = models.DateTimeField(_("prepared"), db_default=Now())
    starts_at = models.DateTimeField(_("starts"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    aborted = models.BooleanField(_("broken off"), default=False)
    lessons = models.TextField(_("lessons"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    participants = models.ManyToManyField(
        "orgs.User",
        through="incidents.Participation",
        through_fields=("exercise", "person"),
        blank=True,
        related_name="exercises",
        verbose_name=_("participants"),
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ("-starts_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("created_at")),
                name="exercise_ends_after_it_was_made",
            ),
        ]
        indexes = [
            # The list, newest first, paged by (starts_at, id).
            models.Index(models.F("starts_at").desc(), models.F("id").desc(), name="exercise_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class ParticipationAnswer(models.TextChoices):
    """What somebody chosen for a drill said to it."""

    NONE = "", pgettext_lazy("exercise", "No answer yet")
    AGREED = "agreed", pgettext_lazy("exercise", "Takes part")
    DECLINED = "declined", pgettext_lazy("exercise", "Does not take part")


class Participation(models.Model):
    """One person chosen for a drill. Whoever was not told of it, or declined, gets nothing of it."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="participations", verbose_name=_("exercise"))
    person = models.ForeignKey("orgs.User", models.CASCADE, related_name="participations", verbose_name=_("person"))
    chosen_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("chosen by")
    )
    invited_at = models.DateTimeField(_("told of the exercise"), null=True, blank=True)
    message = models.ForeignKey(
        "orgs.Message", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("message")
    )
    answer = models.CharField(_("answer"), max_length=8, choices=ParticipationAnswer, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("participant of an exercise")
        verbose_name_plural = _("participants of exercises")
        ordering = ("exercise_id", "id")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "person"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False), name="participation_answered_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
