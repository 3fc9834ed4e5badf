"""Who sees proposals, priorities and ratings, and who may group and rate.

Proposals are what was said in a room: those who hold the session or its process read them. Priorities and rounds are
read by whoever reads the process; everybody reads the closed rounds of a process that is CLEAR.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from dialogues.access.sessions import PROCESSES, SESSIONS, may_edit_process, may_edit_session
from dialogues.models import Priority, Process, Proposal, RatingRound, RatingState, Session
from orgs.policy import Grant, Policy, Post, SeenWith, Viewer, reached_by


@dataclass(frozen=True)
class Through:
    """Rows of another row (at the end of ``path``) that the viewer sees as ``audience`` by that row's own policy."""

    policy: Policy[Any]
    path: str
    audience: str

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        return reached_by(self.path, self.policy.model, self.policy.conditions(viewer, (self.audience,)))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        owner = self._owner(row)
        if owner is None or not self.policy.sees(viewer, owner):
            return False
        return any(grant.sees(viewer, owner) for grant in self.policy.grants if grant.audience == self.audience)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        owner = self._owner(row)
        if owner is None:
            return None
        return Q(pk__in=self.policy.people_as(owner, (self.audience,)).values("pk"))

    def _owner(self, row: Any) -> Any:
        for step in self.path.split("__"):
            row = getattr(row, step) if row is not None else None
        return row


PROPOSALS: Policy[Proposal] = Policy(
    Proposal,
    [
        Grant("coordinator", Through(PROCESSES, "session__process", "coordinator")),
        Grant("coordinator", Through(SESSIONS, "session", "coordinator")),
        Grant("team", Through(PROCESSES, "session__process", "team")),
        Grant("team", Through(SESSIONS, "session", "team")),
    ],
    [SeenWith(SESSIONS, "session")],
)

_READERS = ("coordinator", "team", "analyst", "network")

PRIORITIES: Policy[Priority] = Policy(
    Priority, [Grant(audience, Through(PROCESSES, "process", audience)) for audience in _READERS]
)

ROUNDS: Policy[RatingRound] = Policy(
    RatingRound,
    [
        *(Grant(audience, Through(PROCESSES, "process", audience)) for audience in _READERS),
        Grant("public", Through(PROCESSES, "process", "public"), when={"state": RatingState.CLOSED}),
    ],
)


def may_group(viewer: Viewer, process: Process) -> bool:
    """Make priorities of proposals, open a round, type counts, write dissent, close it."""
    return may_edit_process(viewer, process)


def may_propose(viewer: Viewer, session: Session) -> bool:
    """Write down what a session proposes."""
    return may_edit_session(viewer, session)
