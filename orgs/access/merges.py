"""Who may see and do what with merges of entries."""

from orgs.access.directory import may_decide_on, may_keep_directory
from orgs.access.support import InReach
from orgs.models import Merge, Organisation, OrganisationKind, Role
from orgs.policy import Everywhere, Grant, Policy, Viewer

MERGES: Policy[Merge] = Policy(
    Merge,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", InReach("kept"), (Role.COORDINATOR,)),
    ],
)
"""Those who decide on the entry that was kept."""


def may_merge_at_all(viewer: Viewer) -> bool:
    """Whether merging and looking for duplicates are this person's pages."""
    return Role.COORDINATOR in viewer.roles or may_keep_directory(viewer)


def may_merge(viewer: Viewer, kept: Organisation, gone: Organisation) -> bool:
    """Who decides on both entries, neither of which is part of another yet.

    A security service is merged with security services only: its people and what was sent to it go with it.
    """
    if kept.pk == gone.pk or kept.merged_into_id is not None or gone.merged_into_id is not None:
        return False
    services = [one.kind == OrganisationKind.SECURITY for one in (kept, gone)]
    return services[0] == services[1] and may_decide_on(viewer, kept) and may_decide_on(viewer, gone)


def may_undo(viewer: Viewer, merge: Merge) -> bool:
    """Who decides on the entry that was kept; once."""
    return merge.undone_at is None and MERGES.sees(viewer, merge)
