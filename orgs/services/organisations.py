"""Keeping the directory: organisations and actors."""

from collections.abc import Sequence

from django.db import transaction

from orgs import access, audit
from orgs.models import Actor, Area, Organisation
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of


@transaction.atomic
def keep_organisation(
    *, viewer: Viewer, organisation: Organisation, areas: Sequence[Area], serves: Sequence[Organisation]
) -> None:
    """Add or change an organisation, with the areas where it works and those whom it serves.

    Raises ``ValidationError`` (by field) and ``NotAllowed``.
    """
    if not access.may_keep_directory(viewer):
        raise NotAllowed
    is_new = organisation.pk is None
    organisation.full_clean(exclude=["name_key"])
    organisation.save()
    organisation.areas.set(areas)
    organisation.serves.set([one for one in serves if one.pk != organisation.pk])
    audit.record(
        actor_of(viewer),
        "added_organisation" if is_new else "changed_organisation",
        organisation,
        visibility=organisation.visibility,
        areas=len(areas),
        serves=len(serves),
    )


@transaction.atomic
def keep_actor(*, viewer: Viewer, actor: Actor) -> None:
    """Add or change an actor. Raises ``ValidationError`` (by field) and ``NotAllowed``."""
    if not access.may_keep_directory(viewer):
        raise NotAllowed
    is_new = actor.pk is None
    actor.full_clean(exclude=["name_key"])
    actor.save()
    audit.record(actor_of(viewer), "added_actor" if is_new else "changed_actor", actor)
