"""What goes both ways between coordinators and liaisons: questions, what came of an alert, and advisories.

Nothing here holds, or leads to, who reported.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.alerts import Alert, Delivery, Reply
from incidents.models.incidents import Incident
from incidents.models.vocabulary import IncidentType, Severity
from orgs.models import Tlp


class QuestionState(models.TextChoices):
    """Life of a question; a closed one needed no answer, or was dealt with by a call."""

    OPEN = "open", pgettext_lazy("question", "Waits for an answer")
    ANSWERED = "answered", pgettext_lazy("question", "Answered")
    CLOSED = "closed", pgettext_lazy("question", "Closed")


class AlertQuestion(models.Model):
    """What a recipient asks the coordinators of an alert. One that came with *I need to know more* has that reply."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="questions", verbose_name=_("delivery"))
    reply = models.OneToOneField(
        Reply, models.CASCADE, null=True, blank=True, related_name="question", verbose_name=_("answer")
    )
    text = models.CharField(_("question"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=QuestionState, default=QuestionState.OPEN)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    closed_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("question about an alert")
        verbose_name_plural = _("questions about alerts")
        ordering = ("asked_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(reply__isnull=False), name="alert_question_asks_something"
            ),
        ]
        indexes = [
            # What waits for an answer, the oldest first: counted on every page of a coordinator.
            models.Index(fields=["asked_at", "id"], name="alert_question_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{_('Question')} {self.pk}"


class QuestionAnswer(models.Model):
    """What a coordinator answers: to the one who asked, or to all recipients of the alert."""

    question = models.ForeignKey(AlertQuestion, models.CASCADE, related_name="answers", verbose_name=_("question"))
    text = models.CharField(_("answer"), max_length=500)
    to_all = models.BooleanField(_("to all recipients"), default=False)
    written_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to questions")
        ordering = ("written_at", "id")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="question_answer_says_something")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Verdict(models.TextChoices):
    """What the coordinator made of an outcome that a recipient told."""

    ACCEPTED = "accepted", pgettext_lazy("outcome", "Accepted")
    KEPT = "kept", pgettext_lazy("outcome", "Kept here")


class OutcomeDecision(models.Model):
    """Whether what a recipient told as outcome goes on to the reporters, in safe words. Decided once."""

    reply = models.OneToOneField(
        Reply, models.CASCADE, primary_key=True, related_name="decision", verbose_name=_("answer")
    )
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    decided_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), db_default=Now())

    class Meta:
        verbose_name = _("decision on an outcome")
        verbose_name_plural = _("decisions on outcomes")
        ordering = ("-decided_at", "-reply")

    def __str__(self) -> str:
        return str(self.get_verdict_display())


class AdvisoryKind(models.TextChoices):
    """What an advisory tells of."""

    THREAT = "threat", pgettext_lazy("advisory", "A threat: it may happen")
    INCIDENT = "incident", pgettext_lazy("advisory", "Something that happened")


class AdvisoryState(models.TextChoices):
    """Life of an advisory, as decided. That it is over follows from its time, and from its alert."""

    GIVEN = "given", pgettext_lazy("advisory", "Given")
    PASSED_ON = "passed_on", pgettext_lazy("advisory", "Passed on")
    HELD = "held", pgettext_lazy("advisory", "Held")
    WITHDRAWN = "withdrawn", pgettext_lazy("advisory", "Withdrawn")


class HoldReason(models.TextChoices):
    """Why an advisory is not passed on; its author reads it."""

    UNSURE = "unsure", _("It must be checked first")
    WORDS = "words", _("Its words could endanger somebody")
    KNOWN = "known", _("People have been told already")
    INFLAMES = "inflames", _("It could make things worse")
    OVER = "over", _("It is over")
    OTHER = "other", _("Another reason")


class Advisory(models.Model):
    """A threat or an incident of which a liaison tells civil society, for a coordinator to pass on, hold or soften.

    The area columns are those of the smallest area that holds all its ``areas``. Passing on makes an incident and an
    alert from the words that stand then; what becomes of it is what becomes of the alert
    (``docs/decisions/0007-advisories.md``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_by = models.ForeignKey("orgs.User", models.PROTECT, related_name="advisories", verbose_name=_("given by"))
    organisation = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="advisories", verbose_name=_("service")
    )
    areas = models.ManyToManyField("orgs.Area", related_name="+", verbose_name=_("areas"))
    region = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", verbose_name=_("region"))
    cercle = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", verbose_name=_("cercle"))
    commune = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", verbose_name=_("commune"))
    kind = models.CharField(_("it is"), max_length=10, choices=AdvisoryKind)
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    state = models.CharField(_("state"), max_length=10, choices=AdvisoryState, default=AdvisoryState.GIVEN)
    given_at = models.DateTimeField(_("given"), db_default=Now())
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    hold_reason = models.CharField(_("why held"), max_length=10, choices=HoldReason, blank=True)
    hold_note = models.CharField(_("word to its author"), max_length=500, blank=True)
    incident = models.ForeignKey(
        Incident, models.SET_NULL, null=True, blank=True, related_name="advisories", verbose_name=_("incident")
    )
    alert = models.OneToOneField(
        Alert, models.SET_NULL, null=True, blank=True, related_name="advisory", verbose_name=_("alert")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("advisory")
        verbose_name_plural = _("advisories")
        ordering = ("-given_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="advisory_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~Q(state="held") | ~Q(hold_reason=""), name="advisory_held_says_why"),
            models.CheckConstraint(
                condition=Q(state__in=["given", "withdrawn"]) | Q(decided_at__isnull=False),
                name="advisory_decided_at_a_time",
            ),
            models.CheckConstraint(condition=Q(tlp__in=Tlp.values), name="advisory_tlp_known"),
        ]
        indexes = [
            # What waits for a coordinator, the oldest first: counted on every page of theirs.
            models.Index(fields=["given_at"], name="advisory_waiting", condition=Q(state="given")),
            # What a service gave, newest first, and its counts.
            models.Index(fields=["organisation", "-given_at", "-id"], name="advisory_by_service"),
        ]

    def __str__(self) -> str:
        return f"{_('Advisory')} {str(self.pk)[:8]}"


class Side(models.TextChoices):
    """Who wrote a wording."""

    SERVICE = "service", _("The service")
    DESK = "desk", _("The coordinator")


class AdvisoryWording(models.Model):
    """The words of an advisory. Softening adds a version; none is ever changed."""

    advisory = models.ForeignKey(Advisory, models.CASCADE, related_name="wordings", verbose_name=_("advisory"))
    side = models.CharField(_("written on the side of"), max_length=10, choices=Side)
    words = models.CharField(_("words"), max_length=600)
    instruction = models.CharField(_("what to do"), max_length=300)
    written_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("wording of an advisory")
        verbose_name_plural = _("wordings of advisories")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(instruction=""), name="advisory_wording_says_what_to_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.pk}"


class NoticeKind(models.TextChoices):
    """Of what somebody is told."""

    ASKED = "asked", _("A question waits for an answer")
    ANSWERED = "answered", _("A question was answered")
    OUTCOME = "outcome", _("Somebody told what came of an alert")
    GIVEN = "given", _("An advisory waits for a decision")
    DECIDED = "decided", _("An advisory was decided on")
    WITHDRAWN = "withdrawn", _("An advisory was withdrawn")


class Notice(models.Model):
    """That a person is told of a question, an answer, an outcome or an advisory, by one message."""

    kind = models.CharField(_("kind"), max_length=10, choices=NoticeKind)
    message = models.OneToOneField("orgs.Message", models.CASCADE, related_name="+", verbose_name=_("message"))
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("delivery")
    )
    answer = models.ForeignKey(
        QuestionAnswer, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("answer")
    )
    advisory = models.ForeignKey(
        Advisory, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("advisory")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(delivery__isnull=False) | Q(advisory__isnull=False), name="notice_is_about_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
