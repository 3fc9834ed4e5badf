"""Who did what, and who opened what: one append-only log with one hash chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act. ``facts`` hold codes and numbers, never content or personal data.

    Rows are written without a seal, so that writers do not queue behind each other, and sealed in order by a
    periodic task: each seal is a hash of the row and of the seal before it. ``seal_number`` is the order of the chain,
    which differs from the order of ids where a transaction committed late. A row changed or removed afterwards breaks
    the chain (``orgs.audit.first_broken_entry``).
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        "orgs.User",
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,  # the number stays when the person is erased, or the chain would break
        db_index=False,
        related_name="+",
        verbose_name=_("by"),
    )
    verb = models.CharField(_("act"), max_length=40)
    object_type = models.CharField(_("kind of object"), max_length=40)
    object_id = models.CharField(_("object"), max_length=40)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    seal = models.CharField(_("seal"), max_length=64, blank=True, editable=False)
    seal_number = models.BigIntegerField(_("place in the chain"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        constraints = [
            # Only of sealed entries: who writes one pays for no index that says nothing of it.
            models.UniqueConstraint(
                fields=["seal_number"], name="audit_one_chain", condition=models.Q(seal_number__isnull=False)
            ),
        ]
        indexes = [
            # What one person did. Most entries are of reports and name nobody.
            models.Index(fields=["actor"], name="audit_by_actor", condition=models.Q(actor__isnull=False)),
            # The line of one incident, and the history of any object, in order.
            models.Index(fields=["object_type", "object_id", "id"], name="audit_by_object"),
            # The sealing task takes what is not sealed yet, in order.
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(seal="")),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"
