"""Who to call for what: the civil roles of an area and of those above it."""

from dataclasses import dataclass
from typing import Any

from orgs.access import ACTOR_ROLES
from orgs.disclosed import ACTOR_ROLE
from orgs.models import ActorRole, Area, CivilRole, Level
from orgs.models.areas import words_of
from orgs.policy import Viewer

_NEAREST_FIRST = {Level.CERCLE: 0, Level.REGION: 1, Level.COUNTRY: 2}


@dataclass(frozen=True)
class Call:
    """One actor to call, as this viewer may read it."""

    role: ActorRole
    shown: dict[str, Any]
    where: str


@dataclass(frozen=True)
class Purpose:
    """Everybody to call for one purpose, the nearest first."""

    label: str
    calls: list[Call]


def areas_to_call_from() -> list[tuple[Area, list[Area]]]:
    """The regions with their cercles, without their shapes, in one query."""
    rows = (
        Area.objects.current()
        .filter(level__in=(Level.REGION, Level.CERCLE))
        .only("pk", "name", "name_key", "level", "region_id")
        .order_by("name_key")
    )
    found = list(rows)
    return [
        (region, [area for area in found if area.level == Level.CERCLE and area.region_id == region.pk])
        for region in found
        if region.level == Level.REGION
    ]


def calls_from(viewer: Viewer, area: Area | None) -> list[Purpose]:
    """Who to call in an area, from the area upward; without an area, whoever serves the whole country."""
    rows = ACTOR_ROLES.rows(viewer).filter(ended_at=None, area__edition__is_current=True)
    above = [number for number in (area.region_id, area.cercle_id) if number] if area else []
    rows = rows.filter(area__in=above) | rows.filter(area__level=Level.COUNTRY)
    calls = [called(viewer, role) for role in rows.select_related("actor", "area").defer("area__geometry")]
    calls.sort(key=lambda call: (_NEAREST_FIRST[Level(call.role.area.level)], call.role.actor.name_key))
    purposes = (
        Purpose(str(label), [call for call in calls if call.role.role == code]) for code, label in CivilRole.choices
    )
    return [purpose for purpose in purposes if purpose.calls]


def roles_of(viewer: Viewer, actor_id: int) -> list[Call]:
    """What one actor does for civilians, area by area; those that ended last, for those who keep them."""
    rows = ACTOR_ROLES.rows(viewer).filter(actor=actor_id).select_related("actor", "area").defer("area__geometry")
    calls = [called(viewer, role) for role in rows]
    return sorted(calls, key=lambda call: (call.role.ended_at is not None, call.role.area.name_key, call.role.role))


def called(viewer: Viewer, role: ActorRole) -> Call:
    """One role as this viewer may read it."""
    shown = ACTOR_ROLE.show(role, ACTOR_ROLES.audience(viewer, role) or "")
    return Call(role, shown, words_of(role.area))
