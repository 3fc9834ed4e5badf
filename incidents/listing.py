"""Lists of incidents as each viewer may read them: rows by the policy, fields by the disclosure table, in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Left

from incidents.access import COUNTED_INCIDENTS, INCIDENTS
from incidents.disclosure import INCIDENT
from incidents.models import Incident
from orgs.listing import columns_for
from orgs.models import Area
from orgs.policy import Viewer

SNIPPET = 240
_FIELDS = (
    "ref",
    "type_id",
    "occurred_on",
    "time_precision",
    "region_id",
    "cercle_id",
    "commune_id",
    "place_name",
    "state",
    "tlp",
    "severity",
    "claim_grade",
    "summary",
    "finding",
)


def incidents_for(viewer: Viewer) -> QuerySet[Incident]:
    """The incidents that this viewer may see in lists, maps, counts and files: all but those of drills."""
    return COUNTED_INCIDENTS.rows(viewer)


def rows_of(incidents: QuerySet[Incident], viewer: Viewer) -> QuerySet[Incident, Any]:
    """The rows of the list as this viewer may read them (keys ``shown_…``), and what pages are cut by."""
    columns = columns_for(INCIDENTS, INCIDENT, viewer, only=_FIELDS)
    if "shown_summary" in columns:
        columns["shown_summary"] = Left(columns["shown_summary"], SNIPPET)
    return incidents.values("id", "occurred_on", **columns)


@dataclass(frozen=True)
class RegionCount:
    """How many of the listed incidents lie in a région (``None``: place not found)."""

    region_id: int | None
    name: str
    total: int
    lat: float | None = None
    lon: float | None = None
    """Its centre, in degrees (WGS 84)."""


def counts_by_region(incidents: QuerySet[Incident]) -> list[RegionCount]:
    """How many incidents in each région, the most first; in two queries."""
    counted = list(incidents.order_by().values_list("region").annotate(total=Count("pk")))
    rows = Area.objects.filter(pk__in=[pk for pk, _ in counted if pk])
    known: dict[int | None, tuple[str, float | None, float | None]] = {
        pk: (name, lat, lon) for pk, name, lat, lon in rows.values_list("pk", "name", "centre_lat", "centre_lon")
    }
    found = []
    for pk, total in counted:
        name, lat, lon = known.get(pk, ("", None, None))
        found.append(RegionCount(pk, name, total, lat, lon))
    return sorted(found, key=lambda count: (-count.total, count.name))
