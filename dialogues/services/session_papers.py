"""Photos of a session and of the pages of its minutes: cleaned of what cameras add, sealed, taken back for good."""

import hashlib
from collections.abc import Collection
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import may_edit_session
from dialogues.models import Consent, PaperKind, Session, SessionPaper
from incidents.media import Clean, Unfit, clean, store
from incidents.models import MediaKind, Refusal
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words

MOST_PAPERS = 20
LONGEST_CAPTION = 200


def add_papers(
    *,
    viewer: Viewer,
    session: Session,
    files: list[bytes],
    kind: str,
    consent: str,
    caption: str,
    in_report: bool = False,
) -> list[str]:
    """Keep files that can be kept; returns why each other one was refused, in words, by its place in the list.

    Raises ``ValidationError`` by field where nothing can be kept: a photo of people without their consent.
    """
    if not may_edit_session(viewer, session):
        raise NotAllowed
    caption = clean_words(caption)
    _check(files, kind, consent, caption, in_report=in_report)
    refused: list[str] = []
    for place, data in enumerate(files, start=1):
        try:
            cleaned = _picture(data)
        except Unfit as unfit:
            refused.append(_("File %(n)d was not kept: %(why)s") % {"n": place, "why": unfit.refusal.label})
            continue
        if not _keep(viewer, session, cleaned, kind=kind, consent=consent, caption=caption, in_report=in_report):
            words = _("File %(n)d was not kept: at most %(most)d files in one session.")
            refused.append(words % {"n": place, "most": MOST_PAPERS})
    return refused


def drop_paper(*, viewer: Viewer, session: Session, paper: SessionPaper) -> None:
    """Delete a file for good: its row now, its bytes as soon as that is certain."""
    if not may_edit_session(viewer, session) or paper.session_id != session.pk:
        raise NotAllowed
    with transaction.atomic():
        note(viewer, session, "dropped_paper", paper=paper.pk, kind=str(paper.kind))
        paper.delete()
        transaction.on_commit(partial(store.drop, paper.name))


def set_in_report(*, viewer: Viewer, session: Session, paper: SessionPaper, in_report: bool) -> None:
    """Let a photo stand in the report of its session, or take it out at once when somebody takes their word back."""
    if not may_edit_session(viewer, session) or paper.session_id != session.pk or paper.kind != PaperKind.PHOTO:
        raise NotAllowed
    with transaction.atomic():
        SessionPaper.objects.filter(pk=paper.pk).update(in_report=in_report)
        note(viewer, session, "paper_into_report" if in_report else "paper_out_of_report", paper=paper.pk)


def kept_names(names: Collection[str]) -> set[str]:
    """Which of these stored files belong to a session: those are no orphans."""
    return set(SessionPaper.objects.filter(name__in=names).values_list("name", flat=True))


def _check(files: list[bytes], kind: str, consent: str, caption: str, *, in_report: bool) -> None:
    problems: dict[str, str | list[str]] = {}
    if not files:
        problems["pictures"] = _("Choose a photo first.")
    if kind not in PaperKind.values:
        problems["kind"] = _("Choose one of the list.")
    if consent and consent not in Consent.values:
        problems["consent"] = _("Choose one of the list.")
    elif kind == PaperKind.PHOTO and not consent:
        problems["consent"] = _("A photo of people is kept with their consent alone: say how they gave it.")
    if in_report and kind in PaperKind.values and kind != PaperKind.PHOTO:
        problems["in_report"] = _("Only photos stand in a report, no pages of the minutes.")
    if len(caption) > LONGEST_CAPTION:
        problems["caption"] = _("At most %(n)d characters.") % {"n": LONGEST_CAPTION}
    elif held := held_words(caption):
        problems["caption"] = held
    if problems:
        raise ValidationError(problems)


def _picture(data: bytes) -> Clean:
    cleaned = clean(data)
    if cleaned.kind != MediaKind.PHOTO:
        raise Unfit(Refusal.TYPE)
    return cleaned


def _keep(viewer: Viewer, session: Session, cleaned: Clean, **described: Any) -> bool:
    """Whether there was room. The same bytes again are the same file."""
    sha256 = hashlib.sha256(cleaned.data).hexdigest()
    with transaction.atomic():
        Session.objects.select_for_update(of=("self",)).only("pk").get(pk=session.pk)
        if session.papers.filter(sha256=sha256).exists():
            return True
        if session.papers.count() >= MOST_PAPERS:
            return False
        row = SessionPaper(
            session=session,
            name=store.new_name(),
            media_type=cleaned.media_type,
            size=len(cleaned.data),
            sha256=sha256,
            added_by_id=viewer.user_id,
            **described,
        )
        store.keep(row.name, cleaned.data)  # before the row: a row never points at nothing
        row.save()
        note(viewer, session, "added_paper", paper=row.pk, kind=str(row.kind), size=row.size)
    return True
