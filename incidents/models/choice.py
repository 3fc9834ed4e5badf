"""Who wishes to be told of what: subscriptions of people, rules of organisations, and what waits for a digest."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.vocabulary import Severity
from orgs.models import HOME_ZONE, Role, TimeZone


class Sending(models.TextChoices):
    """How what somebody subscribed to reaches them."""

    EACH = "each", _("One by one, at once")
    DIGEST = "digest", _("Together, once a day")


class Subscription(models.Model):
    """What a person wishes to be told of, or what an organisation says that its people are told of (a rule).

    A subscription never opens anything: it only narrows down whom an alert may be sent to.
    """

    person = models.ForeignKey(
        "orgs.User", models.CASCADE, null=True, blank=True, related_name="subscriptions", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=Role,
        blank=True,
        help_text=_("Of a rule: everybody of the organisation if empty."),
    )
    areas = models.ManyToManyField(
        "orgs.Area", blank=True, related_name="+", verbose_name=_("areas"), help_text=_("None: the whole country.")
    )
    with_neighbours = models.BooleanField(_("also the areas beside them"), default=False)
    types = models.ManyToManyField(
        "incidents.IncidentType",
        blank=True,
        related_name="+",
        verbose_name=_("types of incident"),
        help_text=_("None: every type."),
    )
    min_severity = models.CharField(_("from this severity"), max_length=10, choices=Severity, default=Severity.UNKNOWN)
    days = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        verbose_name=_("days of the week"),
        help_text=_("1 is Monday. None: every day."),
    )
    from_time = models.TimeField(_("from"), null=True, blank=True)
    to_time = models.TimeField(_("until"), null=True, blank=True)
    sending = models.CharField(_("how"), max_length=6, choices=Sending, default=Sending.EACH)
    is_active = models.BooleanField(_("in use"), default=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="subscription_of_person_or_organisation",
            ),
            models.CheckConstraint(
                condition=Q(role="") | Q(organisation__isnull=False), name="subscription_role_is_of_rule"
            ),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, to_time__isnull=True)
                | (Q(from_time__isnull=False, to_time__isnull=False) & ~Q(from_time=models.F("to_time"))),
                name="subscription_from_and_to",
            ),
            models.CheckConstraint(
                condition=Q(days__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="subscription_days_of_the_week"
            ),
        ]
        indexes = [
            # Rules by organisation: each release and each list of rules looks them up; people are by their key.
            models.Index(
                fields=["organisation"],
                name="subscription_rules",
                condition=Q(organisation__isnull=False, deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_rule(self) -> bool:
        """Whether it is an organisation's."""
        return self.organisation_id is not None


class RuleAsDigest(models.Model):
    """A person whom a rule means wishes its alerts together, once a day. More than that they cannot change."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="as_digest", verbose_name=_("rule"))
    person = models.ForeignKey("orgs.User", models.CASCADE, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("rule as digest")
        verbose_name_plural = _("rules as digest")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["subscription", "person"], name="rule_as_digest_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DutyRoster(models.Model):
    """Who of a service or an organisation answers when. It says who answers, never where anybody is."""

    name = models.CharField(_("name"), max_length=80)
    organisation = models.ForeignKey(
        "orgs.Organisation", models.CASCADE, related_name="duty_rosters", verbose_name=_("organisation")
    )
    areas = models.ManyToManyField("orgs.Area", related_name="+", verbose_name=_("areas"))
    types = models.ManyToManyField(
        "incidents.IncidentType",
        blank=True,
        related_name="+",
        verbose_name=_("types of incident"),
        help_text=_("None: every type."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=32, choices=TimeZone, default=HOME_ZONE, db_default=HOME_ZONE
    )
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("duty roster")
        verbose_name_plural = _("duty rosters")
        ordering = ("organisation_id", "name", "id")
        constraints = [
            models.CheckConstraint(condition=Q(time_zone__in=TimeZone.values), name="roster_time_zone_known"),
        ]

    def __str__(self) -> str:
        return self.name


class DutyShift(models.Model):
    """One turn of one person: every week on a weekday, or once on a day. It may end on the next day."""

    roster = models.ForeignKey(DutyRoster, models.CASCADE, related_name="shifts", verbose_name=_("duty roster"))
    person = models.ForeignKey("orgs.User", models.CASCADE, related_name="+", verbose_name=_("person"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), null=True, blank=True, help_text=_("1 is Monday."))
    on_date = models.DateField(_("day"), null=True, blank=True)
    from_time = models.TimeField(_("from"))
    to_time = models.TimeField(_("until"))
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("duty", "shift")
        verbose_name_plural = pgettext_lazy("duty", "shifts")
        ordering = ("weekday", "on_date", "from_time", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), on_date__isnull=True)
                | Q(weekday__isnull=True, on_date__isnull=False, first_day__isnull=True, last_day__isnull=True),
                name="shift_weekly_or_once",
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True) | Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
                name="shift_days_in_order",
            ),
            models.UniqueConstraint(
                fields=["roster", "person", "weekday", "on_date", "from_time", "to_time"],
                nulls_distinct=False,
                name="shift_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DutyReplacement(models.Model):
    """Somebody else takes a shift on one day; with ``starts_at`` only from then on (a hand-over)."""

    shift = models.ForeignKey(
        DutyShift, models.CASCADE, related_name="replacements", verbose_name=pgettext_lazy("duty", "shift")
    )
    on_date = models.DateField(_("day on which the shift begins"))
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    person = models.ForeignKey("orgs.User", models.CASCADE, related_name="+", verbose_name=_("person"))
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("replacement on duty")
        verbose_name_plural = _("replacements on duty")
        ordering = ("on_date", "starts_at", "id")
        constraints = [
            # Two people who take the same shift at once: the second is told that it is taken.
            models.UniqueConstraint(
                fields=["shift", "on_date", "starts_at"], nulls_distinct=False, name="replacement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
