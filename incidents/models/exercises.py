"""Drills: alerts that run through everything, to people who agreed to take part, and say EXERCISE everywhere."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Exercise(models.Model):
    """A drill. Its alerts reach its participants only; a participant is chosen beforehand and knows of it."""

    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True, help_text=_("What is to be tried."))
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("prepared by")
    )
    created_at = models.DateTimeField(_("prepared"), db_default=Now())
    starts_at = models.DateTimeField(_("starts"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    participants = models.ManyToManyField(
        "orgs.User", blank=True, related_name="exercises", verbose_name=_("participants")
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

    def __str__(self) -> str:
        return self.name
