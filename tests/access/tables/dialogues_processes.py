"""Who reaches processes, inclusion, the calendar and the loop. Every result was typed by hand."""

from typing import Any

from dialogues.services.calendar import make_address
from incidents.models import IncidentState
from orgs.access import viewer_for
from orgs.models import Tlp
from tests.access.world import HOME, World
from tests.factories import area
from tests.factories_dialogues import ProcessFactory, session

_RECORDERS = "editor,facilitator,coordinator,editor-away,facilitator-away,coordinator-away,accused"

ADDRESSES = """
address                                        GET                                   POST
/dialogues/processes/                          *                                     .
/dialogues/processes/new/                      {recorders} {recorders}
/dialogues/processes/{process_clear}/          *                                     .
/dialogues/processes/{process}/                reporter,editor,monitor,facilitator,coordinator,analyst,accused .
/dialogues/processes/{process}/edit/           coordinator,accused                   coordinator,accused
/dialogues/processes/{process}/bodies/         coordinator,accused                   coordinator,accused
/dialogues/processes/{process}/links/          coordinator,accused                   coordinator,accused
/dialogues/sessions/{linked_session}/links/    coordinator,accused                   coordinator,accused
/dialogues/answers/{answered}/                 coordinator,editor,facilitator        coordinator,editor,facilitator
/dialogues/inclusion/                          *                                     .
/dialogues/left-behind/                        *                                     .
/dialogues/areas/{home_pcode}/                 *                                     .
/dialogues/calendar/                           +                                     +
/dialogues/calendar/{calendar_token}.ics       *                                     .
""".replace("{recorders}", _RECORDERS)


def things(world: World) -> dict[str, Any]:
    """A process and a session at home that everybody of the network reads, and an incident for whose service it is."""
    incident = world.incident(Tlp.GREEN, IncidentState.VERIFIED)
    reader = world.people["monitor"]
    assert reader is not None
    return {
        "process": ProcessFactory.create(at=HOME).uid,
        "process_clear": ProcessFactory.create(at=HOME, tlp=Tlp.CLEAR).uid,
        "linked_session": session(title="Le puits").uid,
        "answered": incident.ref,
        "home_pcode": area(HOME).pcode,
        "calendar_token": make_address(viewer=viewer_for(reader)),
    }
