"""Which ladder stands for an alert, and freezing it at release. Climbing it is ``incidents.services.climbing``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from incidents.models import Alert, AlertAudience, AlertLadder, Escalation, Incident, Ladder, LadderStep, Severity
from incidents.models.ladders import StepFields
from orgs.models import Level

_SMALLEST_FIRST = (Level.COMMUNE, Level.ARRONDISSEMENT, Level.CERCLE, Level.REGION, Level.COUNTRY)
_GRAVEST_FIRST = [str(level) for level in Severity.values]
COPIED = (
    "step",
    "wait",
    "audience",
    "role",
    "area_id",
    "organisation_id",
    "kind",
    "person_id",
    "who",
    "call_name",
    "call_phone",
    "call_words",
)
"""What a step of an alert keeps of the plan, whatever happens to the plan afterwards."""


@dataclass(frozen=True)
class Occasion:
    """What an alert is about, as far as the choice of a ladder goes."""

    type_id: str
    severity: str
    region_id: int | None = None
    cercle_id: int | None = None
    commune_id: int | None = None

    @classmethod
    def of(cls, incident: Incident) -> "Occasion":
        """That of an incident as it is graded now."""
        return cls(incident.type_id, incident.severity, incident.region_id, incident.cercle_id, incident.commune_id)


@dataclass(frozen=True)
class Plan:
    """What an alert would do, or did: ``ladder`` is ``None`` where none fits or it was left out."""

    ladder: Ladder | None
    steps: tuple[LadderStep, ...] = ()
    choice: AlertLadder | None = None

    @property
    def left_out(self) -> bool:
        """Whether somebody decided against a ladder."""
        return self.choice is not None and self.choice.left_out


def standing_for(occasion: Occasion) -> QuerySet[Ladder]:
    """Every ladder in use that stands for such an alert."""
    areas = [pk for pk in (occasion.region_id, occasion.cercle_id, occasion.commune_id) if pk is not None]
    reached = _GRAVEST_FIRST[_GRAVEST_FIRST.index(occasion.severity) :]
    return (
        Ladder.objects.filter(is_active=True, severity__in=reached)
        .filter(Q(area__in=areas) | Q(area__level=Level.COUNTRY))
        .filter(Q(types__isnull=True) | Q(types=occasion.type_id))
        .select_related("area")
        .defer("area__geometry")
        .annotate(typed=Q(types__isnull=False))
    )


def best_of(ladders: Iterable[Ladder]) -> Ladder | None:
    """Of several: the smallest area, then the highest severity, then made for the type, then the oldest."""
    return min(ladders, key=_rank, default=None)


def _rank(ladder: Ladder) -> tuple[int, int, bool, int]:
    place = _SMALLEST_FIRST.index(Level(ladder.area.level))
    typed: bool = getattr(ladder, "typed", False)
    return place, _GRAVEST_FIRST.index(ladder.severity), not typed, ladder.pk


def proposed_for(occasion: Occasion) -> Ladder | None:
    """The ladder that fits best; one query."""
    return best_of(standing_for(occasion))


def plan_of(alert: Alert, incident: Incident) -> Plan:
    """The ladder that an alert gets when it is released: the one chosen, or the one that fits best now."""
    choice = AlertLadder.objects.select_related("ladder").filter(alert=alert).first()
    if choice is not None and choice.left_out:
        return Plan(None, choice=choice)
    chosen = choice.ladder if choice is not None else None
    ladder = chosen if chosen is not None and chosen.is_active else proposed_for(Occasion.of(incident))
    return Plan(ladder, steps_of(ladder), choice) if ladder is not None else Plan(None, choice=choice)


def steps_of(ladder: Ladder) -> tuple[LadderStep, ...]:
    """The steps of a ladder with all that is shown of them."""
    rows = ladder.steps.select_related("area", "organisation", "person").defer("area__geometry")
    return tuple(rows.order_by("step"))


def audiences_of(plan: Plan) -> list[str]:
    """The audiences that the steps tell: what they read is written at release, so that it is what was agreed to."""
    return [step.audience for step in plan.steps if step.audience]


def freeze(alert: Alert, plan: Plan, at: datetime) -> None:
    """Write the steps of a released alert, in the transaction that releases it; two statements however many steps."""
    ladder = plan.ladder
    if ladder is None:
        return
    AlertLadder.objects.update_or_create(
        alert=alert,
        defaults={"ladder": ladder, "name": ladder.name, "resume_after": ladder.resume_after, "frozen_at": at},
    )
    due = at
    rows = []
    for step in plan.steps:
        due += timedelta(minutes=step.wait)
        rows.append(Escalation(alert=alert, due_at=due, **{name: getattr(step, name) for name in COPIED}))
    Escalation.objects.bulk_create(rows)


def as_line(step: StepFields) -> AlertAudience:
    """A step as a line of recipients."""
    return AlertAudience(
        pk=step.step,
        audience=step.audience,
        role=step.role,
        area=step.area,
        organisation=step.organisation,
        kind=step.kind,
        person=step.person,
        who=step.who,
    )
