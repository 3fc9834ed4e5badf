"""Entries of the directory that are likely the same organisation: names alike, same short name, same phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from orgs.access import ORGANISATIONS, may_keep_directory
from orgs.access.merges import MERGES
from orgs.access.support import areas_of_posts
from orgs.models import Merge, NotDuplicate, Organisation, Role
from orgs.policy import Viewer

ALIKE = 0.45
"""How like two names are (trigrams, 0 to 1) from which they are proposed."""
ALIKE_HERE = 0.3
"""The same for two entries with their seat in one cercle."""
LOOKED_THROUGH = 500
"""Entries that one page looks through: its time does not grow with the directory."""

COMMON = 100
"""A beginning of a word that more names have than this ("assoc", "femme") brings nobody together by itself."""

# Candidates first, cheaply: names that share a rare word (its first five letters, for the misspelt), the same cercle,
# short name or phone. How like two names are is worked out for these alone: an index of trigrams took 70 ms an entry
# on 10,000 names made of the same few words.
_PAIRS = """
WITH looked AS (
    SELECT id, cercle_id, lower(acronym) AS acronym FROM orgs_organisation
     WHERE id > %(after)s AND merged_into_id IS NULL AND state <> 'retired'
       AND (%(everywhere)s OR reach && %(areas)s::bigint[] OR reach = '{}')
     ORDER BY id LIMIT %(limit)s
), words AS MATERIALIZED (
    SELECT DISTINCT id, left(word, 5) AS word
      FROM orgs_organisation, unnest(string_to_array(name_key, ' ')) word
     WHERE id > %(after)s AND merged_into_id IS NULL AND state <> 'retired' AND length(word) > 2
), rare AS MATERIALIZED (
    SELECT word FROM words GROUP BY word HAVING count(*) BETWEEN 2 AND %(common)s
), candidates AS (
    SELECT mine.id AS first_id, theirs.id AS second_id, false AS same_phone
      FROM looked JOIN words mine ON mine.id = looked.id JOIN rare ON rare.word = mine.word
      JOIN words theirs ON theirs.word = mine.word AND theirs.id > mine.id
    UNION ALL
    SELECT looked.id, other.id, false
      FROM looked JOIN orgs_organisation other ON other.cercle_id = looked.cercle_id AND other.id > looked.id
    UNION ALL
    SELECT looked.id, other.id, false FROM looked JOIN orgs_organisation other
        ON lower(other.acronym) = looked.acronym AND looked.acronym <> '' AND other.id > looked.id
    UNION ALL
    SELECT looked.id, theirs.organisation_id, true
      FROM looked JOIN orgs_contact own ON own.organisation_id = looked.id AND own.phone <> ''
      JOIN orgs_contact theirs ON theirs.phone = own.phone AND theirs.organisation_id > looked.id
), once AS (
    SELECT first_id, second_id, bool_or(same_phone) AS same_phone FROM candidates GROUP BY first_id, second_id
), weighed AS (
    SELECT first_id, second_id, similarity(mine.name_key, other.name_key) AS alike,
           COALESCE(mine.cercle_id = other.cercle_id, false) AS same_place,
           mine.acronym <> '' AND lower(mine.acronym) = lower(other.acronym) AS same_acronym, same_phone
      FROM once JOIN orgs_organisation mine ON mine.id = first_id JOIN orgs_organisation other ON other.id = second_id
     WHERE other.merged_into_id IS NULL AND other.state <> 'retired'
       AND (other.kind = 'security') = (mine.kind = 'security')
       AND (%(everywhere)s OR other.reach && %(areas)s::bigint[] OR other.reach = '{}')
)
SELECT first_id, second_id, alike, same_place, same_acronym, same_phone FROM weighed
 WHERE (same_acronym OR same_phone OR alike >= %(alike)s OR (same_place AND alike >= %(alike_here)s))
   AND NOT EXISTS (SELECT FROM orgs_notduplicate said
                    WHERE said.first_id = weighed.first_id AND said.second_id = weighed.second_id)
 ORDER BY same_phone DESC, alike DESC, first_id, second_id LIMIT 100
"""
_LAST = """
SELECT max(id), count(*) FROM (
    SELECT id FROM orgs_organisation
     WHERE id > %(after)s AND merged_into_id IS NULL AND state <> 'retired'
       AND (%(everywhere)s OR reach && %(areas)s::bigint[] OR reach = '{}')
     ORDER BY id LIMIT %(limit)s) looked
"""


@dataclass(frozen=True)
class Pair:
    """Two entries, and why they are thought to be one."""

    first: Organisation
    second: Organisation
    alike: int
    """Per cent."""
    same_place: bool
    same_acronym: bool
    same_phone: bool


def likely_duplicates(viewer: Viewer, after: int = 0) -> tuple[list[Pair], int | None]:
    """Pairs on which this viewer decides, likeliest first, among some entries; and where to look on, if there are more.

    Three statements, however many entries there are.
    """
    posts = viewer.posts_as((Role.COORDINATOR,))
    given: dict[str, Any] = {
        "after": after,
        "everywhere": may_keep_directory(viewer) or any(post.nationwide for post in posts),
        "areas": areas_of_posts(posts),
        "limit": LOOKED_THROUGH,
        "alike": ALIKE,
        "alike_here": ALIKE_HERE,
        "common": COMMON,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, given)
        rows = cursor.fetchall()
        cursor.execute(_LAST, given)
        last, looked = cursor.fetchone()
    found = _organisations(viewer, {number for row in rows for number in row[:2]})
    pairs = [
        Pair(found[first], found[second], round(100 * alike), *why)
        for first, second, alike, *why in rows
        if first in found and second in found
    ]
    return pairs, last if looked == LOOKED_THROUGH else None


def _organisations(viewer: Viewer, numbers: set[int]) -> dict[int, Organisation]:
    rows = ORGANISATIONS.rows(viewer).filter(pk__in=numbers).select_related("region", "cercle")
    return {one.pk: one for one in rows.defer("region__geometry", "cercle__geometry")}


def dismissed(viewer: Viewer) -> list[NotDuplicate]:
    """The last pairs that were said to be no duplicates, of entries that the viewer sees."""
    seen = ORGANISATIONS.rows(viewer).values("pk")
    rows = NotDuplicate.objects.filter(first__in=seen, second__in=seen).select_related("first", "second")
    return list(rows.order_by("-id")[:20])


def merges_seen(viewer: Viewer) -> QuerySet[Merge]:
    """The merges that this viewer sees."""
    return MERGES.rows(viewer).select_related("kept", "gone")


def organisation_called(viewer: Viewer, slug: str) -> Organisation | None:
    """An entry that this viewer sees, by its address, with its seat."""
    rows = ORGANISATIONS.rows(viewer).filter(Q(slug=slug))
    names = ("seat", "seat__region", "seat__cercle", "seat_place", "verified_by")
    return (
        rows.select_related(*names).defer("seat__geometry", "seat__region__geometry", "seat__cercle__geometry").first()
    )
