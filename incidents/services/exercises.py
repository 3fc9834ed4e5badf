"""Drills: planned, people chosen and told beforehand, run with a made-up incident, ended, learnt from.

Everything between start and end is the real thing: the same preparation, release, ladder, messages and answers. That
nobody but the participants is ever told stands in ``access.takes_part``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.access import (
    AUDIENCE_ROLES,
    EXERCISES,
    PARTICIPATIONS,
    may_keep_exercise,
    may_take_part,
    may_work_on,
)
from incidents.models import (
    Alert,
    AlertState,
    Certainty,
    ClaimGrade,
    Exercise,
    Finding,
    Incident,
    IncidentState,
    Participation,
    ParticipationAnswer,
    PlacePrecision,
    SourceGrade,
)
from incidents.services import alerts, incidents, steps
from incidents.services.climbing import checked_text
from incidents.services.content import Grading
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs.access import MEMBERSHIPS
from orgs.messaging import outbox
from orgs.models import Area, Channel, Level, Message, User
from orgs.policy import Viewer

INVITATION = "exercise_invitation"
LONGEST_NAME = 120
LONGEST_PURPOSE = 500
LONGEST_SUMMARY = 500
LONGEST_LESSONS = 5000
MOST_CHOSEN = 500
SAYS_SO = "EXERCICE – EXERCISE. Inventé, rien n’en est vrai."
"""Stands before the made-up summary, whatever the language of whoever reads it."""
TOLD_ROLES = sorted({str(role) for roles in AUDIENCE_ROLES.values() for role in roles})
_PRECISION = {Level.CERCLE: PlacePrecision.CERCLE, Level.REGION: PlacePrecision.REGION}


# --- Planning ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outline:
    """A drill as a coordinator describes it."""

    name: str
    area: Area
    starts_at: datetime
    purpose: str = ""


def plan_exercise(*, viewer: Viewer, outline: Outline) -> Exercise:
    """Note a drill. Nobody is told of it yet."""
    made = Exercise(created_by_id=viewer.user_id)
    _set(made, outline)
    if EXERCISES.audience(viewer, made) != "coordinator":
        raise NotAllowed(_("You may keep exercises of your own areas only."))
    with transaction.atomic():
        made.save()
        steps.note(viewer, made, "planned", version=made.version, area=made.area_id)
    return made


def change_exercise(*, viewer: Viewer, exercise: Exercise, version: int, outline: Outline) -> Exercise:
    """Change a drill that has not started."""
    with transaction.atomic():
        held = _hold(viewer, exercise, version)
        if held.started_at is not None or held.ended_at is not None:
            raise NotAllowed(_("This exercise has started already."))
        _set(held, outline)
        if not may_keep_exercise(viewer, held):
            raise NotAllowed(_("You may keep exercises of your own areas only."))
        _keep(viewer, held, "changed")
    return held


def people_to_choose(viewer: Viewer) -> QuerySet[User]:
    """The people of a coordinator's areas who may be told of alerts at all."""
    posts = MEMBERSHIPS.rows_as(viewer, "coordinator").current().filter(role__in=TOLD_ROLES)  # type: ignore[attr-defined]
    people: QuerySet[User] = User.objects.active().filter(pk__in=posts.values("person"))
    return people


def choose_participants(*, viewer: Viewer, exercise: Exercise, people: Sequence[int]) -> int:
    """Choose people; they learn of it when they are told. Returns how many are new."""
    if len(people) > MOST_CHOSEN:
        raise ValidationError({"people": _("At most %(n)s people at once.") % {"n": MOST_CHOSEN}})
    with transaction.atomic():
        held = _hold_open(viewer, exercise)
        allowed = people_to_choose(viewer).filter(pk__in=people).exclude(exercises=held)
        rows = [Participation(exercise=held, person=person, chosen_by_id=viewer.user_id) for person in allowed]
        Participation.objects.bulk_create(rows, ignore_conflicts=True)
        steps.note(viewer, held, "participants_chosen", people=len(rows))
    return len(rows)


def drop_participant(*, viewer: Viewer, participation: Participation) -> None:
    """Take somebody off again, whether they were told of it or not."""
    with transaction.atomic():
        held = _hold_open(viewer, participation.exercise)
        gone, _each = Participation.objects.filter(pk=participation.pk, exercise=held).delete()
        if gone:
            steps.note(viewer, held, "participant_dropped", people=1)


def invite(*, viewer: Viewer, exercise: Exercise) -> int:
    """Tell those chosen that they are, and that they may decline; each once. Returns how many are told."""
    with transaction.atomic():
        held = _hold_open(viewer, exercise)
        rows = list(
            held.participations.select_for_update(of=("self",)).filter(invited_at=None).select_related("person")
        )
        sent = [row for row in rows if _channel_of(row.person)]
        messages = Message.objects.bulk_create(
            Message(
                purpose=INVITATION,
                channel=_channel_of(row.person),
                recipient=row.person,
                language=row.person.language,
            )
            for row in sent
        )
        for row, message in zip(sent, messages, strict=True):
            row.message = message
        now = timezone.now()
        for row in rows:
            row.invited_at = now
        Participation.objects.bulk_update(rows, ["invited_at", "message"])
        steps.note(viewer, held, "invited", people=len(rows))
        outbox.wake(Channel.EMAIL, Channel.SMS)
    return len(rows)


def _channel_of(person: User) -> str:
    """By what somebody is told of a drill; empty where they want no messages: it waits in their inbox."""
    if person.channel == Channel.SMS and person.phone:
        return Channel.SMS
    if person.channel == Channel.INBOX:
        return ""
    return Channel.EMAIL if person.email else Channel.SMS if person.phone else ""


def answer_invitation(*, viewer: Viewer, participation: Participation, agrees: bool) -> Participation:
    """Take part or not; in person. Whoever declines gets nothing of the drill from that moment on."""
    with transaction.atomic():
        held = (
            Participation.objects.select_for_update(of=("self",))
            .select_related("exercise", "person")
            .filter(pk=participation.pk)
            .first()
        )
        if held is None or held.person_id != viewer.user_id or PARTICIPATIONS.audience(viewer, held) is None:
            raise NotAllowed(_("Only the person chosen may answer this."))
        if not may_take_part(held) or held.invited_at is None:
            raise NotAllowed(_("This exercise is over."))
        held.answer = ParticipationAnswer.AGREED if agrees else ParticipationAnswer.DECLINED
        held.answered_at = timezone.now()
        held.save(update_fields=["answer", "answered_at"])
        steps.note(viewer, held, "answered_invitation", answer=held.answer, exercise=held.exercise_id)
    return held


# --- Running -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """The made-up incident of a drill."""

    type_code: str
    severity: str
    urgency: str
    tlp: str
    summary: str
    area: Area


def start_exercise(*, viewer: Viewer, exercise: Exercise, example: Example) -> Incident:
    """Make the example incident, verified, that alerts of this drill are prepared from. It counts nowhere."""
    words = checked_text("summary", example.summary, longest=LONGEST_SUMMARY, needed=_("Say what happens."))
    grading = Grading(
        example.type_code,
        timezone.localdate(),
        source_grade=SourceGrade.A,
        claim_grade=ClaimGrade.CONFIRMED,
        severity=example.severity,
        urgency=example.urgency,
        certainty=Certainty.OBSERVED,
        tlp=example.tlp,
    )
    fields = grading.fields()
    with transaction.atomic():
        held = _hold_open(viewer, exercise)
        if not taking_part(held).exists():
            raise NotAllowed(_("Choose participants and tell them of the exercise first."))
        incident = Incident(
            **fields,
            exercise=held,
            state=IncidentState.VERIFIED,
            summary=f"{SAYS_SO} {words}",
            place_precision=_PRECISION.get(Level(example.area.level), PlacePrecision.UNKNOWN),
            region_id=example.area.region_id,
            cercle_id=example.area.cercle_id,
            commune_id=example.area.commune_id,
            created_by_id=viewer.user_id,
            is_demo=held.is_demo,
        )
        incident.save()
        if not may_work_on(viewer, incident):
            raise NotAllowed(_("You may keep exercises of your own areas only."))
        held.started_at = held.started_at or timezone.now()
        _keep(viewer, held, "started", incident=incident.pk)
        steps.note(viewer, incident, "made", version=incident.version, exercise=held.pk)
    return incident


def taking_part(exercise: Exercise) -> QuerySet[Participation]:
    """Those who were told of a drill and did not decline."""
    return exercise.participations.filter(invited_at__isnull=False, person__is_active=True).exclude(
        answer=ParticipationAnswer.DECLINED
    )


def end_exercise(*, viewer: Viewer, exercise: Exercise, aborted: bool = False) -> Exercise:
    """The drill is over: its alerts are cancelled, with the word that it was a drill, its drafts thrown away."""
    with transaction.atomic():
        held = _hold(viewer, exercise, None)
        if held.ended_at is not None:
            return held
        for alert in Alert.objects.filter(exercise=held).select_related("incident").order_by("pk"):
            if alert.state == AlertState.RELEASED:
                alerts.cancel_alert(viewer=viewer, alert=alert)
            elif alert.state in alerts.CHANGEABLE:
                alerts.discard_alert(viewer=viewer, alert=alert, version=alert.version)
        for incident in held.incidents.exclude(state=IncidentState.CLOSED).order_by("pk"):
            incidents.close_incident(
                viewer=viewer, incident=incident, version=incident.version, finding=Finding.UNKNOWN
            )
        held.ended_at, held.ended_by_id, held.aborted = timezone.now(), viewer.user_id, aborted
        _keep(viewer, held, "aborted" if aborted else "ended")
    return held


def keep_lessons(*, viewer: Viewer, exercise: Exercise, version: int, lessons: str) -> Exercise:
    """What was learnt, in the words of those who kept the drill."""
    said = checked_text("lessons", lessons, longest=LONGEST_LESSONS)
    with transaction.atomic():
        held = _hold(viewer, exercise, version)
        held.lessons = said
        _keep(viewer, held, "lessons_kept")
    return held


# --- What they share ---------------------------------------------------------------------------------------------


def _set(exercise: Exercise, outline: Outline) -> None:
    exercise.name = checked_text("name", outline.name, longest=LONGEST_NAME, needed=_("Give it a name."))
    exercise.purpose = checked_text("purpose", outline.purpose, longest=LONGEST_PURPOSE)
    exercise.area, exercise.starts_at = outline.area, outline.starts_at


def _hold(viewer: Viewer, exercise: Exercise, version: int | None) -> Exercise:
    held = (
        Exercise.objects.select_for_update(of=("self",))
        .select_related("area")
        .defer("area__geometry")
        .filter(pk=exercise.pk)
        .first()
    )
    if held is None or not may_keep_exercise(viewer, held):
        raise NotAllowed(_("Only coordinators of the area may do this."))
    if version is not None and held.version != version:
        raise ChangedMeanwhile(version=held.version)
    return held


def _hold_open(viewer: Viewer, exercise: Exercise) -> Exercise:
    held = _hold(viewer, exercise, None)
    if held.ended_at is not None:
        raise NotAllowed(_("This exercise is over."))
    return held


def _keep(viewer: Viewer, held: Exercise, verb: str, **facts: int) -> None:
    held.version += 1
    held.save()
    steps.note(viewer, held, verb, version=held.version, **facts)
