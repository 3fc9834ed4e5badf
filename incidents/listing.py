"""Lists of incidents as each viewer may read them: rows by the policy, fields by the disclosure table, in SQL."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, Expression, F, Q, QuerySet, Value, When
from django.db.models.functions import Left

from incidents.access import INCIDENTS
from incidents.disclosure import INCIDENT
from incidents.models import Incident, IncidentState
from orgs.disclosure import Table
from orgs.models import Area
from orgs.policy import Policy, Viewer

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


def columns_for(
    policy: Policy[Any], table: Table, viewer: Viewer, *, only: tuple[str, ...] | None = None
) -> dict[str, Expression | F]:
    """The table's fields as SQL, each row read as the audience that this viewer is to it (first grant that holds)."""
    found = policy.audiences(viewer)
    audiences = list(dict.fromkeys(audience for _, audience in found))
    if not audiences:
        return {}
    columns = {audience: table.columns(audience, only=only) for audience in audiences}
    if len(audiences) == 1:
        return columns[audiences[0]]
    return {name: _by_audience(name, found, columns) for name in columns[audiences[0]]}


def _by_audience(
    name: str, found: list[tuple[Q, str]], columns: dict[str, dict[str, Expression | F]]
) -> Expression | F:
    whens = [When(condition, then=columns[audience][name]) for condition, audience in found if condition]
    rest = next((columns[audience][name] for condition, audience in found if not condition), Value(None))
    return Case(*whens, default=rest)


def incidents_for(viewer: Viewer) -> QuerySet[Incident]:
    """The incidents that this viewer may see at all."""
    return INCIDENTS.rows(viewer)


def rows_of(incidents: QuerySet[Incident], viewer: Viewer) -> QuerySet[Incident, dict[str, Any]]:
    """The rows of the list as this viewer may read them (keys ``shown_…``), and what pages are cut by."""
    columns = columns_for(INCIDENTS, INCIDENT, viewer, only=_FIELDS)
    if "shown_summary" in columns:
        columns["shown_summary"] = Left(columns["shown_summary"], SNIPPET)
    return incidents.values("id", "occurred_on", **columns)


def counts_by_region(incidents: QuerySet[Incident]) -> list[dict[str, Any]]:
    """How many incidents in each région: all, verified, and the still open ones; names and numbers only."""
    counted = list(
        incidents.order_by()
        .values("region")
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state=IncidentState.OPEN)),
            verified=Count("pk", filter=Q(state=IncidentState.VERIFIED)),
        )
    )
    areas = Area.objects.filter(pk__in=[row["region"] for row in counted if row["region"]])
    names = dict(areas.values_list("pk", "name"))
    for row in counted:
        row["name"] = names.get(row["region"], "")
    return sorted(counted, key=lambda row: (-row["total"], row["name"]))
