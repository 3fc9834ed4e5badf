"""Reminders: that somebody was told, once a period, of something that is due."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dialogues.models.commitments import Commitment
from dialogues.models.committees import Committee


class Told(models.Model):
    """What all reminders hold.

    ``period`` names the day it is due and which time it is: a day that is put off begins anew.
    """

    period = models.CharField(_("period"), max_length=20)
    person = models.ForeignKey("orgs.User", models.CASCADE, related_name="+", verbose_name=_("recipient"))
    message = models.OneToOneField(
        "orgs.Message", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("message")
    )
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        abstract = True
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Reminder(Told):
    """That a person was told of a commitment of their organisation."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="reminders", verbose_name=_("commitment"))

    class Meta(Told.Meta):
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["commitment", "period", "person"], name="reminded_once_a_period"),
        ]


class MeetingReminder(Told):
    """That a person who keeps a committee was told that it should have met."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="reminders", verbose_name=_("committee"))

    class Meta(Told.Meta):
        verbose_name = _("reminder of a meeting")
        verbose_name_plural = _("reminders of meetings")
        constraints = [
            models.UniqueConstraint(fields=["committee", "period", "person"], name="told_of_a_meeting_once_a_period"),
        ]
