"""About two hundred made-up organisations, so that lists, maps and gaps look as they will: always the same ones."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.text import slugify

from orgs.demo.stage import MARK, SEED, Stage
from orgs.models import (
    Area,
    Channel,
    Contact,
    Level,
    Organisation,
    OrganisationKind,
    OrganisationState,
    OrganisationVisibility,
    ProvedHow,
    VerifiedHow,
)
from orgs.policy import Viewer
from orgs.services import organisations

HOW_MANY = 172
"""With those of the story and the first real entries: about two hundred."""

REGIONS: dict[str, tuple[str, ...]] = {
    "ML05": ("bambara", "fulfulde", "bozo", "dogon"),
    "ML19": ("dogon", "fulfulde", "bambara"),
    "ML18": ("fulfulde", "songhay", "dogon"),
    "ML04": ("bambara", "bozo", "bobo"),
    "ML07": ("songhay", "tamasheq", "hassaniya"),
    "ML06": ("songhay", "tamasheq", "hassaniya"),
    "ML01": ("soninke", "khassonke", "bambara"),
}
"""Where they work, and what is spoken there."""


@dataclass(frozen=True)
class Sort:
    """One sort of organisation: how often it comes, how its names begin, what it does."""

    kind: str
    weight: int
    beginnings: tuple[str, ...]
    themes: tuple[str, ...]
    served: tuple[str, ...]
    capacities: tuple[str, ...]


_K = OrganisationKind
SORTS = (
    Sort(_K.ASSOCIATION, 30, ("Association pour la paix", "Entraide", "Association des bâtisseurs", "Main tendue"),
         ("dialogue", "mediation", "human_rights", "governance", "land", "displaced"), ("everyone", "displaced"),
         ("mediation", "facilitation", "early_warning", "training")),
    Sort(_K.WOMEN, 26, ("Femmes solidaires", "Groupement de femmes", "Femmes debout", "Coopérative de femmes"),
         ("women_peace", "gbv", "mediation", "dialogue", "livelihoods"), ("women", "girls", "children"),
         ("gbv_support", "mediation", "psychosocial", "lodging")),
    Sort(_K.YOUTH, 20, ("Jeunes pour demain", "Jeunesse active", "Club des jeunes", "Jeunes sentinelles"),
         ("youth_peace", "reintegration", "civic", "education"), ("youth", "former_fighters", "prisoners"),
         ("reintegration", "early_warning", "training", "transport")),
    Sort(_K.CUSTOMARY, 8, ("Conseil des sages", "Assemblée des chefs de village"),
         ("mediation", "land"), ("leaders", "herders", "farmers"), ("mediation",)),
    Sort(_K.RELIGIOUS, 7, ("Rencontre des croyants", "Comité de prière pour la paix"),
         ("faith", "dialogue"), ("everyone", "leaders"), ("facilitation", "mediation")),
    Sort(_K.MEDIATOR, 5, ("Médiateurs volontaires", "Porteurs de parole"),
         ("mediation", "dialogue"), ("everyone", "victims"), ("mediation", "rapid_response", "interpreting")),
    Sort(_K.MEDIA, 6, ("Radio de la paix", "Radio du fleuve", "La voix des villages"),
         ("information", "dialogue"), ("everyone",), ("radio", "advocacy")),
    Sort(_K.COMMITTEE, 7, ("Comité de veille", "Comité de gestion des pâturages"),
         ("early_warning", "land"), ("herders", "farmers", "fishers"), ("early_warning", "monitoring")),
    Sort(_K.THINK_TANK, 2, ("Atelier de recherche",), ("research",), ("everyone",), ("monitoring",)),
    Sort(_K.NETWORK, 3, ("Réseau des associations",), ("coordination", "dialogue"), ("everyone",), ("training",)),
)  # fmt: skip
ENDINGS = ("du caïlcédrat", "du baobab", "des deux rives", "de la dune", "du grand marché", "du puits neuf",
           "de la passerelle", "du fromager", "de l’aube", "du mil", "de la colline", "de la mare", "du pont",
           "de la pirogue", "du vent", "de l’hivernage")  # fmt: skip


@dataclass
class _Field:
    """What the generator draws from: the areas, by région."""

    chance: random.Random
    cercles: dict[str, list[Area]] = field(default_factory=dict)
    regions: dict[str, Area] = field(default_factory=dict)


def load(stage: Stage, keeper: Viewer) -> list[Organisation]:
    """Write them, with their contacts; the same at every load."""
    ground = _ground()
    made = [_organisation(stage, keeper, number, ground) for number in range(HOW_MANY)]
    Contact.objects.bulk_create(_contacts(stage, made, ground.chance))
    return made


def _ground() -> _Field:
    ground = _Field(random.Random(SEED))  # noqa: S311 (not secret)
    regions = Area.objects.current().filter(level=Level.REGION, pcode__in=REGIONS)
    ground.regions = {area.pcode: area for area in regions}
    cercles = Area.objects.current().filter(level=Level.CERCLE, region__in=regions).order_by("pcode")
    for cercle in cercles.select_related("region").defer("geometry", "region__geometry"):
        ground.cercles.setdefault(cercle.region.pcode, []).append(cercle)  # type: ignore[union-attr]
    return ground


def _organisation(stage: Stage, keeper: Viewer, number: int, ground: _Field) -> Organisation:
    chance = ground.chance
    sort = chance.choices(SORTS, [each.weight for each in SORTS])[0]
    code = list(REGIONS)[number % len(REGIONS)]
    seat = chance.choice(ground.cercles[code][:7])
    name = f"{chance.choice(sort.beginnings)} {chance.choice(ENDINGS)}, {seat.name}"
    organisation = Organisation(
        name=f"{name} {MARK}",
        acronym=_acronym(name) if chance.random() < 0.5 else "",
        slug=slugify(f"demo {number + 1} {name}")[:80],
        kind=sort.kind,
        founded=chance.randint(1985, 2022) if chance.random() < 0.7 else None,
        themes=sorted(chance.sample(sort.themes, min(len(sort.themes), chance.randint(1, 3)))),
        served=sorted(chance.sample(sort.served, chance.randint(1, len(sort.served)))),
        capacities=sorted(chance.sample(sort.capacities, chance.randint(1, len(sort.capacities)))),
        spoken=sorted({"fr", *chance.sample(REGIONS[code], chance.randint(1, len(REGIONS[code])))}),
        description="Organisation inventée pour la démonstration.",
        description_en="Made up for the demonstration.",
        seat=seat,
        visibility=OrganisationVisibility.PUBLIC,
        source=MARK,
        is_demo=True,
    )
    _checked(stage, organisation, chance)
    areas = _works_in(seat, ground, code)
    organisations.keep_organisation(viewer=keeper, organisation=organisation, areas=areas, serves=[])
    return organisation


def _acronym(name: str) -> str:
    return "".join(word[0] for word in name.replace("’", " ").split() if word[0].isupper() or len(word) > 3).upper()[:8]


def _works_in(seat: Area, ground: _Field, code: str) -> list[Area]:
    """Mostly its own cercle, often one or two beside it, sometimes the whole région."""
    luck = ground.chance.random()
    if luck < 0.12:
        return [ground.regions[code]]
    others = ground.chance.sample(ground.cercles[code], min(2, len(ground.cercles[code]))) if luck < 0.5 else []
    return list({area.pk: area for area in (seat, *others)}.values())


def _checked(stage: Stage, organisation: Organisation, chance: random.Random) -> None:
    """Six in ten were verified within the year, some long ago, the rest never."""
    luck = chance.random()
    if luck > 0.82:
        return
    days = chance.randint(3, 330) if luck < 0.62 else chance.randint(400, 1100)
    at = stage.now - timedelta(days=days)
    organisation.state = OrganisationState.VERIFIED if days < 365 else OrganisationState.STALE
    organisation.verified_at = organisation.confirmed_at = at
    organisation.verified_how = chance.choice(list(VerifiedHow))


def _contacts(stage: Stage, made: Sequence[Organisation], chance: random.Random) -> Iterator[Contact]:
    """A telephone for most, an emergency one for half. No number begins with +223 00, so nobody is ever called."""
    for number, organisation in enumerate(made):
        luck = chance.random()
        if luck > 0.85:
            continue
        proved = stage.now - timedelta(days=chance.randint(1, 200)) if luck < 0.6 else None
        yield Contact(
            organisation=organisation,
            name=f"Contact {number + 1} {MARK}",
            role="Secrétariat",
            phone=f"+22300{100000 + number}",
            spoken=organisation.spoken,
            is_emergency=luck < 0.5,
            visibility=OrganisationVisibility.PARTNERS if luck < 0.3 else OrganisationVisibility.COORDINATORS,
            channel=Channel.CALL if luck < 0.2 else Channel.SMS,
            do_not_sms=luck < 0.2,
            source=MARK,
            proved_at=proved,
            proved_how=ProvedHow.CALL if proved else "",
        )
