"""Who there is in the demonstration: organisations, actors and people. All invented."""

from dataclasses import dataclass

from orgs.models import ActorLevel, ActorSector, Channel, OrganisationKind, OrganisationVisibility, Role

_K, _V, _R, _C = OrganisationKind, OrganisationVisibility, Role, Channel


@dataclass(frozen=True)
class Body:
    """An organisation: ``areas`` are P-codes; ``serves`` are keys of others. Services have no seat (no positions)."""

    key: str
    name: str
    acronym: str
    kind: str
    areas: tuple[str, ...]
    description: str
    seat: str = ""
    visibility: str = _V.PUBLIC
    serves: tuple[str, ...] = ()


MALI, MOPTI, BANDIAGARA, DOUENTZA, SEGOU, GAO = "ML", "ML05", "ML19", "ML18", "ML04", "ML07"
C_MOPTI, C_DJENNE, C_YOUWAROU = "ML0501", "ML0502", "ML0504"
C_BANDIAGARA, C_KORO, C_BANKASS = "ML1901", "ML1902", "ML1903"
C_SEGOU, C_NIONO, C_MACINA = "ML0401", "ML0404", "ML0405"
C_ANSONGO = "ML0703"

BODIES = (
    Body("femmes", "Femmes du puits de Koro", "FPK", _K.WOMEN, (C_KORO, C_BANKASS),
         "Groupement de femmes : médiation entre familles, accueil des déplacés, causeries sur la paix.", C_KORO),
    Body("marche", "Union des femmes du marché au poisson", "UFMP", _K.WOMEN, (C_MOPTI,),
         "Vendeuses du port de Mopti. Elles suivent les prix, les rumeurs et les arrivées de familles déplacées.",
         C_MOPTI),
    Body("jeunes", "Jeunes ponts de Bandiagara", "JPB", _K.YOUTH, (BANDIAGARA,),
         "Jeunes volontaires dans les villages : dialogue, sport, réinsertion.", C_BANDIAGARA),
    Body("radio", "Radio La Pirogue", "", _K.MEDIA, (MOPTI,),
         "Radio communautaire en bambara, fulfulde, dogon et français.", C_MOPTI),
    Body("anciens", "Conseil des anciens de la plaine", "CAP", _K.CUSTOMARY, (C_BANKASS, C_KORO),
         "Chefs de village et anciens qui règlent les disputes de terre et d’eau.", C_BANKASS, _V.PARTNERS),
    Body("eleveurs", "Association des éleveurs de la boucle", "AEB", _K.ASSOCIATION, (GAO,),
         "Éleveurs et agriculteurs : couloirs de passage, points d’eau, comités locaux.", C_ANSONGO),
    Body("priants", "Comité des priants de Ségou", "CPS", _K.RELIGIOUS, (SEGOU,),
         "Imams, pasteurs et prêtres qui parlent ensemble aux jeunes.", C_SEGOU),
    Body("comite", "Comité local de sécurité des trois rives", "CLS", _K.COMMITTEE, (C_DJENNE, C_MOPTI),
         "Mairies, services et associations se réunissent chaque mois.", C_DJENNE, _V.PARTNERS),
    Body("observatoire", "Observatoire des chemins de paix", "OCP", _K.THINK_TANK, (MALI,),
         "Analyse des incidents et des réponses, sans noms de personnes.", C_SEGOU, _V.PARTNERS),
    Body("bac", "Coopérative du bac de Koro", "", _K.ASSOCIATION, (C_KORO,),
         "Entretien de puits et de pirogues. Elle a cessé son travail.", C_KORO),
    Body("commissariat", "Commissariat du quartier du Fleuve", "", _K.SECURITY, (C_MOPTI,),
         "Police : accueil des plaintes, protection des marchés.", "", _V.PARTNERS),
    Body("gendarmerie", "Gendarmerie des Manguiers", "", _K.SECURITY, (C_KORO, C_BANKASS),
         "Gendarmerie : enquêtes, protection des villages.", "", _V.PARTNERS),
    Body("secours", "Protection civile des Manguiers", "", _K.STATE, (C_KORO, C_MOPTI),
         "Secours aux blessés et aux familles déplacées.", "", _V.PARTNERS),
    Body("reseau", "Réseau des veilleurs du Centre", "RVC", _K.NETWORK, (MOPTI, BANDIAGARA, DOUENTZA, SEGOU),
         "Coordination des organisations qui donnent l’alerte et qui apaisent.", C_MOPTI,
         serves=("femmes", "marche", "jeunes", "radio", "anciens")),
)  # fmt: skip


@dataclass(frozen=True)
class Doer:
    """An actor of the actor map; ``body`` is the organisation whose people belong to it."""

    key: str
    name: str
    sector: str
    body: str = ""
    mandate: str = ""
    level: str = ActorLevel.LOCAL


ACTORS = (
    Doer("police", "Police du quartier du Fleuve", ActorSector.SECURITY, "commissariat",
         "Recevoir les plaintes, protéger les marchés, enquêter."),
    Doer("gendarmes", "Gendarmes des Manguiers", ActorSector.SECURITY, "gendarmerie",
         "Protéger les villages, enquêter, recevoir les plaintes."),
    Doer("inconnus", "Hommes armés non identifiés", ActorSector.ARMED_GROUP),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody with one post. Those with ``signs_in`` have an account; the others are only told things."""

    key: str
    name: str
    role: str
    body: str = ""
    areas: tuple[str, ...] = ()
    channel: str = _C.EMAIL
    language: str = "fr"
    signs_in: bool = False
    title: str = ""
    """How the list of accounts calls the person where the role alone does not tell them apart."""


PEOPLE = (
    Person("coordinator", "Mariam D.", _R.COORDINATOR, "reseau", (MOPTI, BANDIAGARA, DOUENTZA, SEGOU), signs_in=True),
    Person("second", "Ibrahim K.", _R.COORDINATOR, "reseau", (MOPTI, BANDIAGARA, GAO), signs_in=True),
    Person("liaison", "Seydou M.", _R.LIAISON, "gendarmerie", (C_KORO, C_BANKASS), signs_in=True),
    Person("police", "Kadiatou S.", _R.LIAISON, "commissariat", (C_MOPTI,), signs_in=True),
    Person("reporter", "Fatoumata G.", _R.REPORTER, "femmes", (C_KORO, C_MOPTI), signs_in=True),
    Person("monitor", "Salif B.", _R.MONITOR, "jeunes", (BANDIAGARA,), signs_in=True),
    Person("editor", "Oumar T.", _R.EDITOR, "radio", (C_MOPTI,), signs_in=True),
    Person("facilitator", "Hawa C.", _R.FACILITATOR, "comite", (MOPTI,), signs_in=True),
    Person("analyst", "Adama N.", _R.ANALYST, "observatoire", (MALI,), signs_in=True),
    Person("oversight", "Rokia F.", _R.OVERSIGHT, signs_in=True),
    Person("administrator", "Moussa A.", _R.ADMINISTRATOR, signs_in=True),
    Person("operator", "Lassine P.", _R.OPERATOR, signs_in=True),
    Person("rescuer", "Aminata L.", _R.LIAISON, "secours", (C_KORO, C_MOPTI), channel=_C.SMS),
    Person("officer", "Bakary H.", _R.LIAISON, "gendarmerie", (C_KORO,)),
    Person("elder", "Youssouf E.", _R.MONITOR, "anciens", (C_BANKASS, C_KORO), channel=_C.CALL),
    Person("speaker", "Djénéba R.", _R.REPORTER, "femmes", (C_KORO,), channel=_C.SMS),
    Person("seller", "Nana I.", _R.REPORTER, "marche", (C_MOPTI,)),
    Person("herder", "Ousmane J.", _R.MONITOR, "eleveurs", (C_ANSONGO,), channel=_C.SMS),
    Person("imam", "Abdoulaye V.", _R.MONITOR, "priants", (C_SEGOU,)),
    Person("visitor", "Ruth O.", _R.MONITOR, "observatoire", (BANDIAGARA, MOPTI), language="en"),
)  # fmt: skip
