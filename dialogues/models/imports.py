"""Files of sessions on their way in: the import, and each line of its file.

The file itself is not kept: its lines are, until they are forgotten (``dialogues.services.import_files``). They are
seen by who brought the file and by nobody else. What stays is how many lines came in.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SessionImportState(models.TextChoices):
    """How far an import of sessions has come."""

    COLUMNS = "columns", _("Waits to be told what its columns hold")
    READING = "reading", _("Being read")
    READY = "ready", _("To be checked")
    APPLYING = "applying", _("Coming in")
    DONE = "done", _("Came in")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")
    FAILED = "failed", _("Stopped by a fault")
    CANCELLED = "cancelled", _("Given up")


IMPORT_AT_WORK = (SessionImportState.READING, SessionImportState.APPLYING, SessionImportState.UNDOING)
"""A worker is at it, or is about to be."""


class SessionRowState(models.TextChoices):
    """What was found about a line."""

    UNREAD = "unread", _("Not read yet")
    NEW = "new", _("New session")
    CHANGES = "changes", _("Changes a session")
    SAME = "same", _("Nothing new")
    ERROR = "error", _("Cannot come in")


class SessionRowOutcome(models.TextChoices):
    """What became of a line."""

    WAITING = "", _("Not yet")
    CREATED = "created", _("Added")
    CHANGED = "changed", _("Changed a session")
    WAITS = "waits", _("Waits for a person: somebody wrote something else")
    SAME = "same", _("Nothing new")
    LEFT = "left", _("Did not come in")
    REMOVED = "removed", _("Taken back: removed")
    KEPT = "kept", _("Kept: somebody has worked on it since")


class SessionImport(models.Model):
    """One file of sessions, from its upload to what became of it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("brought by")
    )
    is_machine = models.BooleanField(
        default=False, editable=False, help_text="Brought on the command line, by who keeps the machine."
    )
    file_name = models.CharField(_("file"), max_length=200)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    other_sheets = models.JSONField(default=list, editable=False, help_text="Names of the sheets that were not taken.")
    sha256 = models.CharField(max_length=64, editable=False)
    columns = models.JSONField(default=list, editable=False, help_text="Place, title, tag and field of each column.")
    state = models.CharField(_("state"), max_length=10, choices=SessionImportState, default=SessionImportState.READING)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    counts = models.JSONField(_("counts"), default=dict, help_text="How many lines of each sort and outcome.")
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    stop_asked = models.BooleanField(default=False, editable=False)
    fault = models.CharField(_("fault"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("uploaded"), db_default=Now())
    touched_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When a worker last said that it is at work on it."""
    applied_at = models.DateTimeField(_("came in"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("content forgotten"), null=True, blank=True)
    processes = models.ManyToManyField(
        "dialogues.Process", blank=True, related_name="+", verbose_name=_("processes it began")
    )

    class Meta:
        verbose_name = _("import of sessions")
        verbose_name_plural = _("imports of sessions")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) | Q(columns=[]), name="session_import_forgotten_is_empty"
            ),
        ]
        indexes = [
            # One's own imports, newest first.
            models.Index(fields=["uploaded_by", "-id"], name="session_import_by_person"),
            # The look for imports whose worker died, every half minute.
            models.Index(
                fields=["touched_at"],
                name="session_import_at_work",
                condition=Q(state__in=["reading", "applying", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker is at it, or is about to be."""
        return self.state in IMPORT_AT_WORK

    @property
    def is_forgotten(self) -> bool:
        """Whether its lines are gone."""
        return self.forgotten_at is not None


class SessionImportRow(models.Model):
    """One line of a file: one session, what was understood of it, and what became of it."""

    job = models.ForeignKey(SessionImport, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("line"), help_text=_("As the spreadsheet counts them."))
    cells = models.JSONField(default=list)
    faulty = models.JSONField(default=list, help_text="Columns whose formula has no result.")
    said = models.JSONField(default=dict, help_text="dialogues.said.SessionSaid as JSON.")
    process_title = models.CharField(_("process"), max_length=200, blank=True)
    process_kind = models.CharField(max_length=15, blank=True)
    proposals = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    session_uid = models.UUIDField(null=True, blank=True, editable=False, help_text="Made of what the line is about.")
    state = models.CharField(_("found"), max_length=8, choices=SessionRowState, default=SessionRowState.UNREAD)
    outcome = models.CharField(
        _("became"), max_length=8, choices=SessionRowOutcome, default=SessionRowOutcome.WAITING, blank=True
    )
    session = models.ForeignKey(
        "dialogues.Session", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    version = models.PositiveIntegerField(null=True, blank=True, help_text="Of the session, as the line left it.")

    class Meta:
        verbose_name = _("line of an import of sessions")
        verbose_name_plural = _("lines of imports of sessions")
        ordering = ("job_id", "id")
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="session_import_line_once")]
        indexes = [
            # The preview lists the lines of one sort, the result those of one outcome; a worker walks those waiting.
            models.Index(fields=["job", "state", "id"], name="session_import_line_by_state"),
            models.Index(fields=["job", "outcome", "id"], name="session_import_line_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
