"""What people say in the demonstration, as they write it. Invented; villages are named by their cercle's town alone."""

from dataclasses import dataclass, field

from incidents.models import Door, HowKnown


@dataclass(frozen=True)
class Told:
    """A report. ``hours`` ago it came in; ``days`` ago it happened (``None``: not said)."""

    key: str
    hours: float
    kind: str
    place: str
    text: str
    days: float | None = 0
    door: str = Door.WEB
    how: str = HowKnown.SAW
    harmed: dict[str, int] = field(default_factory=dict)
    language: str = "fr"
    phone: str = ""
    name: str = ""
    by: str = ""
    """The person of the story who sent it while signed in."""
    area: str = ""
    """The candidate that was picked for the place, by its P-code; most places are plain from their name."""
    added: tuple[tuple[float, str], ...] = ()
    """What was added later: so many hours ago, these words."""


_SAW, _TOLD, _HEARD, _UNKNOWN = HowKnown.SAW, HowKnown.TOLD, HowKnown.HEARD, HowKnown.UNKNOWN

REPORTS = (
    # --- Cattle taken near Koro: four voices, one event, figures that do not agree ---
    Told("koro_1", 27, "looting", "Koro",
         "Ce matin très tôt des hommes sur des motos ont pris les vaches au puits. Ils ont tiré en l’air. Deux bergers"
         " sont blessés, on les a amenés au centre de santé.", 1.2, harmed={"injured": 2}, by="reporter",
         added=((24.5, "On dit maintenant qu’il y a un troisième blessé, un enfant."),)),
    Told("koro_2", 26.4, "looting", "koro", "motos venues au puits prendre vaches, beaucoup, coups de feu. blessés",
         1.2, door=Door.SMS, how=_TOLD, phone="+22300000050"),
    Told("koro_3", 25.8, "attack", "KORO cercle",
         "Je suis commerçante. Au puits ce matin il y a eu des tirs, des motos, les bêtes sont parties. Quatre blessés"
         " sont passés devant ma boutique. Les gens ferment.", 1.2, how=_SAW, harmed={"injured": 4}),
    Told("koro_4", 23, "looting", "Koro",
         "Ceux qui ont perdu leurs animaux disent qu’ils vont aller les chercher eux-mêmes dans le village voisin."
         " Il faut que quelqu’un leur parle avant.", 1.0, door=Door.HOTLINE, how=_TOLD, name="Un enseignant"),
    # --- The road from Bandiagara to Bankass ---
    Told("road_1", 75, "explosion", "Bankass",
         "Une charrette a sauté sur la piste entre Bandiagara et Bankass. Le charretier est mort, son âne aussi."
         " Il y a un trou et des fils.", 3.2, harmed={"killed": 1}),
    Told("road_2", 70, "ambush", "Bankass", "Ne prenez pas la piste de Bandiagara. Un engin a explosé, il y en a"
         " peut-être d’autres. Le car a fait demi-tour.", 3.1, door=Door.OFFLINE, how=_TOLD),
    # --- An ultimatum ---
    Told("threat_1", 9, "threat", "Bankass",
         "Un papier a été posé à la porte de la mosquée dans la nuit. Il dit que tout le monde doit partir avant"
         " vendredi sinon ils brûlent le village. Les femmes préparent leurs affaires.", 0.4, by="monitor"),
    Told("threat_2", 7, "threat", "Bankass",
         "On nous a donné trois jours pour quitter. Nous sommes environ 300 personnes avec les enfants. Où aller ?",
         0.4, how=_SAW, phone="+22300000051"),
    # --- Land near Djenné ---
    Told("land_1", 20 * 24, "land", "Djenné",
         "La mare est fermée par une clôture. Les éleveurs ne peuvent plus faire boire. Hier on s’est insulté et un"
         " homme a pris un bâton.", 20.5),
    Told("land_2", 18 * 24, "land", "Djenne", "Palabre pour la mare. Les vieux veulent se réunir mais les jeunes sont"
         " fâchés des deux côtés.", 19, how=_TOLD),
    # --- An abuse at the market of Mopti ---
    Told("abuse_1", 50, "abuse", "Mopti",
         "Au marché, trois jeunes vendeurs ont été frappés et emmenés. Leurs mères sont allées demander, on les a"
         " chassées. Je ne veux pas donner mon nom.", 2.2, area="ML0501"),
    # --- Families arriving ---
    Told("flight_1", 5 * 24, "displacement", "Youwarou",
         "Des familles arrivent en pirogue depuis deux jours. J’ai compté 120 personnes sous le hangar. Pas de nattes,"
         " pas de marmites.", 5.3, harmed={"displaced": 120}),
    Told("flight_2", 4.6 * 24, "displacement", "Youwarou",
         "Les déplacés sont plus de 300 maintenant. Beaucoup d’enfants. L’école est pleine. L’eau manque.", 4.8,
         door=Door.ODK, harmed={"displaced": 340}),
    Told("flight_3", 4 * 24, "displacement", "Youwarou", "People came by boat with nothing. They say houses were burnt."
         " Women are asking for a safe place to sleep and a midwife.", 4.5, language="en", how=_SAW),
    # --- A rumour in Ségou ---
    Told("rumour_1", 8 * 24, "rumour", "Ségou",
         "Tout le monde dit sur WhatsApp que le marché va être attaqué lundi. Les gens retirent leurs enfants.", 8,
         how=_HEARD, area="ML0401"),
    Told("rumour_2", 7.7 * 24, "rumour", "segou", "message vocal qui tourne, attaque du marché lundi, est ce que c’est"
         " vrai ???", 8, door=Door.SMS, how=_HEARD, phone="+22300000052", area="ML0401"),
    # --- Tension in the loop of the river ---
    Told("tension_1", 60, "tension", "Ansongo",
         "Depuis la dispute du forage, les deux quartiers ne vont plus au même marché. Les jeunes se surveillent le"
         " soir. Il n’y a pas encore de blessé.", 4, by="", name=""),
    # --- New: waiting on the desk ---
    Told("new_koro", 3.5, "looting", "Koro",
         "Encore des motos près du puits cet après-midi. Ils ont pris des chèvres et un vélo. Les bergers ont fui."
         " Pas de blessé cette fois.", 0.2, how=_SAW),
    Told("new_market_1", 5.5, "riot", "Bandiagara",
         "Bagarre au marché à cause d’une dette. Ça a commencé entre deux familles et maintenant des jeunes jettent des"
         " pierres. Des étals sont cassés.", 0.3, by="monitor", area="ML1901"),
    Told("new_market_2", 5, "tension", "Bandiagara", "Les jeunes jettent des pierres au marché, des étals sont cassés,"
         " deux familles se disputent pour une dette. Venez calmer.", 0.3, door=Door.SMS, how=_SAW,
         phone="+22300000053"),
    Told("new_market_3", 4.2, "riot", "bandiagarra", "marché fermé, tout le monde court, on dit qu’il y a des blessés",
         0.2, how=_HEARD),
    Told("new_english", 14, "abduction", "Djenné",
         "Two traders did not come back from the weekly market. Their phones are off since yesterday. Their families"
         " were asked for money by an unknown caller.", 1.5, language="en", how=_TOLD, harmed={"abducted": 2}),
    Told("new_nowhere", 11, "tension", "hameau derrière les trois baobabs",
         "Les deux chefs ne se parlent plus depuis l’histoire du champ. Avant-hier la case d’un gardien a brûlé.", 2.5,
         how=_TOLD),
    Told("new_school", 31, "services", "Niono",
         "Le maître est parti, l’école est fermée depuis lundi. On lui a dit d’arrêter les cours.", 5, how=_TOLD,
         phone="+22300000054"),
    # --- Set aside ---
    Told("aside_1", 22, "looting", "Koro", "motos venues au puits prendre vaches, beaucoup, coups de feu. blesses.",
         1.2, door=Door.SMS, how=_TOLD, phone="+22300000050"),
    Told("aside_2", 96, "other", "Mopti", "Gagnez de l’argent facile, écrivez-nous vite !!!", None, how=_UNKNOWN,
         area="ML0501"),
)  # fmt: skip
