"""Who reaches the papers of dialogues: sheets for those who write a session down, reports for those who see it.

A session and a process at home, both GREEN. Every result was typed by hand.
"""

from typing import Any

from tests.access.world import HOME, World
from tests.factories_dialogues import ProcessFactory, session

ADDRESSES = """
address                                                   GET                                                             POST
/dialogues/sessions/{papers_session}/print/               coordinator,accused                                             .
/dialogues/sessions/{papers_session}/print.pdf            coordinator,accused                                             .
/dialogues/sessions/{papers_session}/report/              reporter,editor,monitor,facilitator,coordinator,accused,analyst .
/dialogues/sessions/{papers_session}/report.pdf           reporter,editor,monitor,facilitator,coordinator,accused,analyst .
/dialogues/processes/{papers_process}/print/              coordinator,accused                                             .
/dialogues/processes/{papers_process}/print.pdf           coordinator,accused                                             .
/dialogues/processes/{papers_process}/report/             reporter,editor,monitor,facilitator,coordinator,accused,analyst .
/dialogues/processes/{papers_process}/report.pdf          reporter,editor,monitor,facilitator,coordinator,accused,analyst .
"""  # noqa: E501


def things(world: World) -> dict[str, Any]:
    """What the braces stand for."""
    return {"papers_session": session().uid, "papers_process": ProcessFactory.create(at=HOME).uid}
