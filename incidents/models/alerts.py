"""That people must know: alert, what each audience reads, who is told, and what they answer."""

import secrets
import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.incidents import Incident
from incidents.models.vocabulary import Severity, Urgency
from orgs.models import Channel, Language, OrganisationKind, Role, Tlp

ADVISORY_HOLDS = timedelta(days=14)
"""For so long a public alert stands where nobody said until when it holds."""


class AlertState(models.TextChoices):
    """Life of an alert. Above a set severity a second person releases what the first prepared."""

    DRAFT = "draft", pgettext_lazy("alert", "Draft")
    PROPOSED = "proposed", _("Waiting for a second person")
    RELEASED = "released", pgettext_lazy("alert", "Released")
    CANCELLED = "cancelled", pgettext_lazy("alert", "Cancelled")
    REPLACED = "replaced", pgettext_lazy("alert", "Replaced by a newer one")
    EXPIRED = "expired", pgettext_lazy("alert", "No longer holds")


class AlertKind(models.TextChoices):
    """What an alert is to the earlier one of its thread (CAP 1.2, ``msgType``)."""

    ALERT = "alert", _("Alert")
    UPDATE = "update", pgettext_lazy("alert", "Update")
    CORRECTION = "correction", pgettext_lazy("alert", "Correction")


class Truth(models.TextChoices):
    """What an alert turned out to be, once it is known."""

    TRUE = "true", pgettext_lazy("alert", "True")
    PARTLY = "partly", pgettext_lazy("alert", "Partly true")
    FALSE = "false", pgettext_lazy("alert", "False alarm")
    UNKNOWN = "unknown", pgettext_lazy("alert", "Not known")


class Audience(models.TextChoices):
    """For whom a rendition is written. The disclosure tables have a column for each."""

    PUBLIC = "public", _("Public")
    NETWORK = "network", _("Network of organisations")
    ORGANISATION = "organisation", _("Organisation concerned")
    LIAISON = "liaison", _("Security liaison")
    OVERSIGHT = "oversight", _("Oversight")


class Alert(models.Model):
    """One call on people to know and act, made from an incident.

    Alerts that update or correct each other share a ``thread`` and each names the one that it ``follows``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="alerts", verbose_name=_("incident"))
    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind, default=AlertKind.ALERT)
    thread = models.UUIDField(default=uuid.uuid4, editable=False)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    exercise = models.ForeignKey(
        "incidents.Exercise", models.PROTECT, null=True, blank=True, related_name="alerts", verbose_name=_("exercise")
    )
    state = models.CharField(_("state"), max_length=10, choices=AlertState, default=AlertState.DRAFT)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency)
    instruction = models.CharField(
        _("what to do"), max_length=300, blank=True, help_text=_("What the reader should do, in one or two sentences.")
    )
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("prepared by")
    )
    created_at = models.DateTimeField(_("prepared"), db_default=Now())
    released_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    call_number = models.CharField(
        _("number to call"), max_length=20, blank=True, help_text=_("Given to those who get a code and no content.")
    )
    holds_hours = models.PositiveSmallIntegerField(
        _("holds for (hours)"), null=True, blank=True, help_text=_("From its release; empty: by its severity.")
    )
    expires_at = models.DateTimeField(_("holds until"), null=True, blank=True)
    links_recalled_at = models.DateTimeField(_("links recalled"), null=True, blank=True)
    is_rumour = models.BooleanField(
        _("rumour"), default=False, help_text=_("Not verified when it went out: sent only to those who can check it.")
    )
    truth = models.CharField(_("turned out"), max_length=10, choices=Truth, blank=True, default="")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[AlertState.DRAFT, AlertState.PROPOSED]) | Q(released_at__isnull=False),
                name="alert_released_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind=AlertKind.ALERT) | Q(follows__isnull=False),
                name="alert_follows_an_earlier",
            ),
            models.CheckConstraint(condition=Q(truth="") | Q(closed_at__isnull=False), name="alert_closed_with_truth"),
            # Two coordinators who update one alert at once: only one of them may tell people.
            models.UniqueConstraint(
                fields=["follows"], condition=Q(released_at__isnull=False), name="alert_followed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "created_at"], name="alert_by_incident"),
            # The earlier alerts of a thread, for its pages and messages.
            models.Index(fields=["thread", "created_at"], name="alert_by_thread"),
            # What was released in a quarter: how fast it was answered (docs/alert-answers.md).
            models.Index(fields=["released_at"], name="alert_released", condition=Q(released_at__isnull=False)),
            # What stops holding next.
            models.Index(fields=["expires_at"], name="alert_to_expire", condition=Q(state="released")),
            # What is over and not closed: counted on each page of its coordinator.
            models.Index(
                fields=["incident"], name="alert_to_close", condition=Q(closed_at=None, released_at__isnull=False)
            ),
            # What turned out how, over a period.
            models.Index(fields=["released_at"], name="alert_by_release", condition=Q(released_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{_('Alert')} {self.incident_id}"


class Who(models.TextChoices):
    """Whom of the people that a line means it tells."""

    ALL = "all", _("Everybody")
    SUBSCRIBERS = "subscribers", _("Those who subscribed to it")
    ON_DUTY = "on_duty", _("Those on duty now")


class AlertAudience(models.Model):
    """One line of the choice of recipients; the people of all lines together are told, each once.

    A line is the people with ``role`` (any of the audience's roles when empty) in ``area`` (anywhere when empty), of
    ``organisation`` or of organisations of ``kind`` where these are given, or the one ``person`` named; of these, all,
    or those who subscribed, or those on duty (``who``).
    """

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="audiences", verbose_name=_("alert"))
    audience = models.CharField(_("audience"), max_length=12, choices=Audience)
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    area = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind of organisation"), max_length=20, choices=OrganisationKind, blank=True)
    person = models.ForeignKey(
        "orgs.User", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    who = models.CharField(_("of these"), max_length=12, choices=Who, default=Who.ALL)

    class Meta:
        verbose_name = _("audience of an alert")
        verbose_name_plural = _("audiences of alerts")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.get_audience_display())


class Rendition(models.Model):
    """What one audience reads of an alert, in one language, frozen as sent."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="renditions", verbose_name=_("alert"))
    audience = models.CharField(_("audience"), max_length=12, choices=Audience)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    headline = models.CharField(_("headline"), max_length=200)
    body = models.TextField(_("text"))
    email_subject = models.CharField(_("subject of the e-mail"), max_length=200)
    email_text = models.TextField(_("e-mail"), help_text=_("{code} and {link} are put in for each recipient."))
    sms_text = models.CharField(_("SMS"), max_length=480, help_text=_("{code} is put in for each recipient."))
    frozen_at = models.DateTimeField(_("frozen"), db_default=Now())

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ("alert_id", "audience", "language")
        constraints = [models.UniqueConstraint(fields=["alert", "audience", "language"], name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.get_audience_display()} ({self.language})"


class DeliveryAnswer(models.TextChoices):
    """The last thing a recipient said."""

    NONE = "", _("No answer")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ACTING = "acting", _("Acting")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Cannot act")
    NEED_MORE = "need_more", _("Needs to know more")


class Hold(models.TextChoices):
    """Why the message of a delivery is not written at once."""

    NONE = "", _("Sent at once")
    DIGEST = "digest", _("Waits for the digest")
    QUIET = "quiet", _("Waits for the end of the quiet hours")
    CAP = "cap", _("Joined with others: too many in an hour")


def new_answer_code() -> str:
    """The code a recipient sends back by SMS: 5 digits, never starting with 0."""
    return str(10_000 + secrets.randbelow(90_000))


class Delivery(models.Model):
    """One recipient of one alert at one step. Carried by messages, or by a call that somebody ticks off.

    ``organisation`` is the one for which the person was chosen: at TLP:AMBER and AMBER+STRICT its people may read
    the alert too. The link in its messages follows from ``link_nonce`` and the installation's key
    (``incidents.services.links``): what is stored here opens nothing.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="deliveries", verbose_name=_("alert"))
    rendition = models.ForeignKey(Rendition, models.PROTECT, related_name="deliveries", verbose_name=_("rendition"))
    recipient = models.ForeignKey("orgs.User", models.PROTECT, related_name="deliveries", verbose_name=_("recipient"))
    organisation = models.ForeignKey(
        "orgs.Organisation", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    channel = models.CharField(_("told by"), max_length=10, choices=Channel)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp)
    code = models.CharField(_("answer code"), max_length=5, default=new_answer_code)
    hold = models.CharField(_("held"), max_length=10, choices=Hold, blank=True, db_default="", default="")
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    # Why this person: the line, and the wish or the roster that let the line reach them. No checks in the database:
    # they would cost each of ten thousand rows, and a line of what was released is never deleted.
    line = models.ForeignKey(
        AlertAudience, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        "incidents.Subscription",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    roster = models.ForeignKey(
        "incidents.DutyRoster",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(_("chosen"), db_default=Now())
    called_at = models.DateTimeField(_("called"), null=True, blank=True)
    called_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("called by")
    )
    recalled_at = models.DateTimeField(
        _("told of the cancellation"), null=True, blank=True, help_text=_("By a call; messages say so themselves.")
    )
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    link_nonce = models.UUIDField(db_default=RandomUUID(), editable=False)
    link_recalled_at = models.DateTimeField(_("link recalled"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=12, choices=DeliveryAnswer, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    messages = models.ManyToManyField(
        "orgs.Message", through="Carriage", related_name="deliveries", verbose_name=_("messages")
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-created_at", "-id")
        constraints = [
            # The one thing that stops a person from being told the same thing twice, whatever dies and is retried.
            models.UniqueConstraint(fields=["alert", "recipient", "step"], name="delivery_once"),
            models.CheckConstraint(condition=Q(hold="") | Q(held_until__isnull=False), name="delivery_held_to_a_time"),
        ]
        indexes = [
            # The inbox: a person's alerts, newest first.
            models.Index(fields=["recipient", "-created_at", "-id"], name="delivery_inbox"),
            # Colleagues of the recipient at TLP:AMBER; totals by organisation.
            models.Index(fields=["organisation", "alert"], name="delivery_by_organisation"),
            # Whose held messages are due to be written.
            models.Index(fields=["held_until"], name="delivery_held", condition=~Q(hold="")),
            # How much everybody was told in the last hour: rows lie in the order of time, so this weighs nothing.
            BrinIndex(fields=["created_at"], name="delivery_by_hour", pages_per_range=16),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Carriage(models.Model):
    """Which message carried which delivery (several deliveries may share a message)."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="carriages")
    message = models.ForeignKey("orgs.Message", models.CASCADE, related_name="carriages")

    class Meta:
        verbose_name = _("carriage")
        verbose_name_plural = _("carriages")
        constraints = [models.UniqueConstraint(fields=["delivery", "message"], name="carriage_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReplyKind(models.TextChoices):
    """What a recipient answers."""

    ACKNOWLEDGE = "acknowledge", _("I have read it")
    ACT = "act", _("I am acting")
    DONE = "done", _("It is done")
    DECLINE = "decline", _("I cannot act")
    NEED_MORE = "need_more", _("I need to know more")
    OUTCOME = "outcome", _("I tell what came of it")


class DeclineReason(models.TextChoices):
    """Why a recipient cannot act."""

    NOT_OURS = "not_ours", _("Not our task or area")
    NO_MEANS = "no_means", _("No means to act now")
    KNOWN = "known", _("Already known and dealt with")
    DOUBT = "doubt", _("We doubt that it is true")
    OTHER = "other", _("Another reason")


class Missing(models.TextChoices):
    """What a recipient must know before they can act. Never who said it."""

    PLACE = "place", _("Where exactly")
    TIME = "time", _("When")
    WHAT = "what", _("What happened")
    PEOPLE = "people", _("Who needs help, and how many")
    SURE = "sure", _("How sure it is")
    DO = "do", _("What we are asked to do")
    OTHER = "other", _("Something else: call me")


class Did(models.TextChoices):
    """What a recipient did. Acts towards people only: where forces are or went has no word here."""

    MEDIATION = "mediation", _("Spoke with both sides")
    MEDIATOR = "mediator", _("Asked somebody to mediate")
    MEDICAL = "medical", _("Medical help")
    PROTECTION = "protection", _("Protected people")
    RELIEF = "relief", _("Water, food or shelter")
    COMPLAINT = "complaint", _("Took complaints, or began an inquiry")
    WARNED = "warned", _("Warned people")
    NOTHING_FOUND = "nothing_found", _("Checked, and found nothing")
    OTHER = "other", _("Something else")


class Helped(models.TextChoices):
    """Whether what was done helped, as its author sees it."""

    YES = "yes", pgettext_lazy("helped", "Yes")
    PARTLY = "partly", pgettext_lazy("helped", "Partly")
    NO = "no", pgettext_lazy("helped", "No")
    UNKNOWN = "unknown", pgettext_lazy("helped", "Not known")


class Reply(models.Model):
    """One answer of one recipient. Answers are added, never changed; ``Delivery.answer`` holds the last."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="replies", verbose_name=_("delivery"))
    kind = models.CharField(_("answer"), max_length=12, choices=ReplyKind)
    reason = models.CharField(_("reason"), max_length=10, choices=DeclineReason, blank=True)
    missing = ArrayField(
        models.CharField(max_length=10, choices=Missing), verbose_name=_("what is missing"), blank=True, default=list
    )
    did = ArrayField(
        models.CharField(max_length=15, choices=Did), verbose_name=_("what was done"), blank=True, default=list
    )
    helped = models.CharField(_("did it help"), max_length=10, choices=Helped, blank=True, default="")
    text = models.CharField(_("in their words"), max_length=500, blank=True)
    channel = models.CharField(_("by"), max_length=10, choices=Channel, default=Channel.INBOX)
    external_id = models.CharField(max_length=100, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(kind=ReplyKind.DECLINE) | ~Q(reason=""), name="reply_decline_says_why"),
            models.CheckConstraint(
                condition=~Q(kind=ReplyKind.OUTCOME) | Q(did__len__gt=0) & ~Q(helped=""), name="reply_outcome_says_what"
            ),
            models.CheckConstraint(
                condition=~Q(kind=ReplyKind.NEED_MORE) | Q(missing__len__gt=0), name="reply_need_more_says_what"
            ),
            # A gateway that delivers the same SMS twice makes one reply.
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="reply_once_by_gateway"
            ),
        ]
        indexes = [
            # Outcomes that wait for a coordinator: few among all answers, counted on every page of theirs.
            models.Index(fields=["delivery"], name="reply_outcome", condition=Q(kind="outcome")),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def missing_words(self) -> list[str]:
        """What is missing, in the reader's words."""
        return [str(Missing(code).label) for code in self.missing]

    @property
    def did_words(self) -> list[str]:
        """What was done, in the reader's words."""
        return [str(Did(code).label) for code in self.did]
