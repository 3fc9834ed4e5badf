"""The report of one session, as one audience reads it: whatever stands here was shown by ``dialogues.disclosure``."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialogues.access import PROCESSES, photos_in_report
from dialogues.crowd import lines_shown
from dialogues.disclosed_sessions import PAPER
from dialogues.disclosure import ISSUE, POINT, SESSION
from dialogues.models import Group, PointKind, Process, Session, SessionKind, SessionState
from dialogues.papers.figures import cells_section, needs_and_themes, people_of, people_section
from dialogues.papers.sections import Picture, Report, Section, session_sections, strictest
from dialogues.papers.shown import hours_of, is_narrow, labels_of, languages_of, place_of, written_for
from orgs.access import ORGANISATIONS
from orgs.models import Tlp, Vocabulary
from orgs.policy import Viewer
from orgs.presentation.times import exact

Shown = dict[str, Any]


def session_report(viewer: Viewer, session: Session, audience: str) -> Report:
    """What happened, as ``audience`` (the viewer's, by ``SESSIONS``) is shown it, and what other parts add."""
    shown = SESSION.show(session, audience)
    issues = [ISSUE.show(one, audience) for one in session.issues.all()]
    points = [POINT.show(one, audience) for one in session.points.all()]
    cells = lines_shown(session.attendance.order_by("group", "sex", "age_band"), audience)
    held = shown["state"] == SessionState.HELD
    sections = [
        *([people_section(people_of([shown]))] if held else []),
        *_there(cells_section(cells), _groups(shown)),
        *_there(_written(_("Agenda"), shown["agenda"])),
        *points_sections(points),
        *_issues(issues),
        *_there(_written(_("Minutes"), shown["minutes"])),
        *session_sections.of(viewer, session),
        *_there(_photos(viewer, session, audience)),
    ]
    return Report(
        title=shown["title"],
        kind=_("Report of a session"),
        tlp=strictest([session.tlp, *(one.tlp for one in sections)]),
        audience=written_for([audience]),
        narrow=is_narrow([audience]),
        facts=_facts(viewer, session, shown),
        sections=sections,
    )


def _there(*sections: Section | None) -> list[Section]:
    return [one for one in sections if one is not None]


def _facts(viewer: Viewer, session: Session, shown: Shown) -> list[tuple[Any, Any]]:
    process = _process(viewer, session)
    holder = ORGANISATIONS.rows(viewer).filter(pk=shown["led_by_id"]).values_list("name", flat=True).first()
    facts = [
        (_("Kind"), SessionKind(shown["kind"]).label),
        (_("State"), SessionState(shown["state"]).label),
        (_("Day"), exact(shown["held_on"])),
        (pgettext("session", "Hours"), hours_of(shown)),
        (_("Place"), place_of(shown)),
        (_("Languages"), languages_of(shown)),
        (_("Held by"), holder or ""),
        (_("Process"), process.title if process else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _process(viewer: Viewer, session: Session) -> Process | None:
    """The process, where the viewer sees it and its marking is no stricter than the session's."""
    process = session.process
    open_enough = process is not None and process.tlp in Tlp.up_to(session.tlp)
    return process if process is not None and open_enough and PROCESSES.sees(viewer, process) else None


def _photos(viewer: Viewer, session: Session, audience: str) -> Section | None:
    """Photos whose people agreed to it, for those who write in the session."""
    pictures = []
    for photo in photos_in_report(viewer, session):
        told = PAPER.show(photo, audience)
        address = reverse("dialogue-session-paper", args=[session.uid, told["id"]])
        pictures.append(Picture(address, photo.name, told["caption"] or _("Photo without caption")))
    return Section(title=_("Photos"), pictures=pictures) if pictures else None


def _groups(shown: Shown) -> Section | None:
    """Who was invited and who did not come."""
    lists = ((_("Invited: %(groups)s"), shown["invited"]), (_("Did not come: %(groups)s"), shown["absent"]))
    lines = [words % {"groups": ", ".join(_group_names(codes))} for words, codes in lists if codes]
    return Section(title=_("Invited and absent"), lines=lines) if lines else None


def _group_names(codes: Iterable[str]) -> list[str]:
    return [str(Group(code).label) for code in codes]


def _written(title: str, words: str | None) -> Section | None:
    """What somebody wrote, paragraph by paragraph."""
    lines = [line.strip() for line in (words or "").splitlines() if line.strip()]
    return Section(title=title, text=lines) if lines else None


def _issues(issues: Sequence[Shown]) -> list[Section]:
    themes = labels_of(Vocabulary.THEME)
    raised = [one["words"] for one in issues if one["words"]]
    words = [Section(title=_("What was raised"), lines=raised)] if raised else []
    return [*words, *needs_and_themes(issues, themes)]


def points_sections(points: Sequence[Shown]) -> list[Section]:
    """What was agreed and what was not: in words for those who read them, or how much of each."""
    sections = []
    for kind, title in ((PointKind.AGREEMENT, _("Agreed")), (PointKind.DISAGREEMENT, _("Not agreed"))):
        told = [one for one in points if one["kind"] == kind]
        words = [one["words"] for one in told if one["words"]]
        if words:
            sections.append(Section(title=title, lines=words))
        elif told:
            sections.append(Section(title=title, text=[_("Points: %(n)d") % {"n": len(told)}]))
    return sections
