"""Finding organisations by words, whatever the accents and small slips: by their full text, or by likeness.

The rule is one function of the database (``orgs_organisations_found``); whoever uses what it gives joins it with the
policy, so that nothing is found that may not be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.expressions import RawSQL

from orgs.access import ORGANISATIONS
from orgs.directory.columns import IsOneOf
from orgs.models import plain_words

if TYPE_CHECKING:
    from orgs.models import Organisation
    from orgs.policy import Viewer

MOST_WORDS = 8
LONGEST = 100
BEST = 200
"""A search gives so many at most, the best first: whoever needs more, types more."""
_SMALL = frozenset({"les", "l", "d", "of", "the", "and"})
"""Words that say nothing, besides those that the database leaves out by itself."""
_MOST_HITS = 20_000
_FEW = 5

_RANKED = """
SELECT id, rank FROM orgs_organisations_found(%s, %s) ORDER BY rank DESC, id LIMIT %s
"""


def asked_words(said: str) -> list[str]:
    """The words that are looked for, in the form in which rows keep theirs."""
    words = plain_words(said[:LONGEST].replace("\x00", " ")).split()
    return ([word for word in words if word not in _SMALL] or words)[:MOST_WORDS]


def having(rows: QuerySet[Organisation], said: str) -> QuerySet[Organisation]:
    """The rows that have all these words, in whatever order the list has. All rows where nothing was said."""
    words = asked_words(said)
    if not words:
        return rows if not said.strip() else rows.none()
    found = RawSQL("SELECT id FROM orgs_organisations_found(%s::text[])", [words], output_field=BigIntegerField())
    return rows.filter(pk__in=found)


def ranks(said: str, *, loose: bool = False) -> dict[int, float]:
    """Every entry that has these words (``loose``: one of them) with how well it fits; who may see it is not asked."""
    words = asked_words(said)
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, [words, loose, _MOST_HITS])
        return dict(cursor.fetchall())


def among(rows: QuerySet[Organisation], ids: Iterable[int]) -> QuerySet[Organisation]:
    """The rows with these numbers, given as one array: a list of thousands of numbers takes long to read."""
    given = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    return rows.filter(IsOneOf(F("pk"), given))


def near(viewer: Viewer, said: str) -> list[Organisation]:
    """For a search that found nothing: what this viewer may see that has some of the words, or is spelt like them."""
    found = ranks(said, loose=True)
    best = sorted(found, key=lambda pk: -found[pk])[:BEST]
    rows = ORGANISATIONS.rows(viewer).filter(pk__in=best).only("pk", "slug", "name", "acronym")
    return sorted(rows, key=lambda one: -found[one.pk])[:_FEW]
