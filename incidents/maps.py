"""A small map of incidents by région: a circle at the centre of each, with its number in it."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.listing import RegionCount
from orgs.maps import drawing

Map = drawing.Drawing[RegionCount]
WIDTH = drawing.WIDTH
HEIGHT = drawing.COUNTRY.height


def map_of(counts: Sequence[RegionCount]) -> Map | None:
    """The map of these counts; ``None`` where none of them has a place."""
    return drawing.draw(counts)
