"""Playing the dialogues: each session goes through the service that a person would use, at the day it was held."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from django.utils import timezone

from dialogues.demo.told import SERIES, TOLD, Series, Told
from dialogues.models import Process, Session, SessionEdit
from dialogues.said import SessionSaid, said_of
from dialogues.services.sessions import keep_session
from incidents.services.steps import note
from orgs.demo import Stage

SPACE = uuid.UUID("0d9b3b0c-52c8-5a6e-8c5e-4e3d1f6a7b90")
Step = tuple[float, Callable[[], None]]
"""So many days ago, this was done."""
TWO_HANDS = "puits"
"""The session that two people write differently: one edit waits to be settled."""


def play(stage: Stage) -> None:
    """Two processes and their sessions: one of them is to come, one is told differently by two people."""
    for series in SERIES:
        with stage.moment(stage.ago(24 * series.days_ago)):
            _begin(stage, series)
    for told in sorted(TOLD, key=lambda one: -one.days):
        with stage.moment(stage.ago(24 * max(told.days, 1))):
            _keep(stage, told)
    with stage.moment(stage.ago(20)):
        _tell_differently(stage)


def uid_of(name: str) -> uuid.UUID:
    """The address of what the story calls by this name: the same at every load."""
    return uuid.uuid5(SPACE, name)


def day(days: int) -> date:
    """The day that was so many days ago."""
    return timezone.localdate() - timedelta(days=days)


def _begin(stage: Stage, series: Series) -> None:
    at = stage.ago(24 * series.days_ago)
    process = Process.objects.create(
        uid=uid_of(f"process {series.key}"),
        title=series.title,
        purpose=series.purpose,
        kind=series.kind,
        level=series.level,
        track=series.track,
        state=series.state,
        starts_on=day(series.days_ago),
        created_by=stage.people["facilitator"],
        created_at=at,
        is_demo=True,
    )
    process.conveners.set([stage.organisations[key] for key in series.conveners])
    process.partners.set([stage.organisations[key] for key in series.partners])
    note(stage.viewer("facilitator"), process, "began_process")


def _keep(stage: Stage, told: Told) -> None:
    kept = keep_session(
        viewer=stage.viewer("facilitator"),
        uid=uid_of(told.key),
        edit_key=uid_of(f"{told.key} first"),
        base_version=0,
        said=_said(stage, told),
        is_demo=True,
    )
    at = stage.ago(24 * max(told.days, 1))
    Session.objects.filter(pk=kept.session.pk).update(recorded_at=at, updated_at=at)
    SessionEdit.objects.filter(session=kept.session).update(written_at=at)


def _said(stage: Stage, told: Told) -> SessionSaid:
    return SessionSaid(
        title=told.title,
        kind=told.kind,
        state=told.state,
        process=str(uid_of(f"process {told.series}")),
        number=told.number,
        held_on=day(told.days),
        country=told.country,
        area=told.area,
        place_text=told.place,
        led_by=stage.organisations["comite"].pk,
        facilitators=(stage.people["facilitator"].pk,),
        present=tuple(stage.organisations[key].pk for key in told.present),
        people=sum(one.count for one in told.people),
        spectators=told.spectators,
        attendance=told.people,
        invited=told.invited,
        absent=told.absent,
        agenda=told.agenda,
        minutes=told.minutes,
        issues=told.issues,
        agreements=told.agreements,
        disagreements=told.disagreements,
        tlp=told.tlp,
    )


def _tell_differently(stage: Stage) -> None:
    """Both began from what was written first: the second waits until a person settles it."""
    session = Session.objects.get(uid=uid_of(TWO_HANDS))
    first, minutes = said_of(session), "Chacun a parlé à son tour."
    for key, words in (("facilitator", "Les anciens ont ouvert."), ("second", "Une femme a ouvert, puis les anciens.")):
        keep_session(
            viewer=stage.viewer(key),
            uid=session.uid,
            edit_key=uid_of(f"{TWO_HANDS} {key}"),
            base_version=1,
            said=replace(first, minutes=f"{words} {minutes}"),
            is_demo=True,
        )
