"""The security committee of the demonstration: seats, who came and went, meetings, decisions. Invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from dialogues.demo.script import Step, day, uid_of
from dialogues.models import (
    AgeBand,
    Committee,
    CommitteeKind,
    Consent,
    Decision,
    DecisionFollowUp,
    DecisionState,
    Group,
    Process,
    Seat,
    Session,
    Sex,
)
from dialogues.services import committees
from dialogues.services.committees import CommitteeSaid, DecisionSaid, HolderSaid, SeatSaid
from orgs.demo import Stage
from orgs.models import Area

NAME = "CCLS des trois rives (exemple)"
AREA = "ML0501"
BEGUN = 700
MONTHS = 1
"""It meets every month; the last meeting was forty days ago, so that the next one is overdue."""


@dataclass(frozen=True)
class Holder:
    """Who took a seat so many days ago, and left it."""

    since: int
    sex: str
    age_band: str
    body: str = ""
    until: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Place:
    """A seat. ``body`` is the organisation for which it is kept."""

    label: str
    group: str
    body: str = ""
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True)
class Decided:
    """A decision of a meeting, and how it stood since: (days ago, state, words)."""

    session: str
    words: str
    due: int | None
    body: str = ""
    others: str = ""
    since: tuple[tuple[int, str, str], ...] = ()


_F, _M = Sex.WOMEN, Sex.MEN
_YOUNG, _ADULT, _OLD = AgeBand.YOUTH, AgeBand.ADULTS, AgeBand.ELDERS
SEATS = (
    Place("Mairie", Group.LOCAL_STATE, holders=(Holder(700, _M, _ADULT),)),
    Place("Commissariat", Group.FORCES, "commissariat",
          (Holder(700, _M, _ADULT, "commissariat", until=240), Holder(240, _F, _ADULT, "commissariat"))),
    Place("Femmes du marché", Group.WOMEN_GROUPS, "marche",
          (Holder(690, _F, _ADULT, "marche", name="Une vendeuse du port (inventée)"),)),
    Place("Jeunes", Group.YOUTH_GROUPS, "jeunes",
          (Holder(650, _M, _YOUNG, "jeunes", until=120), Holder(110, _F, _YOUNG, "jeunes"))),
    Place("Chefs de quartier", Group.CUSTOMARY, holders=(Holder(700, _M, _OLD),)),
    Place("Éleveurs", Group.HERDERS, "eleveurs", (Holder(500, _M, _ADULT, "eleveurs"),)),
    Place("Pêcheurs", Group.FISHERS, holders=(Holder(480, _M, _ADULT),)),
    Place("Imams et prêtres", Group.RELIGIOUS, "priants", (Holder(620, _M, _OLD, "priants"),)),
    Place("Justice", Group.JUSTICE, holders=(Holder(600, _M, _ADULT, until=90),)),
)  # fmt: skip
MEETINGS = ("comite-1", "comite-2", "comite")
_OPEN, _DONE, _DROPPED = DecisionState.OPEN, DecisionState.DONE, DecisionState.DROPPED
DECISIONS = (
    Decided("comite-1", "Demander des lampes pour le marché de nuit.", 60, "comite",
            since=((75, _OPEN, "La lettre est partie."), (58, _DONE, "Les lampes sont promises par la mairie."))),
    Decided("comite-1", "Tenir la réunion chaque fois dans un autre quartier.", None, others="Tous les membres",
            since=((50, _DROPPED, "Trop loin pour celles qui viennent à pied : on reste à la mairie."),)),
    Decided("comite-2", "Afficher au marché où et quand une femme reçoit les plaintes.", 25, "commissariat",
            since=((38, _OPEN, "Le texte est prêt, il manque la version en bambara."),)),
    Decided("comite", "Écouter les vendeuses avant chaque réunion, et le dire au début.", -30, "marche"),
)  # fmt: skip


def steps(stage: Stage) -> Iterator[Step]:
    """The committee and everything that happened in it, each on its day."""
    yield BEGUN, partial(_begin, stage)
    for place in SEATS:
        yield BEGUN - 0.1, partial(_seat, stage, place)
        for holder in place.holders:
            yield holder.since - 0.2, partial(_fill, stage, place, holder)
            if holder.until is not None:
                yield holder.until, partial(_vacate, stage, place, holder.until)
    held = {session.uid: session for session in Session.objects.filter(is_demo=True)}
    for key in MEETINGS:
        session = held[uid_of(key)]
        days = (timezone.localdate() - session.held_on).days if session.held_on else 0
        yield days - 0.5, partial(_meet, stage, session)
        for place_of, decided in enumerate(DECISIONS):
            if decided.session == key:
                yield days - 0.6 - place_of / 100, partial(_decide, stage, decided, session)
                for since, state, words in decided.since:
                    yield since, partial(_follow, stage, decided, since, state, words)


def committee() -> Committee:
    """The committee as it is now."""
    return Committee.objects.get(uid=uid_of("committee"))


def _begin(stage: Stage) -> None:
    made = committees.keep_committee(
        viewer=stage.viewer("facilitator"),
        said=CommitteeSaid(
            name=NAME,
            kind=CommitteeKind.CCLS,
            created_on=day(BEGUN),
            meets_every=MONTHS,
            area=Area.objects.current().get(pcode=AREA),
            process=Process.objects.get(uid=uid_of("process marches")),
        ),
        is_demo=True,
    )
    at = stage.ago(24 * BEGUN)
    Committee.objects.filter(pk=made.pk).update(uid=uid_of("committee"), made_at=at, updated_at=at)


def _seat(stage: Stage, place: Place) -> None:
    body = stage.organisations[place.body] if place.body else None
    said = SeatSaid(label=place.label, group=place.group, organisation=body)
    committees.add_seat(viewer=stage.viewer("facilitator"), committee=committee(), said=said)


def _fill(stage: Stage, place: Place, holder: Holder) -> None:
    said = HolderSaid(
        since=day(holder.since),
        organisation=stage.organisations[holder.body] if holder.body else None,
        sex=holder.sex,
        age_band=holder.age_band,
        name=holder.name,
        consent=Consent.SIGNED if holder.name else "",
        consented_on=day(holder.since) if holder.name else None,
    )
    committees.fill_seat(viewer=stage.viewer("facilitator"), seat=_seat_of(place), said=said)


def _vacate(stage: Stage, place: Place, until: int) -> None:
    committees.vacate_seat(viewer=stage.viewer("facilitator"), seat=_seat_of(place), on=day(until))


def _seat_of(place: Place) -> Seat:
    return Seat.objects.get(committee__uid=uid_of("committee"), label=place.label)


def _meet(stage: Stage, session: Session) -> None:
    committees.link_meeting(viewer=stage.viewer("facilitator"), committee=committee(), session=session)


def _decide(stage: Stage, decided: Decided, session: Session) -> None:
    assert session.held_on is not None  # only meetings that were held decide
    said = DecisionSaid(
        words=decided.words,
        decided_on=session.held_on,
        owner=stage.organisations[decided.body] if decided.body else None,
        owner_text=decided.others,
        due_on=None if decided.due is None else day(decided.due),
        session=session,
    )
    committees.decide(viewer=stage.viewer("facilitator"), committee=committee(), said=said)


def _follow(stage: Stage, decided: Decided, since: int, state: str, words: str) -> None:
    row = Decision.objects.get(committee__uid=uid_of("committee"), words=decided.words)
    added = committees.follow_decision(viewer=stage.viewer("facilitator"), decision=row, state=state, words=words)
    DecisionFollowUp.objects.filter(pk=added.pk).update(written_at=stage.ago(24 * since))
