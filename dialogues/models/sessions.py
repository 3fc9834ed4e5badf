"""A session: one time that people came together. Counts of people, no names."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dialogues.models.processes import InAreas, Process
from dialogues.models.vocabulary import (
    AgeBand,
    Country,
    Group,
    How,
    Need,
    PointKind,
    SessionKind,
    SessionState,
    Sex,
)
from orgs.models import Tlp

MOST_PEOPLE = 20_000
"""People in one room or on one square; more is a slip of the finger."""


class Session(InAreas):
    """One time that people came together: when, where, in which languages, how many, what was said.

    ``people`` took part; ``spectators`` watched a film and are never counted as participants. Whatever a person wrote
    is kept for ever in ``SessionEdit``. What could endanger somebody stands in ``SafetyNote``, names in
    ``NamedAttendance``, both apart and sealed.
    """

    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("Given by the phone or page that wrote it first.")
    )
    process = models.ForeignKey(
        Process, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("process")
    )
    number = models.PositiveSmallIntegerField(_("number in the process"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=SessionKind, default=SessionKind.DIALOGUE)
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.HELD)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("day"))
    starts_at = models.TimeField(_("from"), null=True, blank=True)
    ends_at = models.TimeField(_("until"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=Country, default=Country.MALI)
    place_text = models.CharField(_("place"), max_length=200, blank=True)
    spoken = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("languages spoken"))
    interpreted = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name=_("languages interpreted")
    )
    led_by = models.ForeignKey(
        "orgs.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_sessions",
        verbose_name=_("held by"),
    )
    facilitators = models.ManyToManyField(
        "orgs.User", blank=True, related_name="facilitated_sessions", verbose_name=_("facilitators")
    )
    present = models.ManyToManyField(
        "orgs.Organisation",
        blank=True,
        related_name="attended_sessions",
        verbose_name=_("organisations in the room"),
        help_text=_("Services of the state and forces included. They read what was agreed."),
    )
    people = models.PositiveIntegerField(_("participants"), default=0)
    spectators = models.PositiveIntegerField(_("spectators"), default=0, help_text=_("Of a film; not participants."))
    women = models.PositiveIntegerField(default=0, editable=False)
    men = models.PositiveIntegerField(default=0, editable=False)
    youth = models.PositiveIntegerField(default=0, editable=False)
    aged = models.PositiveIntegerField(default=0, editable=False, help_text=_("Of how many the age band is known."))
    invited = ArrayField(
        models.CharField(max_length=15, choices=Group), default=list, blank=True, verbose_name=_("groups invited")
    )
    absent = ArrayField(
        models.CharField(max_length=15, choices=Group), default=list, blank=True, verbose_name=_("groups absent")
    )
    agenda = models.TextField(_("agenda"), blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    tlp = models.CharField(_("marking"), max_length=12, choices=Tlp, default=Tlp.GREEN)
    how = models.CharField(_("written down"), max_length=6, choices=How, default=How.PAGE)
    recorded_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written down by")
    )
    recorded_at = models.DateTimeField(_("written down at"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("-held_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(people__lte=MOST_PEOPLE, spectators__lte=MOST_PEOPLE), name="session_people_believable"
            ),
            models.CheckConstraint(
                condition=Q(people__gte=F("women") + F("men")) & Q(people__gte=F("aged")) & Q(aged__gte=F("youth")),
                name="session_counts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(spectators=0) | Q(kind=SessionKind.SCREENING), name="session_only_films_have_spectators"
            ),
            models.CheckConstraint(condition=Q(held_on__gte="1990-01-01"), name="session_in_living_memory"),
            models.CheckConstraint(
                condition=Q(country=Country.MALI) | Q(region__isnull=True, cercle__isnull=True, commune__isnull=True),
                name="session_abroad_has_no_area",
            ),
            models.CheckConstraint(condition=Q(tlp__in=Tlp.values), name="session_tlp_known"),
        ]
        indexes = [
            # The list, newest first, paged by (held_on, id): whole country, then one région, cercle, commune, process.
            models.Index(F("held_on").desc(), F("id").desc(), name="session_newest"),
            models.Index(F("region"), F("held_on").desc(), F("id").desc(), name="session_by_region"),
            models.Index(F("cercle"), F("held_on").desc(), F("id").desc(), name="session_by_cercle"),
            models.Index(F("commune"), F("held_on").desc(), F("id").desc(), name="session_by_commune"),
            # Programs that mirror ask for what changed since.
            models.Index(fields=["updated_at", "id"], name="session_by_change"),
        ]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """How many people of one sex, age band and group were in the room. People, each session anew, no names."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance", verbose_name=_("session"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    age_band = models.CharField(_("age"), max_length=5, choices=AgeBand)
    group = models.CharField(_("group"), max_length=15, choices=Group)
    count = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(fields=["session", "sex", "age_band", "group"], name="attendance_cell_once"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=MOST_PEOPLE), name="attendance_believable"),
        ]

    def __str__(self) -> str:
        return f"{self.sex} {self.age_band} {self.group}: {self.count}"


class Issue(models.Model):
    """What was raised in a session, by need and by theme. ``themes`` are codes of ``orgs.Term`` (theme)."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="issues", verbose_name=_("session"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    words = models.CharField(_("what was raised"), max_length=500)
    needs = ArrayField(models.CharField(max_length=15, choices=Need), default=list, blank=True, verbose_name=_("needs"))
    themes = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("themes"))

    class Meta:
        verbose_name = _("issue raised")
        verbose_name_plural = _("issues raised")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Point(models.Model):
    """Something on which the room agreed, or did not."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="points", verbose_name=_("session"))
    kind = models.CharField(_("kind"), max_length=12, choices=PointKind)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    words = models.CharField(_("in words"), max_length=500)

    class Meta:
        verbose_name = _("point of a session")
        verbose_name_plural = _("points of a session")
        ordering = ("kind", "position", "id")

    def __str__(self) -> str:
        return f"#{self.pk}"


class SafetyNote(models.Model):
    """What could endanger somebody if it were known: sealed, added and never changed, read by few, each time noted."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="safety_notes", verbose_name=_("session"))
    sealed = models.BinaryField(editable=False, help_text=_("What was written, encrypted."))
    note_key = models.CharField(max_length=64, unique=True, editable=False, help_text=_("One note sent is one row."))
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("safety note")
        verbose_name_plural = _("safety notes")
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Consent(models.TextChoices):
    """How somebody said yes to their name or picture being kept."""

    SIGNED = "signed", _("Signed, or by thumbprint")
    SPOKEN = "spoken", _("Said before a witness")


class NamedAttendance(models.Model):
    """Somebody who agreed that it be kept that they were there. Name and contact are sealed; opened with a reason.

    Nobody is here without consent. Taking consent back deletes the row.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="names", verbose_name=_("session"))
    sealed = models.BinaryField(editable=False, help_text=_("Name, body and contact, encrypted."))
    person_key = models.CharField(max_length=64, editable=False, help_text=_("Keyed hash by which a name is found."))
    consent = models.CharField(_("consent"), max_length=6, choices=Consent)
    consented_on = models.DateField(_("agreed on"))
    added_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("added"), db_default=Now())

    class Meta:
        verbose_name = _("named attendance")
        verbose_name_plural = _("named attendance")
        constraints = [
            models.UniqueConstraint(fields=["session", "person_key"], name="named_once_a_session"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PaperKind(models.TextChoices):
    """What a file of a session shows."""

    PHOTO = "photo", _("Photo")
    MINUTES = "minutes", _("Page of the minutes")


class SessionPaper(models.Model):
    """A photo of the session or of a page of its minutes. A photo of people is kept with their consent alone.

    Bytes lie sealed outside the web root under ``name`` (``incidents.media.store``), cleaned of what cameras add.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="papers", verbose_name=_("session"))
    kind = models.CharField(_("kind"), max_length=7, choices=PaperKind)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    consent = models.CharField(_("consent of those who are seen"), max_length=6, choices=Consent, blank=True)
    in_report = models.BooleanField(
        _("in the report"), default=False, help_text=_("Those who can be recognised agreed to this as well.")
    )
    name = models.CharField(max_length=32, unique=True, editable=False)
    media_type = models.CharField(_("type of file"), max_length=30)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    added_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("added"), db_default=Now())

    class Meta:
        verbose_name = _("photo or page")
        verbose_name_plural = _("photos and pages")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=PaperKind.PHOTO) | ~Q(consent=""), name="session_photo_with_consent"
            ),
            models.CheckConstraint(
                condition=Q(kind=PaperKind.PHOTO) | Q(in_report=False), name="session_report_shows_photos_alone"
            ),
            models.UniqueConstraint(fields=["session", "sha256"], name="session_paper_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class EditState(models.TextChoices):
    """What became of what somebody wrote."""

    APPLIED = "applied", _("Taken over")
    WAITING = "waiting", _("Says something else than what stands")
    SETTLED = "settled", _("Settled by a person")


class SessionEdit(models.Model):
    """Everything that somebody wrote of a session at once, whole and for ever: nobody loses a word.

    ``said`` is ``dialogues.said.SessionSaid`` as JSON. An edit that began from another version than the one that stands
    is joined field by field; ``conflicts`` names the fields that both changed, which wait for a person to settle them.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="edits", verbose_name=_("session"))
    edit_key = models.UUIDField(unique=True, editable=False, help_text=_("One edit sent twice is one row."))
    base_version = models.PositiveIntegerField(_("began from version"))
    version = models.PositiveIntegerField(_("made version"), null=True, blank=True)
    said = models.JSONField(_("what was written"), editable=False)
    stood = models.JSONField(
        default=dict, editable=False, help_text=_("What stood afterwards: from it later edits are told apart.")
    )
    state = models.CharField(_("state"), max_length=8, choices=EditState, default=EditState.APPLIED)
    conflicts = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name=_("fields in conflict")
    )
    written_by = models.ForeignKey("orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), db_default=Now())
    settled_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("edit of a session")
        verbose_name_plural = _("edits of a session")
        ordering = ("-written_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=EditState.WAITING) | Q(conflicts__len__gt=0), name="edit_waits_for_something"
            ),
        ]
        indexes = [
            # What waits to be settled: nearly none of all edits.
            models.Index(fields=["session"], name="edit_waiting", condition=Q(state=EditState.WAITING)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
