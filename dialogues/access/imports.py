"""Who may bring files of sessions, and who sees what stands in them: who brought them, and nobody else."""

from dialogues.access.sessions import RECORDERS, may_record
from dialogues.models import SessionImport, SessionImportRow
from orgs.models import Role
from orgs.policy import Everywhere, Grant, Policy, Post, SeenWith, Themselves, Viewer

SESSION_IMPORTS: Policy[SessionImport] = Policy(
    SessionImport, [Grant("uploader", Themselves("uploaded_by"), RECORDERS)]
)
"""A file may say more than anybody but its bringer may read: lines that did not come in have no area yet."""

SESSION_IMPORT_ROWS: Policy[SessionImportRow] = Policy(
    SessionImportRow, [Grant("uploader", Everywhere(), RECORDERS)], [SeenWith(SESSION_IMPORTS, "job")]
)

MACHINE = Viewer(posts=(Post(role=Role.COORDINATOR, organisation_id=None, nationwide=True),))
"""Who works on the machine itself, by the command: a coordinator of the whole country, nobody in particular."""


def may_import_sessions(viewer: Viewer) -> bool:
    """Bring a file of sessions: whoever may write one down."""
    return may_record(viewer)
