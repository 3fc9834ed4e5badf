"""From a shape in a file to the shape we keep: valid polygons, two dimensions, in the country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

AROUND_COUNTRY = shapely.box(-13.0, 9.5, 5.0, 25.5)
"""Longitudes and latitudes that any shape of the country lies within, generously."""


@dataclass(frozen=True)
class Kept:
    """A shape as it is stored, and a point surely inside it."""

    wkb: bytes
    lat: float
    lon: float
    was_mended: bool


def kept(given: BaseGeometry) -> Kept | str:
    """The shape to store, or in words why it cannot be."""
    if given.geom_type not in {"Polygon", "MultiPolygon"}:
        return _("its shape is not an area (%(kind)s)") % {"kind": given.geom_type}
    flat = shapely.force_2d(given)
    mended = not flat.is_valid
    if mended:
        flat = _polygons_of(shapely.make_valid(flat))
    if flat.is_empty or flat.area == 0:
        return _("its shape is empty")
    if not AROUND_COUNTRY.contains(flat):
        return _("its shape lies outside Mali: are the coordinates in degrees, longitude first?")
    inside = shapely.point_on_surface(flat)
    return Kept(shapely.to_wkb(flat, include_srid=False), round(inside.y, 5), round(inside.x, 5), mended)


def _polygons_of(mixed: BaseGeometry) -> BaseGeometry:
    """Mending may leave lines and points beside the polygons: these are dropped."""
    parts = shapely.get_parts(shapely.get_parts(mixed))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
