"""The actor map and networks of the demonstration: who to call, how organisations find actors, who is tied to whom."""

import random
from datetime import timedelta

from django.utils import timezone

from orgs.demo.stage import MARK, SEED, Stage
from orgs.models import Actor, ActorRole, Area, CivilRole, LinkKind, Organisation, OrganisationLink, Role, Wish
from orgs.policy import Post, Viewer
from orgs.services import actors, links
from orgs.services.actors import Statement

ROLES = (
    ("police", "ML0501", CivilRole.COMPLAINTS, "Accueil des plaintes"),
    ("police", "ML0501", CivilRole.GBV, "Bureau pour les femmes et les enfants"),
    ("gendarmes", "ML1902", CivilRole.COMPLAINTS, "Accueil des plaintes"),
    ("gendarmes", "ML1902", CivilRole.COMMITTEE, ""),
    ("gendarmes", "ML1903", CivilRole.PROTECTION, ""),
)
LINKS = (
    ("femmes", LinkKind.MEMBER, "reseau", 2019),
    ("marche", LinkKind.MEMBER, "reseau", 2020),
    ("jeunes", LinkKind.MEMBER, "reseau", 2021),
    ("radio", LinkKind.PARTNER, "reseau", 2018),
    ("anciens", LinkKind.COORDINATED, "comite", 2022),
    ("femmes", LinkKind.PARTNER, "anciens", 2020),
    ("comite", LinkKind.PARTNER, "radio", 2023),
)
_SHARE = 0.7
"""Of how many actors an organisation of the demonstration says something."""


def load(stage: Stage, keeper: Viewer) -> None:
    """Write roles and ties as the administrator, and what each organisation says as its own people would."""
    today = timezone.localdate()
    areas = {area.pcode: area for area in Area.objects.current().filter(pcode__in={role[1] for role in ROLES})}
    for number, (doer, pcode, code, office) in enumerate(ROLES):
        role = ActorRole(
            actor=stage.actors[doer],
            area=areas[pcode],
            role=code,
            office=office,
            phone=f"+2230000090{number}",
            source=MARK,
            as_of=today - timedelta(days=30),
        )
        actors.keep_role(viewer=keeper, role=role)
    for one, kind, other, year in LINKS:
        link = OrganisationLink(
            organisation=stage.organisations[one],
            other=stage.organisations[other],
            kind=kind,
            starts_on=today.replace(year=year, month=1, day=1),
            source=MARK,
        )
        links.add_link(viewer=keeper, link=link)
    _say(keeper)


def _say(keeper: Viewer) -> None:
    """What made-up organisations say of the actors: security is harder to reach than a town hall, forces hardest."""
    chance = random.Random(SEED)  # noqa: S311 (made-up data, the same each time)
    bodies = Organisation.objects.filter(is_demo=True).exclude(kind="security").order_by("slug")
    asked = list(Actor.objects.asked_about().order_by("name_key", "pk"))
    for body in bodies:
        speaker = Viewer(user_id=keeper.user_id, posts=(Post(role=Role.EDITOR, organisation_id=body.pk),))
        said = [
            _statement(chance, actor)
            for actor in asked
            if actor.organisation_id != body.pk and chance.random() < _SHARE
        ]
        actors.rate_actors(viewer=speaker, organisation=body, statements=said)


def _statement(chance: random.Random, actor: Actor) -> Statement:
    ease = {"local": 3.2, "national": 2.3, "international": 1.7}[actor.level]
    ease -= 0.6 if actor.sector == "security" else 0.0
    reach = min(4, max(1, round(chance.gauss(ease, 0.6))))
    trust = min(4, max(1, round(chance.gauss(2.2 if actor.sector == "security" else 2.9, 0.7))))
    wish = chance.choices([Wish.YES, Wish.CANNOT, Wish.NO], weights=(5, 6 - reach, 2))[0]
    return Statement(actor.pk, reach, trust, wish)
