"""Set-based writing of areas and places: rows are copied into a table of the transaction, then merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection

from orgs.areas.rows import AreaRow, PlaceRow
from orgs.models.areas import Area, AreaColumns, Edition, Level, name_key, other_key

Finder = Callable[[PlaceRow], AreaColumns]

_AREA_STAGE = """
CREATE TEMPORARY TABLE area_stage (
    pcode text, name text, name_key text, geometry bytea, centre_lat float8, centre_lon float8
) ON COMMIT DROP
"""

# An existing name is kept: it has the accents that files often lack. The file's spelling stays findable.
_AREA_MERGE = """
INSERT INTO orgs_area AS a (edition_id, level, pcode, name, name_key, other_names, other_key, geometry,
                            is_approximate, centre_lat, centre_lon)
SELECT %(edition)s, %(level)s, pcode, name, name_key, '', '', geometry,
       geometry IS NOT NULL AND %(approximate)s, centre_lat, centre_lon
FROM area_stage
ON CONFLICT (edition_id, level, pcode) DO UPDATE SET
    name = CASE WHEN %(rename)s THEN EXCLUDED.name ELSE a.name END,
    name_key = CASE WHEN %(rename)s THEN EXCLUDED.name_key ELSE a.name_key END,
    other_names = CASE
        WHEN a.name_key = EXCLUDED.name_key OR a.other_key LIKE '%%/' || EXCLUDED.name_key || '/%%'
             OR length(a.other_names) > 150 THEN a.other_names
        ELSE concat_ws(', ', nullif(a.other_names, ''), CASE WHEN %(rename)s THEN a.name ELSE EXCLUDED.name END) END,
    other_key = CASE
        WHEN a.name_key = EXCLUDED.name_key OR a.other_key LIKE '%%/' || EXCLUDED.name_key || '/%%'
             OR length(a.other_names) > 150 THEN a.other_key
        ELSE coalesce(nullif(a.other_key, ''), '/')
             || CASE WHEN %(rename)s THEN a.name_key ELSE EXCLUDED.name_key END || '/' END,
    geometry = coalesce(EXCLUDED.geometry, a.geometry),
    is_approximate = CASE WHEN EXCLUDED.geometry IS NULL THEN a.is_approximate ELSE EXCLUDED.is_approximate END,
    centre_lat = coalesce(a.centre_lat, EXCLUDED.centre_lat),
    centre_lon = coalesce(a.centre_lon, EXCLUDED.centre_lon)
"""

_PLACE_STAGE = """
CREATE TEMPORARY TABLE place_stage (
    code text, kind text, name text, name_key text, other_names text, other_key text, lat float8, lon float8,
    rank int2, region_id int8, cercle_id int8, commune_id int8
) ON COMMIT DROP
"""

_PLACE_MERGE = """
INSERT INTO orgs_place (edition_id, code, kind, name, name_key, other_names, other_key, lat, lon, rank,
                        region_id, cercle_id, commune_id, source)
SELECT %(edition)s, code, kind, name, name_key, other_names, other_key, lat, lon, rank,
       region_id, cercle_id, commune_id, %(source)s
FROM place_stage
ON CONFLICT (edition_id, code) WHERE NOT (code = '') DO UPDATE SET
    kind = EXCLUDED.kind, name = EXCLUDED.name, name_key = EXCLUDED.name_key, other_names = EXCLUDED.other_names,
    other_key = EXCLUDED.other_key, lat = EXCLUDED.lat, lon = EXCLUDED.lon, rank = EXCLUDED.rank,
    region_id = EXCLUDED.region_id, cercle_id = EXCLUDED.cercle_id, commune_id = EXCLUDED.commune_id,
    source = EXCLUDED.source
"""


def write_areas(
    edition: Edition,
    level: Level,
    found: Sequence[AreaRow],
    *,
    is_approximate: bool,
    rename: bool,
    progress: Callable[[int, int], None],
) -> None:
    """Add or update the areas of one level. Parents are set afterwards (`area_links.link_parents`)."""
    copied = (
        (
            row.pcode,
            row.name,
            name_key(row.name),
            row.shape.wkb if row.shape else None,
            row.shape.lat if row.shape else None,
            row.shape.lon if row.shape else None,
        )
        for row in found
    )
    _copy(_AREA_STAGE, "COPY area_stage FROM STDIN", copied, len(found), progress)
    facts = {"edition": edition.pk, "level": level.value, "approximate": is_approximate, "rename": rename}
    _merge(_AREA_MERGE, facts, "DROP TABLE area_stage")


def write_places(
    edition: Edition, placed: Sequence[tuple[PlaceRow, AreaColumns]], *, progress: Callable[[int, int], None]
) -> None:
    """Add or update places, told apart by their code."""
    copied = (
        (
            row.code,
            row.kind.value,
            row.name,
            name_key(row.name),
            row.other_names,
            other_key(row.other_names),
            row.lat,
            row.lon,
            row.rank,
            *columns,
        )
        for row, columns in placed
    )
    _copy(_PLACE_STAGE, "COPY place_stage FROM STDIN", copied, len(placed), progress)
    _merge(_PLACE_MERGE, {"edition": edition.pk, "source": edition.source[:200]}, "DROP TABLE place_stage")


def _copy(
    stage: str, copy: str, copied: Iterable[tuple[Any, ...]], total: int, progress: Callable[[int, int], None]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(stage)
        with cursor.copy(copy) as out:
            for done, row in enumerate(copied, start=1):
                out.write_row(row)
                progress(done, total)


def _merge(merge: str, facts: dict[str, Any], drop: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(merge, facts)
        cursor.execute(drop)


# Without this the planner knows nothing of the new rows, and the index keeps them in an unsorted list: a search would
# read the whole table until the next vacuum.
_SETTLE = """
SELECT gin_clean_pending_list(c.oid) FROM pg_class c
WHERE c.relkind = 'i' AND c.relname IN ('orgs_area_name_trgm', 'orgs_place_name_trgm')
  AND pg_has_role(c.relowner, 'USAGE')
"""


def settle() -> None:
    """Make the search indexes ready for what was just written."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orgs_area, orgs_place")
        cursor.execute(_SETTLE)


def remove_areas(absent: Sequence[Area]) -> None:
    """Remove areas that nothing refers to. Raises `ProtectedError` when one is in use."""
    own = Area.objects.filter(pk__in=[area.pk for area in absent])
    own.update(parent=None, region=None, cercle=None, commune=None)
    own.delete()
