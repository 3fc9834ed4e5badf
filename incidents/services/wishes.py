"""What people wish to be told of, as one condition in SQL: the choice of people and the preview both ask it.

``wish`` is a subscription with its areas and types as arrays and the zone of its person; ``what`` is an incident with a
severity and the moment at which it is told. Nothing here looks at who may be told: see ``access``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from incidents.models import Incident, Severity
from orgs.models import HOME_ZONE

LEAST_FIRST = ("unknown", "minor", "moderate", "severe", "extreme")
"""Severities in the order in which a minimum is read."""
assert set(LEAST_FIRST) == set(Severity.values)

_RANKS = "ARRAY['unknown', 'minor', 'moderate', 'severe', 'extreme']::varchar[]"
_LOCAL = "(what.at AT TIME ZONE wish.zone)"


def _on(days_back: int) -> str:
    """Whether the local day (or the one before it) is one of the days wished for."""
    return (
        f"(cardinality(wish.days) = 0 OR "
        f"extract(isodow FROM {_LOCAL} - interval '{days_back} days')::smallint = ANY (wish.days))"
    )


# Hours that go past midnight belong to the day on which they begin.
_IN_HOURS = f"""CASE
        WHEN wish.from_time IS NULL THEN {_on(0)}
        WHEN wish.from_time < wish.to_time
            THEN {_LOCAL}::time >= wish.from_time AND {_LOCAL}::time < wish.to_time AND {_on(0)}
        ELSE ({_LOCAL}::time >= wish.from_time AND {_on(0)}) OR ({_LOCAL}::time < wish.to_time AND {_on(1)}) END"""

MATCHES = f"""(
    (cardinality(wish.areas) = 0
     OR wish.areas && ARRAY[what.region_id, what.cercle_id, what.commune_id]
     OR (wish.with_neighbours AND EXISTS (
            SELECT 1 FROM orgs_areaneighbour AS beside
             WHERE beside.area_id = ANY (wish.areas)
               AND beside.neighbour_id IN (what.region_id, what.cercle_id, what.commune_id))))
    AND (cardinality(wish.types) = 0 OR what.type_id = ANY (wish.types))
    AND array_position({_RANKS}, what.severity::varchar) >= array_position({_RANKS}, wish.min_severity::varchar)
    AND {_IN_HOURS})"""  # noqa: S608 (our own words only)
"""Whether a wish means what is told: the one condition, for the fan-out and for the preview."""

# Whom each subscription means today: its person, or the people of its organisation in its role.
_MEANT = """
    SELECT id, person_id FROM incidents_subscription WHERE person_id IS NOT NULL
     UNION
    SELECT rule.id, post.person_id
      FROM incidents_subscription AS rule
      JOIN orgs_membership AS post
        ON post.organisation_id = rule.organisation_id AND rule.role IN ('', post.role)
       AND post.starts_at <= statement_timestamp()
       AND (post.ends_at IS NULL OR post.ends_at > statement_timestamp())
     WHERE rule.organisation_id IS NOT NULL"""

_WISHED = f"""
    SELECT DISTINCT ON (wish.of_person) wish.of_person AS person_id, wish.id AS subscription_id
      FROM (SELECT subscription.*, meant.person_id AS of_person, person.time_zone AS zone,
                   coalesce(areas.ids, '{{}}'::bigint[]) AS areas, coalesce(types.codes, '{{}}'::varchar[]) AS types,
                   (subscription.sending = 'digest' OR turned.id IS NOT NULL) AS as_digest
              FROM ({_MEANT}) AS meant
              JOIN incidents_subscription AS subscription ON subscription.id = meant.id
              JOIN orgs_user AS person ON person.id = meant.person_id
              LEFT JOIN incidents_ruleasdigest AS turned
                ON turned.subscription_id = subscription.id AND turned.person_id = meant.person_id
              LEFT JOIN (SELECT subscription_id, array_agg(area_id) AS ids
                           FROM incidents_subscription_areas GROUP BY 1) AS areas
                ON areas.subscription_id = subscription.id
              LEFT JOIN (SELECT subscription_id, array_agg(incidenttype_id) AS codes
                           FROM incidents_subscription_types GROUP BY 1) AS types
                ON types.subscription_id = subscription.id
             WHERE subscription.is_active AND subscription.deleted_at IS NULL
               AND (subscription.paused_until IS NULL OR subscription.paused_until <= %s)) AS wish,
           (SELECT region_id, cercle_id, commune_id, type_id, severity, %s::timestamptz AS at
              FROM incidents_incident WHERE id = %s) AS what
     WHERE {MATCHES}
     ORDER BY wish.of_person, wish.as_digest, wish.organisation_id NULLS FIRST, wish.id"""  # noqa: S608


def subscribers(incident: Incident, at: datetime) -> tuple[str, list[Any]]:
    """Everybody whose subscription or whose organisation's rule means this incident: ``(person_id, subscription_id)``.

    Of several, the one that asks to be told at once counts, and one's own before a rule.
    """
    return _WISHED, [at, at, incident.pk]


@dataclass(frozen=True)
class Wish:
    """What a subscription says, before it is kept."""

    areas: Sequence[int] = ()
    with_neighbours: bool = False
    types: Sequence[str] = ()
    min_severity: str = "unknown"
    days: Sequence[int] = field(default=())
    from_time: time | None = None
    to_time: time | None = None
    zone: str = HOME_ZONE


_WOULD = f"""
    SELECT alert.id
      FROM incidents_alert AS alert JOIN incidents_incident AS incident ON incident.id = alert.incident_id
     CROSS JOIN LATERAL (SELECT incident.region_id, incident.cercle_id, incident.commune_id, incident.type_id,
                                alert.severity, alert.released_at AS at) AS what
     CROSS JOIN (SELECT %s::bigint[] AS areas, %s::boolean AS with_neighbours, %s::varchar[] AS types,
                        %s::varchar AS min_severity, %s::smallint[] AS days, %s::time AS from_time,
                        %s::time AS to_time, %s::varchar AS zone) AS wish
     WHERE alert.released_at > %s AND alert.released_at <= %s AND alert.exercise_id IS NULL AND {MATCHES}"""  # noqa: S608


def would_have_had(wish: Wish, since: datetime, until: datetime) -> tuple[str, list[Any]]:
    """The alerts released in a span of time that a wish would have meant: ``(id)``; access is asked besides."""
    values = [
        list(wish.areas),
        wish.with_neighbours,
        list(wish.types),
        wish.min_severity,
        list(wish.days),
        wish.from_time,
        wish.to_time,
        wish.zone,
    ]
    return _WOULD, [*values, since, until]
