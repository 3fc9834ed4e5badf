"""What leaves on paper, each time noted; and the words of papers in languages that the product does not speak."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import ROUNDS, may_group, may_keep_paper_texts, may_print_sheets, may_take_report, report_audience
from dialogues.models import PaperText, Process, RatingRound, Session
from dialogues.papers.pack import PARTS, pack
from dialogues.papers.printing import report_pdf
from dialogues.papers.process_report import process_report
from dialogues.papers.sections import Report
from dialogues.papers.session_report import session_report
from dialogues.papers.slips import slips_pdf
from dialogues.papers.typesetting import pdf
from dialogues.papers.words import WORDS, second_languages
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words


def read_report(*, viewer: Viewer, row: Session | Process) -> Report:
    """The report of a session or a process as this viewer reads it on the page."""
    audience = report_audience(viewer, row)
    if audience is None:
        raise NotAllowed
    if isinstance(row, Session):
        return session_report(viewer, row, audience)
    return process_report(viewer, row, audience)


def print_report(*, viewer: Viewer, row: Session | Process) -> bytes:
    """The same as PDF. Whoever takes it away is noted; what is public may be taken by anybody."""
    if not may_take_report(viewer, row):
        raise NotAllowed
    report = read_report(viewer=viewer, row=row)
    made = report_pdf(report, keep=viewer.user_id is None)
    if viewer.user_id is not None:
        note(viewer, row, "printed", what="report", tlp=report.tlp, size=len(made))
    return made


def print_sheets(*, viewer: Viewer, row: Session | Process, parts: Sequence[str], second: str = "") -> bytes:
    """The sheets for a session as PDF; ``second`` is a code of ``second_languages``, empty for French alone."""
    if not may_print_sheets(viewer, row):
        raise NotAllowed
    beside = {one.code: one for one in second_languages()}
    problems = {}
    if not parts or not set(parts) <= set(PARTS):
        problems["parts"] = _("Choose at least one sheet of the list.")
    if second and second not in beside:
        problems["second"] = _("There is no such language in the list.")
    if problems:
        raise ValidationError(problems)
    audience = report_audience(viewer, row) or ""
    made = pdf("pack", pack(viewer, row, audience, parts, beside.get(second)))
    note(viewer, row, "printed", what="sheets", parts=sorted(parts), second=second)
    return made


def print_slips(*, viewer: Viewer, rating: RatingRound, address: str) -> bytes:
    """The slips of an open round that nobody has used, as PDF; ``address`` is where phones type their code.

    Raises ``NotAllowed``, ``ValidationError`` where none is left.
    """
    audience = ROUNDS.audience(viewer, rating)
    if audience is None or not may_group(viewer, rating.process):
        raise NotAllowed
    codes = list(rating.printed.filter(is_used=False).order_by("pk").values_list("code", flat=True))
    if not codes:
        raise ValidationError(_("All slips are used."))
    made = slips_pdf(rating, audience, codes, address)
    note(viewer, rating, "printed", what="slips", slips=len(codes))
    return made


def keep_paper_text(*, viewer: Viewer, text: PaperText) -> None:
    """Write a piece of the papers in a language, or change it. Raises ``ValidationError`` by field."""
    if not may_keep_paper_texts(viewer):
        raise NotAllowed
    text.words = clean_words(text.words)
    text.updated_by_id = viewer.user_id
    text.full_clean()
    problems: dict[str, object] = {}
    if text.key not in WORDS:
        problems["key"] = _("There are no such words on the papers.")
    if text.language not in {one.code for one in second_languages()}:
        problems["language"] = _("There is no such language in the list.")
    if held := held_words(text.words):
        problems["words"] = held
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        is_new = text.pk is None
        text.save()
        note(viewer, text, "added_paper_text" if is_new else "changed_paper_text", key=text.key, language=text.language)
