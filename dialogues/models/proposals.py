"""What sessions propose, and the priorities into which like proposals are grouped by hand."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dialogues.models.processes import Process
from dialogues.models.sessions import Session
from orgs.models.areas import plain_words


class PriorityQuerySet(models.QuerySet["Priority"]):
    """Set-based reads of priorities."""

    def standing(self) -> "PriorityQuerySet":
        """Those that were neither merged into another nor taken back."""
        return self.filter(merged_into__isnull=True, withdrawn_at__isnull=True)


class Priority(models.Model):
    """A group of like proposals of one process, in words of its own; also without any proposal."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="priorities", verbose_name=_("process"))
    title = models.CharField(_("title"), max_length=200)
    title_key = models.CharField(max_length=400, editable=False)
    words = models.CharField(_("in more words"), max_length=500, blank=True)
    theme = models.CharField(_("theme"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("merged into")
    )
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    made_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made"), db_default=Now())
    is_demo = models.BooleanField(_("demonstration"), default=False)

    objects = PriorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("priority")
        verbose_name_plural = _("priorities")
        ordering = ("theme", "position", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="priority_has_a_title"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")), name="priority_not_in_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the words by which likely matches are found."""
        self.title_key = plain_words(self.title)[:400]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Proposal(models.Model):
    """What somebody in a session proposed, as it was said; ``theme`` is a code of ``orgs.Term`` or nothing."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="proposals", verbose_name=_("session"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    words = models.CharField(_("what is proposed"), max_length=500)
    words_key = models.CharField(max_length=1000, editable=False)
    theme = models.CharField(_("theme"), max_length=30, blank=True)
    priority = models.ForeignKey(
        Priority, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("priority")
    )
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("session", "position", "id")
        constraints = [
            models.UniqueConstraint(fields=["session", "words_key"], name="proposal_once_a_session"),
            models.CheckConstraint(condition=~Q(words=""), name="proposal_has_words"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the words by which likely matches are found."""
        self.words_key = plain_words(self.words)[:1000]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class GroupingKind(models.TextChoices):
    """What somebody did to the groups of a process."""

    PUT = "put", _("Proposals put into a priority")
    NEW = "new", _("Priority made")
    OUT = "out", _("Proposal taken out of its priority")
    MERGE = "merge", _("Two priorities merged")
    WITHDRAW = "withdraw", _("Priority taken back")


class GroupingStep(models.Model):
    """One step of grouping, with what stood before it, so that it can be undone.

    ``moved`` is a list of [proposal, priority before or null].
    """

    process = models.ForeignKey(Process, models.PROTECT, related_name="grouping_steps", verbose_name=_("process"))
    kind = models.CharField(_("what"), max_length=8, choices=GroupingKind)
    priority = models.ForeignKey(
        Priority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("priority")
    )
    other = models.ForeignKey(
        Priority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("what was merged into it")
    )
    moved = models.JSONField(default=list, editable=False)
    done_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    done_at = models.DateTimeField(_("when"), db_default=Now())
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("step of grouping")
        verbose_name_plural = _("steps of grouping")
        ordering = ("-id",)
        indexes = [
            # The last step that can be undone, asked for by every page of grouping.
            models.Index(fields=["process", "-id"], name="grouping_last", condition=Q(undone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
