"""Who reaches the pages of a session at home that is marked AMBER. Every result was typed by hand.

The session was written down by a facilitator away, for an organisation of theirs: they are its team.
Of those who may delete its photo the coordinator of this world comes first, and nobody finds it after them.
"""

import uuid
from typing import Any

from dialogues.models import Consent, PaperKind
from dialogues.services import session_papers
from dialogues.services.sessions import keep_session
from orgs.access import viewer_for
from orgs.models import Tlp
from tests.access.world import World
from tests.factories_dialogues import said
from tests.incidents.media.samples import jpeg

# One long line an address: the same people reach most of them.
# ruff: noqa: E501
ADDRESSES = """
address  GET  POST
/dialogues/  *  .
/dialogues/search/  *  .
/dialogues/sessions/new/  editor,facilitator,editor-away,facilitator-away,coordinator,coordinator-away,accused  editor,facilitator,editor-away,facilitator-away,coordinator,coordinator-away,accused
/dialogues/sessions/{session}/  coordinator,accused,facilitator-away,analyst  .
/dialogues/sessions/{session}/edit/  coordinator,accused,facilitator-away  coordinator,accused,facilitator-away
/dialogues/sessions/{session}/history/  coordinator,accused,facilitator-away  .
/dialogues/sessions/{session}/settle/{session_edit}/  coordinator,accused,facilitator-away  coordinator,accused,facilitator-away
/dialogues/sessions/{session}/names/  coordinator,accused,facilitator-away  coordinator,accused,facilitator-away
/dialogues/sessions/{session}/safety/  coordinator,accused,facilitator-away  coordinator,accused,facilitator-away
/dialogues/sessions/{session}/papers/  coordinator,accused,facilitator-away  coordinator,accused,facilitator-away
/dialogues/sessions/{session}/papers/{session_paper}/  coordinator,accused,facilitator-away  .
/dialogues/sessions/{session}/papers/{session_paper}/report/  .  coordinator,accused,facilitator-away
/dialogues/sessions/{session}/papers/{session_paper}/remove/  coordinator,accused,facilitator-away  coordinator
"""


def things(world: World) -> dict[str, Any]:
    """A session at home with a photo, and the edit that wrote it."""
    writer = world.people["facilitator-away"]
    assert writer is not None
    kept = keep_session(
        viewer=viewer_for(writer), uid=uuid.uuid4(), edit_key=uuid.uuid4(), base_version=0, said=said(tlp=Tlp.AMBER)
    )
    session_papers.add_papers(
        viewer=viewer_for(writer), session=kept.session, files=[jpeg()], kind=PaperKind.PHOTO,
        consent=Consent.SIGNED, caption="",
    )  # fmt: skip
    return {
        "session": kept.session.uid,
        "session_edit": kept.edit.pk,
        "session_paper": kept.session.papers.get().pk,
    }
