"""Proposals, priorities and rounds for tests, made by the services that make them."""

from __future__ import annotations

from typing import Any

from dialogues.models import Priority, Process, Proposal, RatingMethod, RatingRound, Session
from dialogues.services.ballots import cast
from dialogues.services.proposals import make_priority, write_proposals
from dialogues.services.ratings import open_round
from orgs.models import Role
from orgs.policy import Viewer
from tests.factories import viewer
from tests.factories_dialogues import session

KORO = "Koro"


def keeper() -> Viewer:
    """A coordinator of Koro."""
    return viewer(Role.COORDINATOR, KORO)


def session_of(process: Process, **changes: Any) -> Session:
    return session(process=str(process.uid), **changes)


def proposed(where: Session, *lines: str) -> list[Proposal]:
    write_proposals(viewer=keeper(), session=where, lines=lines)
    return list(where.proposals.order_by("position"))


def priority(process: Process, title: str = "Un cahier au marché", **changes: Any) -> Priority:
    return make_priority(viewer=keeper(), process=process, title=title, **changes)


def a_round(process: Process, method: str = RatingMethod.INDIVIDUAL, **changes: Any) -> RatingRound:
    """A round on every priority of the process."""
    return open_round(viewer=keeper(), process=process, title="Le soir", method=method, **changes)


def ballot(rating: RatingRound, voter: str, *values: int | None) -> None:
    """One phone: urgency, feasibility, impact of the first priority, then of the second, ..."""
    keys = [(item.pk, name) for item in rating.items.order_by("position") for name in ("urgency", "feasible", "impact")]
    cast(rating=rating, voter=voter, marks={key: value for key, value in zip(keys, values, strict=False) if value})
