"""The words of SMS reports, in French and English, in the form of ``plain_words`` (no accents, no capitals).

Kinds of incident are codes of ``IncidentType``; a code that administrators have retired is not used.
"""

from incidents.models import Harm, HowKnown


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


KEYWORDS = _set("inc incident alerte alert report rapport signalement sos rep")
CORRECTIONS = _set("corr correction corrige corriger corrigez erreur faux rectif correct")
NEW = _set("nouveau nouvelle new")

NOTHING = "nothing"
"""Stands for phrases that hold a word of a kind and mean something else."""

_PHRASES = """
nothing: mine d or | mines d or | gold mine | site minier | cessez le feu | cease fire | feu rouge | feu vert | d accord
attack: coup de feu | coups de feu | hommes armes | armed men | tir nourri
land: conflit de terre | conflit foncier | conflit d eau | conflit de paturage | dispute de terre | land dispute
looting: vol de betail | vol de vaches | vol de boeufs | cattle theft | cattle raid | feu de cases | cases brulees
explosion: engin explosif | land mine
riot: manifestation violente | violent demonstration
ambush: route coupee | coupeurs de route | road block
displacement: les gens fuient | people flee | people are fleeing
services: ecole fermee | centre de sante ferme | school closed
sexual: violence sexuelle | violences sexuelles | sexual violence | agression sexuelle
"""
_STRONG = """
attack: attaque attaques attaquer attaquent attaquee tir tirs tire tirent fusillade assaut tuerie massacre assassinat
    attack attacks attacked shooting shots shot gunfire gunshots killing assault
clash: combat combats affrontement affrontements bataille accrochage clash clashes fighting battle
explosion: mine mines explosion explosions explose engin engins bombe bombes obus grenade eei ied bomb landmine blast
abduction: enlevement enlevements kidnapping kidnappings rapt rapts disparition disparitions abduction abductions
sexual: viol viols violee violees rape raped rapes
looting: vol vols vole voles volee volees voleurs pillage pillages pille pilles razzia theft looting looted stolen
    robbery braquage rustling
ambush: embuscade embuscades ambush ambushed
displacement: fuite fuient fuir fuyent exode deplacement deplacements fleeing fled displacement
threat: menace menaces menacent menacee menacer ultimatum threat threats threatened threatening
tension: tension tensions
rumour: rumeur rumeurs rumour rumours rumor rumors
riot: emeute emeutes riot riots rioting
abuse: arrestation arrestations torture arrested arrests
"""
_WEAK = """
looting: betail vaches vache boeufs boeuf troupeau troupeaux cattle cows cow livestock incendie incendies feu fire burnt
    brule brules brulee brulees
tension: conflit conflits dispute disputes querelle bagarre provocation provocations conflict quarrel
abduction: enleve enleves enlevee enlevees kidnappe kidnappes otage otages abducted kidnapped hostage hostages
displacement: deplace deplaces deplacees refugies displaced refugees
land: terre terres foncier paturage paturages puits land grazing pasture
abuse: abus racket detention arrete arretes arrest abuse
services: ecole ecoles school clinique clinic
protest: manifestation greve protest demonstration
agreement: paix reconciliation agreement
attack: tue tues tuee tuees killed
"""


def _words(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    code = ""
    for line in lines.strip().splitlines():
        head, colon, rest = line.partition(":")
        code = head.strip() if colon else code
        found |= dict.fromkeys((rest if colon else line).split(), code)
    return found


def _phrases(lines: str) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for line in lines.strip().splitlines():
        code, _colon, rest = line.partition(":")
        found |= {tuple(phrase.split()): code.strip() for phrase in rest.split("|")}
    return found


PHRASES = _phrases(_PHRASES)
STRONG = _words(_STRONG)
WEAK = _words(_WEAK)
KINDS = WEAK | STRONG

HARMS: dict[str, str] = {
    **dict.fromkeys(
        _set("m mort morts morte mortes k t tue tues tuee tuees deces decede decedes dead killed death deaths died"),
        Harm.KILLED,
    ),
    **dict.fromkeys(
        _set("b blesse blesses blessee blessees i w injured wounded hurt inj injuries"),
        Harm.INJURED,
    ),
    **dict.fromkeys(
        _set(
            "e enleve enleves enlevee enlevees kidnappe kidnappes otage otages disparu disparus disparue "
            "disparues abducted kidnapped hostage hostages missing"
        ),
        Harm.ABDUCTED,
    ),
    **dict.fromkeys(_set("deplace deplaces deplacee deplacees displaced refugies refugees"), Harm.DISPLACED),
}
LONG_HARMS = sorted(word for word in HARMS if len(word) >= 5)
LETTERS = frozenset(word for word in HARMS if len(word) == 1)
"""One letter stands for harm only beside a number: 3M."""
NUMBERS = {
    word: number
    for number, words in {
        1: "un une one",
        2: "deux two",
        3: "trois three",
        4: "quatre four",
        5: "cinq five",
        6: "six",
        7: "sept seven",
        8: "huit eight",
        9: "neuf nine",
        10: "dix ten dizaine",
        12: "douze twelve",
        15: "quinze",
        20: "vingt vingtaine twenty",
        30: "trente thirty",
        40: "quarante forty",
        50: "cinquante fifty",
        100: "cent centaine hundred",
    }.items()
    for word in words.split()
}
NONE = _set("aucun aucune pas zero sans no without ni")
"""Before a word of harm, with "de" between them or not: nobody."""
PEOPLE = _set(
    "personne personnes gens civil civils civiles homme hommes femme femmes enfant enfants "
    "villageois jeunes eleveurs bergers commercants paysans chasseurs pecheurs chauffeurs passagers "
    "garcons filles vieux bebes soldats militaires gendarmes orpailleurs people person men man women woman "
    "children civilians villagers are were sont ont ete a de d of"
)
"""What may stand between a number and the harm done: "3 hommes tués"."""

TODAY = _set("aujourd aujourdhui maintenant today now")
YESTERDAY = _set("hier yesterday")
TIMES = (
    TODAY
    | YESTERDAY
    | _set(
        "hui ce cet cette matin midi soir nuit apres avant this morning afternoon evening night tonight "
        "noon heure heures vers last"
    )
)
DAYS = {
    word: number
    for number, words in enumerate(
        ("lundi monday", "mardi tuesday", "mercredi wednesday", "jeudi thursday", "vendredi friday", "samedi saturday",
         "dimanche sunday")
    )
    for word in words.split()
}  # fmt: skip
MONTHS = {
    word: number
    for number, words in enumerate(
        ("janvier january", "fevrier february", "mars march", "avril april", "mai may", "juin june", "juillet july",
         "aout august", "septembre september", "octobre october", "novembre november", "decembre december"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
HOW = (
    (HowKnown.SAW, ("j ai vu", "nous avons vu", "temoin", "i saw", "we saw", "je vois")),
    (HowKnown.TOLD, ("on m a dit", "m a dit", "told me", "un temoin")),
    (HowKnown.HEARD, ("on dit", "il parait", "entendu dire", "heard", "they say", "people say")),
)
CALL_BACK = _set("rappelez rappeler rappelle callback")

BEFORE_PLACE = _set(
    "a au aux de d vers dans pres en entre axe in at near from between village ville cercle commune hameau"
)
"""In free text a place stands after one of these."""
FILLERS = _set(
    "a au aux de du des d la le les l en dans vers pres sur par et il y un une est ont ete avec in "
    "at near the of from on to and is by are were plus chez"
)
STOP = _set(
    "tient tiens femme femmes ferme eleve eleves monte montes porte portes sorti sortie hommes marche marches "
    "route routes armes arme armee terrain table ville villes voile vouloir voila sous sans"
)
"""Common words that are one slip away from a word that means something."""

FRENCH = _set(
    "le la les des du de un une et est sont ont dans sur avec pour pas ne je nous vous ils il elle "
    "qui que au aux ce cette hier aujourd matin soir nuit morts mort blesses blesse tues hommes "
    "femmes gens village pres vers bonjour merci aide dema suivi alerte fin oui non"
)
ENGLISH = _set(
    "the of and is are was were in at with for not i we you they he she who that this yesterday "
    "today morning night dead killed injured wounded people men women near from hello thanks help "
    "start follow report yes no"
)
GREETINGS = _set(
    "bonjour bonsoir salut merci ok okay oui non allo hello hi thanks thank you yes no svp stp "
    "please test ca va cava comment vous beaucoup je suis la de et"
)
HELP = _set("aide dema deme demarrer debut commencer help start info aidez")
STOPPING = _set("stop arret arreter annuler cancel desabonner unsubscribe quit")
FINISHING = _set("fin finir termine end finish")
FOLLOWING = _set("suivi suivre follow status statut code")
UNKNOWN = (
    "nsp",
    "je ne sais pas",
    "ne sais pas",
    "sais pas",
    "inconnu",
    "dk",
    "i don t know",
    "don t know",
    "dont know",
)
YES = _set("oui yes o y ok d accord 1")
NO = _set("non no n pas 2")
NOBODY = _set("non no aucun aucune personne nobody none rien zero pas")
ENGLISH_COMMANDS = _set("help start cancel unsubscribe quit end finish follow status report new")
