"""Who may see and keep the doors for programs: phones that send forms, servers that call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from incidents.models import Device, WebhookSource
from orgs.models import Organisation, OrganisationKind, Role
from orgs.policy import NOTHING, Everywhere, Grant, Policy, Post, Viewer


@dataclass(frozen=True)
class OfOrganisationsNear:
    """Rows of an organisation that is, or works, somewhere in the areas of the viewer's posts, or is their own."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        return _near(posts, "organisation__")

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Device) -> bool:
        areas = set(_areas_of(posts))
        return any(post.nationwide or post.organisation_id == row.organisation_id for post in posts) or bool(
            areas & set(row.organisation.reach)
        )

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return None  # nobody is told of a device


def _near(posts: Sequence[Post], prefix: str = "") -> Q:
    if any(post.nationwide for post in posts):
        return Q()
    own = [post.organisation_id for post in posts if post.organisation_id is not None]
    return Q(**{f"{prefix}reach__overlap": _areas_of(posts)}) | Q(**{f"{prefix}pk__in": own})


def _areas_of(posts: Sequence[Post]) -> list[int]:
    return sorted(set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts)))


DEVICES: Policy[Device] = Policy(
    Device,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", OfOrganisationsNear(), (Role.COORDINATOR,)),
    ],
)

WEBHOOKS: Policy[WebhookSource] = Policy(WebhookSource, [Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,))])


def may_keep_devices(viewer: Viewer) -> bool:
    """Whether this person gives phones their credentials at all: for whom, ``organisations_for_devices`` says."""
    return Role.COORDINATOR in viewer.roles


def organisations_for_devices(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations whose people may be given devices by this person. Security services have no seat here."""
    posts = viewer.posts_as((Role.COORDINATOR,))
    near = _near(posts) if posts else NOTHING
    return Organisation.objects.active().exclude(kind=OrganisationKind.SECURITY).filter(near)


def may_keep_webhooks(viewer: Viewer) -> bool:
    """Set up the servers that call."""
    return Role.ADMINISTRATOR in viewer.roles
