"""Hiding an organisation that is threatened, at once, and showing it again."""

from django.db import transaction
from django.utils import timezone

from orgs import access, audit
from orgs.models import Organisation
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of


@transaction.atomic
def hide_organisation(*, viewer: Viewer, organisation: Organisation) -> bool:
    """From now on only its own people, coordinators and administrators see it; ``False`` where that was so already.

    Raises ``NotAllowed``.
    """
    return _set(viewer, organisation, hidden=True)


@transaction.atomic
def show_organisation(*, viewer: Viewer, organisation: Organisation) -> bool:
    """It is shown again as it agreed to be; ``False`` where it was not hidden. Raises ``NotAllowed``."""
    return _set(viewer, organisation, hidden=False)


def _set(viewer: Viewer, organisation: Organisation, *, hidden: bool) -> bool:
    """One statement decides when two people act at once; only the one that changed something is noted."""
    if not access.may_hide(viewer, organisation):
        raise NotAllowed
    rows = Organisation.objects.filter(pk=organisation.pk, hidden_at__isnull=hidden)
    if not rows.update(hidden_at=timezone.now() if hidden else None, updated_at=timezone.now()):
        return False
    audit.record(actor_of(viewer), "hid_organisation" if hidden else "showed_organisation", organisation)
    return True
