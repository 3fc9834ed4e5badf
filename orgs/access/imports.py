"""Who may bring files of organisations, and who sees what stands in them."""

from collections.abc import Collection

from orgs.access.directory import may_decide_on
from orgs.models import ImportJob, ImportRow, Organisation, Role
from orgs.policy import Everywhere, Grant, Policy, Post, SeenWith, Themselves, Viewer

IMPORTS: Policy[ImportJob] = Policy(
    ImportJob,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("uploader", Themselves("uploaded_by"), (Role.COORDINATOR,)),
    ],
)
"""A file may hold names and numbers of people that are in nobody's areas yet: it is its bringer's."""

IMPORT_ROWS: Policy[ImportRow] = Policy(
    ImportRow,
    [Grant("uploader", Everywhere(), (Role.ADMINISTRATOR, Role.COORDINATOR))],
    [SeenWith(IMPORTS, "job")],
)

MACHINE = Viewer(posts=(Post(role=Role.ADMINISTRATOR, organisation_id=None, nationwide=True),))
"""Who works on the machine itself, by commands: may bring everything, and is nobody in particular."""


def may_import(viewer: Viewer) -> bool:
    """Bring files: coordinators (what lies in their areas, or nowhere) and administrators (everything)."""
    return bool(viewer.roles & {Role.ADMINISTRATOR, Role.COORDINATOR})


def may_bring(viewer: Viewer, reach: Collection[int]) -> bool:
    """Add an entry that is or works in these areas (given with all those above each)."""
    return may_import(viewer) and may_decide_on(viewer, Organisation(reach=list(reach)))
