"""A committee: seats that stay while people come and go, meetings that are due, decisions that are followed."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import BigIntegerRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models.agreements import SHARED
from dialogues.models.processes import KeptInAreas, Process
from dialogues.models.sessions import Consent, Session
from dialogues.models.vocabulary import AgeBand, Group, Sex
from orgs.models import Tlp

MOST_MONTHS = 24
"""A committee that meets less often than every two years does not stand."""


class CommitteeKind(models.TextChoices):
    """What sort of committee it is."""

    CCLS = "ccls", _("Local consultative committee on security (CCLS)")
    CCS = "ccs", _("Consultative committee on security (CCS)")
    STEERING = "steering", pgettext_lazy("committee", "Steering committee")
    OTHER = "other", pgettext_lazy("committee", "Another committee")


class CommitteeState(models.TextChoices):
    """Whether it works."""

    ACTIVE = "active", pgettext_lazy("committee", "At work")
    RESTING = "resting", pgettext_lazy("committee", "Resting")
    ENDED = "ended", pgettext_lazy("committee", "Ended")


class Committee(KeptInAreas):
    """A standing body with seats. Without an area it is for the whole country."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=CommitteeKind)
    process = models.ForeignKey(
        Process, models.SET_NULL, null=True, blank=True, related_name="committees", verbose_name=_("process")
    )
    created_on = models.DateField(_("created on"))
    meets_every = models.PositiveSmallIntegerField(_("meets every (months)"), default=3)
    state = models.CharField(_("state"), max_length=10, choices=CommitteeState, default=CommitteeState.ACTIVE)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp, default=Tlp.GREEN)

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(condition=Q(tlp__in=SHARED), name="committee_shared_with_organisations"),
            models.CheckConstraint(
                condition=Q(meets_every__gte=1, meets_every__lte=MOST_MONTHS), name="committee_meets_again"
            ),
            models.CheckConstraint(condition=Q(created_on__gte="1990-01-01"), name="committee_in_living_memory"),
        ]
        indexes = [
            # The list, paged by (name, id).
            models.Index(fields=["name", "id"], name="committee_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """By what it is named where its name must not travel."""
        return f"C-{self.pk}"


class Seat(models.Model):
    """A seat: for whom it is kept, whoever holds it now. One that is no more has an end, its holders stay known."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="seats", verbose_name=_("committee"))
    label = models.CharField(_("seat"), max_length=120, help_text=_("Mayor, women’s association, herders…"))
    group = models.CharField(_("group"), max_length=15, choices=Group)
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_seats",
        verbose_name=_("kept for"),
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    ended_on = models.DateField(_("no more since"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ("committee", "position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "label"], condition=Q(ended_on__isnull=True), name="seat_label_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label


def _days() -> Func:
    return Func(F("since"), F("until"), Value("[)"), function="daterange", output_field=DateRangeField())


def _seat_alone() -> Func:
    # A range of one number: ranges are compared by what PostgreSQL has, plain numbers would ask for an extension.
    return Func(F("seat"), F("seat"), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class Holding(models.Model):
    """Somebody holds a seat from a day on, until the day before another. No name here: sex, age band, organisation."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="holdings", verbose_name=_("seat"))
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_holdings",
        verbose_name=_("organisation"),
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    age_band = models.CharField(_("age"), max_length=5, choices=AgeBand, default=AgeBand.UNKNOWN)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("holder of a seat")
        verbose_name_plural = _("holders of seats")
        ordering = ("seat", "since", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="seat_left_after_it_was_taken"
            ),
            ExclusionConstraint(
                name="seat_held_by_one_at_a_time",
                index_type="GIST",
                expressions=[(_seat_alone(), RangeOperators.OVERLAPS), (_days(), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class HolderName(models.Model):
    """The name of somebody who holds a seat and agreed that it be kept: sealed, opened with a reason.

    Taking consent back deletes the row; the seat stays held.
    """

    holding = models.OneToOneField(Holding, models.CASCADE, related_name="holder_name", verbose_name=_("holder"))
    sealed = models.BinaryField(editable=False)
    consent = models.CharField(_("consent"), max_length=6, choices=Consent)
    consented_on = models.DateField(_("agreed on"))
    added_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("added"), db_default=Now())

    class Meta:
        verbose_name = _("name of a holder")
        verbose_name_plural = _("names of holders")
        constraints = [
            models.CheckConstraint(condition=Q(consent__in=Consent.values), name="holder_name_with_consent"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Meeting(models.Model):
    """A session that is a meeting of a committee."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="meetings", verbose_name=_("committee"))
    session = models.OneToOneField(Session, models.CASCADE, related_name="meeting", verbose_name=_("session"))
    linked_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    linked_at = models.DateTimeField(_("linked"), db_default=Now())

    class Meta:
        verbose_name = _("meeting of a committee")
        verbose_name_plural = _("meetings of committees")

    def __str__(self) -> str:
        return f"#{self.pk}"


class DecisionState(models.TextChoices):
    """Whether it was carried out."""

    OPEN = "open", pgettext_lazy("decision", "To be done")
    DONE = "done", pgettext_lazy("decision", "Done")
    DROPPED = "dropped", pgettext_lazy("decision", "Given up")


class Decision(models.Model):
    """What a committee decided, who is to do it, by when."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="decisions", verbose_name=_("committee"))
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("session")
    )
    decided_on = models.DateField(_("decided on"))
    words = models.CharField(_("decision"), max_length=500)
    owner = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_decisions",
        verbose_name=_("to be done by"),
    )
    owner_text = models.CharField(_("others who do it"), max_length=200, blank=True)
    due_on = models.DateField(pgettext_lazy("day", "by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=DecisionState, default=DecisionState.OPEN)
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("decision of a committee")
        verbose_name_plural = _("decisions of committees")
        ordering = ("-decided_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("decided_on")), name="decision_due_after_it_is_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DecisionFollowUp(models.Model):
    """What somebody noted of a decision, and how it stood then. Added, never changed."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="follow_ups", verbose_name=_("decision"))
    state = models.CharField(_("state"), max_length=8, choices=DecisionState)
    words = models.CharField(_("note"), max_length=500, blank=True)
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("follow-up of a decision")
        verbose_name_plural = _("follow-ups of decisions")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"#{self.pk}"
