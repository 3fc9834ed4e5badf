"""Which value of two entries is kept, field by field: what is proposed, and what a choice makes of the kept entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.models import Organisation, OrganisationState, OrganisationVisibility

KEPT, GONE = "kept", "gone"
UNITED = ("themes", "served", "spoken", "capacities", "links")
"""Lists: the kept entry gets what either has."""


@dataclass(frozen=True)
class Part:
    """What is chosen together: a number with its register, a seat with its town."""

    key: str
    label: str | Promise
    fields: tuple[str, ...]


PARTS = (
    Part("name", _("Name"), ("name",)),
    Part("acronym", _("Acronym"), ("acronym",)),
    Part("kind", _("Kind"), ("kind",)),
    Part("founded", _("Founded"), ("founded",)),
    Part("legal", _("Legal number"), ("legal_number", "legal_scheme")),
    Part("seat", _("Seat"), ("seat_id", "seat_place_id", "place_text")),
    Part("description", _("Description in French"), ("description",)),
    Part("description_en", _("Description in English"), ("description_en",)),
    Part("source", _("Source"), ("source",)),
    Part("visibility", _("Shown to"), ("visibility", "agreed_on")),
    Part(
        "checked",
        _("Standing of the entry"),
        ("state", "verified_at", "verified_by_id", "verified_how", "confirmed_at"),
    ),
)
_CLOSED = {
    OrganisationVisibility.COORDINATORS: 0,
    OrganisationVisibility.PARTNERS: 1,
    OrganisationVisibility.PUBLIC: 2,
}
_STATES = {
    OrganisationState.VERIFIED: 3,
    OrganisationState.STALE: 2,
    OrganisationState.DRAFT: 1,
    OrganisationState.RETIRED: 0,
}


def proposed(kept: Organisation, gone: Organisation) -> dict[str, str]:
    """For each part whose value is kept if nobody chooses: one that says something, of the verified, of the newer."""
    return {part.key: _proposed(part, kept, gone) for part in PARTS}


def _proposed(part: Part, kept: Organisation, gone: Organisation) -> str:
    if part.key == "visibility":
        # What agreed to be shown less is never shown more because it was merged.
        return GONE if _CLOSED[_shown(gone)] < _CLOSED[_shown(kept)] else KEPT
    if part.key == "checked":
        return GONE if _rank(gone) > _rank(kept) else KEPT
    mine, theirs = (any(getattr(one, name) not in (None, "") for name in part.fields) for one in (kept, gone))
    if mine != theirs:
        return KEPT if mine else GONE
    return GONE if mine and _rank(gone) > _rank(kept) else KEPT


def _shown(organisation: Organisation) -> OrganisationVisibility:
    return OrganisationVisibility(organisation.visibility)


def _rank(organisation: Organisation) -> tuple[int, str]:
    confirmed = organisation.confirmed_at
    return _STATES[OrganisationState(organisation.state)], confirmed.isoformat() if confirmed else ""


def values_of(kept: Organisation, gone: Organisation, choices: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the kept entry that change, with what they become."""
    wanted: dict[str, Any] = {}
    chosen = {**proposed(kept, gone), **choices}
    for part in PARTS:
        if chosen[part.key] == GONE:
            wanted |= {name: getattr(gone, name) for name in part.fields}
    for name in UNITED:
        wanted[name] = list(dict.fromkeys([*getattr(kept, name), *getattr(gone, name)]))
        if name != "links":
            wanted[name] = sorted(wanted[name])
    # Whoever is hidden because it is threatened stays hidden.
    wanted["hidden_at"] = kept.hidden_at or gone.hidden_at
    wanted["is_demo"] = kept.is_demo and gone.is_demo
    return {name: value for name, value in wanted.items() if getattr(kept, name) != value}


def from_gone(kept: Organisation, gone: Organisation, choices: Mapping[str, str]) -> set[str]:
    """The fields whose value comes from the entry that goes."""
    chosen = {**proposed(kept, gone), **choices}
    return {name for part in PARTS if chosen[part.key] == GONE for name in part.fields}
