"""Who reaches imports and exports of sessions. Every result was typed by hand."""

from typing import Any

from dialogues.models import SessionImport, SessionImportState
from tests.access.world import HOME, World
from tests.factories_dialogues import ProcessFactory, session

ADDRESSES = """
address                                            GET           POST
/dialogues/import/                                 recorders     recorders
/dialogues/import/example.csv                      recorders     .
/dialogues/import/example.xlsx                     recorders     .
/dialogues/import/{session_import}/                coordinator   .
/dialogues/import/{session_import}/columns/        coordinator   coordinator
/dialogues/import/{session_import}/start/          .             coordinator
/dialogues/import/{session_import}/stop/           .             coordinator
/dialogues/import/{session_import}/reopen/         .             coordinator
/dialogues/import/{session_import}/undo/           coordinator   coordinator
/dialogues/import/{session_import}/mend.csv        coordinator   .
/dialogues/import/{session_import}/mend.xlsx       coordinator   .
/exports/sessions.csv                              *             .
/exports/sessions.xlsx                             *             .
/exports/processes.csv                             *             .
/exports/processes.xlsx                            *             .
/exports/proposals.csv                             *             .
/exports/proposals.xlsx                            *             .
/exports/rankings.csv                              *             .
/exports/rankings.xlsx                             *             .
/api/v1/sessions/                                  +             recorders
/api/v1/sessions/{kept_session}/                   reporter,editor,monitor,facilitator,coordinator,accused,analyst  .
/api/v1/processes/                                 +             .
/api/v1/processes/{kept_process}/                  reporter,editor,monitor,facilitator,coordinator,accused,analyst  .
"""


def things(world: World) -> dict[str, Any]:
    """An import that the coordinator brought; a session and a process of home."""
    job = SessionImport.objects.create(
        uploaded_by=world.people["coordinator"],
        file_name="seances.csv",
        sha256="0" * 64,
        state=SessionImportState.READY,
    )
    return {
        "session_import": job.uid,
        "kept_session": session().uid,
        "kept_process": ProcessFactory.create(at=HOME).uid,
    }
