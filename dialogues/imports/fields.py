"""What a column of a file of sessions may mean: our fields, the titles that files give them, and their HXL tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from dialogues.models import AgeBand, Group, Sex
from orgs.imports.fields import Target, parts_of_tag, title_key
from orgs.imports.headers import Vocabulary

WRONG_BAND = "wrong_band"
"""A column of women or men of an age that overlaps the age bands."""

_PLAIN = (
    Target(
        "key", _("Key of the line"), "cle|identifiant|id|code|reference|ref|key|row key|cle de la ligne", "#meta+id"
    ),
    Target("process", _("Process"), "processus|serie|projet|process|series", "#activity+process #activity+programme"),
    Target("process_kind", _("Kind of process"), "type de processus|process kind", "#activity+process+type"),
    Target("number", _("Number in the process"), "numero|n|no|num|number|numero de seance", "#activity+num"),
    Target(
        "kind", _("Kind of session"), "type|type de concertation|genre|nature|kind|type of session", "#activity+type"
    ),
    Target("title", _("Title"), "titre|intitule|nom|objet|title|name|session", "#activity+name #activity"),
    Target("held_on", _("Day"), "date|jour|date de tenue|tenue le|held on|date held", "#date+held #date"),
    Target("starts_at", _("From (hour)"), "debut|heure de debut|start|starts at|de", "#date+start+hour"),
    Target("ends_at", _("Until (hour)"), "fin|heure de fin|end|ends at|a", "#date+end+hour"),
    Target("state", _("State"), "etat|statut|state|status", "#status"),
    Target("country", _("Country"), "pays|country", "#country+name #country"),
    Target("region", _("Region"), "region|adm1|admin1", "#adm1+name"),
    Target("region_code", _("P-code of the region"), "pcode region|code region|adm1 pcode", "#adm1+code"),
    Target("cercle", _("Cercle"), "cercle|adm2|admin2", "#adm2+name"),
    Target("cercle_code", _("P-code of the cercle"), "pcode cercle|code cercle|adm2 pcode", "#adm2+code"),
    Target("commune", _("Commune"), "commune|adm3|admin3", "#adm3+name"),
    Target("commune_code", _("P-code of the commune"), "pcode commune|code commune|adm3 pcode", "#adm3+code"),
    Target("area", _("Area (name or P-code)"), "zone|pcode|p code|localite administrative|area", "#geo+area #adm+code"),
    Target("place", _("Place"), "lieu|endroit|site|salle|camp|place|venue|lieu de la seance", "#loc+name #loc"),
    Target(
        "spoken", _("Languages spoken"), "langues|langue|langues parlees|languages", "#meta+lang+spoken #x_language"
    ),
    Target(
        "interpreted",
        _("Interpreters into"),
        "interpretation|interpretes|interpretes vers|langues interpretees|interpreters|interpreters into",
        "#meta+lang+interpreted",
    ),
    Target(
        "led_by", _("Held by"), "tenue par|organisee par|organisateur|organisation|held by|organised by", "#org+lead"
    ),
    Target(
        "present",
        _("Organisations in the room"),
        "organisations presentes|organisations dans la salle|structures presentes|organisations present",
        "#org+present",
    ),
    Target(
        "people",
        _("Participants"),
        "participants|nombre de participants|nb participants|total participants|personnes|effectif|people",
        "#affected+participants #affected #reached",
    ),
    Target(
        "spectators",
        _("Spectators of a film"),
        "spectateurs|nombre de spectateurs|public|spectators|audience",
        "#affected+spectators",
    ),
    Target(
        "groups",
        _("Groups, with their numbers"),
        "groupes|groupes presents|composition|groups",
        "#affected+groups",
        several=True,
    ),
    Target("invited", _("Groups invited"), "groupes invites|invites|invited", "#beneficiary+invited"),
    Target("absent", _("Groups absent"), "groupes absents|absents|absent|missing", "#beneficiary+absent"),
    Target("agenda", _("Agenda"), "ordre du jour|agenda|programme", "#description+agenda"),
    Target(
        "minutes",
        _("Minutes"),
        "compte rendu|proces verbal|pv|resume|minutes|notes|ce qui s est dit",
        "#description+minutes #description",
    ),
    Target(
        "issues",
        _("Issues raised, with their needs and themes"),
        "problemes|problemes souleves|sujets|preoccupations|issues|issues raised|questions soulevees",
        "#cause+issue #need",
        several=True,
    ),
    Target("agreements", _("Agreements"), "accords|points d accord|agreements", "#output+agreement", several=True),
    Target(
        "disagreements",
        _("Disagreements"),
        "desaccords|points de desaccord|disagreements",
        "#output+disagreement",
        several=True,
    ),
    Target(
        "proposals",
        _("Proposals"),
        "propositions|solutions|recommandations|proposals",
        "#output+proposal",
        several=True,
    ),
    Target("tlp", _("Marking (TLP)"), "marquage|tlp|diffusion|confidentialite|marking", "#meta+tlp"),
)

_SEXES = {Sex.WOMEN: _("Women"), Sex.MEN: _("Men")}
_BANDS = (AgeBand.CHILDREN, AgeBand.YOUTH, AgeBand.ADULTS, AgeBand.ELDERS)
_BAND_WORDS: dict[str, str] = {
    AgeBand.CHILDREN: "0 14|0 a 14|moins de 15|under 15|enfants|children|less than 15",
    AgeBand.YOUTH: "15 35|15 a 35|15 to 35|jeunes|young",
    AgeBand.ADULTS: "36 60|36 a 60|36 to 60|adultes|adults",
    AgeBand.ELDERS: "61|61 et plus|plus de 60|over 60|60 et plus|aines|elders|ages",
}
_SEX_WORDS = {
    **dict.fromkeys(("femmes", "femme", "women", "filles", "f"), Sex.WOMEN),
    **dict.fromkeys(("hommes", "homme", "men", "garcons", "h", "m"), Sex.MEN),
}
_SEXED = re.compile(r"^(?:nombre de |nb (?:de )?|total )?(?P<sex>[a-z]+)(?: (?P<age>.+))?$")
_GROUPED = re.compile(r"^(?:groupe|group)s?(?: de| des| d)? (?P<name>.+)$")
BODY = ("title", "held_on")
"""Of a sheet of sessions one of these is known."""


def _counted() -> Iterator[Target]:
    for sex, label in _SEXES.items():
        yield Target(str(sex), label, "", f"#affected+{sex}")
        for band in _BANDS:
            tag = f"#affected+{sex}+age_{band.replace('-', '_').replace('+', '_plus')}"
            yield Target(f"{sex}:{band}", _tail(label, band), "", tag)
    for group in Group:
        if group != Group.UNKNOWN:
            yield Target(f"group:{group}", group.label, "", f"#affected+group_{group}", several=False)


class _Words:
    """Two labels side by side, each in the reader's language when it is shown."""

    def __init__(self, *parts: object) -> None:
        self.parts = parts

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.parts)


def _tail(label: object, band: str) -> str:
    return _Words(label, band)  # type: ignore[return-value]  # a text once it is shown


TARGETS = (*_PLAIN, *_counted())
BY_CODE = {target.code: target for target in TARGETS}


def label_of(code: str) -> str:
    """A field in the reader's words."""
    target = BY_CODE.get(code)
    return str(target.label) if target is not None else ""


@cache
def _titles() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("en", "fr"):
        with override(language):
            known |= {title_key(str(target.label)): target.code for target in (*_counted(), *_PLAIN)}
    known |= {title: target.code for target in _PLAIN for title in target.titles.split("|")}
    return known


def target_of_title(title: str) -> str:
    """The field that a column's title names, or an empty word."""
    from dialogues.imports.words import group_of

    key = title_key(re.sub(r"\(.*?\)|\[.*?\]|\{.*?\}|\*", " ", title)) or title_key(title)
    known = _titles()
    for each in (title_key(title), key):
        if each in known:
            return known[each]
    if sexed := _sexed(key):
        return sexed
    grouped = _GROUPED.match(key)
    group = group_of(grouped["name"]) if grouped else ""
    return f"group:{group}" if group else ""


def _sexed(key: str) -> str:
    found = _SEXED.match(key)
    sex = _SEX_WORDS.get(found["sex"]) if found else None
    if found is None or sex is None:
        return ""
    age = re.sub(r"\b(?:ans|annees|years|old|de|ages)\b", " ", f" {found['age'] or ''} ")
    age = " ".join(age.split())
    if not age:
        return str(sex)
    for band, words in _BAND_WORDS.items():
        if age in {" ".join(re.sub(r"\bde\b", " ", one).split()) for one in words.split("|")}:
            return f"{sex}:{band}"
    return WRONG_BAND if re.search(r"\d", age) else ""


def is_rough(code: str, title: str) -> bool:
    """Whether a column fills “over 60” but counts whoever is just 60 too: reports in French often say “60 et plus”."""
    return code.endswith(f":{AgeBand.ELDERS}") and bool(re.search(r"(?<!plus de )(?<!over )\b60\b", title_key(title)))


@cache
def _tags() -> list[tuple[frozenset[str], str]]:
    pairs = [(parts_of_tag(tag), target.code) for target in TARGETS for tag in target.tags.split()]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def target_of_tag(tag: str) -> str:
    """The field that an HXL tag means: of the tags that are part of it, the one that says most."""
    given = parts_of_tag(tag)
    return next((code for parts, code in _tags() if parts <= given), "")


def _is_single(code: str) -> bool:
    target = BY_CODE.get(code)
    return target is not None and not target.several


SESSIONS = Vocabulary(target_of_title, target_of_tag, _is_single, BODY)
