"""Who reaches imports and exports of sessions. Every result was typed by hand."""

from typing import Any

from dialogues.models import SessionImport, SessionImportState
from tests.access.world import World

ADDRESSES = """
address                                            GET           POST
/dialogues/import/                                 recorders     recorders
/dialogues/import/example.csv                      recorders     .
/dialogues/import/{session_import}/                coordinator   .
/dialogues/import/{session_import}/start/          .             coordinator
/dialogues/import/{session_import}/stop/           .             coordinator
/dialogues/import/{session_import}/reopen/         .             coordinator
/dialogues/import/{session_import}/undo/           coordinator   coordinator
/dialogues/import/{session_import}/mend.csv        coordinator   .
"""


def things(world: World) -> dict[str, Any]:
    """An import that the coordinator brought."""
    job = SessionImport.objects.create(
        uploaded_by=world.people["coordinator"],
        file_name="seances.csv",
        sha256="0" * 64,
        state=SessionImportState.READY,
    )
    return {"session_import": job.uid}
