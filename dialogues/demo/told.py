"""What was said in the dialogues of the demonstration. Invented."""

from dataclasses import dataclass

from dialogues.models import (
    Country,
    DialogueLevel,
    ProcessKind,
    ProcessState,
    SessionKind,
    SessionState,
    Track,
)
from dialogues.said import Counted, Raised
from orgs.models import Tlp

C_MOPTI, C_DJENNE, C_BANDIAGARA, C_KORO, C_GAO = "ML0501", "ML0502", "ML1901", "ML1902", "ML0701"


@dataclass(frozen=True)
class Series:
    """A process; ``region`` is a P-code (empty: the whole country and abroad)."""

    key: str
    title: str
    purpose: str
    kind: str
    level: str
    track: str
    conveners: tuple[str, ...]
    partners: tuple[str, ...] = ()
    state: str = ProcessState.RUNNING
    days_ago: int = 120


SERIES = (
    Series("marches", "Marchés et puits en paix",
           "Que ceux qui partagent un marché ou un puits règlent ensemble leurs disputes, avec ceux qui les protègent.",
           ProcessKind.JUSTICE_SECURITY, DialogueLevel.REGIONAL, Track.LOCAL, ("comite", "reseau"),
           ("femmes", "jeunes", "gendarmerie")),
    Series("retours", "Parler avant de rentrer",
           "Que les réfugiés et ceux qui sont restés se disent ce qu’ils craignent et ce qu’ils attendent.",
           ProcessKind.RESEARCH, DialogueLevel.NATIONAL, Track.LOCAL, ("comite",), ("eleveurs", "radio"), days_ago=200),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A session: so many days ago (negative: to come)."""

    key: str
    series: str
    number: int | None
    kind: str
    title: str
    days: int
    area: str
    place: str
    people: tuple[Counted, ...]
    country: str = Country.MALI
    state: str = SessionState.HELD
    spectators: int = 0
    invited: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    agenda: str = ""
    minutes: str = ""
    issues: tuple[Raised, ...] = ()
    agreements: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    tlp: str = Tlp.GREEN


def _room(group: str, women: tuple[int, int], men: tuple[int, int]) -> tuple[Counted, ...]:
    """Young and older women and men of one group."""
    cells = (("f", "15-35", women[0]), ("f", "36-60", women[1]), ("m", "15-35", men[0]), ("m", "36-60", men[1]))
    return tuple(Counted(sex, band, group, many) for sex, band, many in cells if many)


_K = SessionKind
TOLD = (
    Told("puits", "marches", 1, _K.DIALOGUE, "Le puits du marché", 110, C_KORO, "Koro, sous le grand arbre",
         (*_room("herders", (0, 0), (4, 5)), *_room("farmers", (1, 2), (3, 6))),
         invited=("herders", "farmers", "women", "youth"), absent=("youth",), present=("femmes", "eleveurs"),
         agenda="Qui puise quand, et qui répare.", minutes="Chacun a parlé à son tour. On a ri à la fin.",
         issues=(Raised("On a peur d’aller au puits le soir", ("safety",)),
                 Raised("Les femmes attendent derrière les troupeaux", ("recognition", "livelihood"))),
         agreements=("Les femmes puisent avant les troupeaux.", "Deux gardiens, un de chaque côté."),
         disagreements=("Qui paie la corde.",)),
    Told("femmes", "marches", 2, _K.FOCUS_GROUP, "Ce que les femmes n’ont pas dit", 100, C_KORO,
         "Koro, cour de l’école", _room("women", (9, 7), (0, 0)), invited=("women",), present=("femmes",),
         issues=(Raised("On ne nous demande rien", ("participation",)),),
         agreements=("Trois femmes au comité du marché.",), tlp=Tlp.AMBER),
    Told("jeunes", "marches", 3, _K.FOCUS_GROUP, "Les jeunes et le travail", 90, C_BANDIAGARA, "Maison des jeunes",
         _room("youth", (6, 0), (11, 0)), invited=("youth",), present=("jeunes",),
         issues=(Raised("Rien à faire toute la journée", ("livelihood",)),)),
    Told("gardiens", "marches", 4, _K.WORKSHOP, "Gardiens du marché et gendarmes", 75, C_BANDIAGARA, "Mairie",
         (*_room("civil_society", (3, 4), (2, 5)), *_room("forces", (1, 0), (2, 2))),
         invited=("civil_society", "forces", "traders"), absent=("traders",), present=("jeunes", "gendarmerie"),
         agenda="Se connaître. Dire ce qui blesse. Convenir d’un numéro.",
         issues=(Raised("On appelle et personne ne répond", ("safety", "recognition")),),
         agreements=("Un rendez-vous chaque mois.", "Une réponse à chaque appel, même pour dire non.")),
    Told("film-mopti", "marches", 5, _K.SCREENING, "Le film au port", 60, C_MOPTI, "Mopti, au port",
         (*_room("residents", (4, 3), (5, 4)), *_room("fishers", (0, 2), (3, 2))), spectators=240,
         present=("marche", "radio"), minutes="Le débat a duré plus que le film.", tlp=Tlp.CLEAR),
    Told("comite-1", "marches", None, _K.COMMITTEE, "Le comité et le marché de nuit", 103, C_MOPTI,
         "Mopti, salle de la mairie",
         (*_room("state", (1, 1), (1, 3)), *_room("civil_society", (2, 2), (2, 2)), *_room("forces", (0, 1), (1, 1))),
         invited=("state", "civil_society", "forces", "justice"), present=("marche", "commissariat"),
         agreements=("Des lampes au marché avant la saison des pluies.",)),
    Told("comite-2", "marches", None, _K.COMMITTEE, "Le comité et les plaintes", 71, C_MOPTI,
         "Mopti, salle de la mairie",
         (*_room("state", (0, 2), (1, 3)), *_room("civil_society", (3, 3), (1, 2)), *_room("forces", (1, 0), (1, 1))),
         invited=("state", "civil_society", "forces", "justice"), absent=("justice",),
         present=("marche", "commissariat"),
         issues=(Raised("Une femme ne va pas dire cela à un homme", ("justice", "recognition")),),
         agreements=("Les plaintes des femmes sont reçues par une femme.",)),
    Told("comite", "marches", 6, _K.COMMITTEE, "Comité des trois rives", 40, C_MOPTI, "Mopti, salle de la mairie",
         (*_room("state", (1, 2), (1, 4)), *_room("civil_society", (2, 3), (1, 2)), *_room("forces", (1, 0), (0, 1))),
         invited=("state", "civil_society", "forces", "justice"), absent=("justice",),
         present=("marche", "commissariat"),
         agreements=("Le comité écoute le marché avant chaque réunion.",)),
    Told("mare", "marches", 7, _K.MEDIATION, "La mare et le passage", 12, C_DJENNE, "Djenné, au bord de la mare",
         (*_room("herders", (1, 1), (4, 3)), *_room("farmers", (2, 2), (3, 4)), *_room("customary", (0, 1), (0, 3))),
         invited=("herders", "farmers", "customary", "women"), present=("eleveurs", "radio"),
         agenda="Où passent les bêtes jusqu’à la mare.", minutes="On a marché ensemble le long de la clôture.",
         issues=(Raised("La clôture a fermé le seul chemin", ("livelihood", "justice")),),
         agreements=("Un passage de trente pas reste ouvert.", "Le comité des deux villages le regarde chaque mois."),
         disagreements=("Qui paie pour la clôture défaite.",)),
    Told("prevue", "marches", 8, _K.DIALOGUE, "Le chemin des troupeaux", -7, C_KORO, "Koro, sous le grand arbre", (),
         state=SessionState.PLANNED, invited=("herders", "farmers", "women", "youth", "customary"),
         agenda="Par où passent les troupeaux cette année."),
    Told("mbera", "retours", 1, _K.DIALOGUE, "Parler avant de rentrer", 180, "", "Camp de Mbera",
         _room("returned", (8, 9), (10, 7)), country=Country.MAURITANIA, invited=("returned", "youth"),
         present=("eleveurs",),
         issues=(Raised("Retrouver sa maison habitée par un autre", ("justice", "belonging")),),
         agreements=("Une liste des maisons, tenue des deux côtés.",)),
    Told("film-mbera", "retours", 2, _K.SCREENING, "Le film au camp", 179, "", "Camp de Mbera",
         _room("returned", (6, 4), (7, 3)), country=Country.MAURITANIA, spectators=310),
    Told("gao", "retours", 3, _K.DIALOGUE, "Ceux qui sont restés", 150, C_GAO, "Gao, quartier du marché",
         (*_room("residents", (5, 6), (4, 8)), *_room("religious", (0, 0), (0, 2))),
         invited=("residents", "religious", "returned"), absent=("returned",),
         issues=(Raised("On dit d’eux ce qu’on n’a pas vu", ("recognition",)),),
         disagreements=("Si l’on rend les champs ensemencés.",)),
)  # fmt: skip
