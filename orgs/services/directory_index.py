"""What an organisation's row keeps so that the directory is found fast: areas as arrays, words, keys of names.

Set-based: one entry and ten thousand cost the same few statements. Called by every service that writes an entry, its
areas or its names, and after an edition of the areas was loaded.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from orgs.models import plain_words

BATCH = 2000

# An area of an older edition counts with its area of today, so that a filter by today's areas finds it.
_AREAS = """
WITH chosen AS (
    SELECT id, COALESCE(seat_id, place.commune, place.cercle, place.region) AS seat_id
      FROM orgs_organisation
      LEFT JOIN LATERAL (SELECT commune_id AS commune, cercle_id AS cercle, region_id AS region
                           FROM orgs_place WHERE orgs_place.id = seat_place_id) place ON true
     WHERE %(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[])
), tied AS (
    SELECT chosen.id, link.area_id, true AS is_coverage
      FROM chosen JOIN orgs_organisation_areas link ON link.organisation_id = chosen.id
    UNION ALL
    SELECT id, seat_id, false FROM chosen WHERE seat_id IS NOT NULL
), chains AS (
    SELECT tied.id, tied.is_coverage, area.id AS own, today.id AS today, today.parent_id, today.region_id,
           today.cercle_id, today.commune_id,
           (SELECT root.id FROM orgs_area root
             WHERE root.edition_id = today.edition_id AND root.level = 'country' LIMIT 1) AS country_id
      FROM tied JOIN orgs_area area ON area.id = tied.area_id
      JOIN orgs_area today ON today.id = COALESCE(area.successor_id, area.id)
), worked AS (
    SELECT chosen.id,
           (SELECT array_agg(DISTINCT one) FROM chains, unnest(ARRAY[own, today]) one
             WHERE chains.id = chosen.id AND is_coverage) AS covers,
           (SELECT array_agg(DISTINCT one)
              FROM chains, unnest(ARRAY[own, today, parent_id, region_id, cercle_id, commune_id, country_id]) one
             WHERE chains.id = chosen.id AND one IS NOT NULL) AS reach,
           seat.region_id, seat.cercle_id, seat.commune_id
      FROM chosen
      LEFT JOIN LATERAL (SELECT region_id, cercle_id, commune_id FROM chains
                          WHERE chains.id = chosen.id AND NOT is_coverage LIMIT 1) seat ON true
)
UPDATE orgs_organisation AS organisation
   SET covers = COALESCE(worked.covers, '{}'), reach = COALESCE(worked.reach, '{}'),
       region_id = worked.region_id, cercle_id = worked.cercle_id, commune_id = worked.commune_id
  FROM worked
 WHERE organisation.id = worked.id
   AND (organisation.covers, organisation.reach, organisation.region_id, organisation.cercle_id,
        organisation.commune_id)
       IS DISTINCT FROM (COALESCE(worked.covers, '{}'), COALESCE(worked.reach, '{}'), worked.region_id,
                         worked.cercle_id, worked.commune_id)
"""

_READ = """
SELECT organisation.id, organisation.name, organisation.acronym,
       COALESCE((SELECT string_agg(name, ' ') FROM orgs_organisationname WHERE organisation_id = organisation.id), ''),
       concat_ws(' ', organisation.place_text,
                 (SELECT name FROM orgs_place WHERE id = organisation.seat_place_id),
                 (SELECT string_agg(name, ' ') FROM orgs_area
                   WHERE id IN (organisation.seat_id, organisation.region_id, organisation.cercle_id,
                                organisation.commune_id) OR id = ANY(organisation.covers))),
       COALESCE((SELECT string_agg(concat_ws(' ', label_fr, label_en, standard), ' ') FROM orgs_term
                  WHERE (vocabulary = 'theme' AND code = ANY(organisation.themes))
                     OR (vocabulary = 'capacity' AND code = ANY(organisation.capacities))
                     OR (vocabulary = 'served' AND code = ANY(organisation.served))
                     OR (vocabulary = 'spoken' AND code = ANY(organisation.spoken))), ''),
       concat_ws(' ', organisation.description, organisation.description_en)
  FROM orgs_organisation organisation
 WHERE organisation.id > %(after)s AND (%(ids)s::bigint[] IS NULL OR organisation.id = ANY(%(ids)s::bigint[]))
 ORDER BY organisation.id LIMIT %(batch)s
"""

_WRITE = """
UPDATE orgs_organisation AS organisation
   SET names_key = given.names_key,
       words = setweight(to_tsvector('french', given.names), 'A') || setweight(to_tsvector('french', given.places), 'B')
               || setweight(to_tsvector('french', given.terms), 'C')
               || setweight(to_tsvector('french', given.texts), 'D')
  FROM unnest(%(ids)s::bigint[], %(names_key)s::text[], %(names)s::text[], %(places)s::text[], %(terms)s::text[],
              %(texts)s::text[]) AS given (id, names_key, names, places, terms, texts)
 WHERE organisation.id = given.id
"""


def refresh(ids: Sequence[int] | None = None) -> None:
    """Work out anew what these organisations' rows keep; all of them without ``ids``."""
    given = None if ids is None else list(ids)
    with connection.cursor() as cursor:
        cursor.execute(_AREAS, {"ids": given})
        after = 0
        while True:
            cursor.execute(_READ, {"after": after, "ids": given, "batch": BATCH})
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.execute(_WRITE, _columns(rows))
            after = rows[-1][0]


def _columns(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in ("ids", "names_key", "names", "places", "terms", "texts")}
    for pk, name, acronym, others, around, terms, texts in rows:
        names = plain_words(f"{name} {acronym} {others}")
        places = plain_words(around)
        columns["ids"].append(pk)
        columns["names_key"].append(f"{names} {places}".strip())
        columns["names"].append(names)
        columns["places"].append(places)
        columns["terms"].append(plain_words(terms))
        columns["texts"].append(plain_words(texts))
    return columns
