"""Who sees what was promised, who follows it, and who may make it public.

Coordinators see those of their areas; those who hold the session or the process see what was promised there. The people
of the owner see their own promises, liaisons too, and whoever was in the room sees what was promised in front of them.
The rest of the network sees what is GREEN, through the session or process it was promised in, so that a session that is
marked more closely takes its commitments with it. Everybody sees what was agreed to be public, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from dialogues.access.sessions import (
    PROCESSES,
    SESSIONS,
    TEAM_ROLES,
    may_edit_process,
    may_edit_session,
)
from dialogues.models import Commitment, Process, Session
from orgs.access import is_proved
from orgs.models import NETWORK_ROLES, Role, Tlp
from orgs.policy import Everywhere, Grant, OwnAreas, OwnOrganisation, Policy, Post, Viewer, WithoutArea, reached_by

OWNER_ROLES = (*NETWORK_ROLES, Role.LIAISON, Role.COORDINATOR)
"""Those who see what their own organisation promised; administrators and operators see no content."""

ANSWERING_ROLES = (*TEAM_ROLES, Role.LIAISON)
"""Those who say for their organisation how far its promise is, and who are reminded of it."""

DECIDERS = ("coordinator", "team")
"""The audiences that say whether a promise was kept."""

SHARED = Tlp.up_to(Tlp.AMBER_STRICT)
"""Markings up to which the owner’s people and the room read it; RED stays with those who hold the session."""

_GREEN = {"tlp__in": Tlp.up_to(Tlp.GREEN)}


@dataclass(frozen=True)
class SeenThrough:
    """Rows whose session or process (``path``) the viewer sees as one of these audiences.

    ``one_by_one`` asks each row for its own session or process, not all of those at once: better for few rows.
    """

    path: str
    policy: Policy[Any]
    audiences: tuple[str, ...]
    one_by_one: bool = False

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        conditions = self.policy.conditions(viewer, self.audiences)
        if not self.one_by_one or not conditions:
            return reached_by(self.path, self.policy.model, conditions)
        own = self.policy.model._default_manager.order_by().filter(pk=OuterRef(f"{self.path}_id"))
        return reduce(or_, (Q(Exists(own.filter(one))) for one in conditions))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        parent = getattr(row, self.path)
        grants = (grant for grant in self.policy.grants if grant.audience in self.audiences)
        return parent is not None and any(grant.sees(viewer, parent) for grant in grants)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        parent = getattr(row, self.path)
        if parent is None:
            return None
        return Q(pk__in=self.policy.people_as(parent, self.audiences).values("pk"))


COMMITMENTS: Policy[Commitment] = Policy(
    Commitment,
    [
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea(), (Role.COORDINATOR,)),
        Grant("team", SeenThrough("session", SESSIONS, ("team",))),
        Grant("team", SeenThrough("process", PROCESSES, ("team",)), when={"tlp__in": SHARED}),
        Grant("team", SeenThrough("process", PROCESSES, ("team",)), when={"session__isnull": True}),
        Grant("owner", OwnOrganisation("organisation"), OWNER_ROLES, when={"tlp__in": SHARED}),
        Grant("owner", OwnOrganisation("actor__organisation"), OWNER_ROLES, when={"tlp__in": SHARED}),
        Grant("room", SeenThrough("session", SESSIONS, ("room",)), when={"tlp__in": SHARED}),
        Grant("analyst", OwnAreas(), (Role.ANALYST,)),
        Grant("analyst", WithoutArea(), (Role.ANALYST,)),
        Grant("network", SeenThrough("session", SESSIONS, ("network",)), when=_GREEN),
        Grant("network", SeenThrough("process", PROCESSES, ("network",)), when={**_GREEN, "session__isnull": True}),
        Grant("public", Everywhere(), when={"is_public": True, **_GREEN}),
    ],
)


_ONE_BY_ONE = Policy(
    Commitment,
    [
        replace(grant, scope=replace(grant.scope, one_by_one=True)) if isinstance(grant.scope, SeenThrough) else grant
        for grant in COMMITMENTS.grants
    ],
)


def seen_one_by_one(viewer: Viewer, rows: QuerySet[Commitment]) -> list[tuple[Commitment, str]]:
    """Those of a few rows that the viewer sees, each with the audience as which they see it.

    ``COMMITMENTS`` answers the same, but prepares for all sessions at once: right for a file, slow for a page.
    """
    column = _ONE_BY_ONE.audience_column(viewer)
    # Whoever has one audience alone has it as a constant, which says nothing of the rows that they do not see.
    known: Any = _ONE_BY_ONE.rows(viewer, rows) if isinstance(column, Value) else rows
    return [(row, row.seen_as) for row in known.annotate(seen_as=column) if row.seen_as]


def may_promise_in(viewer: Viewer, place: Session | Process) -> bool:
    """Write down what was promised in a session or a process."""
    return may_edit_session(viewer, place) if isinstance(place, Session) else may_edit_process(viewer, place)


def is_owner(viewer: Viewer, commitment: Commitment) -> bool:
    """Whether the viewer belongs to whoever has to keep it."""
    owner = owner_organisation(commitment)
    return owner is not None and owner in viewer.organisation_ids


def owner_organisation(commitment: Commitment) -> int | None:
    """The organisation whose people have to keep it; an actor may be one of this product’s organisations."""
    if commitment.organisation_id is not None:
        return commitment.organisation_id
    return commitment.actor.organisation_id if commitment.actor is not None else None


def may_follow(viewer: Viewer, commitment: Commitment) -> bool:
    """Add a note on how far it is."""
    audience = COMMITMENTS.audience(viewer, commitment)
    return audience in DECIDERS or (audience == "owner" and _answers_for_owner(viewer, commitment))


def may_decide(viewer: Viewer, commitment: Commitment) -> bool:
    """Say that it was kept, broken or overtaken; change its words before anybody followed it; make it public.

    The owner does not judge its own promise.
    """
    return COMMITMENTS.audience(viewer, commitment) in DECIDERS


def may_correct(viewer: Viewer, commitment: Commitment) -> bool:
    """Put right a state that was wrong, with a reason."""
    return COMMITMENTS.audience(viewer, commitment) == "coordinator"


def may_open_person(viewer: Viewer, commitment: Commitment) -> bool:
    """Open the name of a person who made a commitment: with a second factor, a reason, and a note of it."""
    return is_proved(viewer) and may_decide(viewer, commitment)


def _answers_for_owner(viewer: Viewer, commitment: Commitment) -> bool:
    owner = owner_organisation(commitment)
    return any(post.organisation_id == owner for post in viewer.posts_as(ANSWERING_ROLES))
