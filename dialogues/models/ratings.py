"""Rating priorities by urgency, feasibility and impact: by each person, or by one consensus of the room."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models.processes import Process
from dialogues.models.proposals import Priority
from dialogues.models.sessions import MOST_PEOPLE, Session
from dialogues.models.vocabulary import Group

SCALE = (1, 2, 3, 4, 5)
MOST_SLIPS = 1000
"""Slips of one round: five times the conference of 2016."""


class Criterion(models.TextChoices):
    """By what a priority is rated."""

    URGENCY = "urgency", _("Urgency")
    FEASIBILITY = "feasible", _("Feasibility")
    IMPACT = "impact", pgettext_lazy("criterion", "Impact")


class RatingMethod(models.TextChoices):
    """Whose ratings count. A round has one method: the two are never mixed."""

    INDIVIDUAL = "individual", _("Each person rates, by phone or on paper")
    CONSENSUS = "consensus", _("The room agrees on one rating")


class RatingState(models.TextChoices):
    """An open round takes ratings; a closed one does not change any more."""

    OPEN = "open", pgettext_lazy("rating", "Open")
    CLOSED = "closed", pgettext_lazy("rating", "Closed")


class RatingRound(models.Model):
    """One rating of the priorities of a process, as they read when it was opened.

    Phones come in by one ``code`` for all, or by ``slips``: so many printed codes, each for one phone. Codes end with
    the round, so that they can be given again.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    process = models.ForeignKey(Process, models.PROTECT, related_name="rounds", verbose_name=_("process"))
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("held in the session")
    )
    title = models.CharField(_("title"), max_length=200)
    method = models.CharField(_("how it is rated"), max_length=10, choices=RatingMethod)
    state = models.CharField(_("state"), max_length=6, choices=RatingState, default=RatingState.OPEN)
    code = models.CharField(max_length=6, blank=True, editable=False)
    slips = models.PositiveSmallIntegerField(_("slips"), default=0, editable=False)
    opened_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("rating round")
        verbose_name_plural = _("rating rounds")
        ordering = ("-opened_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="rating_code_once"),
            models.CheckConstraint(
                condition=Q(state=RatingState.OPEN, closed_at__isnull=True)
                | Q(state=RatingState.CLOSED, closed_at__isnull=False, code=""),
                name="rating_closed_has_a_time_and_no_code",
            ),
            models.CheckConstraint(
                condition=Q(slips=0) | Q(slips__lte=MOST_SLIPS, code="", method=RatingMethod.INDIVIDUAL),
                name="rating_by_slips_or_by_code",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it still takes ratings."""
        return self.state == RatingState.OPEN


class RatingSlip(models.Model):
    """The code on a printed slip: it lets one phone rate, once. No column ties it to the ballot of that phone."""

    round = models.ForeignKey(RatingRound, models.CASCADE, related_name="printed", verbose_name=_("rating round"))
    code = models.CharField(max_length=8, unique=True, editable=False)
    is_used = models.BooleanField(_("used"), default=False)

    class Meta:
        verbose_name = _("slip")
        verbose_name_plural = _("slips")

    def __str__(self) -> str:
        return f"#{self.pk}"


class RatedPriority(models.Model):
    """A priority in a round, in the words that people rated: what is changed later does not change what they rated."""

    round = models.ForeignKey(RatingRound, models.CASCADE, related_name="items", verbose_name=_("rating round"))
    priority = models.ForeignKey(Priority, models.PROTECT, related_name="rated", verbose_name=_("priority"))
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    words = models.CharField(_("in more words"), max_length=500, blank=True)
    theme = models.CharField(_("theme"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("rated priority")
        verbose_name_plural = _("rated priorities")
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=["round", "priority"], name="rated_once_a_round")]

    def __str__(self) -> str:
        return self.title


class Ballot(models.Model):
    """What one phone says in one round. No name, no address, no time: ``voter_key`` is a keyed hash."""

    round = models.ForeignKey(RatingRound, models.CASCADE, related_name="ballots", verbose_name=_("rating round"))
    voter_key = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [models.UniqueConstraint(fields=["round", "voter_key"], name="ballot_once_a_phone")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Marked(models.Model):
    """A value from 1 (least) to 5 (most) that a priority gets on one criterion."""

    item = models.ForeignKey(RatedPriority, models.CASCADE, related_name="%(class)ss", verbose_name=_("priority"))
    criterion = models.CharField(_("criterion"), max_length=8, choices=Criterion)
    value = models.PositiveSmallIntegerField(_("value"))

    class Meta:
        abstract = True


class BallotMark(Marked):
    """One value on one ballot."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="marks", verbose_name=_("ballot"))

    class Meta:
        verbose_name = _("mark of a ballot")
        verbose_name_plural = _("marks of ballots")
        constraints = [
            models.UniqueConstraint(fields=["ballot", "item", "criterion"], name="ballot_marks_once"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="ballot_mark_on_the_scale"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PaperCount(Marked):
    """How many hands or papers gave a value."""

    people = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("count on paper")
        verbose_name_plural = _("counts on paper")
        constraints = [
            models.UniqueConstraint(fields=["item", "criterion", "value"], name="paper_counted_once"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5, people__gte=1, people__lte=MOST_PEOPLE),
                name="paper_count_believable",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ConsensusMark(Marked):
    """On what the room agreed."""

    class Meta:
        verbose_name = _("value agreed on")
        verbose_name_plural = _("values agreed on")
        constraints = [
            models.UniqueConstraint(fields=["item", "criterion"], name="consensus_once"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="consensus_on_the_scale"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Dissent(models.Model):
    """Who did not agree with what came out for a priority, as a group and in their words; it stands beside the rank."""

    item = models.ForeignKey(RatedPriority, models.CASCADE, related_name="dissents", verbose_name=_("priority"))
    group = models.CharField(_("by whom"), max_length=15, choices=Group, default=Group.UNKNOWN)
    words = models.CharField(_("what they say"), max_length=500)
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("dissent")
        verbose_name_plural = _("dissent")
        ordering = (F("item").asc(), "id")
        constraints = [models.UniqueConstraint(fields=["item", "group", "words"], name="dissent_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
