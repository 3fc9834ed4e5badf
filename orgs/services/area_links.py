"""Ties between areas, written by set-based statements: parents inside an edition, areas of today for older ones."""

from __future__ import annotations

import csv

from django.db import connection

from orgs.areas import resolve, shipped
from orgs.areas.rows import tidy_name
from orgs.models.areas import Area, Edition, Level, name_key

# The P-code's digits name its parents: 2 for the région, 4 for the cercle, 6 for the arrondissement.
_LINK = r"""
UPDATE orgs_area a SET parent_id = up.parent_id, region_id = up.region_id, cercle_id = up.cercle_id,
                       commune_id = up.commune_id
FROM (
    SELECT x.id,
           CASE x.level WHEN 'country' THEN NULL WHEN 'region' THEN root.id WHEN 'cercle' THEN r.id
                WHEN 'arrondissement' THEN c.id ELSE COALESCE(arr.id, c.id) END AS parent_id,
           r.id AS region_id, c.id AS cercle_id, CASE WHEN x.level = 'commune' THEN x.id END AS commune_id
    FROM (SELECT id, level, edition_id, regexp_replace(pcode, '[^0-9]', '', 'g') AS d
          FROM orgs_area WHERE edition_id = %(edition)s) x
    LEFT JOIN orgs_area root ON root.edition_id = x.edition_id AND root.level = 'country'
    LEFT JOIN orgs_area r ON r.edition_id = x.edition_id AND r.level = 'region'
         AND r.pcode = 'ML' || left(x.d, 2) AND length(x.d) >= 2
    LEFT JOIN orgs_area c ON c.edition_id = x.edition_id AND c.level = 'cercle'
         AND c.pcode = 'ML' || left(x.d, 4) AND length(x.d) >= 4
    LEFT JOIN orgs_area arr ON arr.edition_id = x.edition_id AND arr.level = 'arrondissement'
         AND arr.pcode IN ('ML' || left(x.d, 6), 'ML-A' || left(x.d, 6)) AND length(x.d) = 8
) up
WHERE a.id = up.id
  AND (a.parent_id, a.region_id, a.cercle_id, a.commune_id)
      IS DISTINCT FROM (up.parent_id, up.region_id, up.cercle_id, up.commune_id)
"""


def link_parents(edition: Edition) -> None:
    """Set parent, région, cercle and commune of every area of an edition from its P-codes."""
    with connection.cursor() as cursor:
        cursor.execute(_LINK, {"edition": edition.pk})


def link_successors(current: Edition) -> int:
    """For every area of the other editions, the area of the current one that holds it, where it is known.

    A commune goes by the shipped list of communes (when P-code and name both agree), else by a point inside it
    if the current edition has shapes. A cercle or région goes to the smallest area of today that holds all of its
    communes; without communes a cercle goes only to the région of its namesake, since most cercles were split.
    Returns how many areas have one.
    """
    linked = 0
    for edition in Edition.objects.exclude(pk=current.pk):
        linked += _link_edition(edition, current)
    Area.objects.filter(edition=current).exclude(successor=None).update(successor=None)
    return linked


def _link_edition(edition: Edition, current: Edition) -> int:
    areas = list(Area.objects.filter(edition=edition).select_related(None).defer("geometry"))
    today = {area.pk: area for area in Area.objects.filter(edition=current).defer("geometry")}
    found = _communes_today(areas, current, today)
    for level in (Level.ARRONDISSEMENT, Level.CERCLE, Level.REGION):
        for area in areas:
            if area.level == level:
                successor = _of_communes(area, areas, found, today) or _of_namesake(area, today)
                if successor is not None:
                    found[area.pk] = successor
    changed = [area for area in areas if area.successor_id != (found[area.pk].pk if area.pk in found else None)]
    for area in changed:
        area.successor = found.get(area.pk)
    Area.objects.bulk_update(changed, ["successor"], batch_size=500)
    return len(found)


def _communes_today(areas: list[Area], current: Edition, today: dict[int, Area]) -> dict[int, Area]:
    listed = _listed_communes() if current.code == shipped.CODE else {}
    by_pcode = {area.pcode: area for area in today.values() if area.level in {Level.REGION, Level.CERCLE}}
    place = resolve.resolver(current)
    found: dict[int, Area] = {}
    for area in areas:
        if area.level != Level.COMMUNE:
            continue
        target = by_pcode.get(listed.get((area.pcode, area.name_key), ""))
        if target is None and area.centre_lat is not None and area.centre_lon is not None:
            hit = place(area.centre_lat, area.centre_lon)
            if hit.precision in {resolve.Precision.SHAPE, resolve.Precision.APPROXIMATE} and hit.area_id:
                target = today.get(hit.cercle_id or hit.area_id)
        if target is not None:
            found[area.pk] = target
    return found


def _listed_communes() -> dict[tuple[str, str], str]:
    with (shipped.DATA / shipped.CODE / "communes_2015.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["pcode"], name_key(tidy_name(row["name"], Level.COMMUNE))): row["today"]
            for row in csv.DictReader(file)
        }


def _of_communes(area: Area, areas: list[Area], found: dict[int, Area], today: dict[int, Area]) -> Area | None:
    """The one area of today that holds every commune of `area`: a cercle, else a région, else none."""
    inside = [a for a in areas if a.level == Level.COMMUNE and area.pk in (a.parent_id, a.cercle_id, a.region_id)]
    targets = {found[a.pk] for a in inside if a.pk in found}
    if len(targets) == 1:
        return targets.pop()
    regions = {target.region_id for target in targets}
    return today.get(regions.pop() or 0) if len(regions) == 1 else None


def _of_namesake(area: Area, today: dict[int, Area]) -> Area | None:
    if area.level != Level.CERCLE:
        return None
    namesakes = [a for a in today.values() if a.level == Level.CERCLE and a.name_key == area.name_key]
    return today.get(namesakes[0].region_id or 0) if len(namesakes) == 1 else None
