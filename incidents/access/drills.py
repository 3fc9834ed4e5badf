"""Drills: who keeps them, who takes part, and that nothing of a drill counts or reaches anybody else."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from incidents.models import Exercise, Incident, Participation, ParticipationAnswer
from orgs.models import Role
from orgs.policy import NOTHING, Grant, OwnAreas, Policy, Themselves, Viewer, follow


@dataclass(frozen=True)
class NoDrill:
    """A barrier: what belongs to a drill is in no list that counts or leaves. ``path`` leads to the exercise."""

    path: str = "exercise"

    def hidden(self, viewer: Viewer) -> Q | None:
        return Q(**{f"{self.path}__isnull": False})

    def hides(self, viewer: Viewer, row: Any) -> bool:
        return follow(row, self.path) is not None

    def excluded(self, row: Any) -> Q | None:
        return None if follow(row, self.path) is None else ~NOTHING


REAL = {"exercise_id__isnull": True}
"""A condition of grants: not a drill."""


def takes_part(incident_id: int) -> Q:
    """A condition on ``User``: whoever may be told of an incident as far as drills are concerned.

    Everybody, where the incident is real; for a drill's, those who were told of the drill beforehand and did not
    decline, until it is over. Asked of the database by the incident's number, so that a row that was not loaded cannot
    open it.
    """
    drill = Incident.objects.filter(pk=incident_id, exercise__isnull=False)
    theirs = Participation.objects.filter(
        exercise__incidents=incident_id,
        exercise__ended_at__isnull=True,
        person=OuterRef("pk"),
        invited_at__isnull=False,
    ).exclude(answer=ParticipationAnswer.DECLINED)
    return ~Q(Exists(drill)) | Q(Exists(theirs))


EXERCISES: Policy[Exercise] = Policy(Exercise, [Grant("coordinator", OwnAreas("area__"), (Role.COORDINATOR,))])
"""The coordinators of an exercise's area keep it. Participants see their own part of it alone."""

PARTICIPATIONS: Policy[Participation] = Policy(
    Participation,
    [
        Grant("coordinator", OwnAreas("exercise__area__"), (Role.COORDINATOR,)),
        Grant("participant", Themselves("person")),
    ],
)


def may_keep_exercise(viewer: Viewer, exercise: Exercise) -> bool:
    """Plan, start, end and report on a drill: coordinators of its area."""
    return EXERCISES.audience(viewer, exercise) == "coordinator"


def may_take_part(participation: Participation) -> bool:
    """Whether somebody chosen may still say yes or no: until the drill is over."""
    return participation.exercise.ended_at is None and participation.person.is_active
