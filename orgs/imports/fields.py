"""What a column of a file may mean: our fields, the titles that files give them, and their HXL tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from orgs.models.areas import name_key


@dataclass(frozen=True)
class Target:
    """One field that a column may fill. ``titles`` are keys (unaccented words) separated by ``|``."""

    code: str
    label: str | Promise
    titles: str
    tags: str = ""
    """HXL tags that mean it, best first, separated by spaces; attributes in any order."""
    several: bool = False
    """Whether several columns of one sheet may fill it."""


TARGETS = (
    Target(
        "name",
        _("Name of the organisation"),
        "nom|nom de l organisation|nom organisation|nom complet|organisation|organisations|structure"
        "|nom de la structure|"
        "denomination|raison sociale|association|nom de l association|nom de l ong|partenaire|nom du partenaire"
        "|name|organisation name|organization|organization name|name of organisation|name of the organisation"
        "|name of organization|full name|partner|implementing partner|organisme",
        "#org+name #org+impl+name #org+prog+name #org",
    ),
    Target(
        "acronym",
        _("Acronym"),
        "acronyme|sigle|abreviation|acronym|acronyme de l organisation|sigle de l organisation|organisation acronym"
        "|organization acronym|short name|nom court",
        "#org+acronym #org+short",
    ),
    Target(
        "names",
        _("Other names"),
        "autres noms|autre nom|autres orthographes|ancien nom|nom local|other names|other name|other spellings|alias",
        "#org+name+alt #org+alt",
        several=True,
    ),
    Target(
        "kind",
        _("Kind of organisation"),
        "type|type d organisation|type organisation|typeorganisation|type de structure|categorie|nature|statut"
        "|organisation type|organization type|org type|kind|category|type of organisation|genre",
        "#org+type",
    ),
    Target(
        "founded",
        _("Year it was founded"),
        "annee de creation|date de creation|creee en|cree en|fondee en|fondation|creation|annee de fondation|founded"
        "|year founded|year of creation|date founded|established",
        "#org+founded #date+founded",
    ),
    Target(
        "legal_number",
        _("Legal number (récépissé)"),
        "recepisse|numero de recepisse|n de recepisse|no recepisse|n recepisse|num recepisse|numero legal|agrement"
        "|numero d agrement|n d agrement|accord cadre|registration number|legal number|registration",
        "#org+id+legal #org+code+legal",
    ),
    Target(
        "legal_scheme",
        _("Register of the legal number"),
        "registre|type de recepisse|nature du document|register|legal scheme",
        "#org+legal+type",
    ),
    Target(
        "themes",
        _("Themes or sectors"),
        "theme|themes|thematique|thematiques|secteur|secteurs|secteur d activite|secteurs d activite|cluster|clusters"
        "|domaine|domaines|domaine d intervention|domaines d intervention|domaine d activite|domaines d activite"
        "|activite|activites|sector|sectors|activities|field of work|secteur d intervention|secteurs d intervention",
        "#sector #subsector #activity",
        several=True,
    ),
    Target(
        "served",
        _("People served"),
        "beneficiaires|public|public cible|groupe cible|groupes cibles|cible|cibles|personnes servies|beneficiaries"
        "|people served|target group|target groups",
        "#beneficiary",
        several=True,
    ),
    Target(
        "spoken",
        _("Languages spoken"),
        "langue|langues|langues parlees|langue parlee|langues de travail|language|languages|languages spoken",
        "#x_language #meta+lang",
        several=True,
    ),
    Target(
        "capacities",
        _("Capacities"),
        "capacite|capacites|moyens|competences|services offerts|capacity|capacities|skills",
        "#capacity #service",
        several=True,
    ),
    Target(
        "region",
        _("Region"),
        "region|regions|province|provinces|admin1|adm1|admin 1|nom region|region name|region d intervention"
        "|regions d intervention",
        "#adm1+name #adm1",
    ),
    Target(
        "region_code",
        _("P-code of the region"),
        "code region|code de la region|region code|pcode region|region pcode|adm1 pcode|admin1pcode|adm1pcode|pcode",
        "#adm1+code #adm1+v_pcode",
    ),
    Target(
        "cercle",
        _("Cercle"),
        "cercle|cercles|departement|departements|admin2|adm2|admin 2|cercle d intervention|cercles d intervention"
        "|district",
        "#adm2+name #adm2",
    ),
    Target(
        "cercle_code",
        _("P-code of the cercle"),
        "code cercle|code du cercle|cercle code|pcode cercle|cercle pcode|adm2 pcode|admin2pcode|adm2pcode",
        "#adm2+code #adm2+v_pcode",
    ),
    Target("commune", _("Commune"), "commune|communes|admin3|adm3|admin 3|municipality", "#adm3+name #adm3+code #adm3"),
    Target(
        "areas",
        _("Areas where it works"),
        "zone|zones|zone d intervention|zones d intervention|zone de couverture|zones de couverture|couverture"
        "|zone d action|lieux d intervention|aire d intervention|areas|areas where it works|coverage|coverage areas"
        "|area of work|where it works|zones ou elle travaille",
        "#x_coverage #loc+coverage",
        several=True,
    ),
    Target(
        "seat",
        _("Seat (town, village or area)"),
        "siege|siege social|lieu du siege|ville|village|localite|localites|lieu|adresse|adresse du siege|ville du siege"
        "|seat|headquarters|town|city|location|address|place",
        "#loc+seat #loc+name #loc",
    ),
    Target(
        "contact_name",
        _("Contact: name"),
        "contact|nom du contact|personne de contact|personne contact|point focal|nom du responsable|responsable"
        "|president|presidente|representant|nom et prenom|nom prenom|prenom et nom|contact name|contact person"
        "|focal point|nom du point focal",
        "#contact+name #contact",
    ),
    Target(
        "contact_role",
        _("Contact: role"),
        "fonction|poste|titre|role|fonction du contact|qualite|position|contact role|title of contact",
        "#contact+role #contact+title",
    ),
    Target(
        "phone",
        _("Contact: phone"),
        "telephone|telephones|tel|phone|phones|numero de telephone|n de telephone|no tel|numero|portable|mobile"
        "|contact telephonique|contacts telephoniques|phone number|whatsapp|tel 1|tel 2|telephone 1|telephone 2"
        "|contact phone|cellulaire|num tel",
        "#contact+phone",
        several=True,
    ),
    Target(
        "email",
        _("Contact: e-mail"),
        "email|e mail|mail|courriel|adresse email|adresse mail|adresse electronique|adresse e mail|mel|contact email"
        "|email address|e mails",
        "#contact+email",
        several=True,
    ),
    Target(
        "emergency",
        _("Contact: emergency (yes or no)"),
        "contact d urgence|urgence|emergency contact|emergency",
        "#contact+emergency",
    ),
    Target(
        "links",
        _("Website or page"),
        "site web|site internet|siteweb|page facebook|facebook|lien|liens|url|website|web|site",
        "#org+url #contact+url",
        several=True,
    ),
    Target(
        "description",
        _("Description in French"),
        "description|presentation|mission|objectif|objectifs",
        "#description #description+i_fr",
    ),
    Target(
        "description_en",
        _("Description in English"),
        "description en anglais|description in english|description en",
        "#description+i_en",
    ),
    Target(
        "visibility",
        _("Shown to"),
        "visibilite|montree a|montre a|visible par|accord|accord de publication|accord de visibilite|shown to"
        "|visibility|agreed to be shown",
        "#org+visibility #x_visibility",
    ),
    Target(
        "agreed_on",
        _("Day of the agreement"),
        "date de l accord|accord du|agreed on|date of agreement",
        "#date+agreed",
    ),
    Target("source", _("Source"), "source|sources|source de l information|source of information", "#meta+source"),
    Target(
        "slug",
        _("Address in this directory"),
        "adresse dans l annuaire|identifiant|slug|identifier|address in this directory",
        "#org+id",
    ),
)  # fmt: skip
BY_CODE = {target.code: target for target in TARGETS}
SEAT_FACTS = ("#adm1+seat", "#adm2+seat", "#geo")
"""Tags of columns that our own exports add for people to read; they say nothing that the seat does not."""
NAMING = ("name", "acronym", "slug")
"""A sheet without one of these says of nobody what it says."""
PLACE_FIELDS = ("region", "region_code", "cercle", "cercle_code", "commune", "areas", "seat")
_TAG = re.compile(r"^#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*$")


@cache
def _titles() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("en", "fr"):
        with override(language):
            known |= {title_key(str(target.label)): target.code for target in TARGETS}
    return {**known, **{title: target.code for target in TARGETS for title in target.titles.split("|")}}


def title_key(title: str) -> str:
    """A column's title without accents, capitals and signs; an apostrophe parts two words here."""
    return name_key(re.sub(r"[’'‘ʼ`]", " ", title))


def target_of_title(title: str) -> str:
    """The field that a column's title names, or an empty word. Accents, capitals and signs do not count."""
    key = title_key(title)
    known = _titles()
    if key in known:
        return known[key]
    # "Nom de la structure *", "Téléphone 3", "Région (Admin1)".
    bare = re.sub(r"\d+$", "", title_key(re.sub(r"\(.*?\)|\[.*?\]", " ", title))).strip()
    return known.get(bare, "")


def is_tag(text: str) -> bool:
    """Whether a cell holds an HXL tag."""
    return bool(_TAG.match(text.strip().lower()))


def parts_of_tag(text: str) -> frozenset[str]:
    """A tag as a set: the hashtag and its attributes, in no order."""
    hashtag, *attributes = re.split(r"\s*\+\s*", text.strip().lower())
    return frozenset([hashtag, *(f"+{attribute}" for attribute in attributes)])


@cache
def _tags() -> list[tuple[frozenset[str], str]]:
    pairs = [(parts_of_tag(tag), target.code) for target in TARGETS for tag in target.tags.split()]
    # The tag that says most comes first.
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def target_of_tag(tag: str) -> str:
    """The field that an HXL tag means: of the tags that are part of it, the one that says most."""
    given = parts_of_tag(tag)
    if any(parts_of_tag(fact) <= given for fact in SEAT_FACTS):
        return ""
    # Who pays or orders is not who works there.
    if given & {"+funding", "+reporting"}:
        return ""
    return next((code for parts, code in _tags() if parts <= given), "")
