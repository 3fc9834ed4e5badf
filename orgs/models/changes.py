"""What keeps entries of the directory alive: changes that people ask for, and contacts who are asked to confirm."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from orgs.models.contacts import Contact
from orgs.models.organisations import Organisation
from orgs.models.vocabulary import Channel


class ChangeState(models.TextChoices):
    """Life of a request. It is decided once each of its changes is."""

    OPEN = "open", _("Waiting")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Taken back")


class Decision(models.TextChoices):
    """What became of one change."""

    PENDING = "pending", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """Set-based reads of requests; who may see them is in ``orgs.access``."""

    def open(self) -> "ChangeRequestQuerySet":
        """Those that wait for a decision, on entries that still stand for themselves."""
        return self.filter(state=ChangeState.OPEN, organisation__merged_into__isnull=True)


class ChangeRequest(models.Model):
    """Somebody asks for changes to an entry. ``base_version`` is the version of the entry that they were shown.

    Asked by a person with an account, or through the link that a contact was sent (``contact``, and nobody in
    ``asked_by``).
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="change_requests", verbose_name=_("organisation")
    )
    asked_by = models.ForeignKey(
        "orgs.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="change_requests",
        verbose_name=_("asked by"),
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="change_requests", verbose_name=_("contact")
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    note = models.TextField(_("note"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ChangeState, default=ChangeState.OPEN)
    base_version = models.PositiveIntegerField(_("version of the entry"), editable=False)
    closed_at = models.DateTimeField(_("decided or taken back"), null=True, blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggested change")
        verbose_name_plural = _("suggested changes")
        ordering = ("asked_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ChangeState.OPEN, closed_at__isnull=True)
                | Q(~Q(state=ChangeState.OPEN), closed_at__isnull=False),
                name="change_request_closed_says_when",
            ),
        ]
        indexes = [
            # The queue: what waits, oldest first; counted on every page of a coordinator.
            models.Index(fields=["asked_at", "id"], name="change_request_waiting", condition=Q(state=ChangeState.OPEN)),
            # What became of a person's own requests, newest first.
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="change_request_by_asker"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ChangeItem(models.Model):
    """One field of a request: the value that was there, the value that is asked for, and what became of it.

    Values are JSON as ``orgs.living.entry`` writes them. ``replaced`` is what stood there when it was accepted.
    """

    request = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="items", verbose_name=_("request"))
    field = models.CharField(_("fact"), max_length=30)
    before = models.JSONField(_("before"), null=True)
    asked = models.JSONField(_("asked"), null=True)
    replaced = models.JSONField(_("replaced"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of a fact")
        verbose_name_plural = _("changes of facts")
        ordering = ("request_id", "id")
        constraints = [
            models.UniqueConstraint(fields=["request", "field"], name="change_item_once_a_field"),
            models.CheckConstraint(
                condition=Q(decision=Decision.PENDING, decided_at__isnull=True)
                | Q(~Q(decision=Decision.PENDING), decided_at__isnull=False),
                name="change_item_decided_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.field}"


class ConfirmationAnswer(models.TextChoices):
    """What a contact answered when asked whether the entry is still right."""

    RIGHT = "right", _("All is right")
    CHANGED = "changed", _("Something has changed")
    STOP = "stop", _("Do not ask me again")


class Confirmation(models.Model):
    """A contact was asked whether an entry is still right, by a link that works once. Only hashes are kept.

    ``settled_at`` is when the fate of the message (delivered, failed) was noted on the contact.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="confirmations", verbose_name=_("organisation")
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="confirmations", verbose_name=_("contact"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    message = models.OneToOneField(
        "orgs.Message",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="confirmation",
        verbose_name=_("message"),
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=ConfirmationAnswer, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("confirmation asked for")
        verbose_name_plural = _("confirmations asked for")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | Q(Q(answered_at__isnull=False), ~Q(answer="")),
                name="confirmation_answer_says_when",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[Channel.EMAIL, Channel.SMS]), name="confirmation_channel_sends"
            ),
        ]
        indexes = [
            # When an organisation was asked last: once a period, and no more.
            models.Index(fields=["organisation", "-asked_at"], name="confirmation_by_org"),
            # An answer by SMS names its confirmation by a code.
            models.Index(fields=["code_hash"], name="confirmation_by_code", condition=~Q(code_hash="")),
            # Messages whose fate is not noted on the contact yet.
            models.Index(fields=["message"], name="confirmation_unsettled", condition=Q(settled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
