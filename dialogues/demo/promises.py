"""What was promised in the sessions of the demonstration, and what came of it. Invented."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from dialogues.demo.script import Step, day, uid_of
from dialogues.models import Commitment, CommitmentState, Consent, FollowUp, Session
from dialogues.services import commitments
from dialogues.services.commitments import NamedPerson, Promise
from orgs.demo import Stage
from orgs.services.verification import retire_organisation

_BEGUN, _KEPT, _BROKEN, _OVERTAKEN = (
    CommitmentState.BEGUN,
    CommitmentState.KEPT,
    CommitmentState.BROKEN,
    CommitmentState.OVERTAKEN,
)


@dataclass(frozen=True)
class Since:
    """What somebody of the story said of a promise, so many days ago."""

    days: float
    words: str
    state: str = ""
    by: str = "facilitator"
    evidence: str = ""


@dataclass(frozen=True)
class Promised:
    """A promise. ``due`` days ago it was to be kept (negative: to come; ``None``: no day was said)."""

    key: str
    session: str
    what: str
    due: int | None
    body: str = ""
    actor: str = ""
    person: str = ""
    evidence: str = ""
    is_public: bool = False
    since: tuple[Since, ...] = ()


PROMISED = (
    Promised("file", "puits", "Faire respecter la file : les femmes puisent avant les troupeaux.", 80, "femmes",
             evidence="Le cahier des gardiens du puits", is_public=True, since=(
                 Since(104, "Les deux gardiens sont choisis, le cahier est ouvert.", _BEGUN),
                 Since(92, "Une dispute en deux semaines, réglée sur place."),
                 Since(79, "Le cahier est tenu chaque jour depuis un mois. Les femmes le disent aussi.", _KEPT,
                       evidence="Cahier des gardiens, lu par le comité"))),
    Promised("gardien", "puits", "Payer un gardien de notre côté du puits pendant la saison sèche.", -25, "eleveurs",
             evidence="Un gardien de chaque côté, le matin et le soir",
             since=(Since(60, "Le gardien est là le matin. Le soir, pas encore.", _BEGUN),)),
    Promised("corde", "puits", "Remplacer la corde et la poulie du puits.", 50, "bac",
             evidence="Une corde neuve au puits"),
    Promised("appel", "gardiens", "Répondre à chaque appel du marché, même pour dire non.", 15, "gendarmerie",
             evidence="Le cahier des appels, lu ensemble chaque mois", since=(
                 Since(65, "Une ligne est ouverte et quelqu’un y répond. Le cahier des appels est tenu.", _BEGUN,
                       by="liaison"),
                 Since(20, "Deux appels sans réponse ce mois, tous deux la nuit. On en parle au prochain rendez-vous."),
                 Since(10, "Nous avons vu les deux appels. Le tour de nuit change, dites-nous si cela aide.",
                       by="liaison"))),
    Promised("rendezvous", "gardiens", "Venir au rendez-vous du mois avec les gardiens du marché.", 30, "gendarmerie",
             evidence="Le compte rendu de chaque rendez-vous", is_public=True, since=(
                 Since(45, "Le premier rendez-vous a eu lieu.", _BEGUN, by="liaison"),
                 Since(29, "Deux rendez-vous sur deux, avec des femmes du marché.", _KEPT,
                       evidence="Deux comptes rendus"))),
    Promised("accueil", "gardiens", "Former douze jeunes à accueillir et à calmer au marché.", 40, "jeunes", since=(
                 Since(70, "Les douze jeunes sont choisis, cinq filles et sept garçons.", _BEGUN),
                 Since(38, "Rien n’a eu lieu : l’argent n’est pas venu et personne n’a prévenu les jeunes.", _BROKEN))),
    Promised("antenne", "film-mopti", "Passer le débat à l’antenne en quatre langues.", 45, "radio", is_public=True,
             evidence="Les quatre émissions", since=(
                 Since(55, "Les voix sont montées en bambara et en fulfulde.", _BEGUN, by="editor"),
                 Since(44, "Les quatre émissions ont passé, deux fois chacune.", _KEPT,
                       evidence="Grille de la radio"))),
    Promised("plaintes", "comite-2", "Faire recevoir les plaintes des femmes par une femme, chaque jour de marché.",
             -20, actor="police", evidence="Le nom du bureau est affiché au marché",
             since=(Since(35, "Une agente est désignée. Le bureau n’a pas encore de porte qui ferme.", _BEGUN,
                          by="police"),)),
    Promised("lampes", "comite-1", "Poser six lampes au marché de nuit.", -45, "comite",
             evidence="Six lampes qui brûlent"),
    Promised("places", "femmes", "Donner trois places à des femmes au comité du marché.", -60, "comite"),
    Promised("liste", "mbera", "Tenir une liste des maisons, la même des deux côtés.", 90, "eleveurs", since=(
                 Since(140, "La liste est commencée au camp.", _BEGUN),
                 Since(88, "La mairie a ouvert son propre registre, où chacun peut s’inscrire. La liste n’est plus"
                           " nécessaire.", _OVERTAKEN))),
    Promised("cour", "gao", "Prêter sa cour pour la prochaine rencontre.", None,
             person="Un doyen du quartier (inventé)"),
    Promised("passage", "mare", "Regarder le passage chaque mois avec les deux villages.", -18, "comite",
             evidence="Une ligne au cahier du comité chaque mois"),
)  # fmt: skip
RETIRED, RETIRED_DAYS_AGO = "bac", 30
"""The organisation that gave up its work since: what it promised stays, and somebody has to ask what becomes of it."""


def steps(stage: Stage) -> Iterator[Step]:
    """Everything that was promised and followed, each on its day."""
    by_key = {session.uid: session for session in Session.objects.filter(is_demo=True)}
    for one in PROMISED:
        session = by_key[uid_of(one.session)]
        days = (timezone.localdate() - session.held_on).days if session.held_on else 0
        yield days - 0.4, partial(_promise, stage, one, session, days)
        for since in one.since:
            yield since.days, partial(_follow, stage, one, since)
    yield RETIRED_DAYS_AGO, partial(_retire, stage)


def _promise(stage: Stage, one: Promised, session: Session, days: int) -> None:
    person = NamedPerson(one.person, Consent.SPOKEN, session.held_on) if one.person else None
    made = commitments.promise(
        viewer=stage.viewer("facilitator"),
        place=session,
        uid=_uid(one),
        said=Promise(
            what=one.what,
            organisation=stage.organisations[one.body] if one.body else None,
            actor=stage.actors[one.actor] if one.actor else None,
            person=person,
            due_on=None if one.due is None else day(one.due),
            evidence=one.evidence,
            agreed_public_on=session.held_on if one.is_public else None,
        ),
        is_demo=True,
    )
    at = stage.ago(24 * (days - 0.4))
    Commitment.objects.filter(pk=made.pk).update(made_at=at, updated_at=at)


def _follow(stage: Stage, one: Promised, since: Since) -> None:
    commitment = Commitment.objects.select_related("session", "process", "actor").get(uid=_uid(one))
    added = commitments.follow(
        viewer=stage.viewer(since.by),
        commitment=commitment,
        state=since.state,
        words=since.words,
        evidence=since.evidence,
    )
    at = stage.ago(24 * since.days)
    FollowUp.objects.filter(pk=added.pk).update(at=at)
    Commitment.objects.filter(pk=commitment.pk).update(updated_at=at)


def _retire(stage: Stage) -> None:
    body = stage.organisations[RETIRED]
    body.refresh_from_db()
    retire_organisation(viewer=stage.viewer("administrator"), organisation=body, version=body.version)


def _uid(one: Promised) -> uuid.UUID:
    return uid_of(f"promise {one.key}")
