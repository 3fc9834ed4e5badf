"""Checks for places so small that they point at people."""

import re
from collections.abc import Iterator

from incidents.disclosure import INCIDENT
from incidents.models import Audience, SafetyCheck
from incidents.safety.found import Found, Weight
from incidents.safety.subject import Subject
from orgs.models import PlaceKind
from orgs.policy import Viewer

WIDE = (Audience.PUBLIC, Audience.NETWORK)
"""Readers who need not find the very spot; the others must be able to go there."""

SMALL_FROM_RANK = 4
"""Places are ranked from 1 (the largest towns) to 5; from here on nobody knows how many people live there."""

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'\-]+"
_OF = r"(?:[ \u00a0](?:de la|de l[’']|des|de|du|d[’']|of|in|at|à|a|called|nommé|dit))?[ \u00a0’']?"
_SMALL = (
    r"hameaux?|campements?|quartiers?|concessions?|écoles?|ecoles?|médersas?|medersas?|maisons?|cours?|carrés?|familles?|"
    r"clans?|lignages?|fractions?|champs?|puits|forages?|boutiques?|mosquées?|églises?|"
    r"hamlets?|encampments?|neighbou?rhoods?|compounds?|schools?|houses?|famil(?:y|ies)|wells?|shops?|mosques?|church"
)
_SMALL_PLACE = re.compile(rf"(?<!\w)(?i:{_SMALL}){_OF}(?P<name>{_CAPITAL}(?:[ \u00a0]{_CAPITAL}){{0,2}})")
_NAMED_BEFORE = re.compile(rf"(?P<name>{_CAPITAL})[ \u00a0](?i:hamlet|compound|school|family|neighbou?rhood)(?!\w)")
_AT_SOMEBODYS = re.compile(rf"(?<!\w)(?i:chez)[ \u00a0](?P<name>{_CAPITAL})")


def worded(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """A hamlet, quarter, school, compound or family with its name, in somebody's words."""
    for text in subject.texts:
        if not text.free:
            continue
        for pattern in (_SMALL_PLACE, _NAMED_BEFORE, _AT_SOMEBODYS):
            for match in pattern.finditer(text.words):
                yield from _before_each(text.audiences, SafetyCheck.SMALL_PLACE, match[0].strip())


def village(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """A village, camp or quarter of unknown size that the disclosure table names to some of the readers."""
    place = subject.incident.place
    if place is None or place.kind == PlaceKind.TOWN or place.rank < SMALL_FROM_RANK:
        return
    told = [code for code in subject.audiences if INCIDENT.show(subject.incident, code)["place_name"]]
    yield from _before_each(tuple(told), SafetyCheck.VILLAGE, place.name)


def public(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """The commune, town or village of the incident in words for the public, who never read below the cercle."""
    incident = subject.incident
    if Audience.PUBLIC not in subject.audiences:
        return
    coarse = {
        area.name.casefold()
        for key in (incident.cercle_id, incident.region_id)
        if (area := subject.source.areas.get(key or 0)) is not None
    }
    fine = [incident.place.name] if incident.place is not None else []
    if (commune := subject.source.areas.get(incident.commune_id or 0)) is not None:
        fine.append(commune.name)
    for name in fine:
        if name.casefold() in coarse:
            continue
        for text in subject.texts:
            said = text.free and Audience.PUBLIC in text.audiences
            if said and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.words, re.IGNORECASE):
                yield Found(SafetyCheck.PUBLIC_PLACE, name, Weight.HOLDS, (Audience.PUBLIC,))


def _before_each(readers: tuple[str, ...], check: SafetyCheck, words: str) -> Iterator[Found]:
    """Before many readers somebody decides; those who must go there are told, and it is said that they are."""
    wide = tuple(code for code in readers if code in WIDE)
    if wide:
        yield Found(check, words, Weight.NEEDS_ANSWER, wide)
    elif readers:
        yield Found(check, words, Weight.INFORMS, readers)
