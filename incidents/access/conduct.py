"""Who reads what people say of the conduct of forces: oversight, one by one; others, totals and patterns alone.

Nobody of a security service reads a single one, whatever other post they hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q

from incidents.models import ConductFeedback, ConductPattern
from orgs.models import Membership, OrganisationKind, Role
from orgs.policy import NOTHING, Grant, OwnAreas, Policy, Post, Viewer, members

MINIMUM = 10
"""Fewer than so many voices are told to nobody but oversight (standards, section 7: 10 where it is about violence)."""

TOTALS_ROLES = (Role.OVERSIGHT, Role.COORDINATOR, Role.ANALYST, Role.LIAISON)
PATTERN_ROLES = (Role.COORDINATOR, Role.FACILITATOR, Role.ANALYST)


@dataclass(frozen=True)
class NotForForces:
    """Keeps every row from whoever belongs to a security service."""

    def hidden(self, viewer: Viewer) -> Q | None:
        return ~NOTHING if self._is_of_forces(viewer) else None

    def hides(self, viewer: Viewer, row: Any) -> bool:
        return self._is_of_forces(viewer)

    def excluded(self, row: Any) -> Q | None:
        posts = Membership.objects.current().filter(_OF_FORCES, person=OuterRef("pk"))
        return Q(Exists(posts))

    def _is_of_forces(self, viewer: Viewer) -> bool:
        if viewer.user_id is None:
            return False
        return Membership.objects.current().filter(_OF_FORCES, person=viewer.user_id).exists()


@dataclass(frozen=True)
class OverseenAreas:
    """The areas of the post; a post of oversight without any area is for the whole country."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        return OwnAreas().rows(viewer, _reaching(posts))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return OwnAreas().sees(viewer, _reaching(posts), row)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        somewhere = OwnAreas().people(row, roles)
        everywhere = members(roles, Q(areas__isnull=True))
        return everywhere if somewhere is None else somewhere | everywhere


def _reaching(posts: Sequence[Post]) -> list[Post]:
    return [post if _areas_of(post) else replace(post, nationwide=True) for post in posts]


def _areas_of(post: Post) -> bool:
    return bool(post.nationwide or post.region_ids or post.cercle_ids or post.commune_ids)


_OF_FORCES = Q(role=Role.LIAISON) | Q(organisation__kind=OrganisationKind.SECURITY)

CONDUCT: Policy[ConductFeedback] = Policy(
    ConductFeedback, [Grant("oversight", OverseenAreas(), (Role.OVERSIGHT,))], [NotForForces()]
)

CONDUCT_PATTERNS: Policy[ConductPattern] = Policy(
    ConductPattern,
    [
        Grant("oversight", OverseenAreas(), (Role.OVERSIGHT,)),
        Grant("reader", OwnAreas(), PATTERN_ROLES, when={"withdrawn_at": None}),
    ],
    [NotForForces()],
)


def may_see_totals(viewer: Viewer) -> bool:
    """Open the page of totals of one's own areas."""
    return bool(viewer.roles & {*TOTALS_ROLES, *PATTERN_ROLES})


def may_oversee(viewer: Viewer, feedback: ConductFeedback) -> bool:
    """Read one, write a note on it, close it."""
    return CONDUCT.audience(viewer, feedback) == "oversight"


def may_keep_pattern(viewer: Viewer, pattern: ConductPattern) -> bool:
    """Withdraw a pattern."""
    return CONDUCT_PATTERNS.audience(viewer, pattern) == "oversight"
