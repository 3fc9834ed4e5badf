"""Entries of the directory that are likely the same organisation: names alike, same short name, same phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
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

# For each entry in turn: later entries with the same phone or short name, or a like name (each by an index).
_PAIRS = """
WITH looked AS (
    SELECT id, name_key, acronym, cercle_id, kind = 'security' AS is_service FROM orgs_organisation
     WHERE id > %(after)s AND merged_into_id IS NULL AND state <> 'retired'
       AND (%(everywhere)s OR reach && %(areas)s::bigint[] OR reach = '{}')
     ORDER BY id LIMIT %(limit)s
), pairs AS (
    SELECT looked.id AS first_id, other.id AS second_id, similarity(looked.name_key, other.name_key) AS alike,
           looked.cercle_id = other.cercle_id AS same_place, looked.is_service,
           looked.acronym <> '' AND lower(looked.acronym) = lower(other.acronym) AS same_acronym, false AS same_phone
      FROM looked JOIN orgs_organisation other ON other.name_key %% looked.name_key AND other.id > looked.id
    UNION ALL
    SELECT looked.id, other.id, similarity(looked.name_key, other.name_key), looked.cercle_id = other.cercle_id,
           looked.is_service, true, false
      FROM looked JOIN orgs_organisation other
        ON lower(other.acronym) = lower(looked.acronym) AND looked.acronym <> '' AND other.id > looked.id
    UNION ALL
    SELECT looked.id, theirs.organisation_id, similarity(looked.name_key, other.name_key),
           looked.cercle_id = other.cercle_id, looked.is_service, false, true
      FROM looked JOIN orgs_contact own ON own.organisation_id = looked.id AND own.phone <> ''
      JOIN orgs_contact theirs ON theirs.phone = own.phone AND theirs.organisation_id > looked.id
      JOIN orgs_organisation other ON other.id = theirs.organisation_id
), best AS (
    SELECT first_id, second_id, max(alike) AS alike, bool_or(COALESCE(same_place, false)) AS same_place,
           bool_or(same_acronym) AS same_acronym, bool_or(same_phone) AS same_phone, bool_or(is_service) AS is_service
      FROM pairs GROUP BY first_id, second_id
)
SELECT best.first_id, best.second_id, alike, same_place, same_acronym, same_phone
  FROM best JOIN orgs_organisation other ON other.id = best.second_id
 WHERE (same_acronym OR same_phone OR alike >= %(alike)s OR (same_place AND alike >= %(alike_here)s))
   AND other.merged_into_id IS NULL AND other.state <> 'retired' AND (other.kind = 'security') = is_service
   AND (%(everywhere)s OR other.reach && %(areas)s::bigint[] OR other.reach = '{}')
   AND NOT EXISTS (SELECT FROM orgs_notduplicate said
                    WHERE said.first_id = best.first_id AND said.second_id = best.second_id)
 ORDER BY same_phone DESC, alike DESC, best.first_id, best.second_id LIMIT 100
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


@transaction.atomic
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
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE_HERE)])
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
