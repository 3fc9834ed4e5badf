"""The loop: which incidents a dialogue answers, and which patterns in the conduct of forces it takes up.

A link changes nothing that others see of the dialogue, not even when it was changed last: whoever does not see the
incident (the accused above all) learns nothing from it.
"""

import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.access import may_answer, may_record, may_take_up
from dialogues.models import Answered, Process, Session, SessionState, TakenUp
from dialogues.said import SessionSaid
from dialogues.services.sessions import keep_session
from incidents.access import INCIDENTS
from incidents.models import ConductPattern, Incident
from incidents.services.steps import note
from orgs.models import Area, Organisation, Tlp
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed


def link(*, viewer: Viewer, incident: Incident, dialogue: Process | Session) -> Answered:
    """Say that a process or a session answers an incident. Saying it twice is once."""
    _refuse_unless(may_answer(viewer, incident, dialogue))
    if incident.exercise_id is not None:
        raise ValidationError({"incident": _("This incident was made up for an exercise.")})
    with transaction.atomic():
        answered, is_new = Answered.objects.get_or_create(
            incident=incident, **_end(dialogue), defaults={"linked_by_id": viewer.user_id}
        )
        if is_new:
            note(viewer, answered, "linked")
    return answered


def unlink(*, viewer: Viewer, incident: Incident, dialogue: Process | Session) -> None:
    """Take it back. Where there is no link, nothing changes."""
    _refuse_unless(may_answer(viewer, incident, dialogue))
    with transaction.atomic():
        answered = Answered.objects.select_for_update().filter(incident=incident, **_end(dialogue)).first()
        if answered is not None:
            note(viewer, answered, "unlinked")
            answered.delete()


def take_up(*, viewer: Viewer, pattern: ConductPattern, process: Process) -> TakenUp:
    """Say that a process takes up what is seen again and again in the conduct of forces."""
    _refuse_unless(may_take_up(viewer, pattern, process))
    with transaction.atomic():
        taken, is_new = TakenUp.objects.get_or_create(
            pattern=pattern, process=process, defaults={"taken_by_id": viewer.user_id}
        )
        if is_new:
            note(viewer, taken, "taken_up")
    return taken


def leave(*, viewer: Viewer, pattern: ConductPattern, process: Process) -> None:
    """Take it back."""
    _refuse_unless(may_take_up(viewer, pattern, process))
    with transaction.atomic():
        taken = TakenUp.objects.select_for_update().filter(pattern=pattern, process=process).first()
        if taken is not None:
            note(viewer, taken, "left")
            taken.delete()


def plan_session(
    *,
    viewer: Viewer,
    incident: Incident,
    uid: uuid.UUID,
    title: str,
    held_on: date | None,
    area: Area | None,
    tlp: str = Tlp.AMBER,
    led_by: Organisation | None = None,
) -> Session:
    """Plan a session that answers an incident. ``uid`` is the form's own: sent twice, it is one session.

    It is marked AMBER when nothing else is said: that people talk about something can point at who spoke of it.
    Raises ``ValidationError`` by field of ``SessionSaid``, ``NotAllowed``.
    """
    _refuse_unless(may_record(viewer) and INCIDENTS.sees(viewer, incident))
    said = SessionSaid(
        title=title,
        state=SessionState.PLANNED,
        held_on=held_on,
        area=area.pcode if area is not None else "",
        led_by=led_by.pk if led_by is not None else None,
        tlp=tlp,
    )
    with transaction.atomic():
        kept = keep_session(viewer=viewer, uid=uid, edit_key=uid, base_version=0, said=said)
        link(viewer=viewer, incident=incident, dialogue=kept.session)
    return kept.session


def _refuse_unless(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed


def _end(dialogue: Process | Session) -> dict[str, Process | Session]:
    return {"process": dialogue} if isinstance(dialogue, Process) else {"session": dialogue}
