"""What people see of drills: the list, who takes part, what runs now, what waits for an answer, and the report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.access import EXERCISES, PARTICIPATIONS, may_keep_exercise
from incidents.models import (
    Alert,
    AlertState,
    Delivery,
    DeliveryAnswer,
    Exercise,
    Incident,
    Participation,
    ParticipationAnswer,
)
from orgs.messaging import reasons
from orgs.models import Channel, Message, MessageState, Role
from orgs.policy import Viewer
from orgs.providers import Waits


def listed(viewer: Viewer) -> QuerySet[Exercise]:
    """The drills of a coordinator's areas, with how many take part."""
    coming = Q(participations__invited_at__isnull=False) & ~Q(participations__answer=ParticipationAnswer.DECLINED)
    rows = EXERCISES.rows(viewer).select_related("area").defer("area__geometry")
    return rows.annotate(people=Count("participations", filter=coming)).order_by("-starts_at", "-pk")


def own_participations(viewer: Viewer) -> QuerySet[Participation]:
    """The drills that the viewer was told of and that are not over, the next first."""
    if viewer.user_id is None:
        return Participation.objects.none()
    rows = PARTICIPATIONS.rows(viewer).filter(
        person=viewer.user_id, invited_at__isnull=False, exercise__ended_at__isnull=True
    )
    return rows.select_related("exercise").order_by("exercise__starts_at", "pk")


def running_for(viewer: Viewer) -> list[Exercise]:
    """The drills that run now in the viewer's areas or with the viewer, for the banner of inbox and desk."""
    if viewer.user_id is None:
        return []
    takes_part = own_participations(viewer).filter(exercise=OuterRef("pk")).exclude(answer=ParticipationAnswer.DECLINED)
    running = Exercise.objects.filter(started_at__isnull=False, ended_at__isnull=True)
    if Role.COORDINATOR in viewer.roles:
        rows = running.filter(Exists(takes_part.order_by()) | Q(pk__in=EXERCISES.rows(viewer).values("pk")))
    else:
        rows = running.filter(Exists(takes_part.order_by()))
    return list(rows.order_by("starts_at", "pk")[:10])


def invitations_waiting(viewer: Viewer) -> list[Waits]:
    """Drills for which the viewer is chosen and to which they have said nothing yet."""
    rows = own_participations(viewer).filter(answer=ParticipationAnswer.NONE)
    return [Waits("alerts", rows, _invitation_words, reverse("exercises"))]


def _invitation_words(count: int) -> str:
    return ngettext("exercise for which you are chosen", "exercises for which you are chosen", count)


def shown_state(exercise: Exercise) -> tuple[str, str]:
    """How far a drill is, in a word, and the tone of its badge."""
    if exercise.ended_at is not None:
        return (_("Broken off"), "stopped") if exercise.aborted else (_("Over"), "done")
    return (_("Running"), "doing") if exercise.started_at is not None else (_("Planned"), "new")


def participants_of(viewer: Viewer, exercise: Exercise) -> QuerySet[Participation]:
    """Everybody chosen for a drill, for the coordinators who keep it."""
    if not may_keep_exercise(viewer, exercise):
        return Participation.objects.none()
    return exercise.participations.select_related("person", "message").order_by("person__name", "pk")


def alerts_of(exercise: Exercise) -> QuerySet[Alert]:
    """The alerts of a drill, in their order."""
    return exercise.alerts.select_related("incident__type").order_by("created_at", "pk")


def incidents_of(exercise: Exercise) -> QuerySet[Incident]:
    """The made-up incidents of a drill."""
    return exercise.incidents.select_related("type").order_by("pk")


# --- The report --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One person told in one step: when, by what, and what came of it."""

    person: str
    step: int
    channel: str
    told_at: datetime
    sent_at: datetime | None
    state: str
    failed: str
    answer: str
    after: str
    waited: timedelta | None


@dataclass(frozen=True)
class StepTotal:
    """One step of the drill's alerts."""

    step: int
    told: int
    answered: int
    median: str


@dataclass(frozen=True)
class Report:
    """Who was told when by what, who answered after how long, what failed."""

    lines: list[Line]
    steps: list[StepTotal]
    told: int
    answered: int
    failed: int
    median: str
    to_send: str
    never_told: list[str]


def report_of(viewer: Viewer, exercise: Exercise) -> Report:
    """The report of a drill, in three queries whatever its size."""
    deliveries = list(
        Delivery.objects.filter(alert__exercise=exercise, alert__state__in=_SENT)
        .select_related("recipient", "alert")
        .annotate(said_at=Min("replies__at"))
        .order_by("step", "created_at", "pk")
    )
    messages = {
        row.of: row
        for row in Message.objects.filter(deliveries__in=deliveries, purpose="alert").annotate(of=F("deliveries"))
    }
    lines = [_line(row, messages.get(row.pk)) for row in deliveries]
    told = {row.recipient_id for row in deliveries}
    left = participants_of(viewer, exercise).exclude(person__in=told)
    waits = [line.waited for line in lines if line.waited is not None]
    sent = [line.sent_at - line.told_at for line in lines if line.sent_at is not None]
    return Report(
        lines=lines,
        steps=_by_step(lines),
        told=len(told),
        answered=len(waits),
        failed=sum(1 for line in lines if line.failed),
        median=_median(waits),
        to_send=_median(sent),
        never_told=[row.person.name for row in left],
    )


_SENT = (AlertState.RELEASED, AlertState.CANCELLED, AlertState.REPLACED, AlertState.EXPIRED)
_TROUBLE = (MessageState.FAILED, MessageState.SKIPPED)


def _line(row: Delivery, message: Message | None) -> Line:
    answered_at = getattr(row, "said_at", None) or row.answered_at
    waited = max(answered_at - row.created_at, timedelta()) if answered_at else None
    failed = ""
    if message is not None and message.state in _TROUBLE and message.reason != reasons.CANCELLED:
        failed = str(reasons.words(message.reason))
    return Line(
        person=row.recipient.name,
        step=row.step,
        channel=str(Channel(row.channel).label),
        told_at=row.created_at,
        sent_at=message.sent_at if message is not None else row.called_at,
        state=str(message.get_state_display()) if message is not None else "",
        failed=failed,
        answer=str(row.get_answer_display()) if row.answer != DeliveryAnswer.NONE else "",
        after=words_of_wait(waited) if waited is not None else "",
        waited=waited,
    )


def _by_step(lines: list[Line]) -> list[StepTotal]:
    totals = []
    for step in sorted({line.step for line in lines}):
        own = [line for line in lines if line.step == step]
        waits = [line.waited for line in own if line.waited is not None]
        totals.append(StepTotal(step, len(own), len(waits), _median(waits)))
    return totals


def _median(waits: list[timedelta]) -> str:
    return words_of_wait(timedelta(seconds=median(wait.total_seconds() for wait in waits))) if waits else ""


def words_of_wait(wait: timedelta) -> str:
    """How long something took: "45 s", "12 min", "3 h 05"."""
    seconds = int(wait.total_seconds())
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    if seconds < 3600:
        return _("%(n)s min") % {"n": seconds // 60}
    return _("%(hours)s h %(minutes)02d") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}


def register() -> None:
    """Give the bar of tasks what waits for the viewer."""
    from orgs import providers

    providers.waiting.register(invitations_waiting)
