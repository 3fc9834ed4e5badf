"""Commitments: what somebody promised, by when, what came of it, and whom it was said to again."""

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models.processes import InAreas, Process
from dialogues.models.proposals import Priority
from dialogues.models.sessions import Consent, Session
from orgs.models import Tlp

NO_DAY = date(9999, 12, 31)
"""Where a commitment without a day stands in lists: behind all others."""


class CommitmentState(models.TextChoices):
    """How far it is kept. ``OVERTAKEN``: events made it pointless, and nobody broke their word."""

    PROMISED = "promised", pgettext_lazy("commitment", "Promised")
    BEGUN = "begun", pgettext_lazy("commitment", "Begun")
    KEPT = "kept", pgettext_lazy("commitment", "Kept")
    BROKEN = "broken", pgettext_lazy("commitment", "Broken")
    OVERTAKEN = "overtaken", pgettext_lazy("commitment", "Overtaken by events")


OPEN_STATES = (CommitmentState.PROMISED, CommitmentState.BEGUN)
"""As long as it is one of these, it is still to be kept."""


class OwnerKind(models.TextChoices):
    """Who has to keep it."""

    ORGANISATION = "organisation", _("An organisation of the directory")
    ACTOR = "actor", _("An actor of the actor map")
    PERSON = "person", _("A person, who agreed to be named")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Set-based reads of commitments; who may see them is in ``dialogues.access``."""

    def still_open(self) -> "CommitmentQuerySet":
        """Those that are still to be kept."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: date | None = None) -> "CommitmentQuerySet":
        """Those still to be kept whose day is over."""
        return self.still_open().filter(order_on__lt=today or timezone.localdate())


class Commitment(InAreas):
    """What somebody promised in a session or a process.

    Areas and marking are those of the session, else of the process (``services.commitments.keep_in_step``). ``owner``
    is one organisation, one actor, or a person whose name lies sealed in ``CommitmentPerson``. ``evidence`` says by
    what one will see that it is kept; what was seen stands in its follow-ups. ``priority`` is what it carries out of
    the same process; a priority that is merged later still stands here, and is read as the one it was merged into.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("session")
    )
    process = models.ForeignKey(
        Process, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("process")
    )
    priority = models.ForeignKey(
        Priority,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("priority that it carries out"),
        help_text=_("Of the same process."),
    )  # indexed: a ranking asks what was promised about each of its priorities
    what = models.CharField(_("what was promised"), max_length=500)
    owner_kind = models.CharField(_("sort of owner"), max_length=12, choices=OwnerKind)
    organisation = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="commitments",
        verbose_name=_("organisation"),
    )
    actor = models.ForeignKey(
        "orgs.Actor", models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("actor")
    )
    promised_on = models.DateField(_("promised on"))
    due_on = models.DateField(_("by when"), null=True, blank=True)
    order_on = models.DateField(editable=False, default=NO_DAY)
    state = models.CharField(_("state"), max_length=10, choices=CommitmentState, default=CommitmentState.PROMISED)
    evidence = models.CharField(_("how one will see that it is kept"), max_length=500, blank=True)
    is_public = models.BooleanField(_("agreed to be public"), default=False)
    agreed_public_on = models.DateField(_("agreed to be public on"), null=True, blank=True)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp, default=Tlp.GREEN)
    made_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written down by")
    )
    made_at = models.DateTimeField(_("written down at"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("order_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False) | Q(process__isnull=False), name="commitment_made_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(process__isnull=False), name="commitment_priority_in_a_process"
            ),
            models.CheckConstraint(
                condition=Q(owner_kind=OwnerKind.ORGANISATION, organisation__isnull=False, actor__isnull=True)
                | Q(owner_kind=OwnerKind.ACTOR, organisation__isnull=True, actor__isnull=False)
                | Q(owner_kind=OwnerKind.PERSON, organisation__isnull=True, actor__isnull=True),
                name="commitment_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(agreed_public_on__isnull=False),
                name="commitment_public_by_agreement",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(owner_kind=OwnerKind.PERSON), name="commitment_no_person_in_public"
            ),
            models.CheckConstraint(condition=Q(state__in=CommitmentState.values), name="commitment_state_known"),
            models.CheckConstraint(condition=Q(tlp__in=Tlp.values), name="commitment_tlp_known"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, order_on=NO_DAY)
                | Q(due_on__isnull=False, order_on=models.F("due_on")),
                name="commitment_stands_by_its_day",
            ),
        ]
        indexes = [
            # The list, what is overdue first, paged by (order_on, id): whole country, one région, cercle, commune.
            models.Index(fields=["order_on", "id"], name="commitment_by_day"),
            models.Index(fields=["region", "order_on", "id"], name="commitment_by_region"),
            models.Index(fields=["cercle", "order_on", "id"], name="commitment_by_cercle"),
            models.Index(fields=["commune", "order_on", "id"], name="commitment_by_commune"),
            # What one’s own organisation still owes: asked on every page of its people, and by reminders.
            models.Index(
                fields=["organisation", "order_on"], name="commitment_owed", condition=Q(state__in=OPEN_STATES)
            ),
            # Programs that mirror ask for what changed since.
            models.Index(fields=["updated_at", "id"], name="commitment_by_change"),
            # What everybody may read: few of all.
            models.Index(fields=["order_on", "id"], name="commitment_in_public", condition=Q(is_public=True)),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep its place in lists in step with its day."""
        self.order_on = self.due_on or NO_DAY
        super().save(*args, **kwargs)

    @property
    def code(self) -> str:
        """By what it is named where its content must not travel."""
        return f"E-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be kept."""
        return self.state in OPEN_STATES


class CommitmentPerson(models.Model):
    """The person who made a commitment and agreed that their name be kept. Sealed; opened with a reason.

    Taking consent back deletes the row; the commitment stays, of a person who is not named.
    """

    commitment = models.OneToOneField(
        Commitment, models.CASCADE, related_name="person_owner", verbose_name=_("commitment")
    )
    sealed = models.BinaryField(editable=False, help_text=_("Name and contact, encrypted."))
    consent = models.CharField(_("consent"), max_length=6, choices=Consent)
    consented_on = models.DateField(_("agreed on"))
    added_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("added"), db_default=Now())

    class Meta:
        verbose_name = _("person who made a commitment")
        verbose_name_plural = _("people who made commitments")

    def __str__(self) -> str:
        return f"#{self.pk}"


class FollowUp(models.Model):
    """What somebody saw or said of a commitment since. Added, never changed."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="follow_ups", verbose_name=_("commitment"))
    words = models.TextField(_("note"), blank=True)
    evidence = models.CharField(_("what shows it"), max_length=500, blank=True)
    before = models.CharField(_("state before"), max_length=10, choices=CommitmentState)
    state = models.CharField(_("state after"), max_length=10, choices=CommitmentState)
    is_correction = models.BooleanField(_("correction"), default=False)
    by_owner = models.BooleanField(_("said by the owner"), default=False)
    by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("follow-up of a commitment")
        verbose_name_plural = _("follow-ups of commitments")
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(words="") | ~Q(state=models.F("before")), name="follow_up_says_something"
            ),
            models.CheckConstraint(
                condition=Q(is_correction=False) | ~Q(words=""), name="follow_up_correction_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
