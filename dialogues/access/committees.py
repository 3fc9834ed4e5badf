"""Who sees which committees, and who keeps them.

Coordinators keep those of their areas. The people of an organisation that has a seat are members: they read everything
of the committee, forces too; those of them who edit or facilitate keep it, and so does whoever began it. The rest of
the network reads what is GREEN in its areas, everybody what is CLEAR: that there is a committee, and its seats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dialogues.access.sessions import RECORDERS, TEAM_ROLES
from dialogues.models import Committee, Holding, Seat
from orgs.access import is_proved
from orgs.models import NETWORK_ROLES, AreaColumns, Role, Tlp
from orgs.policy import Everywhere, Grant, OwnAreas, Policy, Post, Themselves, Viewer, WithoutArea, members

_GREEN = {"tlp__in": Tlp.up_to(Tlp.GREEN)}
_READERS = (*NETWORK_ROLES, Role.ANALYST)


@dataclass(frozen=True)
class Seated:
    """Committees in which the viewer's organisation has a seat today: kept for it, or held for it."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        ids = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
        if not ids:
            return None
        return Q(pk__in=kept_seats().filter(organisation__in=ids).values("committee")) | Q(
            pk__in=holdings_now().filter(organisation__in=ids).values("seat__committee")
        )

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        ids = {post.organisation_id for post in posts if post.organisation_id is not None}
        if not ids:
            return False
        return (
            kept_seats().filter(committee=row, organisation__in=ids).exists()
            or holdings_now().filter(seat__committee=row, organisation__in=ids).exists()
        )

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        kept = kept_seats().filter(committee=row, organisation__isnull=False).values("organisation")
        held = holdings_now().filter(seat__committee=row, organisation__isnull=False).values("organisation")
        return members(roles, Q(organisation__in=kept) | Q(organisation__in=held))


def kept_seats() -> QuerySet[Seat]:
    """Seats that are there today."""
    today = timezone.localdate()
    return Seat.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))


def holdings_now() -> QuerySet[Holding]:
    """Who holds which of them today."""
    today = timezone.localdate()
    still = Q(until__isnull=True) | Q(until__gt=today)
    lasting = Q(seat__ended_on__isnull=True) | Q(seat__ended_on__gt=today)
    return Holding.objects.filter(still, lasting, since__lte=today)


COMMITTEES: Policy[Committee] = Policy(
    Committee,
    [
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea(), (Role.COORDINATOR,)),
        Grant("team", Seated(), TEAM_ROLES),
        Grant("team", Themselves("made_by"), RECORDERS),
        Grant("member", Seated()),
        Grant("network", OwnAreas(), _READERS, when=_GREEN),
        Grant("network", WithoutArea(), _READERS, when=_GREEN),
        Grant("public", Everywhere(), when={"tlp": Tlp.CLEAR}),
    ],
)

KEEPERS_OF_COMMITTEES = ("coordinator", "team")
INSIDE = (*KEEPERS_OF_COMMITTEES, "member")
"""Those who read decisions, and whether a meeting is due."""


def may_begin_committee(viewer: Viewer) -> bool:
    """Enter a committee at all."""
    return bool(viewer.roles & set(RECORDERS))


def may_begin_committee_in(viewer: Viewer, columns: AreaColumns) -> bool:
    """Enter a committee of this area, or put one there; without an area it is for coordinators."""
    region, cercle, commune = columns
    if region is None:
        return Role.COORDINATOR in viewer.roles
    posts = viewer.posts_as(RECORDERS)
    return any(post.covers(region_id=region, cercle_id=cercle, commune_id=commune) for post in posts)


def may_edit_committee(viewer: Viewer, committee: Committee) -> bool:
    """Change a committee, its seats, its meetings, its decisions."""
    return COMMITTEES.audience(viewer, committee) in KEEPERS_OF_COMMITTEES


def may_open_holder_name(viewer: Viewer, committee: Committee) -> bool:
    """Open the name of somebody who holds a seat: with a second factor, a reason, and a note of it."""
    return is_proved(viewer) and may_edit_committee(viewer, committee)
