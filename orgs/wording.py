"""What words may not go out: positions or movements of forces, and whatever finds a person or a point.

``findings`` reads a text as people write it (accents, capitals, dots between letters do not matter) in French and
English. What it calls *holding* keeps a text from every way out until it is rewritten. Naming a community is only
a *caution*: in public words somebody must confirm it.

*Forces* are armed, police and mission forces, and their partners. Armed groups that threaten people are not meant:
"armed men are heading for the village" is what alerts are for.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What was found."""

    FORCES = "forces"
    PHONE = "phone"
    EMAIL = "email"
    COORDINATES = "coordinates"
    COMMUNITY = "community"


ADVICE: dict[str, Promise] = {
    Kind.FORCES: _("This looks like where forces are or where they go. Take it out: such words can kill."),
    Kind.PHONE: _("This looks like a phone number. Take it out."),
    Kind.EMAIL: _("This looks like an e-mail address. Take it out."),
    Kind.COORDINATES: _("This looks like a point on the map. Name the area instead."),
    Kind.COMMUNITY: _("This names a community. Public words name places and acts, not communities."),
}


@dataclass(frozen=True)
class Finding:
    """One passage that may not go out as it is."""

    kind: Kind
    words: str
    start: int
    end: int

    @property
    def holds(self) -> bool:
        """Whether the text stays in until this is rewritten."""
        return self.kind is not Kind.COMMUNITY

    @property
    def advice(self) -> Promise:
        """What to do about it, in the reader's language."""
        return ADVICE[self.kind]


def findings(text: str) -> list[Finding]:
    """Everything in a text that holds it or asks for care, in the order in which it stands there."""
    reading = _Reading(text)
    found = [
        *_directly(text, _EMAIL, Kind.EMAIL),
        *_coordinates(text),
        *_phones(text),
        *reading.matches(_FORCES, Kind.FORCES, unless=_NOT_ABOUT_PLACES),
        *reading.matches(_COMMUNITIES, Kind.COMMUNITY),
    ]
    return sorted(_without_overlaps(found), key=lambda finding: finding.start)


def holding(text: str) -> list[Finding]:
    """What keeps a text from every way out."""
    return [finding for finding in findings(text) if finding.holds]


def held_words(text: str) -> list[str]:
    """Why a text may not leave as it is, in words for its writer; empty when it may."""
    return [_now("“%(words)s”: %(advice)s") % {"words": one.words, "advice": one.advice} for one in holding(text)]


def cautions(text: str) -> list[Finding]:
    """What a person must confirm before the text becomes public."""
    return [finding for finding in findings(text) if not finding.holds]


# --- Forces ------------------------------------------------------------------------------------------------------

# Words are compared without accents and capitals; " | " stands between sentences.
_FORCE = r"""(?:
    fama s? | forces? \s (?:armees|de \s (?:l \s)?(?:defense|ordre|securite)|de \s defense \s et \s de \s securite
        |francaises?|maliennes?|internationales?|conjointes?|speciales?|loyales) | fds
  | armees? | militaires? | soldats? | troupes | bataillons? | compagnie \s d \s infanterie | unites? \s speciales?
  | gendarmes? | gendarmerie | polici(?:er|ere)s? | polices? | gardes? \s nationa(?:le|les|ux)
  | crs | bafs | forsat | gtia | aes \s force
    | force \s (?:unifiee|conjointe) (?:\s (?:de \s l \s)?aes|\s g5(?:\s sahel)?)?
  | minusma | casques? \s bleus? | barkhane | takuba | wagner | africa \s corps | mercenaires?
    | instructeurs? \s russes?
  | army | armed \s forces | security \s forces | defen[cs]e \s forces | soldiers? | troops | military
  | policem[ae]n | police \s officers? | national \s guards? | peacekeepers? | blue \s helmets? | un \s forces
)"""
_PLACE_OF_FORCES = r"""(?:
    positions? | postes? | avant \s postes? | check \s? points? | barrages? | bases? | camps? | campements?
      | bivouacs?
  | casernes? | casernements? | garnisons? | cantonnements? | quartiers? \s generaux? | qg | emplacements?
  | deploiements? | redeploiements? | mouvements? | deplacements? | itineraires? | convois? | colonnes? | patrouilles?
  | escortes? | renforts? | effectifs? | stationnements? | regroupements?
  | posts? | outposts? | camps? | barracks | garrisons? | headquarters | locations? | deployments? | movements?
  | routes? \s of | convoys? | columns? | patrols? | escorts? | reinforcements? | bivouacs?
)"""
_BEING_THERE = r"""(?:
    (?:sont|est|etait|etaient|seront|sera|restent?|demeurent?) \s (?:(?:bien|toujours|encore|deja|maintenant
      |aussi) \s)?
        (?:a|au|aux|dans|pres|vers|sur|en \s (?:face|brousse|route|position|patrouille|direction)|devant|derriere
          |autour|la \s bas|cache\w*|install\w*|bas\w*|post\w*|camp\w*|stationn\w*|deploy\w*|position\w*|arriv\w*
          |parti\w*|pass\w* \s (?:a|par|sur|vers))
  | (?:is|are|was|were|will \s be|remains?) \s (?:still \s|now \s|already \s)?
        (?:at|in|near|on|around|towards?|outside|behind|camped|based|posted|stationed|deployed|positioned|hiding
        |heading
          |moving|going|coming|advancing|leaving|arriving|en \s route|on \s (?:the|their|its) \s way)
  | se \s (?:trouv\w+|deplac\w+|dirig\w+|rend\w*|replie\w*|regroup\w+|cach\w+|retir\w+|positionn\w+|rapproch\w+)
  | s \s (?:approch\w+|avanc\w+|install\w+|en \s va|en \s vont)
  | stationn\w+ | position(?:ne|nes|nent|nee|nees|ned|ning) | deploi\w+ | deploy\w+ | redeploy\w+ | cantonn\w+
    | campent | bivouaqu\w+
  | patrouill(?:e|ent|ant|aient|ait|er) | patroll?(?:s|ing|ed) | avancent | avance | progress(?:e|ent)
    | sillonn\w+ | ratiss\w+
  | quitt(?:e|ent|ait|aient|er|era|eront)
    | (?:a|ont|vont|va|viennent \s de|vient \s de) \s (?:quitt\w+|travers\w+|pass\w+ \s (?:a|par)|repli\w+)
  | arriv(?:e|ent|era|eront|aient|ait) | arriv(?:ed|es|ing) | part(?:ent|iront) | reparti\w* | repass\w+
    | travers(?:e|ent|aient|eront)
  | passe(?:nt|ront|ra)? \s (?:a|par|sur|vers|chaque|tous|toutes)
    | vont \s (?:a|vers|passer|arriver|quitter|partir|entrer) | va \s (?:passer|arriver|quitter|partir|entrer)
  | vienn?en?t \s (?:de|vers|par) | entr(?:e|ent|eront) \s (?:a|dans) | occup(?:e|ent|aient|y|ies|ied)
  | stationed | based \s (?:at|in|near) | camped | moves? | moving | moved \s (?:to|from|into|towards?)
  | head(?:s|ed|ing)? \s (?:to|for|towards?|north|south|east|west) | advances? | advancing
    | advanced \s (?:to|towards?|on) | retreat(?:s|ed|ing)?
  | approach(?:es|ing|ed)? | left \s (?:for|from|the \s (?:town|village|camp|base)|their) | leav(?:es|ing)
    | cross(?:es|ed|ing)
  | pass(?:es|ed|ing)? \s (?:through|by) | enter(?:s|ed|ing) | en \s route | on \s (?:the|their|its) \s way
    | coming \s (?:from|to)
)"""
# Said of nobody else, whatever stands around it.
_ALONE = r"""(?:
    patrouilles? (?:\s (?:militaires?|mixtes?|motorisees?|nocturnes?|de \s nuit|passe\w*|quitt\w*|arriv\w*))
      | casernes? | garnisons? | cantonnements?
  | (?:camps?|bases?|convois?|colonnes?|postes?|vehicules?|blindes?|helicopteres?|avions?
    |drones?) \s (?:militaires?|de \s (?:l \s)?armee|de \s la \s (?:gendarmerie|police|minusma|garde)
      |des \s (?:fama|soldats|militaires|gendarmes|policiers))
  | postes? \s (?:de \s)? (?:controle|securite|police|gendarmerie) | check \s? points?
  | (?:military|army|police) \s (?:camps?|bases?|convoys?|columns?|posts?|positions?|outposts?|barracks
    |checkpoints?|patrols?|vehicles?|helicopters?|drones?)
  | barracks | troop \s (?:movements?|positions?|concentrations?)
  | (?:positions?|emplacements?|mouvements?|deplacements?|deploiements?|movements?|deployments?|locations?)
        \s (?:des|de \s (?:nos|leurs|ces)|of (?:\s the|\s our|\s their)?) \s forces
)"""
_NEAR = r"(?:\s(?!\|)\S+){0,5}?\s"
_SOON = r"(?:\s(?!\||et\b|and\b|pour\b|to\b|afin\b)\S+){0,4}?\s"

_FORCES = re.compile(
    rf"(?<!\S)(?:{_ALONE}|{_FORCE}{_NEAR}{_PLACE_OF_FORCES}|{_PLACE_OF_FORCES}{_NEAR}{_FORCE}|{_FORCE}{_SOON}?{_BEING_THERE}"
    rf"|{_FORCE}\s{_BEING_THERE})(?!\S)",
    re.VERBOSE,
)
# Said with the same words, but not of where anybody is.
_NOT_ABOUT_PLACES = re.compile(
    r"""(?:
        (?:est|sont|etait|etaient) \s (?:bien \s|deja \s)? (?:a|au|aux|sur|en|dans) \s
            (?:courant|l \s ecoute|votre|notre|leur|disposition|le \s point|contact|alerte|l \s origine
            |la \s recherche|le \s coup)
      | (?:is|are|was|were) \s (?:in \s (?:touch|charge|contact)|on \s (?:alert|call)|at \s (?:fault|your))
      | (?:camps?|bases?|sites?|mouvements?|deplacements?) \s (?:de|des|d) \s (?:deplace\w*|refugie\w*|populations?
      |personnes|femmes|jeunes|civils?|habitants?|donnees)
      | (?:camps?|movements?) \s (?:of|for) \s (?:displaced|refugees?|people|civilians?)
      | (?:displaced|refugee|idp) \s camps?
      | (?:prise|prises) \s de \s positions?
    )""",
    re.VERBOSE,
)

# --- Communities -------------------------------------------------------------------------------------------------

_COMMUNITIES = re.compile(
    r"""(?<!\S)(?:
        bambaras? | bamanans? | bamana | peul(?:h)?e?s? | pulaars? | fulbes? | fulanis? | foulanis? | foulbes?
        | foulas?
      | dogons? | touaregs? | tuaregs? | tamasheqs? | tamacheqs? | kel \s tamasheq | imghads? | ifoghas
      | daoussa(?:h|k)s? | idaksahaks?
      | songhai\w* | songhay\w* | sonrhai\w* | sonrai\w* | arabes | arabs | berabiches? | kountas? | maures? | moors?
      | bozos? | somonos? | miniankas? | mamaras? | senoufos? | senufos? | soninkes? | sarakoles? | malinkes?
      | mandingues? | maninkas?
      | khassonkes? | bobos? | bwas? | mossis? | samogos? | haoussas? | hausas? | bellahs? | bellas | iklans?
      | diawandos? | rimaibes? | toucouleurs? | wolofs?
    )(?!\S)""",
    re.VERBOSE,
)

# --- Addresses and points ----------------------------------------------------------------------------------------

# Every repetition is bounded and starts at a border: a text made to be slow to read is not.
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\]|\(a\)|\barobase\b)\s?"
    r"[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\]|\bpoint\b)\s?[\w-]{1,63}){1,5}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w+])(?:\+|00)?\s?\(?\d(?:[\s.\-/()_  ‑–]{0,2}\d){7,14}(?!\d)")
_NOT_A_PHONE = re.compile(
    r"""^(?:
        (?:19|20)\d\d[\-/.\s–]\d{1,2}[\-/.\s]\d{1,2}(?:\D+\d+){0,4}   # a date, an hour after it perhaps
      | \d{1,2}[\-/.\s]\d{1,2}[\-/.\s](?:19|20)\d\d(?:\D+\d+){0,4}
      | (?:19|20)\d\d\s?[\-/–]\s?(?:19|20)\d\d                        # from one year to another
      | [1-9]\d{0,2}(?:[\s.  ]\d{3})+                                 # a large number in groups of three
    )$""",
    re.VERBOSE,
)
_POINTS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[-+NSEWO]?\s?\d{1,2}[.,]\d{3,15}\s?°?\s?[NS]?\s?[,;/\s]\s?[-+NSEWO]?\s?\d{1,3}[.,]\d{3,15}\s?°?\s?[EWO]?",
        r"\b\d{1,3}\s?[°º]\s?\d{0,2}(?:[.,]\d+)?\s?[’'′]?\s?(?:\d{1,2}(?:[.,]\d+)?\s?[”\"″]?)?\s?(?:[NSEWO]\b|nord|sud|est|ouest|north|south|east|west)",
        r"\b[NS]\s?\d{1,2}[.,]\d{2,}\b",
        r"\b(?:latitude|longitude|lat|lon|lng|long)\b\s?[.:=]*\s?-?\d{1,3}[.,]\d+",
        r"\b(?:2[89]|3[01])\s?[P-R]\s?(?:[A-Z]{2}\s?)?\d{2,7}\s?\d{2,7}\b",
        r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b",
        r"\bgeo:-?\d|\b(?:maps\.app\.goo\.gl|goo\.gl/maps|google\.\w+/maps|openstreetmap\.org|w3w\.co|what3words)\S*|///\w+\.\w+\.\w+",
    )
]


def _directly(text: str, pattern: re.Pattern[str], kind: Kind) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        yield Finding(kind, match[0].strip(), match.start(), match.end())


def _coordinates(text: str) -> Iterator[Finding]:
    plain = _with_plain_digits(text)
    for pattern in _POINTS:
        for match in pattern.finditer(plain):
            yield Finding(Kind.COORDINATES, text[match.start() : match.end()].strip(), match.start(), match.end())


def _phones(text: str) -> Iterator[Finding]:
    plain = _with_plain_digits(text)
    for match in _NUMBER.finditer(plain):
        if not _NOT_A_PHONE.match(match[0].strip()):
            yield Finding(Kind.PHONE, text[match.start() : match.end()].strip(), match.start(), match.end())


def _with_plain_digits(text: str) -> str:
    """The text with every script's digits as 0 to 9; as long as before."""
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and unicodedata.digit(c, None) is not None else c for c in text
    )


# --- Reading as people write -------------------------------------------------------------------------------------

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|\w+|[.!?;:\n•]+")
_INVISIBLE = dict.fromkeys(range(0x200B, 0x2010)) | {0x00AD: None, 0x2060: None, 0xFEFF: None}


@dataclass(frozen=True)
class _Token:
    norm: str
    start: int
    end: int


class _Reading:
    """A text as words without accents and capitals, each knowing where it stands in the original."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> list[_Token]:
        visible, places = _visible(self.text)
        return [
            _Token(_normal(match[0]), places[match.start()], places[match.end() - 1] + 1)
            for match in _WORD.finditer(visible)
        ]

    @cached_property
    def joined(self) -> str:
        return " ".join(token.norm for token in self.tokens)

    def matches(self, pattern: re.Pattern[str], kind: Kind, unless: re.Pattern[str] | None = None) -> Iterator[Finding]:
        """Passages of the pattern, with those left out that only look like it."""
        joined = unless.sub(lambda match: "x" * len(match[0]), self.joined) if unless else self.joined
        starts = list(accumulate((len(token.norm) + 1 for token in self.tokens), initial=0))
        for match in pattern.finditer(joined):
            first = self.tokens[bisect_right(starts, match.start()) - 1]
            last = self.tokens[bisect_left(starts, match.end()) - 1]
            yield Finding(kind, self.text[first.start : last.end], first.start, last.end)


def _visible(text: str) -> tuple[str, list[int]]:
    """The text without invisible signs, and where each of its characters stood."""
    kept = [(c, place) for place, c in enumerate(text) if ord(c) not in _INVISIBLE]
    return "".join(c for c, _ in kept), [place for _, place in kept]


def _normal(word: str) -> str:
    if not any(c.isalnum() for c in word):
        return "|"
    plain = unicodedata.normalize("NFKD", word.casefold().replace(".", "").replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("_", "") or "-"


def _without_overlaps(found: Iterable[Finding]) -> list[Finding]:
    """Of findings that overlap, the kind found first (a pair of coordinates is not also a phone number)."""
    kept: list[Finding] = []  # in the order of the text, none overlapping
    for finding in found:
        place = bisect_left(kept, finding.start, key=lambda other: other.end - 1)
        if place == len(kept) or kept[place].start >= finding.end:
            kept.insert(place, finding)
    return kept
