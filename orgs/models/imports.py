"""Files of organisations on their way into the directory: the import, and each line of its file.

Both hold what the file says, contacts of people included: they are seen by who brought the file and by administrators,
and are forgotten after a month (``orgs.services.import_files.forget_old``). What stays is how many lines came in.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """How far an import has come."""

    COLUMNS = "columns", _("Columns to check")
    READING = "reading", _("Being read")
    READY = "ready", _("To be checked")
    APPLYING = "applying", _("Coming in")
    DONE = "done", _("Came in")
    UNDOING = "undoing", _("Being taken back")
    FAILED = "failed", _("Stopped by a fault")
    CANCELLED = "cancelled", _("Given up")
    UNDONE = "undone", _("Taken back")


AT_WORK = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)
"""A worker is at it, or is about to be."""


class ImportMode(models.TextChoices):
    """What happens to the lines in order when others are not."""

    ALL = "all", _("All lines or none")
    VALID = "valid", _("The lines in order only")


class RowState(models.TextChoices):
    """What was found about a line of a file."""

    READ = "read", _("Read")
    CREATE = "create", _("New")
    UPDATE = "update", _("Changes an entry")
    SAME = "same", _("Nothing new")
    LIKELY = "likely", _("Perhaps known already")
    ERROR = "error", _("Cannot come in")
    JOINED = "joined", _("Belongs to a line above")


class RowDecision(models.TextChoices):
    """What is to be done with a line."""

    CREATE = "create", _("Add as new")
    UPDATE = "update", _("Put into the known entry")
    SKIP = "skip", _("Leave out")


class RowOutcome(models.TextChoices):
    """What became of a line."""

    WAITING = "", _("Not yet")
    CREATED = "created", _("Added")
    UPDATED = "updated", _("Changed an entry")
    SAME = "same", _("Nothing new")
    SKIPPED = "skipped", _("Left out, as chosen")
    LEFT = "left", _("Did not come in")
    REMOVED = "removed", _("Taken back: removed")
    RETIRED = "retired", _("Taken back: marked as no longer active")
    RESTORED = "restored", _("Taken back: as it was before")
    KEPT = "kept", _("Kept: somebody has changed it since")


class ImportJob(models.Model):
    """One file, from its upload to what became of it."""

    uploaded_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("brought by")
    )
    is_machine = models.BooleanField(
        default=False, editable=False, help_text="Brought on the command line, by who keeps the machine."
    )
    file_name = models.CharField(_("file"), max_length=200)
    stored = models.CharField(max_length=60, blank=True, editable=False, help_text="Random name below var/imports.")
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, editable=False)
    format = models.CharField(_("format"), max_length=4, help_text="xlsx, csv")
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.COLUMNS)
    sheets = models.JSONField(default=list, help_text="What was found in each sheet: name, header, titles, guesses.")
    mapping = models.JSONField(default=dict, help_text="Sheets that are taken: name -> column number -> field.")
    mode = models.CharField(_("how"), max_length=5, choices=ImportMode, default=ImportMode.ALL)
    fills_only = models.BooleanField(
        _("only fills gaps"), default=False, help_text=_("What known entries already say stays as it is.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    stop_asked = models.BooleanField(default=False, editable=False)
    fault = models.CharField(_("fault"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    touched_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When a worker last said that it is at work on it."""
    applied_at = models.DateTimeField(_("came in"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("content forgotten"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of organisations")
        verbose_name_plural = _("imports of organisations")
        ordering = ("-id",)
        constraints = [
            # What was forgotten holds no content by which a person could be found.
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) | Q(stored="", sheets=[], mapping={}),
                name="import_forgotten_is_empty",
            ),
        ]
        indexes = [
            # One's own imports, newest first.
            models.Index(fields=["uploaded_by", "-id"], name="import_by_person"),
            # The look for imports whose worker died, every minute.
            models.Index(
                fields=["touched_at"], name="import_at_work", condition=Q(state__in=["reading", "applying", "undoing"])
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker reads or applies it, or is about to."""
        return self.state in AT_WORK

    @property
    def is_forgotten(self) -> bool:
        """Whether its lines and its file are gone."""
        return self.forgotten_at is not None


class ImportRow(models.Model):
    """One line of a file, and what became of it.

    Several lines that speak of one organisation are one: the first of them (``leader`` empty) holds what all say.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows", verbose_name=_("import"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    number = models.PositiveIntegerField(_("line"), help_text=_("As the spreadsheet counts them."))
    cells = models.JSONField(default=list)
    parsed = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    state = models.CharField(_("found"), max_length=8, choices=RowState, default=RowState.READ)
    leader = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="joined")
    likely = models.JSONField(default=list, help_text="Entries that it may be: id, reasons, likeness.")
    match = models.ForeignKey(
        "orgs.Organisation", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("known entry")
    )
    match_by = models.CharField(max_length=10, blank=True, help_text="slug, legal, name, acronym, chosen")
    decision = models.CharField(_("to be done"), max_length=6, choices=RowDecision, blank=True)
    is_decided = models.BooleanField(default=False, help_text="Whether a person chose, and not the product.")
    outcome = models.CharField(_("became"), max_length=8, choices=RowOutcome, default=RowOutcome.WAITING, blank=True)
    organisation = models.ForeignKey(
        "orgs.Organisation", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    before = models.JSONField(default=dict, help_text="What undoing needs: old values, what was added, the version.")

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        ordering = ("job_id", "id")
        constraints = [
            models.UniqueConstraint(fields=["job", "sheet", "number"], name="import_line_once"),
        ]
        indexes = [
            # The preview lists the lines of one state; a worker walks those still waiting.
            models.Index(fields=["job", "state", "id"], name="import_line_by_state"),
            models.Index(fields=["job", "outcome", "id"], name="import_line_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
