"""Photos and voice messages that belong to a report, and the recorded questions of the report form."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.reports import Report


class MediaKind(models.TextChoices):
    """What a file turned out to be; empty where it was neither."""

    PHOTO = "photo", _("Photo")
    VOICE = "voice", _("Voice message")


class AttachmentState(models.TextChoices):
    """Life of a file: it comes in by pieces, then it is kept, or refused with a reason."""

    RECEIVING = "receiving", pgettext_lazy("file", "Coming in")
    READY = "ready", pgettext_lazy("file", "Kept")
    REFUSED = "refused", pgettext_lazy("file", "Not kept")


class Refusal(models.TextChoices):
    """Why a file was not kept. The reporter reads it."""

    TYPE = "type", _("It is neither a photo nor a voice message that we can read.")
    BROKEN = "broken", _("The file is damaged or not complete.")
    HEAVY = "heavy", _("The file is too heavy.")
    HUGE = "huge", _("The picture has too many points.")
    EMPTY = "empty", _("The file is empty.")
    MANY = "many", _("This report already has as many files as it can take.")
    UNFINISHED = "unfinished", _("The rest of the file never came.")


class Attachment(models.Model):
    """A cleaned photo or voice message. Its bytes lie sealed under ``settings.VAR_DIR/media``, by a random name.

    A refused file leaves this row with the reason, and no bytes.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="attachments", verbose_name=_("report"))
    kind = models.CharField(_("kind"), max_length=5, choices=MediaKind, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=AttachmentState, default=AttachmentState.RECEIVING)
    refusal = models.CharField(_("not kept because"), max_length=10, choices=Refusal, blank=True)
    media_type = models.CharField(_("type of file"), max_length=30, blank=True)
    size = models.PositiveIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Hash of what is kept."))
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    name = models.CharField(max_length=32, unique=True, editable=False)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    # Coming in by pieces: the sender's number of the file, how much it will be, how much is here.
    upload_id = models.CharField(max_length=32, blank=True, editable=False)
    client_id = models.CharField(max_length=32, blank=True, editable=False)
    content_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Keyed hash of what came in.")
    )
    expected = models.PositiveIntegerField(default=0, editable=False)
    offset = models.PositiveIntegerField(default=0, editable=False)
    touched_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("photo or voice message")
        verbose_name_plural = _("photos and voice messages")
        ordering = ("received_at", "id")
        constraints = [
            # The same file of the same phone, started twice, is one file.
            models.UniqueConstraint(
                fields=["report", "client_id"], condition=~Q(client_id=""), name="attachment_once_by_phone"
            ),
            # A piece is brought by the number of its upload, which nobody else can guess.
            models.UniqueConstraint(fields=["upload_id"], condition=~Q(upload_id=""), name="attachment_by_upload"),
            # The same bytes sent again are the same file, also when two requests bring them at once.
            models.UniqueConstraint(
                fields=["report", "content_key"],
                condition=Q(state="ready") & ~Q(content_key=""),
                name="attachment_once_by_content",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
                name="attachment_refused_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(kind="") & ~Q(media_type="") & ~Q(sha256=""),
                name="attachment_ready_is_whole",
            ),
        ]
        indexes = [
            # What never came to its end, looked for every night among all files there ever were.
            models.Index(fields=["touched_at"], name="attachment_unfinished", condition=Q(state="receiving")),
        ]

    def __str__(self) -> str:
        return f"{_('File')} {self.pk}"


class Question(models.TextChoices):
    """A question of the report form that can be heard."""

    START = "start", _("Welcome: what this page is for")
    WHAT = "what", _("What is happening?")
    WHERE = "where", _("Where?")
    WHEN = "when", _("When?")
    HARMED = "harmed", _("How many people were harmed?")
    WORDS = "words", _("What happened, in your words")
    MEDIA = "media", _("Photo or voice message")
    HOW = "how", _("How do you know?")
    PHONE = "phone", _("May we call you back?")


def language_code(value: str) -> None:
    """Refuse what cannot be the code of a language."""
    if not (2 <= len(value) <= 30 and value.replace("-", "").isalnum()):
        raise ValidationError(_("Write the code of the language, such as bm for Bambara."))


class Prompt(models.Model):
    """A question of the report form, spoken in one language: a public sound file, the same for everybody."""

    question = models.CharField(_("question"), max_length=10, choices=Question)
    language = models.CharField(
        _("language"),
        max_length=30,
        validators=[language_code],
        help_text=_("Code of the language: fr, en, or a code of the list of languages, such as bm for Bambara."),
    )
    language_name = models.CharField(
        _("name of the language"), max_length=60, help_text=_("As its speakers write it, for the button.")
    )
    audio = models.BinaryField(editable=False)
    media_type = models.CharField(_("type of file"), max_length=30, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("recorded question")
        verbose_name_plural = _("recorded questions")
        ordering = ("language", "question")
        constraints = [
            # Two recordings of one question in one language would be played one over the other.
            models.UniqueConstraint(fields=["question", "language"], name="prompt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()} ({self.language})"
