"""The national conference of 2016 as an example: two themes and their solutions, rated by consensus.

That it was held from 3 to 5 May 2016, and that solutions were rated by urgency, feasibility and impact by consensus,
is so; wording, numbers, dissent and the rounds for phones are invented, and the page says that it is an example. What
sessions of the story proposed waits to be grouped.
"""

import uuid
from datetime import UTC, date, datetime

from dialogues.demo.script import uid_of
from dialogues.models import (
    DialogueLevel,
    Priority,
    Process,
    ProcessKind,
    ProcessState,
    Proposal,
    RatedPriority,
    RatingMethod,
    RatingRound,
    Session,
    SessionKind,
    Track,
)
from dialogues.said import SessionSaid
from dialogues.services import ballots, proposals, ratings
from dialogues.services.sessions import keep_session
from orgs.demo import Stage
from orgs.models import Tlp

TITLE = "Conférence nationale de mai 2016 (exemple)"
PURPOSE = (
    "Exemple. Une conférence nationale a classé des solutions par urgence, faisabilité et effet, par consensus, "
    "du 3 au 5 mai 2016. Les mots et les chiffres de cette page sont inventés."
)
OPENED, CLOSED = datetime(2016, 5, 4, 9, tzinfo=UTC), datetime(2016, 5, 5, 16, tzinfo=UTC)
TRUST = "La confiance entre les populations et les forces de défense et de sécurité"
YOUTH = "Les jeunes, l’emploi et la violence"
# Theme, title, what sessions proposed, what was agreed on (urgency, feasibility, impact).
SOLUTIONS: tuple[tuple[str, str, tuple[str, ...], tuple[int, int, int]], ...] = (
    (TRUST, "Des rencontres régulières entre habitants et forces", (
        "Que les chefs de poste rencontrent les habitants chaque mois",
        "Une rencontre chaque mois entre les habitants et les chefs de poste",
    ), (5, 4, 5)),
    (TRUST, "Un lieu où se plaindre sans peur", (
        "Un bureau où l’on peut se plaindre sans peur",
        "Que les plaintes des femmes soient reçues par des femmes",
    ), (5, 3, 5)),
    (TRUST, "Former aux droits et à la langue du lieu", (
        "Que ceux qui viennent d’ailleurs apprennent quelques mots de la langue",
    ), (3, 4, 4)),
    (YOUTH, "Des métiers pour les jeunes de chaque commune", (
        "Apprendre un métier dans chaque commune",
        "Des ateliers pour apprendre un métier près de chez soi",
    ), (5, 3, 5)),
    (YOUTH, "Des jeunes dans chaque comité de paix", (
        "Deux jeunes, une fille et un garçon, dans chaque comité de paix",
    ), (4, 5, 4)),
    (YOUTH, "Des cours du soir et des terrains de sport", (), (2, 4, 3)),
)  # fmt: skip
BAMAKO = "ML20"
WAITING = ("Que les radios parlent de ce que les jeunes réussissent", "Un atelier de métier dans chaque cercle")
HEARD = (
    ("puits", ("Un deuxième puits, loin du marché", "Une corde et une poulie de rechange")),
    ("gardiens", ("Des lampes aux entrées du marché", "Un cahier où l’on écrit chaque appel")),
    ("comite-1", ("Une lampe à chaque entrée du marché", "Un deuxième puits loin du marché")),
    ("film-mopti", ("Passer le film dans les écoles",)),
)
"""What sessions of the other process proposed: the first of them is grouped, likely matches wait for a person."""
FIRST = "Un deuxième puits"
DISSENT = (1, "women", "Un bureau en ville ne sert pas celles qui ne peuvent pas voyager.")
BALLOTS = 14
SLIPS, SLIPS_USED = 24, 9
CRITERIA = ("urgency", "feasible", "impact")


def play(stage: Stage) -> None:
    """The process, its conference, what was proposed, the ranking by consensus, and two rounds that phones may try."""
    viewer = stage.viewer("coordinator")
    process = Process.objects.create(
        title=TITLE, purpose=PURPOSE, kind=ProcessKind.RESEARCH, level=DialogueLevel.NATIONAL, track=Track.CITIZENS,
        state=ProcessState.FOLLOWED, starts_on=date(2016, 5, 3), ends_on=date(2016, 5, 5), tlp=Tlp.CLEAR,
        created_by_id=viewer.user_id, is_demo=True,
    )  # fmt: skip
    session = keep_session(
        viewer=viewer, uid=uuid.UUID(int=stage.chance.getrandbits(128), version=4),
        edit_key=uuid.UUID(int=stage.chance.getrandbits(128), version=4), base_version=0, said=_conference(process),
        is_demo=True,
    ).session  # fmt: skip
    made = [_solution(stage, process, session, number) for number in range(len(SOLUTIONS))]
    proposals.write_proposals(viewer=viewer, session=session, lines=WAITING)
    agreed = ratings.open_round(
        viewer=viewer, process=process, title="Classement de la conférence (exemple)", session=session,
        method=RatingMethod.CONSENSUS, priorities=[one.pk for one in made], is_demo=True,
    )  # fmt: skip
    _agree(stage, agreed)
    _for_phones(stage, process)
    _by_slips(stage, process)
    _hear(stage)


def _conference(process: Process) -> SessionSaid:
    return SessionSaid(
        title=TITLE, kind=SessionKind.CONFERENCE, process=str(process.uid), held_on=date(2016, 5, 3),
        area=BAMAKO, people=200, tlp=Tlp.CLEAR,
    )  # fmt: skip


def _solution(stage: Stage, process: Process, session: Session, number: int) -> Priority:
    theme, title, lines, _values = SOLUTIONS[number]
    viewer = stage.viewer("coordinator")
    if lines:
        proposals.write_proposals(viewer=viewer, session=session, lines=lines)
    new = session.proposals.filter(priority__isnull=True).values_list("pk", flat=True)
    return proposals.make_priority(
        viewer=viewer, process=process, title=title, theme=theme, proposals=list(new), is_demo=True
    )


def _agree(stage: Stage, agreed: RatingRound) -> None:
    viewer, items = stage.viewer("coordinator"), ratings.items_of(agreed)
    by_title = {title: values for _theme, title, _lines, values in SOLUTIONS}
    values = {(item.pk, name): n for item in items for name, n in zip(CRITERIA, by_title[item.title], strict=True)}
    ratings.agree(viewer=viewer, rating=agreed, values=values)
    number, group, words = DISSENT
    contested = next(item for item in items if item.title == SOLUTIONS[number][1])
    ratings.dissent(viewer=viewer, item=contested, group=group, words=words)
    ratings.close_round(viewer=viewer, rating=agreed)
    RatingRound.objects.filter(pk=agreed.pk).update(opened_at=OPENED, closed_at=CLOSED)


def _for_phones(stage: Stage, process: Process) -> None:
    viewer = stage.viewer("coordinator")
    rating = ratings.open_round(
        viewer=viewer, process=process, title="À essayer : noter avec le téléphone", method=RatingMethod.INDIVIDUAL,
        is_demo=True,
    )  # fmt: skip
    items = ratings.items_of(rating)
    for number in range(BALLOTS):
        ballots.cast(rating=rating, voter=f"demo-{number}", marks=_marks(stage, items))


def _by_slips(stage: Stage, process: Process) -> None:
    viewer = stage.viewer("coordinator")
    rating = ratings.open_round(
        viewer=viewer, process=process, title="À essayer : noter avec un coupon", method=RatingMethod.INDIVIDUAL,
        slips=SLIPS, is_demo=True,
    )  # fmt: skip
    items = ratings.items_of(rating)
    for slip in rating.printed.order_by("code").values_list("pk", flat=True)[:SLIPS_USED]:
        ballots.cast(rating=rating, voter=f"demo-slip-{slip}", marks=_marks(stage, items), slip=slip)


def _marks(stage: Stage, items: list[RatedPriority]) -> dict[tuple[int, str], int]:
    return {(item.pk, name): stage.chance.randint(2, 5) for item in items for name in CRITERIA}


def _hear(stage: Stage) -> None:
    viewer = stage.viewer("facilitator")
    for key, lines in HEARD:
        proposals.write_proposals(viewer=viewer, session=Session.objects.get(uid=uid_of(key)), lines=lines)
    process = Process.objects.get(uid=uid_of("process marches"))
    alike = Proposal.objects.filter(session__process=process, words__startswith=FIRST).values_list("pk", flat=True)
    proposals.make_priority(
        viewer=viewer, process=process, title="Creuser un deuxième puits", proposals=list(alike), is_demo=True
    )
