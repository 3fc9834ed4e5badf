"""Who may see and do what with the gaps in coverage and with basic services of the State."""

from typing import Protocol

from orgs.models import NETWORK_ROLES, Role, StateService
from orgs.policy import Everywhere, Grant, OwnAreas, Policy, Viewer


class Located(Protocol):
    """An area, or what knows in which areas it lies."""

    @property
    def region_id(self) -> int | None:
        """Its région."""

    @property
    def cercle_id(self) -> int | None:
        """Its cercle."""

    @property
    def commune_id(self) -> int | None:
        """Its commune."""


GAP_READERS = (Role.COORDINATOR, Role.ADMINISTRATOR, Role.ANALYST, *NETWORK_ROLES)

STATE_SERVICES: Policy[StateService] = Policy(
    StateService,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", OwnAreas("area__"), (Role.COORDINATOR,)),
        Grant(
            "partner",
            Everywhere(),
            (Role.COORDINATOR, Role.ANALYST, *NETWORK_ROLES),
            when={"withdrawn_at__isnull": True},
        ),
    ],
)
"""Statements on services of the State. Who withdrew and who entered them is for those who keep them."""


def may_read_gaps(viewer: Viewer) -> bool:
    """See where coverage has gaps and which services of the State work."""
    return bool(viewer.roles & set(GAP_READERS))


def may_keep_state_services(viewer: Viewer) -> bool:
    """State somewhere whether a service works."""
    return bool(viewer.roles & {Role.COORDINATOR, Role.ADMINISTRATOR})


def may_state_services_in(viewer: Viewer, area: Located) -> bool:
    """State whether a service works in this area, or take such a statement back: coordinators in their own areas."""
    if Role.ADMINISTRATOR in viewer.roles:
        return True
    columns = {"region_id": area.region_id, "cercle_id": area.cercle_id, "commune_id": area.commune_id}
    return any(post.covers(**columns) for post in viewer.posts_as((Role.COORDINATOR,)))
