"""How forces behaved, as people tell it: for oversight alone, never for the service concerned."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models import Area


class Force(models.TextChoices):
    """Whose people it was about."""

    POLICE = "police", pgettext_lazy("force", "Police")
    GENDARMERIE = "gendarmerie", pgettext_lazy("force", "Gendarmerie")
    GUARD = "guard", pgettext_lazy("force", "National guard")
    ARMY = "army", pgettext_lazy("force", "Army")
    MISSION = "mission", pgettext_lazy("force", "International or foreign force")
    OTHER = "other", pgettext_lazy("force", "Customs, forest service or another in uniform")
    UNKNOWN = "unknown", pgettext_lazy("force", "I do not know")


class Act(models.TextChoices):
    """What they did. The first four are to their credit."""

    HELPED = "helped", _("They helped or protected people")
    LISTENED = "listened", _("They listened, they explained")
    RESPECT = "respect", _("They treated people with respect")
    CAME = "came", _("They came when they were called")
    ABSENT = "absent", _("They did not come when they were called")
    MONEY = "money", _("They asked for money")
    INSULT = "insult", _("They insulted or threatened people")
    STOPPED = "stopped", _("They stopped or searched people without a reason")
    HELD = "held", _("They arrested or held somebody without a reason")
    THEFT = "theft", _("They took or destroyed what belongs to people")
    BEATEN = "beaten", _("They beat or hurt somebody")
    SEXUAL = "sexual", _("They committed sexual violence")
    KILLED = "killed", _("They killed somebody, or somebody is missing")
    SOMETHING = "something", _("Something else")


TO_THEIR_CREDIT = (Act.HELPED, Act.LISTENED, Act.RESPECT, Act.CAME)


class Judgement(models.TextChoices):
    """Whether what was told is to the credit of the forces."""

    GOOD = "good", pgettext_lazy("conduct", "Good")
    BAD = "bad", pgettext_lazy("conduct", "Bad")
    MIXED = "mixed", pgettext_lazy("conduct", "Both")


class ConductState(models.TextChoices):
    """How far oversight is with it."""

    NEW = "new", pgettext_lazy("conduct", "Not read yet")
    READ = "read", pgettext_lazy("conduct", "Read")
    CLOSED = "closed", pgettext_lazy("conduct", "Closed")


class ConductFeedback(models.Model):
    """What somebody says of the conduct of forces on a day, somewhere in a cercle.

    No name, number or address of whoever says it is asked for or kept; what they wrote is sealed. No hour and no place
    finer than a cercle: that forces were somewhere at a time is not for this product to know.
    """

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    form_key = models.CharField(max_length=64, unique=True, editable=False, help_text=_("One form makes one row."))
    force = models.CharField(_("force"), max_length=12, choices=Force)
    acts = ArrayField(models.CharField(max_length=10, choices=Act), verbose_name=_("what they did"))
    judgement = models.CharField(_("good or bad"), max_length=5, choices=Judgement)
    occurred_on = models.DateField(_("day"))
    region = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("region"))
    cercle = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name=_("cercle"))
    commune = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", editable=False)
    sealed = models.BinaryField(editable=False, help_text=_("What was written, encrypted."))
    state = models.CharField(_("state"), max_length=6, choices=ConductState, default=ConductState.NEW)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    erased_at = models.DateTimeField(_("erased by its author"), null=True, blank=True)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("feedback on conduct")
        verbose_name_plural = _("feedback on conduct")
        ordering = ("-received_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False) | Q(acts__len__gt=0), name="conduct_says_what_they_did"
            ),
            # Nowhere finer than a cercle, whatever a form or a program sends.
            models.CheckConstraint(condition=Q(commune__isnull=True), name="conduct_no_finer_than_cercle"),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-received_at", "-id"], name="conduct_newest"),
            # Totals of an area over a time.
            models.Index(fields=["region", "cercle", "occurred_on"], name="conduct_by_area"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ConductNote(models.Model):
    """What oversight did with it or thinks of it; notes are added, never changed."""

    feedback = models.ForeignKey(ConductFeedback, models.CASCADE, related_name="notes", verbose_name=_("feedback"))
    sealed = models.BinaryField(editable=False, help_text=_("What was written, encrypted."))
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("note on conduct")
        verbose_name_plural = _("notes on conduct")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"#{self.pk}"


class ConductPattern(models.Model):
    """What oversight sees again and again in an area, in words that a dialogue can take up; no single case in it.

    Coordinators and facilitators of the area read it; a dialogue may name it as what it answers.
    """

    region = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("region"))
    cercle = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cercle"))
    commune = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", editable=False)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"))
    good = models.PositiveIntegerField(_("good"), help_text=_("How many said something good, when it was written."))
    bad = models.PositiveIntegerField(_("bad"), help_text=_("How many said something bad, when it was written."))
    words = models.CharField(_("what is seen again and again"), max_length=500)
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("pattern of conduct")
        verbose_name_plural = _("patterns of conduct")
        ordering = ("-written_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=models.F("from_on")), name="conduct_pattern_ends_later"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
