"""What ties dialogues to what happened before them, and to a person's own calendar."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dialogues.models.processes import Process


class TakenUp(models.Model):
    """A pattern in the conduct of forces that a process takes up. Read by whoever may see both, and by nobody else."""

    pattern = models.ForeignKey("incidents.ConductPattern", models.CASCADE, related_name="+", verbose_name=_("pattern"))
    process = models.ForeignKey(Process, models.CASCADE, related_name="takes_up", verbose_name=_("process"))
    taken_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    taken_at = models.DateTimeField(_("linked"), db_default=Now())

    class Meta:
        verbose_name = _("pattern that a dialogue takes up")
        verbose_name_plural = _("patterns that dialogues take up")
        constraints = [models.UniqueConstraint(fields=["pattern", "process"], name="taken_up_once_a_process")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class CalendarAddress(models.Model):
    """The private address at which a person's calendar reads their sessions. The address itself is kept nowhere.

    One a person; making a new one ends the old one.
    """

    person = models.OneToOneField("orgs.User", models.CASCADE, related_name="+", verbose_name=_("person"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False, help_text=_("Keyed hash of the address."))
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")

    def __str__(self) -> str:
        return f"#{self.pk}"
