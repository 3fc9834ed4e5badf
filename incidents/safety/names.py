"""Checks for people: titles before a name, common names, and names that this viewer may read in the directory anyway.

Who reported is never opened for this: what the viewer may not read is not compared with.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.db.models.functions import Lower

from incidents.models import HeldResponsible, SafetyCheck
from incidents.safety.found import Found, Weight
from incidents.safety.subject import Subject, Text
from orgs.access import CONTACTS, MEMBERSHIPS
from orgs.policy import Viewer

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'\-]+"
# What stands before a person's name. Small or capital first letter; the name itself must have a capital.
_TITLES = (
    r"M\.|MM\.|Mr\.?|Mrs\.?|Ms\.?|Mme\.?|Mmes|Mlle\.?|Dr\.?|Pr\.?|Me|Cdt\.?|Cne\.?|Lt\.?|Sgt\.?|"
    r"[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Mm]a[îi]tre|"
    r"[Ee]l[ \-]?[Hh]adj[i]?|[Hh]adja|[Cc]heick?h?|[Tt]hierno|"
    r"[Ii]mam|[Mm]arabout|[Pp]asteur|[Aa]bb[ée]|"
    r"[Cc]hef(?: d[eu] (?:village|quartier|fraction|canton|tribu|hameau)| coutumier| traditionnel)?|"
    r"[Mm]aire|[Pp]r[ée]fet|[Ss]ous-[Pp]r[ée]fet|[Gg]ouverneur|[Dd][ée]put[ée]|[Mm]inistre|[Cc]onseiller|"
    r"[Cc]ommandant|[Cc]apitaine|[Ll]ieutenant|[Cc]olonel|[Gg]énéral|[Ss]ergent|[Aa]djudant|[Cc]aporal|"
    r"[Dd]octeur|[Dd]irecteur|[Dd]irectrice|[Pp]r[ée]sident|[Pp]r[ée]sidente|[Ii]nfirmier|[Ss]age-femme|"
    r"[Cc]hief|[Mm]ayor|[Gg]overnor|[Cc]aptain|[Mm]ajor|[Pp]resident|[Tt]eacher|[Dd]octor|[Ii]nstituteur"
)
_SAID_SO = (
    r"(?:nomm[ée]e?|s[’']appelle|appel[ée]e?|d[ée]nomm[ée]e?|surnomm[ée]e?|alias|"
    r"fils d[eu’']|fille d[eu’']|[ée]pou(?:se|x) d[eu’']|fr[èe]re d[eu’']|famille|"
    r"named|called|known as|son of|daughter of|wife of|brother of)"
)
_SURNAMES = (
    "Traor[ée]|Diarra|Coulibaly|Ke[ïi]ta|Diallo|Sidib[ée]|Sangar[ée]|Ciss[ée]|Tour[ée]|Ma[ïi]ga|Demb[ée]l[ée]|Konat[ée]|"
    "Kon[ée]|Camara|Sissoko|Dicko|Barry|Sow|Ouattara|Sanogo|Doumbia|Fofana|Guindo|Ongo[ïi]ba|Togo|Kassogu[ée]|"
    "Poudiougou|T[ée]mb[ée]l[yé]|Arama|Dolo|Karemb[ée]|Kodio|Ha[ïi]dara|Bocoum|Tall|Kant[ée]|Samak[ée]|Bagayoko|Berth[ée]|"
    "Sogoba|Go[ïi]ta|Sacko|Niangaly|Tapily|Yalcouy[ée]|Dama|Djiguiba|Saye|Cissouma|Bathily|Soumar[ée]|Diakit[ée]|"
    "Kouyat[ée]|Sanogho|Tangara|Th[ée]ra|Daou|Dao|Sogodogo|Bengaly|Berth[eé]|Drago|Minta|Boly|Bolly"
)
# Words with a capital that are no first names: they begin sentences or stand before countries and days.
_NOT_FIRST = r"(?:Le|La|Les|L|Un|Une|Des|Du|De|Au|Aux|En|Et|Ou|À|A|Pour|Par|Dans|Vers|The|In|To|At|Of|And|From|Togo)\b"
_PATTERNS = (
    re.compile(rf"(?<!\w)(?:{_TITLES})[ \u00a0]+(?P<name>{_CAPITAL}(?:[ \u00a0]{_CAPITAL}){{0,3}})"),
    re.compile(rf"(?<!\w){_SAID_SO}[ \u00a0]?(?P<name>{_CAPITAL}(?:[ \u00a0]{_CAPITAL}){{0,3}})"),
    re.compile(
        rf"(?<![\w’'])(?!{_NOT_FIRST})(?P<name>{_CAPITAL}(?:[ \u00a0]{_CAPITAL})?[ \u00a0](?:{_SURNAMES}))(?!\w)"
    ),
    re.compile(
        rf"(?<![\w’'])(?P<name>{_CAPITAL}[ \u00a0](?:[Aa]g|[Oo]uld|[Ww]alet|[Mm]int|[Bb]in|[Bb]en)[ \u00a0]{_CAPITAL})"
    ),
)
# A capital letter does not make a person: bodies, days, months, and the product's own words.
_NO_PERSON = re.compile(
    r"^(?:Croix|Nations|Unies|Mali|Bamako|Sahel|Afrique|État|Etat|Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Passerelle|TLP|SMS|Général|ONU|ONG|CICR|HCR|OCHA)\b"
)
_WORDS = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
MOST_WINDOWS = 4000


def titled(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Names by the look of them: after a title, after "named", before a common family name."""
    places = subject.place_keys
    for text in subject.texts:
        for match in _apart(text.words):
            name = match["name"]
            if not _NO_PERSON.match(name) and name.casefold() not in places:
                yield Found(SafetyCheck.NAME, match[0].strip(), Weight.NEEDS_ANSWER, text.audiences, name.casefold())


def known(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Names of at least two words of people whom this viewer may read in the directory; two queries."""
    windows: dict[str, tuple[str, Text]] = {}
    for text in subject.texts:
        if text.free:
            for spoken in _windows(text.words):
                windows.setdefault(spoken.casefold(), (spoken, text))
    asked = list(windows)[:MOST_WINDOWS]
    if not asked:
        return
    for name in sorted(_known_names(viewer, asked)):
        spoken, text = windows[name]
        yield Found(SafetyCheck.KNOWN_NAME, spoken, Weight.NEEDS_ANSWER, text.audiences)


def responsible(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """The actor held responsible, by name; one query."""
    named = HeldResponsible.objects.filter(incident=subject.incident).values_list("actor__name", flat=True)
    for name in named:
        for text in subject.texts:
            if text.free and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.words, re.IGNORECASE):
                yield Found(SafetyCheck.RESPONSIBLE, name, Weight.NEEDS_ANSWER, text.audiences)


def _apart(words: str) -> Iterator[re.Match[str]]:
    """What the patterns find, without what an earlier one has found already."""
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(words):
            if all(match.end() <= start or end <= match.start() for start, end in taken):
                taken.append(match.span())
                yield match


def _known_names(viewer: Viewer, asked: list[str]) -> set[str]:
    """Which of these are names of people of posts, or of contacts, that the viewer sees; in one query."""
    posts = MEMBERSHIPS.rows(viewer).order_by().annotate(key=Lower("person__name")).filter(key__in=asked)
    contacts = CONTACTS.rows(viewer).order_by().annotate(key=Lower("name")).filter(key__in=asked)
    return set(posts.values_list("key", flat=True).union(contacts.values_list("key", flat=True)))


def _windows(words: str) -> Iterator[str]:
    """Two to four words that follow each other with nothing but a space between."""
    found = list(_WORDS.finditer(words))
    for place in range(len(found)):
        for size in (2, 3, 4):
            inside = found[place : place + size]
            if len(inside) < size:
                break
            if all(words[a.end() : b.start()] in (" ", "\u00a0") for a, b in pairwise(inside)):
                yield words[inside[0].start() : inside[-1].end()]
