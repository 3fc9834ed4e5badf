"""What the coordinators of the demonstration make of the reports: incidents with their grades, words and figures."""

from dataclasses import dataclass

from incidents.models import Certainty, Finding, Harm, RejectReason, Severity, Urgency
from orgs.models import Tlp


@dataclass(frozen=True)
class Count:
    """A figure of one source, written down so many hours ago."""

    hours: float
    kind: str
    value: int
    source: str
    report: str = ""


@dataclass(frozen=True)
class Case:
    """An incident. ``grades`` are source, claim, severity, urgency, certainty; numbers of hours ago say when."""

    key: str
    by: str
    reports: tuple[str, ...]
    hours: float
    kind: str
    tlp: str
    grades: tuple[str, str, str, str, str]
    narrative: str
    summary: str = ""
    written: float = 0
    verified: float = 0
    closed: float = 0
    finding: str = ""
    note: str = ""
    """The word to the reporters."""
    counts: tuple[Count, ...] = ()
    responsible: tuple[float, str] | None = None


_S, _U, _C = Severity, Urgency, Certainty

CASES = (
    Case(
        "koro", "coordinator", ("koro_1", "koro_2", "koro_3", "koro_4"), 25, "looting", Tlp.AMBER,
        ("B", "2", _S.SEVERE, _U.EXPECTED, _C.OBSERVED),
        "Vol de bétail au puits, à l’aube, par des hommes à moto. Coups de feu en l’air. Deux à quatre blessés selon"
        " les sources. Des propriétaires parlent d’aller chercher les bêtes eux-mêmes : le risque est là. Appeler le"
        " chef de village et le groupement de femmes avant ce soir.",
        "Du bétail a été volé au puits et des personnes ont été blessées. Des habitants veulent reprendre leurs bêtes"
        " eux-mêmes : il faut leur parler avant.",
        written=22.5, verified=22,
        note="Merci. Des personnes qui peuvent agir ont été prévenues. Restez loin du puits pour le moment.",
        counts=(
            Count(24, Harm.INJURED, 2, "berger présent", "koro_1"),
            Count(23.5, Harm.INJURED, 4, "commerçante", "koro_3"),
            Count(20, Harm.INJURED, 3, "centre de santé"),
        ),
    ),
    Case(
        "road", "coordinator", ("road_1", "road_2"), 72, "explosion", Tlp.CLEAR,
        ("B", "1", _S.MODERATE, _U.EXPECTED, _C.OBSERVED),
        "Charrette détruite sur la piste. Le conducteur est mort. Confirmé par deux voyageurs et par le syndicat des"
        " transporteurs.",
        "Un engin a explosé sur la piste entre Bandiagara et Bankass. D’autres engins sont possibles.",
        written=70, verified=68,
        note="Merci. Un avis a été publié et lu à la radio pour que personne ne prenne cette piste.",
        counts=(Count(70, Harm.KILLED, 1, "syndicat des transporteurs"),),
    ),
    Case(
        "threat", "second", ("threat_1", "threat_2"), 6, "threat", Tlp.RED,
        ("C", "3", _S.EXTREME, _U.IMMEDIATE, _C.POSSIBLE),
        "Ultimatum écrit déposé à la porte de la mosquée : partir avant vendredi. Environ 300 personnes concernées."
        " Papier vu par deux personnes. L’auteur n’est pas connu.",
        "Un ultimatum écrit demande aux habitants d’un village de partir avant vendredi.",
        written=5.5,
    ),
    Case(
        "land", "coordinator", ("land_1", "land_2"), 17 * 24, "land", Tlp.GREEN,
        ("B", "2", _S.MINOR, _U.PAST, _C.OBSERVED),
        "Dispute pour l’accès à une mare clôturée. Insultes, pas de blessé. Le comité local réunit les deux villages.",
        "Une dispute pour une mare a été réglée : un passage est ouvert pour les bêtes, un comité le surveille.",
        written=16 * 24, verified=15 * 24, closed=6 * 24, finding=Finding.TRUE,
        note="Les anciens se sont réunis et un passage est ouvert jusqu’à la mare. Merci de nous avoir parlé tôt.",
    ),
    Case(
        "abuse", "coordinator", ("abuse_1",), 46, "abuse", Tlp.AMBER_STRICT,
        ("C", "3", _S.MODERATE, _U.EXPECTED, _C.POSSIBLE),
        "Trois jeunes vendeurs frappés puis emmenés au marché. Les familles n’ont pas de nouvelles. Voir avec un avocat"
        " avant toute démarche ; ne pas exposer les mères.",
        "Trois personnes ont été frappées et emmenées au marché. Leurs familles les cherchent.",
        written=45, responsible=(44, "police"),
    ),
    Case(
        "flight", "coordinator", ("flight_1", "flight_2", "flight_3"), 4 * 24 - 2, "displacement", Tlp.GREEN,
        ("B", "2", _S.SEVERE, _U.EXPECTED, _C.OBSERVED),
        "Arrivées en pirogue depuis cinq jours. Les comptes ne concordent pas : la mairie refait la liste. Besoins :"
        " eau, nattes, une sage-femme, un endroit sûr pour les femmes.",
        "Des familles arrivent en pirogue. Elles ont besoin d’eau, de nattes, d’une sage-femme et d’un endroit sûr.",
        written=92, verified=90,
        note="La mairie et les secours sont prévenus. Une liste des familles est en cours.",
        counts=(
            Count(91, Harm.DISPLACED, 120, "personne sur place", "flight_1"),
            Count(90, Harm.DISPLACED, 340, "enquêteur", "flight_2"),
            Count(50, Harm.DISPLACED, 275, "mairie"),
        ),
    ),
    Case(
        "rumour", "coordinator", ("rumour_1", "rumour_2"), 7.5 * 24, "rumour", Tlp.AMBER,
        ("E", "5", _S.MINOR, _U.PAST, _C.UNLIKELY),
        "Message vocal ancien qui circule de nouveau. Aucun témoin. Les commerçants et les imams n’ont rien vu.",
        "Une rumeur d’attaque du marché a circulé. Elle était fausse.",
        written=7.2 * 24, closed=6.5 * 24, finding=Finding.FALSE,
        note="Nous avons demandé à plusieurs personnes : le message est ancien et faux. Ne le faites plus circuler.",
    ),
    Case(
        "tension", "second", ("tension_1",), 55, "tension", Tlp.AMBER,
        ("D", "3", _S.MINOR, _U.FUTURE, _C.POSSIBLE),
        "Deux quartiers s’évitent depuis la dispute du forage. Un médiateur est proposé par les éleveurs.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Aside:
    """A report that was set aside, so many hours ago."""

    report: str
    hours: float
    reason: str
    note: str = ""
    by: str = "coordinator"


ASIDE = (
    Aside("aside_1", 20, RejectReason.DUPLICATE, "Même numéro, même message."),
    Aside("aside_2", 90, RejectReason.ABUSE),
)
