"""What other parts of dialogues do with a line that came in. They register when the app is ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dialogues.models import Session
from orgs.policy import Viewer

KeepProposals = Callable[[Viewer, Session, Sequence[str]], None]
"""Keep the proposals that a line says were made in a session; in the transaction in which the session is written.

Called once for each line that added or changed a session. A proposal that the session has already must not be doubled.
"""
_keepers: list[KeepProposals] = []


def keep_proposals_by(keep: KeepProposals) -> None:
    """Say who keeps proposals; registered twice it counts once."""
    if keep not in _keepers:
        _keepers.append(keep)


def proposals_are_kept() -> bool:
    """Whether anybody keeps them."""
    return bool(_keepers)


def keep_proposals(viewer: Viewer, session: Session, proposals: Sequence[str]) -> None:
    """Hand the proposals of a line to who keeps them."""
    if proposals:
        for keep in _keepers:
            keep(viewer, session, proposals)
