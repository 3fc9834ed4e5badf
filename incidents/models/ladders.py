"""Ladders: who is told next while nobody answers an alert, and what became of each step for one alert."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.alerts import Alert, Audience, Who
from incidents.models.vocabulary import IncidentType, Severity
from orgs.models import OrganisationKind, Role


class Ladder(models.Model):
    """A plan made in calm: for alerts of an area, of some types, from a severity on."""

    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey("orgs.Area", models.PROTECT, related_name="+", verbose_name=_("area"))
    types = models.ManyToManyField(
        IncidentType, blank=True, related_name="+", verbose_name=_("types"), help_text=_("None: all types.")
    )
    severity = models.CharField(_("from this severity on"), max_length=10, choices=Severity, default=Severity.UNKNOWN)
    resume_after = models.PositiveSmallIntegerField(
        _("goes on after hours"),
        null=True,
        blank=True,
        help_text=_("Hours after the last answer, if nobody has said that it is done. Empty: it rests for good."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        ordering = ("name", "id")
        indexes = [
            # Which ladders stand for the place of an alert: asked at each preview and release.
            models.Index(fields=["area"], name="ladder_in_use", condition=Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.name


class StepFields(models.Model):
    """One step: how long to wait after the one before, and whom to tell, as in a line of recipients.

    Step 1 is the release of the alert itself. A last step may name a person outside the product instead, whom a
    coordinator calls (``call_name``, ``call_phone``, ``call_words``).
    """

    step = models.PositiveSmallIntegerField(_("step"))
    wait = models.PositiveSmallIntegerField(_("minutes to wait"))
    audience = models.CharField(_("audience"), max_length=12, choices=Audience, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    area = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind of organisation"), max_length=20, choices=OrganisationKind, blank=True)
    # Never emptied: a line without its person would mean everybody.
    person = models.ForeignKey(
        "orgs.User", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    who = models.CharField(_("of these"), max_length=12, choices=Who, default=Who.ALL)
    call_name = models.CharField(_("person to call"), max_length=120, blank=True)
    call_phone = models.CharField(_("phone number"), max_length=20, blank=True)
    call_words = models.CharField(_("what to say"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_call(self) -> bool:
        """Whether a coordinator calls somebody, and nobody is written to."""
        return bool(self.call_phone)


class LadderStep(StepFields):
    """One step of a plan."""

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="steps", verbose_name=_("ladder"))

    class Meta:
        verbose_name = _("step of a ladder")
        verbose_name_plural = _("steps of ladders")
        ordering = ("ladder_id", "step")
        constraints = [
            models.UniqueConstraint(fields=["ladder", "step"], name="ladder_step_once"),
            models.CheckConstraint(condition=Q(step__gte=2), name="ladder_step_after_release"),
            models.CheckConstraint(
                condition=~Q(audience="") & Q(call_phone="") | Q(audience="") & ~Q(call_phone=""),
                name="ladder_step_tells_or_calls",
            ),
            # The public is told by a page, not by a step: it would read what the release kept from it.
            models.CheckConstraint(condition=~Q(audience="public"), name="ladder_step_never_public"),
        ]

    def __str__(self) -> str:
        return f"{self.ladder_id}/{self.step}"


class AlertLadder(models.Model):
    """The ladder of one alert: chosen or left out while it is a draft, frozen at release, perhaps stopped."""

    alert = models.OneToOneField(
        Alert, models.CASCADE, primary_key=True, related_name="ladder", verbose_name=_("alert")
    )
    ladder = models.ForeignKey(
        Ladder, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ladder")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    left_out = models.BooleanField(_("left out"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    resume_after = models.PositiveSmallIntegerField(_("goes on after hours"), null=True, blank=True)
    chosen_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("chosen by")
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stopped by")
    )
    stop_reason = models.CharField(_("why it was stopped"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ladder of an alert")
        verbose_name_plural = _("ladders of alerts")
        ordering = ("-alert__created_at",)
        constraints = [
            models.CheckConstraint(condition=Q(left_out=False) | ~Q(reason=""), name="ladder_left_out_says_why"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | ~Q(stop_reason=""), name="ladder_stopped_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("ladder of an alert"))


class EscalationState(models.TextChoices):
    """What became of a step. ``DONE`` and ``ENDED`` are final: no clock brings a step back."""

    WAITING = "waiting", pgettext_lazy("step", "Waiting")
    PAUSED = "paused", pgettext_lazy("step", "Resting")
    DONE = "done", pgettext_lazy("step", "Done")
    ENDED = "ended", pgettext_lazy("step", "Not needed any more")


class Why(models.TextChoices):
    """Why a step went, rests or ended."""

    NOBODY = "nobody", _("nobody had answered in time")
    DECLINED = "declined", _("everybody told so far cannot act")
    EMPTY = "empty", _("the step before reached nobody new")
    STALE = "stale", _("nobody said that it was done, and the time for it was over")
    BY_HAND = "by_hand", _("a coordinator did not want to wait")
    ACKNOWLEDGED = "acknowledged", _("somebody has read it")
    ACTING = "acting", _("somebody is acting")
    FINISHED = "finished", _("somebody says that it is done")
    OVER = "over", _("the alert does not stand any more")
    STOPPED = "stopped", _("a coordinator stopped the ladder")


class CallOutcome(models.TextChoices):
    """What came of the call at the end of a ladder."""

    NONE = "", _("Not called yet")
    ACTING = "acting", _("Reached: is acting")
    INFORMED = "informed", _("Reached: has understood")
    DECLINED = "declined", _("Reached: cannot act")
    NO_ANSWER = "no_answer", _("Nobody answered")


class Escalation(StepFields):
    """One step of one alert, frozen when the alert was released; only its state and times change."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="escalations", verbose_name=_("alert"))
    state = models.CharField(_("state"), max_length=8, choices=EscalationState, default=EscalationState.WAITING)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    why = models.CharField(_("why"), max_length=12, choices=Why, blank=True)
    told = models.PositiveIntegerField(_("people told"), default=0)
    call_outcome = models.CharField(_("what came of the call"), max_length=10, choices=CallOutcome, blank=True)
    call_note = models.CharField(_("what was said"), max_length=300, blank=True)
    called_at = models.DateTimeField(_("called"), null=True, blank=True)
    called_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("called by")
    )

    class Meta:
        verbose_name = _("step of an alert")
        verbose_name_plural = _("steps of alerts")
        ordering = ("alert_id", "step")
        constraints = [
            models.UniqueConstraint(fields=["alert", "step"], name="escalation_once"),
            models.CheckConstraint(
                condition=Q(state="done") & Q(done_at__isnull=False) | ~Q(state="done") & Q(done_at__isnull=True),
                name="escalation_done_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(call_outcome="") | Q(called_at__isnull=False), name="escalation_called_at_a_time"
            ),
        ]
        indexes = [
            # The next step of every alert that still climbs: looked at every few seconds.
            models.Index(
                fields=["alert", "step"], name="escalation_open", condition=Q(state__in=["waiting", "paused"])
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
