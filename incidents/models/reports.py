"""What somebody said, by any door. A report is never edited; what is added later is a new row.

One thing alone changes what was said: its author may erase it (``incidents.services.erasure``). What is left then is an
empty row that keeps the counts, the decisions and the receipt's answer true.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.vocabulary import (
    Door,
    HowKnown,
    IncidentType,
    PlacePrecision,
    RejectReason,
    ReportState,
    TimePrecision,
)
from orgs.models import Language


class Located(models.Model):
    """The place of a row: as it was said, and the areas of the current edition it resolved to.

    The area columns are stored on the row since filtering a subtree through a join was 10 to 15 times slower.
    """

    place_text = models.CharField(_("place, as said"), max_length=200, blank=True)
    place = models.ForeignKey(
        "orgs.Place", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("town or village")
    )
    place_precision = models.CharField(
        _("place known"), max_length=10, choices=PlacePrecision, default=PlacePrecision.UNKNOWN
    )
    region = models.ForeignKey(
        "orgs.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("region"),
    )
    cercle = models.ForeignKey(
        "orgs.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("cercle"),
    )
    commune = models.ForeignKey(
        "orgs.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("commune"),
    )

    class Meta:
        abstract = True


class Report(Located):
    """What one person said once. Who said it, and from where exactly, is in ``ReporterIdentity`` alone."""

    door = models.CharField(_("door"), max_length=10, choices=Door, default=Door.WEB)
    external_id = models.CharField(
        _("number at the door"), max_length=100, help_text=_("The same number at the same door is the same report.")
    )
    content_key = models.CharField(max_length=64, editable=False, help_text=_("Hash of what was said."))
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    type = models.ForeignKey(
        IncidentType, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("what")
    )
    occurred_on = models.DateField(_("when"), null=True, blank=True)
    time_precision = models.CharField(_("time known"), max_length=10, choices=TimePrecision, default=TimePrecision.DAY)
    narrative = models.TextField(_("what was said"), blank=True)
    harmed = models.JSONField(
        _("people harmed, as said"), default=dict, blank=True, help_text=_("Kind of harm: number of people.")
    )
    how_known = models.CharField(_("how it is known"), max_length=10, choices=HowKnown, default=HowKnown.UNKNOWN)
    may_call_back = models.BooleanField(_("may be called back"), default=False)
    wants_feedback = models.BooleanField(
        _("wants to be told"), default=True, help_text=_("Without it nothing is ever sent to the reporter.")
    )
    request_key = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Hash of the very request, at doors that must tell a retry from other content."),
    )
    erased_at = models.DateTimeField(_("erased by its author"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.NEW)
    incident = models.ForeignKey(
        "incidents.Incident",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("incident"),
    )
    reject_reason = models.CharField(_("set aside because"), max_length=12, choices=RejectReason, blank=True)
    reject_note = models.CharField(_("note, internal"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-received_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["door", "external_id"], name="report_once_by_door"),
            models.CheckConstraint(
                condition=Q(state=ReportState.ATTACHED, incident__isnull=False)
                | (~Q(state=ReportState.ATTACHED) & Q(incident__isnull=True)),
                name="report_attached_has_incident",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.REJECTED) & ~Q(reject_reason="")
                | ~Q(state=ReportState.REJECTED) & Q(reject_reason=""),
                name="report_rejected_says_why",
            ),
            # What its author erased is gone, whatever else writes to the row.
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(narrative="", place_text="", harmed={}, reject_note=""),
                name="report_erased_is_empty",
            ),
        ]
        indexes = [
            # The desk: what is new in one région (or cercle), oldest first.
            models.Index(fields=["region", "state", "received_at", "id"], name="report_desk_by_region"),
            models.Index(fields=["cercle", "state", "received_at", "id"], name="report_desk_by_cercle"),
            models.Index(fields=["commune", "received_at"], name="report_by_commune"),
            # Lists for those who see the whole country, and matches near in time.
            models.Index(fields=["state", "received_at", "id"], name="report_desk"),
            models.Index(F("received_at").desc(), F("id").desc(), name="report_newest"),
            models.Index(fields=["content_key"], name="report_by_content"),
        ]

    def __str__(self) -> str:
        return f"{_('Report')} {self.pk}"


class Addition(models.Model):
    """Something added to a report later: by its reporter on the follow-up page, or to a resent form."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="additions", verbose_name=_("report"))
    text = models.TextField(_("text"))
    content_key = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    read_at = models.DateTimeField(_("read at the desk"), null=True, blank=True)

    class Meta:
        verbose_name = _("addition to a report")
        verbose_name_plural = _("additions to reports")
        ordering = ("received_at", "id")
        constraints = [
            # The same words sent twice (double tap, retry) are one addition.
            models.UniqueConstraint(fields=["report", "content_key"], name="addition_once")
        ]
        indexes = [
            # The desk marks, page by page, which of its reports were answered and not looked at since.
            models.Index(fields=["report"], name="addition_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{_('Addition')} {self.pk}"


class ReporterIdentity(models.Model):
    """Who reported, how to reach them, and the raw point: encrypted, found by keyed hash, opened with a reason.

    ``person_key`` is a keyed hash of the account or the phone number; it finds a known reporter's other reports
    without naming anybody. The sealed record may hold ``name``, ``phone``, ``email``, ``user_id``, ``lat``, ``lon``
    and ``accuracy_m``.
    """

    report = models.OneToOneField(
        Report, models.CASCADE, primary_key=True, related_name="identity", verbose_name=_("report")
    )
    sealed = models.BinaryField(editable=False)
    person_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("identity of a reporter")
        verbose_name_plural = _("identities of reporters")
        indexes = [
            # A person's own reports, and whether a source is known.
            models.Index(fields=["person_key"], name="identity_by_person", condition=~Q(person_key="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
