"""Two entries that were one organisation: what was moved when they became one, so that it can be undone."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models.organisations import Organisation


class Merge(models.Model):
    """One entry became part of another. ``record`` holds what it takes to undo it.

    ``record`` has ``moved`` and ``stayed`` (model, field, ids), ``changed`` (model, id, before, after) and ``added``
    (model, rows). It holds words of the two entries, and of people and contacts nothing but the numbers of their rows.
    """

    kept = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kept"))
    gone = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("became part of it"))
    record = models.JSONField(default=dict, editable=False)
    made_at = models.DateTimeField(_("merged"), auto_now_add=True)
    made_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    left = models.JSONField(
        default=list, editable=False, help_text=_("What had changed since, and was left as it was when it was undone.")
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
            # An entry becomes part of one other: two people who merge it at once do not both succeed.
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_gone_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class NotDuplicate(models.Model):
    """Two entries that look alike and are not one organisation: they are not proposed again."""

    first = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("one entry"))
    second = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("other entry"))
    said_at = models.DateTimeField(_("said"), auto_now_add=True)
    said_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("pair that is no duplicate")
        verbose_name_plural = _("pairs that are no duplicates")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
