"""The search of the directory among 10,000 organisations, against the barest query for likeness."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import Any

import psycopg
from django.db import connection
from django.test import Client

from orgs.directory import search
from orgs.models import Area, Level, Organisation, OrganisationKind, OrganisationState, OrganisationVisibility, name_key
from orgs.services import directory_index
from tests.bench.harness import Result, compare

_FIRST = (
    "Association", "Groupement", "Union", "Comité", "Réseau", "Coopérative",
    "Collectif", "Fédération", "Conseil", "Mouvement",
)  # fmt: skip
_WHOM = (
    "femmes", "jeunes", "éleveurs", "pêcheurs", "artisans", "veuves",
    "mères", "imams", "griots", "agriculteurs", "médiateurs", "enseignants",
)  # fmt: skip
_WHAT = (
    "paix", "dialogue", "développement", "entraide", "espoir", "avenir",
    "fleuve", "puits", "marché", "dune", "baobab", "caïlcédrat", "pont",
)  # fmt: skip
_OWN = (
    "Benkadi", "Tassaght", "Sininyɛ", "Jama", "Danaya", "Kisal",
    "Alafia", "Tumunt", "Hɛrɛ", "Badenya", "Yiriwa", "Sabati", "Nyeta", "Sewa",
)  # fmt: skip
_THEMES = (
    "mediation", "dialogue", "gbv", "land", "health", "education", "water", "youth_peace",
    "women_peace", "early_warning",
)  # fmt: skip
_SPOKEN = (
    "fr", "bambara", "fulfulde", "dogon", "songhay", "tamasheq",
)  # fmt: skip
_ABLE = (
    "mediation", "radio", "transport", "first_aid", "legal_aid", "training",
)  # fmt: skip


def seed_organisations(count: int) -> None:
    """Write ``count`` made-up organisations over today's cercles, with the words that many of them share."""
    chance = random.Random(41)
    cercles = list(Area.objects.current().filter(level=Level.CERCLE).values_list("pk", "name"))
    rows, places = [], []
    for number in range(count):
        pk, place = chance.choice(cercles)
        name = (
            f"{chance.choice(_FIRST)} des {chance.choice(_WHOM)} pour {chance.choice(_WHAT)} {chance.choice(_OWN)} "
            f"de {place} {number}"
        )
        rows.append(_row(chance, name, number))
        places.append(pk)
    Organisation.objects.bulk_create(rows, batch_size=1000)
    link = Organisation.areas.through
    link.objects.bulk_create(
        (link(organisation_id=row.pk, area_id=pk) for row, pk in zip(rows, places, strict=True)), batch_size=5000
    )
    directory_index.refresh()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orgs_organisation")


def _row(chance: random.Random, name: str, number: int) -> Organisation:
    return Organisation(
        name=name,
        name_key=name_key(name),
        slug=f"seeded-{number}",
        kind=chance.choice(OrganisationKind.values[:8]),
        visibility=OrganisationVisibility.PUBLIC,
        state=OrganisationState.DRAFT,
        themes=sorted(chance.sample(_THEMES, 2)),
        spoken=sorted(chance.sample(_SPOKEN, 2)),
        capacities=sorted(chance.sample(_ABLE, 1)),
        description=f"Elle agit pour {chance.choice(_WHAT)} avec les {chance.choice(_WHOM)} du cercle. " * 3,
    )


def floor() -> Any:
    """The least that finds names by likeness: one query on an open connection, the 200 best."""
    settings = connection.get_connection_params()
    keep = {name: settings[name] for name in ("dbname", "host", "user", "password", "port") if settings.get(name)}
    database = psycopg.connect(**keep, autocommit=True)
    database.execute("SELECT similarity('a', 'b')")
    database.execute("SET pg_trgm.strict_word_similarity_threshold = 0.3")
    query = """
        SELECT id, name, slug FROM orgs_organisation WHERE names_key %%>> %s
        ORDER BY strict_word_similarity(%s, names_key) DESC, id LIMIT 200
    """
    return lambda word: database.execute(query, [word, word]).fetchall()


def run(*, rounds: int, calls: int) -> list[Result]:
    """The search itself, by the clock; and the whole page of a search with filters, beside it."""
    seed_organisations(10_000)
    bare = floor()
    found = compare(
        Result("directory search of 10,000", "time of the barest query for likeness", must=4.0, aim=2.5),
        lambda: search.ranks("tasagt"),
        lambda: bare("tasagt"),
        rounds=rounds,
        calls=calls,
        by=lambda cost: cost.wall,
    )
    client = Client(headers={"host": "localhost"})
    address = "/orgs/?words=tasagt&theme=mediation&kind=women&spoken=dogon"
    if client.get(address).status_code != HTTPStatus.OK:
        raise RuntimeError("the page does not answer")
    page = compare(
        Result("page of that search, with filters", "time of the barest query for likeness", must=25.0, aim=12.0),
        lambda: client.get(address),
        lambda: bare("tasagt"),
        rounds=rounds,
        calls=max(10, calls // 10),
        by=lambda cost: cost.wall,
    )
    return [found, page]
