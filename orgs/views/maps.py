"""The map of the directory: numbers and shades without scripts, points that move with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.access import viewer_of
from orgs.maps import clusters, counting, shapes
from orgs.maps.narrowing import Division, Row, division, narrow
from orgs.models import OrganisationKind

KINDS = dict(OrganisationKind.choices)
OUTLINES_KEPT = 24 * 3600
"""Seconds that a browser keeps the background: its address changes with every import."""


class AreaForm(forms.Form):
    """Which area a map or a table is narrowed to, by P-code."""

    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, areas: Division, chosen: Row | None, *, cercles: bool = True) -> None:
        super().__init__(initial={"area": chosen.pcode if chosen else ""})
        choices: list[tuple[str, Any]] = [("", _("the whole country"))]
        for region in areas.regions:
            choices.append((region.pcode, region.name))
            if cercles:
                choices += [(row.pcode, f"\u2003{row.name}") for row in areas.cercles(region.pk)]
        self.fields["area"].choices = choices  # type: ignore[attr-defined]


@require_safe
@never_cache
def directory_map(request: HttpRequest) -> HttpResponse:
    """How many organisations are or work where, as far as this viewer may see them."""
    viewer, areas, stamp = viewer_of(request), division(), shapes.stamp()
    narrowing = narrow(viewer, request.GET, areas)
    found = counting.overview(narrowing, areas)
    context = {
        "drawing": counting.drawing_of(found, areas, stamp, narrowing.area),
        "found": found,
        "chosen": narrowing.area,
        "upwards": found.region if found.region and narrowing.area != found.region else None,
        "filters": narrowing.filters,
        "form": narrowing.filters.form,
        "area_field": AreaForm(areas, narrowing.area)["area"],
        "narrowed": narrowing.is_narrowed,
        "keep": narrowing.query(None),
        "query": narrowing.query(),
        "rows": _with_words(counting.listed(narrowing.in_area, viewer)),
        "bounds": _bounds(areas, stamp, found.region),
        "stamp": stamp,
        "approximate": shapes.shapes(stamp).approximate,
    }
    return render(request, "orgs/maps/map.html", context)


def _with_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "kind": KINDS.get(row["kind"], "")} for row in rows]


def _bounds(areas: Division, stamp: shapes.Stamp | None, region: Row | None) -> str:
    """The part of the world that the moving map shows first, in degrees."""
    frame = counting.frame_for(areas, stamp, region)
    return f"{frame.west},{frame.south},{frame.east},{frame.north}"


@require_safe
@never_cache
def map_clusters(request: HttpRequest) -> HttpResponse:
    """The points of a part of the map, and the first organisations that stand there, as this viewer may see them."""
    viewer = viewer_of(request)
    try:
        view = clusters.read_view(request.GET.get("bbox", ""), request.GET.get("zoom", ""))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    rows = narrow(viewer, request.GET, division()).in_area
    points = clusters.clusters(rows, view, viewer)
    here = _with_words(counting.listed(clusters.in_view(rows, view), viewer))
    listed = [{"slug": row["slug"], "name": row["name"], "kind": str(row["kind"])} for row in here]
    return JsonResponse({"clusters": points, "total": sum(one["n"] for one in points), "list": listed})


@require_safe
def map_outlines(request: HttpRequest) -> HttpResponse:
    """The background of the moving map as GeoJSON: the same for everybody."""
    answer = JsonResponse(shapes.as_geojson(shapes.stamp() or shapes.NOTHING.stamp))
    answer["Content-Type"] = "application/geo+json"
    patch_cache_control(answer, public=True, max_age=OUTLINES_KEPT)
    return answer
