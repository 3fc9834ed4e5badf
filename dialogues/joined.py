"""What the parts of dialogues add to the pages of a session and of a process, and to each other's papers."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dialogues import agreement_sections, answers, area_line, commitments_shown, grouping
from dialogues.access.proposals import may_propose
from dialogues.imports import hooks
from dialogues.models import Process, Session
from dialogues.panels import process_page, session_page
from dialogues.papers import others, sections
from dialogues.services.proposals import write_proposals
from incidents import panels
from orgs.policy import Viewer
from orgs.sections import Section


def register() -> None:
    """Put every part where it is shown."""
    area_line.sources.append(
        area_line.Source(3, "promised_on", commitments_shown.promised_in, commitments_shown.entries_of_line)
    )
    hooks.keep_proposals_by(_write_proposals)
    session_page.register(commitments_shown.section)
    session_page.register(agreement_sections.session_section)
    session_page.register(loop_section)
    session_page.register(proposals_section)
    session_page.register(papers_section)
    process_page.register(commitments_shown.process_section)
    process_page.register(priorities_section)
    process_page.register(papers_section)
    panels.incident_page.register(answers.section)
    panels.incident_page.register(agreement_sections.incident_section)
    sections.session_sections.register(others.commitments_of)
    sections.process_sections.register(others.ranking_of)
    sections.process_sections.register(others.commitments_of)
    sections.priorities.register(others.priority_lines)


def _write_proposals(viewer: Viewer, session: Session, lines: Sequence[str]) -> None:
    write_proposals(viewer=viewer, session=session, lines=lines)


def loop_section(viewer: Viewer, session: Session) -> Section | None:
    """The incidents that a session answers; the way to link them for those who write in it."""
    loop = answers.loop_of(viewer, session)
    if not loop["incidents"] and not loop["address"]:
        return None
    return Section("answers", _("What it answers"), "dialogues/joined/loop.html", loop, position=50)


def proposals_section(viewer: Viewer, session: Session) -> Section | None:
    """What a session proposed, for those who write it down."""
    if not may_propose(viewer, session):
        return None
    return Section("proposals", _("Proposals"), "dialogues/joined/proposals.html", {"uid": session.uid}, position=45)


def priorities_section(viewer: Viewer, process: Process) -> Section | None:
    """The way to a process's priorities and how they are ranked, for whoever may read them."""
    if grouping.process_of(viewer, process.uid) is None:
        return None
    return Section("priorities", _("Priorities"), "dialogues/joined/ratings.html", {"uid": process.uid}, position=45)


def papers_section(viewer: Viewer, row: Session | Process) -> Section | None:
    """The report, and the sheets to print for those who hold it."""
    return Section("papers", _("On paper"), "dialogues/joined/papers.html", {"row": row}, aside=True, position=90)
