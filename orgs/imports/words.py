"""What files call kinds, themes and the like: our own labels in both languages, OCHA's words, the field's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from django.utils.translation import override

from orgs.models import LegalScheme, OrganisationKind, OrganisationVisibility, Term
from orgs.models.areas import name_key

_KINDS: dict[str, str] = {
    OrganisationKind.ASSOCIATION: "association|association locale|association nationale|osc|organisation de la societe"
    " civile|societe civile|obc|organisation communautaire de base|ocb|organisation a base communautaire|cso|cbo"
    "|community based organisation|civil society organisation|groupement|cooperative|fondation|foundation",
    OrganisationKind.WOMEN: "organisation de femmes|organisation feminine|association feminine|association de femmes"
    "|groupement de femmes|groupement feminin|femmes|women|womens organisation|women s organisation|women led"
    "|organisation dirigee par des femmes",
    OrganisationKind.YOUTH: "organisation de jeunes|association de jeunes|jeunes|jeunesse|youth|youth organisation"
    "|youth led|organisation de jeunesse",
    OrganisationKind.RELIGIOUS: "religieux|religieuse|organisation religieuse|organisation confessionnelle"
    "|confessionnel|religious|faith based|faith based organisation",
    OrganisationKind.CUSTOMARY: "autorite coutumiere|chefferie|autorite traditionnelle|coutumier|chef coutumier"
    "|customary|traditional authority",
    OrganisationKind.MEDIATOR: "mediateur|mediateurs|mediator|mediators|mediation",
    OrganisationKind.MEDIA: "media|medias|radio|radio communautaire|presse|journal|television",
    OrganisationKind.THINK_TANK: "academic research|academique|recherche|universite|centre de recherche|institut"
    "|institut de recherche|think tank|research|university|academic and research institution",
    OrganisationKind.NETWORK: "reseau|plateforme|coalition|federation|collectif|consortium|union|faitiere|network"
    "|umbrella organisation",
    OrganisationKind.COMMITTEE: "comite|comite local|comite de paix|comite local de paix|commission|committee"
    "|peace committee|crl",
    OrganisationKind.NGO: "ong|ong nationale|ong locale|ongn|ong n|ngo|national ngo|nngo|local ngo|lngo|ong malienne"
    "|organisation non gouvernementale|ong nationales|croissant rouge national",
    OrganisationKind.INTERNATIONAL_NGO: "ong internationale|ongi|ong i|international ngo|ingo|oing|ong internationales",
    OrganisationKind.INTERNATIONAL: "agence un|agence des nations unies|nations unies|onu|systeme des nations unies|snu"
    "|un|un agency|united nations|organisation internationale|international organization|international organisation"
    "|organisation intergouvernementale|red cross red crescent|mouvement de la croix rouge|croix rouge"
    "|croix rouge croissant rouge|mouvement croix rouge|red cross|mission|agences un|agence onu",
    OrganisationKind.STATE: "gouvernement|gouvernementale|entite gouvernementale|etat|service de l etat"
    "|services de l etat|service technique|services techniques|"
    "administration|ministere|collectivite|collectivite territoriale|mairie"
    "|government|state|ministry|local authority|autorite nationale|institution publique|embassy|ambassade",
    OrganisationKind.SECURITY: "military|militaire|forces de securite|force de securite|fds|service de securite|police"
    "|gendarmerie|armee|garde nationale|security|security service|defense et securite|forces de defense et de securite"
    "|protection civile",
    OrganisationKind.DONOR: "donor|donors|bailleur|bailleurs|bailleur de fonds|donateur|ptf"
    "|partenaire technique et financier",
    OrganisationKind.OTHER: "autre|autres|other|private sector|secteur prive|entreprise",
}
_THEMES = {
    "protection": "human_rights",
    "pro": "human_rights",
    "ery": "livelihoods",
    "reponse aux refugies": "displaced",
    "multi secteurs refugies": "displaced",
    "multisecteur refugies": "displaced",
    "refugees": "displaced",
    "camp coordination management": "displaced",
    "early recovery": "livelihoods",
    "relevement rapide": "livelihoods",
    "water sanitation hygiene": "water",
    "emergency shelter and nfi": "shelter",
    "shelter": "shelter",
    "abris nfi": "shelter",
    "agriculture": "food",
    "mine action": "mines",
    "housing land and property": "land",
    "tel": "telecoms",
    "mediation": "mediation",
    "paix": "dialogue",
    "justice": "security_justice",
    "securite": "security_justice",
    "genre": "women_peace",
    "eau": "water",
    "assainissement": "water",
    "hygiene": "water",
    "culture": "culture",
    "elections": "civic",
    "citoyennete": "civic",
    "gouvernance": "governance",
}
_VISIBILITIES = {
    OrganisationVisibility.PUBLIC: "public|tout le monde|tous|everyone|everybody|publique",
    OrganisationVisibility.PARTNERS: "partenaires|partenaire|partners|reseau|personnes ayant un compte",
    OrganisationVisibility.COORDINATORS: "coordinateurs|coordination|coordinators|coordinateurs seulement|non|no|prive"
    "|private|confidentiel",
}
YES = frozenset("oui o yes y vrai true 1 x ok".split())  # noqa: SIM905 (a list of words reads better so)
EMPTY = frozenset(
    ["", "n/a", "n.a.", "nd", "n.d.", "-", "--", "—", "néant", "neant", "null", "none", "nan", "?", "..."]
)
"""What people type where there is nothing to say."""
SHEET_ERRORS = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#N/D", "#VALEUR!", "#NOM?"]
)


def plain(text: str) -> str:
    """A word as lists are compared: an apostrophe parts two words."""
    return name_key(re.sub(r"[’'‘ʼ`]", " ", text))


def _labels(choices: type[OrganisationKind | LegalScheme | OrganisationVisibility]) -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("en", "fr"):
        with override(language):
            known |= {plain(str(label)): value for value, label in choices.choices}
    return known | {plain(value): value for value in choices.values}


@cache
def kinds() -> Mapping[str, str]:
    """Every word that means a kind of organisation."""
    said = {word: kind for kind, words in _KINDS.items() for word in words.split("|")}
    return {**_labels(OrganisationKind), **said}


@cache
def schemes() -> Mapping[str, str]:
    """Every word that means a register."""
    said = {"recepisse": "receipt", "accord cadre": "framework", "agrement": "approval", "rccm": "trade"}
    return {**_labels(LegalScheme), **said}


@cache
def visibilities() -> Mapping[str, str]:
    """Every word that says clearly to whom an organisation agreed to be shown. "Yes" does not."""
    said = {word: value for value, words in _VISIBILITIES.items() for word in words.split("|")}
    return {**_labels(OrganisationVisibility), **said}


class Terms:
    """The terms of our lists by everything they are called, read once for a file."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, str]] = {}
        rows = list(Term.objects.order_by("-is_active", "position", "pk"))
        for term in rows:
            self._know(term, [term.label_fr, term.label_en, term.code, *term.other_labels.split(",")])
        # What one term is called goes before what it is equal to elsewhere: PRO stands for several of ours.
        for term in rows:
            self._know(term, [term.standard])
        codes = {(term.vocabulary, term.code) for term in rows}
        for word, code in _THEMES.items():
            if ("theme", code) in codes:
                self.known.setdefault("theme", {}).setdefault(word, code)

    def _know(self, term: Term, words: Iterable[str]) -> None:
        by_word = self.known.setdefault(term.vocabulary, {})
        for word in words:
            key = plain(word)
            if key:
                by_word.setdefault(key, term.code)

    def read(self, vocabulary: str, text: str) -> tuple[list[str], list[str]]:
        """The codes that a cell names, and the words in it that are none of ours.

        A label may hold a comma or a stroke itself, so the whole is looked up before its parts.
        """
        known = self.known.get(vocabulary, {})
        codes: list[str] = []
        unknown: list[str] = []
        for part in _pieces(text, known):
            code = known.get(plain(part))
            if code is None:
                unknown.append(part)
            elif code not in codes:
                codes.append(code)
        return codes, unknown


def _pieces(text: str, known: Mapping[str, str]) -> list[str]:
    pieces = [text]
    for signs in (r"[;|\n\r•]", r"[/+]|\s-\s", r","):
        pieces = [piece for whole in pieces for piece in _parted(whole, signs, known)]
    return [piece.strip() for piece in pieces if plain(piece)]


def _parted(whole: str, signs: str, known: Mapping[str, str]) -> list[str]:
    """The parts of a text, neighbours left together where together they are a word of ours."""
    if plain(whole) in known:
        return [whole]
    parts = [part for part in re.split(signs, whole) if part.strip()]
    found: list[str] = []
    start = 0
    while start < len(parts):
        ends = (end for end in range(min(len(parts), start + 3), start + 1, -1))
        end = next((end for end in ends if plain(" ".join(parts[start:end])) in known), start + 1)
        found.append(" ".join(parts[start:end]))
        start = end
    return found
