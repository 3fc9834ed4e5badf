"""Who may see and do what with support to organisations: trainings, sub-grants, needs, calls, programmes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from orgs.access.directory import KEEPERS, ORGANISATIONS, may_decide_on, may_keep_directory
from orgs.models import (
    NETWORK_ROLES,
    Attendance,
    FundingCall,
    GrantReport,
    Membership,
    Need,
    NeedState,
    Organisation,
    OrganisationKind,
    Programme,
    ProgrammeCount,
    Role,
    SubGrant,
    Training,
)
from orgs.models.support import SupportRow
from orgs.policy import Everywhere, Grant, OwnOrganisation, Policy, Post, SeenWith, Viewer

PARTNERS = (*NETWORK_ROLES, Role.ANALYST)
SMALLEST_GROUP = 5
"""Sums of money are told of no fewer organisations than this: a smaller group points at one of them."""


def areas_of_posts(posts: Sequence[Post]) -> list[int]:
    """Every area that these posts name."""
    return sorted(set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts)))


@dataclass(frozen=True)
class InReach:
    """Rows of an organisation that is or works in the post's areas, or of which no area is known.

    ``path`` leads to the organisation. The same as ``may_decide_on`` asks of one organisation.
    """

    path: str

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        """See ``orgs.policy.Scope``."""
        if any(post.nationwide for post in posts):
            return Q()
        return Q(**{f"{self.path}__reach__overlap": areas_of_posts(posts)}) | Q(**{f"{self.path}__reach": []})

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        """See ``orgs.policy.Scope``."""
        reach = getattr(row, self.path).reach
        return any(post.nationwide for post in posts) or not reach or bool(set(areas_of_posts(posts)) & set(reach))

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        """See ``orgs.policy.Scope``."""
        reach = getattr(row, self.path).reach
        posts = Membership.objects.current().filter(person=OuterRef("pk"), role__in=[str(role) for role in roles or ()])
        return Q(Exists(posts.filter(Q(areas__in=reach) | Q(areas__level="country")) if reach else posts))


@dataclass(frozen=True)
class OfDonors:
    """Every row, for the people of organisations that give money."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        """See ``orgs.policy.Scope``."""
        ids = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
        return Q(Exists(self._donors().filter(pk__in=ids))) if ids else None

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        """See ``orgs.policy.Scope``."""
        return bool(self._donors().filter(pk__in={post.organisation_id for post in posts} - {None}).exists())

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        """See ``orgs.policy.Scope``."""
        posts = Membership.objects.current().filter(person=OuterRef("pk"), role__in=[str(role) for role in roles or ()])
        return Q(Exists(posts.filter(organisation__in=self._donors())))

    def _donors(self) -> Any:
        return Organisation.objects.active().filter(kind=OrganisationKind.DONOR)


@dataclass(frozen=True)
class SeenWithAny(SeenWith):
    """As ``SeenWith``, for a row that need not belong to any: without one it is kept from nobody."""

    def hidden(self, viewer: Viewer) -> Q | None:
        """See ``orgs.policy.Barrier``."""
        seen = self.policy.rows(viewer).order_by().values("pk")
        return Q(**{f"{self.path}__isnull": False}) & ~Q(**{f"{self.path}__in": seen})

    def hides(self, viewer: Viewer, row: Any) -> bool:
        """See ``orgs.policy.Barrier``."""
        return self._owner(row) is not None and super().hides(viewer, row)

    def excluded(self, row: Any) -> Q | None:
        """See ``orgs.policy.Barrier``."""
        return None if self._owner(row) is None else super().excluded(row)


STANDING = {"withdrawn_at__isnull": True}

TRAININGS: Policy[Training] = Policy(
    Training,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation("organiser")),
        Grant("partner", Everywhere(), PARTNERS, when=STANDING),
    ],
    [SeenWithAny(ORGANISATIONS, "organiser")],
)

ATTENDANCE: Policy[Attendance] = Policy(
    Attendance,
    [Grant("partner", Everywhere(), (*KEEPERS, *PARTNERS))],
    [SeenWith(TRAININGS, "training"), SeenWithAny(ORGANISATIONS, "organisation")],
)
"""Who sent how many: not of an organisation that the viewer may not see. Sums of a training hold everybody."""

PROGRAMMES: Policy[Programme] = Policy(
    Programme,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation()),
        Grant("partner", Everywhere(), PARTNERS, when=STANDING),
    ],
    [SeenWith(ORGANISATIONS, "organisation")],
)

GRANTS: Policy[SubGrant] = Policy(
    SubGrant,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", InReach("recipient"), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation("recipient"), NETWORK_ROLES),
        Grant("funder", OwnOrganisation("funder"), NETWORK_ROLES, when=STANDING),
    ],
    [SeenWith(ORGANISATIONS, "recipient")],
)
"""Whoever knows what an organisation receives may rob it: only those who give, who get, and who answer for it do."""

NEEDS: Policy[Need] = Policy(
    Need,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", InReach("organisation"), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation()),
        Grant("donor", OfDonors(), NETWORK_ROLES, when={**STANDING, "state": NeedState.OPEN}),
    ],
    [SeenWith(ORGANISATIONS, "organisation")],
)
"""What an organisation lacks is its weakness: told to those who can help."""

CALLS: Policy[FundingCall] = Policy(
    FundingCall,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("partner", Everywhere(), tuple(Role), when=STANDING),
        Grant("public", Everywhere(), when={**STANDING, "is_public": True}),
    ],
    [SeenWithAny(ORGANISATIONS, "funder")],
)

PROGRAMME_COUNTS: Policy[ProgrammeCount] = Policy(
    ProgrammeCount,
    [Grant("partner", Everywhere(), (*KEEPERS, *PARTNERS))],
    [SeenWith(PROGRAMMES, "programme")],
)

GRANT_REPORTS: Policy[GrantReport] = Policy(
    GrantReport, [Grant("partner", Everywhere(), (*KEEPERS, *NETWORK_ROLES))], [SeenWith(GRANTS, "grant")]
)

POLICIES: dict[type[SupportRow], Policy[Any]] = {
    Training: TRAININGS,
    SubGrant: GRANTS,
    Need: NEEDS,
    FundingCall: CALLS,
    Programme: PROGRAMMES,
}

READERS: dict[type[SupportRow], tuple[str, ...] | None] = {
    Training: (*KEEPERS, *PARTNERS),
    SubGrant: (*KEEPERS, *PARTNERS),
    Need: (*KEEPERS, *NETWORK_ROLES),
    FundingCall: None,
    Programme: (*KEEPERS, *PARTNERS),
}
"""Whose page a list is at all; ``None``: everybody's. What rows stand on it is the policy's."""


# --- What people may do ------------------------------------------------------------------------------------------


def may_list(viewer: Viewer, model: type[SupportRow]) -> bool:
    """Whether the list of one kind of support is this person's page."""
    roles = READERS[model]
    return roles is None or bool(viewer.roles & set(roles))


def may_add(viewer: Viewer, model: type[SupportRow]) -> bool:
    """Whether this person may enter rows of one kind at all; for whom is asked of each row (``may_keep``)."""
    if viewer.roles & set(KEEPERS):
        return True
    return model not in (SubGrant, FundingCall) and bool(edited_organisations(viewer))


def edited_organisations(viewer: Viewer) -> list[int]:
    """The organisations whose editor this person is: they enter their own needs, trainings and programmes."""
    posts = viewer.posts_as((Role.EDITOR,))
    return sorted({post.organisation_id for post in posts if post.organisation_id is not None})


def may_keep(viewer: Viewer, row: SupportRow) -> bool:
    """Enter, change and withdraw a row: administrators; coordinators for the organisations on which they decide, or,
    where it is nobody's, in their areas; editors for their own organisation, but never what it is given."""
    if may_keep_directory(viewer):
        return True
    if row.owner_id is None:
        return _in_own_areas(viewer, row)
    if row.owner_id in edited_organisations(viewer) and not isinstance(row, SubGrant):
        return True
    return may_decide_on(viewer, Organisation.objects.get(pk=row.owner_id))


def may_read_sums(viewer: Viewer) -> bool:
    """Read sums of money by région: analysts."""
    return Role.ANALYST in viewer.roles


def regions_of_sums(viewer: Viewer) -> list[int] | None:
    """The régions whose sums an analyst reads; ``None`` for all."""
    posts = viewer.posts_as((Role.ANALYST,))
    if any(post.nationwide for post in posts):
        return None
    return sorted(set().union(*(post.region_ids for post in posts)))


def _in_own_areas(viewer: Viewer, row: SupportRow) -> bool:
    posts = viewer.posts_as((Role.COORDINATOR,))
    if not posts or any(post.nationwide for post in posts):
        return bool(posts)
    if isinstance(row, FundingCall):
        return not row.reach or bool(set(areas_of_posts(posts)) & set(row.reach))
    if isinstance(row, Training):
        columns = {"region_id": row.region_id, "cercle_id": row.cercle_id, "commune_id": row.commune_id}
        return row.region_id is None or any(post.covers(**columns) for post in posts)
    return False
