"""What files call kinds of sessions, groups, needs and the like: our labels in both languages, the field's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import override

from dialogues.models import Country, Group, Need, ProcessKind, SessionKind, SessionState
from orgs.imports.cells import day, meant
from orgs.imports.words import plain
from orgs.models import Tlp

_KINDS: dict[str, str] = {
    SessionKind.DIALOGUE: "concertation|dialogue|rencontre|causerie|seance de dialogue|cadre de concertation",
    SessionKind.FOCUS_GROUP: "groupe de discussion|focus group|focus|fg|groupe focal|groupe focus",
    SessionKind.INTERVIEW: "entretien|entretien individuel|interview|entretien semi directif",
    SessionKind.SCREENING: "projection|projection de film|projection debat|cine debat|restitution par film|screening",
    SessionKind.COMMITTEE: "comite|reunion de comite|reunion d un comite|comite de pilotage|ccls|committee meeting",
    SessionKind.WORKSHOP: "atelier|formation|workshop",
    SessionKind.CONFERENCE: "conference|conference nationale|forum|symposium",
    SessionKind.MEDIATION: "mediation|conciliation",
}
_STATES: dict[str, str] = {
    SessionState.HELD: "tenue|tenu|faite|fait|realisee|realise|held|done",
    SessionState.PLANNED: "prevue|prevu|planifiee|a venir|planned",
    SessionState.CANCELLED: "annulee|annule|non tenue|pas tenue|cancelled",
}
_COUNTRIES: dict[str, str] = {
    Country.MALI: "mali|ml|mli",
    Country.MAURITANIA: "mauritanie|mauritania|mr|mrt",
    Country.NIGER: "niger|ne|ner",
    Country.BURKINA: "burkina faso|burkina|bf|bfa",
    Country.ALGERIA: "algerie|algeria|dz|dza",
    Country.SENEGAL: "senegal|sn|sen",
    Country.GUINEA: "guinee|guinea|gn|gin",
    Country.IVORY_COAST: "cote d ivoire|ivory coast|ci|civ",
    Country.ELSEWHERE: "autre|autre pays|other|zz",
}
_GROUPS: dict[str, str] = {
    Group.RESIDENTS: "residents|habitants|population|populations|riverains",
    Group.WOMEN_GROUPS: "femmes|groupements de femmes|associations de femmes|women|groupement de femmes",
    Group.YOUTH_GROUPS: "jeunes|associations de jeunes|youth|jeunesse|groupes de jeunes",
    Group.CUSTOMARY: "autorites coutumieres|chefs coutumiers|chefs de village|notables|coutumiers|customary|chefferie",
    Group.RELIGIOUS: "religieux|chefs religieux|leaders religieux|autorites religieuses|imams|religious",
    Group.HERDERS: "eleveurs|pasteurs|herders|transhumants",
    Group.FARMERS: "agriculteurs|cultivateurs|paysans|farmers",
    Group.FISHERS: "pecheurs|fishers",
    Group.TRADERS: "commercants|transporteurs|commercants et transporteurs|traders",
    Group.FORCES: "fds|forces|forces de defense et de securite|forces de securite|armee|police|gendarmerie",
    Group.LOCAL_STATE: "etat|autorites locales|administration|elus|collectivites|mairie|autorites administratives"
    "|etat et collectivites|local state",
    Group.JUSTICE: "justice|magistrats|juges",
    Group.DISPLACED: "deplaces|pdi|personnes deplacees|displaced|deplaces internes",
    Group.RETURNED: "refugies|rapatries|retournes|refugees|refugies et retournes|returnees",
    Group.CIVIL_SOCIETY: "societe civile|osc|ong|associations|civil society",
    Group.TEACHERS: "enseignants|agents de sante|enseignants et agents de sante|teachers",
    Group.SIGNATORIES: "groupes signataires|mouvements signataires|signataires|ex combattants|mouvements|signatories",
    Group.OTHER: "autres|autre|others|other",
    Group.UNKNOWN: "non precise|inconnu|non note|not recorded|unknown",
}  # fmt: skip
_NEEDS: dict[str, str] = {
    Need.SAFETY: "securite|protection|safety|security",
    Need.IDENTITY: "identite",
    Need.RECOGNITION: "reconnaissance|dignite|recognition|dignity",
    Need.PARTICIPATION: "participation|inclusion",
    Need.JUSTICE: "justice",
    Need.BELONGING: "appartenance|belonging",
    Need.LIVELIHOOD: "moyens d existence|revenus|travail|emploi|livelihood|survie",
    Need.AUTONOMY: "autonomie|autonomy",
    Need.INTEREST: "interet|interest",
}
_MARKINGS: dict[str, str] = {
    Tlp.CLEAR: "clear|white|public|publique|tlp clear|blanc",
    Tlp.GREEN: "green|vert|tlp green|communaute|reseau",
    Tlp.AMBER: "amber|orange|ambre|tlp amber",
    Tlp.AMBER_STRICT: "amber strict|orange strict|tlp amber strict|amber_strict",
    Tlp.RED: "red|rouge|tlp red",
}
_PROCESSES: dict[str, str] = {
    ProcessKind.RESEARCH: "rap|recherche action participative|recherche action|participatory action research",
    ProcessKind.JUSTICE_SECURITY: "justice et securite|dialogue justice et securite",
    ProcessKind.COMMITTEE: "ccls|comite de securite",
    ProcessKind.PEACE_EXCHANGE: "peace exchange|echange de paix",
    ProcessKind.MEDIATION: "mediation",
    ProcessKind.REINTEGRATION: "reinsertion|reintegration|ddr",
    ProcessKind.OTHER: "autre|other",
}
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "janvier january janv jan", "fevrier february fevr fev feb", "mars march mar", "avril april avr apr",
            "mai may", "juin june jun", "juillet july juil jul", "aout august aou aug", "septembre september sept sep",
            "octobre october oct", "novembre november nov", "decembre december dec",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_IN_WORDS = re.compile(
    r"^(?:du |le |les )?(?P<first>\d{1,2})(?:er)?(?: (?:au|a|et|to) (?P<last>\d{1,2})| (?P<other>\d{1,2}))?"
    r" (?P<month>[a-z]+) (?P<year>\d{4})$"
)
_HOUR = re.compile(r"^(?P<hour>\d{1,2})(?:\s*[hH:]\s*(?P<minute>\d{2})?(?::\d{2})?)?$")


def _known(choices: type[TextChoices], said: Mapping[str, str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("en", "fr"):
        with override(language):
            known |= {plain(str(label)): str(value) for value, label in choices.choices}
    known |= {plain(value): str(value) for value in choices.values}
    return known | {word: str(value) for value, words in said.items() for word in words.split("|")}


@cache
def _all() -> dict[str, dict[str, str]]:
    return {
        "kind": _known(SessionKind, _KINDS),
        "state": _known(SessionState, _STATES),
        "country": _known(Country, _COUNTRIES),
        "group": _known(Group, _GROUPS),
        "need": _known(Need, _NEEDS),
        "tlp": _known(Tlp, _MARKINGS),
        "process_kind": _known(ProcessKind, _PROCESSES),
    }


def code_of(sort: str, text: str) -> str:
    """The code of our lists that a word means; empty where it is none of ours."""
    return _all()[sort].get(plain(text), "")


def group_of(text: str) -> str:
    """The group that a word means."""
    return code_of("group", text)


def days(text: str) -> tuple[date | None, date | None]:
    """The day that a cell names, and the last one where it names several ("3-5 mai 2016")."""
    found = _IN_WORDS.match(plain(text))
    if found and found["month"] in _MONTHS:
        year, month = int(found["year"]), _MONTHS[found["month"]]
        last = found["last"] or found["other"]
        try:
            return date(year, month, int(found["first"])), date(year, month, int(last)) if last else None
        except ValueError:
            return None, None
    return day(text), None


def hour(text: str) -> time | None:
    """The hour that a cell names: "9h30", "09:30"."""
    found = _HOUR.match(meant(text))
    if found is None:
        return None
    try:
        return time(int(found["hour"]), int(found["minute"] or 0))
    except ValueError:
        return None


def number(text: str) -> int | None:
    """A whole number, however people write it ("1 200", "12,0"); ``None`` where it is none."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if re.fullmatch(r"-?\d+(?:[.,]0+)?", bare):
        return int(re.split(r"[.,]", bare)[0])
    return None
