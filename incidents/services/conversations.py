"""Talking with a reporter whom nobody knows: words go to whoever holds the receipt, answers come back as additions."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import Addition, Report, WordToReporter
from incidents.said import clean_words
from incidents.services import steps
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_WORD = 1_000
MOST_UNANSWERED = 20
"""Words to one reporter that wait for an answer; more would drown who reads them on a small screen."""


def write_to_reporter(*, viewer: Viewer, report: Report, text: str) -> WordToReporter:
    """Ask or tell a reporter something. Held back while it names positions of forces, or a way to reach somebody.

    The same words twice in a row (a double tap) are one. Raises ``ValidationError`` on ``text``.
    """
    text = clean_words(text)
    if not text:
        raise ValidationError({"text": _("Write what you want to ask or say.")})
    if len(text) > LONGEST_WORD:
        raise ValidationError({"text": _("At most %(n)s characters.") % {"n": LONGEST_WORD}})
    if held := held_words(text):
        raise ValidationError({"text": held})
    with transaction.atomic():
        held_report = steps.hold_report(viewer, report, version=None)
        if held_report.erased_at is not None:
            raise NotAllowed(_("Its author erased this report: nobody reads what you write here."))
        waiting = list(held_report.words.filter(seen_at=None).order_by("-pk")[:MOST_UNANSWERED])
        if waiting and waiting[0].text == text:
            return waiting[0]
        if len(waiting) == MOST_UNANSWERED:
            raise NotAllowed(_("The reporter has not read what you wrote before. Wait for their answer."))
        word = WordToReporter.objects.create(report=held_report, text=text, written_by_id=viewer.user_id)
        steps.note(viewer, held_report, "wrote_to_reporter", word=word.pk)
    return word


def words_for_reporter(*, report: Report) -> list[WordToReporter]:
    """What the holder of the receipt is told, oldest first; from now on it counts as seen."""
    words = list(report.words.all())
    if any(word.seen_at is None for word in words):
        report.words.filter(seen_at=None).update(seen_at=timezone.now())
    return words


def mark_answers_read(*, viewer: Viewer, report: Report) -> int:
    """Say that what the reporter added was read at the desk; returns how many additions were new."""
    with transaction.atomic():
        held = steps.hold_report(viewer, report, version=None)
        count: int = held.additions.filter(read_at=None).update(read_at=timezone.now())
        if count:
            steps.note(viewer, held, "answers_read", additions=count)
    return count


def unread_answers(reports: QuerySet[Report]) -> QuerySet[Addition]:
    """The additions to these reports that nobody at the desk has marked as read."""
    return Addition.objects.filter(read_at=None, report__in=reports.order_by().values("pk"))
