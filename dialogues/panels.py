"""What other parts add to the pages of dialogues. The mechanism is ``orgs.sections``.

Registered in ``DialoguesConfig.ready``; each section's template reads ``section`` and ``session`` (what this viewer is
shown of the session, not the row).
"""

from dialogues.models import Process, Session
from orgs.sections import Sections

session_page: Sections[Session] = Sections()
"""The page of one session: commitments made there, incidents it answers, papers to print, proposals."""

process_page: Sections[Process] = Sections()
"""The page of one process: what was promised in it, its priorities, papers to print."""
