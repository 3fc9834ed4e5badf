"""Trainings and programmes, with how many people took part: counts by sex and age band, and never a name."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models.organisations import FIRST_YEAR, LAST_YEAR, Organisation
from orgs.models.support import Located, SupportRow

LARGEST_COUNT = 1_000_000


class Sex(models.TextChoices):
    """By sex, as far as it was written down."""

    FEMALE = "female", _("Women and girls")
    MALE = "male", _("Men and boys")
    UNKNOWN = "unknown", _("Sex not written down")


class AgeBand(models.TextChoices):
    """By age, as far as it was written down. Youth is 15 to 35 (African Youth Charter)."""

    CHILD = "child", _("under 15")
    YOUTH = "youth", _("15 to 35")
    ADULT = "adult", _("36 to 59")
    ELDER = "elder", _("60 and over")
    UNKNOWN = "unknown", _("age not written down")


class Qualifier(models.TextChoices):
    """How a number is meant: "over 100" is no exact figure."""

    EXACT = "exact", _("exactly")
    AT_LEAST = "at_least", _("at least")
    ABOUT = "about", _("about")
    AT_MOST = "at_most", _("at most")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["title", "topic", "organiser", "starts_on", "ends_on", "area", "withdrawn_at"],
    model_name="TrainingHistory",
    level=pghistory.Statement,
)
class Training(SupportRow, Located):
    """A training: topic, dates, place, by whom. ``topic`` and ``spoken`` are codes of ``Term``."""

    title = models.CharField(_("title"), max_length=200)
    topic = models.CharField(_("topic"), max_length=30)
    organiser = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="trainings_given",
        verbose_name=_("organiser"),
    )
    organiser_text = models.CharField(_("organiser, in words"), max_length=200, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    spoken = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("languages"))

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ("-starts_on", "-id")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="training_has_a_title"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="training_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-starts_on", "-id"], name="training_by_date"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int | None:
        """The organiser."""
        return self.organiser_id


class Attendance(models.Model):
    """How many people of one organisation (or of none) came to a training, of one sex and age band.

    Each person is counted in one row only, so that the sum of all rows is the number of people.
    """

    training = models.ForeignKey(Training, models.CASCADE, related_name="attendance", verbose_name=_("training"))
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    sex = models.CharField(_("sex"), max_length=8, choices=Sex)
    age = models.CharField(_("age"), max_length=8, choices=AgeBand)
    number = models.PositiveIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(LARGEST_COUNT)]
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ("training_id", "organisation_id", "sex", "age")
        constraints = [
            models.UniqueConstraint(
                fields=["training", "organisation", "sex", "age"], nulls_distinct=False, name="attendance_counted_once"
            ),
            models.CheckConstraint(condition=Q(number__range=(1, LARGEST_COUNT)), name="attendance_number_makes_sense"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ProgrammeKind(models.TextChoices):
    """What a programme is for."""

    REINTEGRATION = "reintegration", _("Reintegration")
    PREVENTION = "prevention", _("Prevention")
    OTHER = "other", _("Other programme")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["organisation", "title", "kind", "area", "starts_on", "ends_on", "self_financed_since", "withdrawn_at"],
    model_name="ProgrammeHistory",
    level=pghistory.Statement,
)
class Programme(SupportRow, Located):
    """Something an organisation does for years, such as bringing young people back into society."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="programmes", verbose_name=_("organisation")
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=14, choices=ProgrammeKind, default=ProgrammeKind.REINTEGRATION)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    funding = models.CharField(_("funding"), max_length=200, blank=True, help_text=_("By whom it is paid."))
    self_financed_since = models.PositiveSmallIntegerField(
        _("self-financed since"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
        help_text=_("Year."),
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("title", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="programme_has_a_title"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="programme_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(self_financed_since__isnull=True) | Q(self_financed_since__range=(FIRST_YEAR, LAST_YEAR)),
                name="programme_self_financed_since_a_year",
            ),
        ]
        indexes = [
            # The list, by title.
            models.Index(fields=["title", "id"], name="programme_by_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int | None:
        """Whose programme it is."""
        return self.organisation_id


class Measure(models.TextChoices):
    """What is counted of a programme's people. One person may stand under several: measures are never added up."""

    TRAINED = "trained", _("Trained")
    REINTEGRATED = "reintegrated", _("Reintegrated")
    VOLUNTEERING = "volunteering", _("Volunteering")
    OTHER = "other", _("Reached otherwise")


class ProgrammeCount(models.Model):
    """How many people of one sex and age band a programme trained, reintegrated... in a period.

    Periods of one measure are the same or lie apart, so that nobody is counted twice.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="counts", verbose_name=_("programme"))
    measure = models.CharField(_("what is counted"), max_length=14, choices=Measure)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    sex = models.CharField(_("sex"), max_length=8, choices=Sex)
    age = models.CharField(_("age"), max_length=8, choices=AgeBand)
    qualifier = models.CharField(_("meant as"), max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    number = models.PositiveIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(LARGEST_COUNT)]
    )

    class Meta:
        verbose_name = _("count of a programme")
        verbose_name_plural = _("counts of programmes")
        ordering = ("programme_id", "measure", "starts_on", "sex", "age")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "measure", "starts_on", "ends_on", "sex", "age"],
                name="programme_count_counted_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="programme_count_dates_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, LARGEST_COUNT)), name="programme_count_number_makes_sense"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
