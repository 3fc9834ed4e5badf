"""The step before release that keeps an alert from doing harm: what a person answered, what they let pass and why.

Rows are added, never changed: a trigger of the database holds it. They go only together with a draft that is thrown
away. Reasons are for coordinators and oversight; they leave by no message.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.alerts import Alert
from incidents.models.vocabulary import Severity

LONGEST_WORD = 300
LONGEST_PASSAGE = 200


class SafetyCheck(models.TextChoices):
    """What is looked for by itself before an alert goes out."""

    FORCES = "forces", _("Positions or movements of forces")
    PHONE = "phone", _("A phone number")
    EMAIL = "email", _("An e-mail address")
    POINT = "point", _("A point on the map")
    COMMUNITY = "community", _("A community is named")
    NAME = "name", _("Somebody’s name, it seems")
    KNOWN_NAME = "known_name", _("The name of a person in the directory")
    RESPONSIBLE = "responsible", _("The actor held responsible is named")
    SMALL_PLACE = "small_place", _("A place so small that it points at a family")
    VILLAGE = "village", _("A village, of which nobody knows how many people live there")
    PUBLIC_PLACE = "public_place", _("A place finer than the cercle, in words for the public")
    SOURCE = "source", _("A source too weak for so grave an alert")
    MARKING = "marking", _("An audience that this marking shuts out")
    TOO_EARLY = "too_early", _("An audience that may be told only once it is verified")
    UNVERIFIED = "unverified", _("It is not verified: it goes out as a rumour")


class SafetyQuestion(models.TextChoices):
    """What a person answers before an alert goes out."""

    RECOGNISED = "recognised", _("Could somebody, or a family, be recognised by these words?")
    AGAINST = "against", _("Could these words set people against each other?")
    WHAT_TO_DO = "what_to_do", _("Does the reader know what to do, and can they do it without danger?")
    REPORTER = "reporter", _("Would the person who told us be in danger when this is known?")
    WORSE = "worse", _("Could the alert make things worse: panic, revenge, flight into danger?")
    SECOND_SOURCE = "second_source", _("Was it checked with a second source?")


class SafetyChoice(models.TextChoices):
    """Yes, no, or honestly not sure."""

    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    UNSURE = "unsure", pgettext_lazy("answer", "Not sure")


class SafetyDecision(models.TextChoices):
    """What a person says of something that a check found."""

    MISTAKEN = "mistaken", _("The check is mistaken: it is something else")
    OVERRIDDEN = "overridden", _("It is so, and goes out all the same")


class WhoChecks(models.TextChoices):
    """Who finds out whether a rumour is true: a function, never a person."""

    LIAISON = "liaison", _("The security liaison who is told")
    ORGANISATION = "organisation", _("The organisation concerned")
    DESK = "desk", _("We ourselves, on the desk")


class SafetyReview(models.Model):
    """One person went through the list, for exactly these words."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="reviews", verbose_name=_("alert"))
    reviewer = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("gone through by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    alert_version = models.PositiveIntegerField(_("version of the alert"))
    incident_version = models.PositiveIntegerField(_("version of the incident"))
    words_hash = models.CharField(_("hash of the words"), max_length=64)
    who_checks = models.CharField(_("who checks the rumour"), max_length=12, choices=WhoChecks, blank=True, default="")
    check_by = models.DateTimeField(_("checked by"), null=True, blank=True)

    class Meta:
        verbose_name = _("safety review of an alert")
        verbose_name_plural = _("safety reviews of alerts")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(who_checks="", check_by__isnull=True) | ~Q(who_checks="") & Q(check_by__isnull=False),
                name="safety_review_checker_has_a_time",
            ),
        ]
        # The reviews of one alert, in their order: asked before each release.
        indexes = [models.Index(fields=["alert", "id"], name="safety_review_by_alert")]
        triggers = [pgtrigger.ReadOnly(name="safety_review_append_only", exclude=["reviewer"])]

    def __str__(self) -> str:
        return f"{_('Safety review')} #{self.pk}"


class SafetyAnswer(models.Model):
    """One answer of a review. ``basis`` is a hash of what the question was about: a change of it asks anew."""

    review = models.ForeignKey(SafetyReview, models.CASCADE, related_name="answers", verbose_name=_("review"))
    question = models.CharField(_("question"), max_length=20, choices=SafetyQuestion)
    answer = models.CharField(_("answer"), max_length=6, choices=SafetyChoice)
    word = models.CharField(_("in their words"), max_length=LONGEST_WORD, blank=True, default="")
    basis = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("answer of a safety review")
        verbose_name_plural = _("answers of safety reviews")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["review", "question"], name="safety_answer_once"),
            models.CheckConstraint(condition=Q(answer__in=SafetyChoice.values), name="safety_answer_known"),
        ]
        triggers = [pgtrigger.ReadOnly(name="safety_answer_append_only")]

    def __str__(self) -> str:
        return f"{self.get_question_display()} {self.get_answer_display()}"


class SafetyOverride(models.Model):
    """What a person said of one thing that a check found: the check is mistaken, or it goes out all the same, and why.

    ``fingerprint`` is a hash of what was found: other words are asked about anew.
    """

    review = models.ForeignKey(SafetyReview, models.CASCADE, related_name="overrides", verbose_name=_("review"))
    check_code = models.CharField(_("found"), max_length=20, choices=SafetyCheck)
    decision = models.CharField(_("decision"), max_length=12, choices=SafetyDecision)
    reason = models.CharField(_("why"), max_length=LONGEST_WORD, blank=True, default="")
    passage = models.CharField(_("words found"), max_length=LONGEST_PASSAGE, blank=True, default="")
    fingerprint = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("decision on what a check found")
        verbose_name_plural = _("decisions on what checks found")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["review", "fingerprint"], name="safety_override_once"),
            models.CheckConstraint(
                condition=Q(decision=SafetyDecision.MISTAKEN) | Q(decision=SafetyDecision.OVERRIDDEN) & ~Q(reason=""),
                name="safety_override_says_why",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="safety_override_append_only")]

    def __str__(self) -> str:
        return f"{self.get_check_code_display()}: {self.get_decision_display()}"


class SafetyBar(models.Model):
    """What an administrator asks for before an alert of a severity goes out; without a row, ``safety.bars`` says it."""

    severity = models.CharField(_("severity"), max_length=10, choices=Severity, unique=True)
    sources = models.CharField(
        _("grades of a single source that are enough"),
        max_length=6,
        blank=True,
        help_text=_("Letters from A to F, for example AB; empty: a single source is never enough."),
    )
    reports = models.PositiveSmallIntegerField(
        _("or so many independent reports"), default=2, help_text=_("Reports of different people.")
    )
    second_person = models.BooleanField(_("a second person must release it"), default=False)

    class Meta:
        verbose_name = _("bar for alerts")
        verbose_name_plural = _("bars for alerts")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(sources__regex="^[A-F]*$"), name="safety_bar_grades_known"),
            models.CheckConstraint(condition=Q(reports__gte=1, reports__lte=20), name="safety_bar_reports_in_range"),
        ]

    def __str__(self) -> str:
        return str(self.get_severity_display())
