"""Which areas touch, worked out from shapes: of the finest level that has them, and of those above from these."""

from __future__ import annotations

import shapely

from orgs.models.areas import Area, Edition, Level

NEAR = 0.005
"""Degrees (some 500 m) within which two shapes count as touching: limits drawn twice seldom meet exactly."""
_FINEST_FIRST = (Level.COMMUNE, Level.CERCLE, Level.REGION)
Pair = tuple[int, int]


def pairs_of(edition: Edition) -> set[Pair]:
    """Every two areas of one level of an edition that touch, both ways round."""
    found: set[Pair] = set()
    for level in _FINEST_FIRST:
        areas = list(Area.objects.filter(edition=edition, level=level, geometry__isnull=False).order_by("pk"))
        if not areas:
            continue
        own = {area.pk: area for area in areas}
        touching = _touching(areas)
        for one, other in touching:
            found |= _lifted(own[one], own[other])
    return found


def _touching(areas: list[Area]) -> list[Pair]:
    shapes = [shapely.from_wkb(bytes(area.geometry or b"")) for area in areas]
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="dwithin", distance=NEAR)
    return [(areas[one].pk, areas[other].pk) for one, other in zip(left, right, strict=True) if one != other]


def _lifted(one: Area, other: Area) -> set[Pair]:
    """Two areas that touch, and those above them that therefore touch."""
    pairs = {(one.pk, other.pk)}
    for column in ("cercle_id", "region_id"):
        upper, beside = getattr(one, column), getattr(other, column)
        if upper is not None and beside is not None and upper != beside:
            pairs.add((upper, beside))
    return pairs
