"""Who reaches the pages that keep entries alive. Every result was typed by hand."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from orgs.models import ChangeItem, ChangeRequest, Channel, Confirmation, OrganisationVisibility
from orgs.services.confirmations import hash_of
from tests.access.world import HOME, World
from tests.factories import ContactFactory, OrganisationFactory

# The directory is public in part: whoever has an account may suggest, those at home decide.
ADDRESSES = """
address                                             GET                                     POST
/orgs/new/                                          coordinators,administrator              coordinators,administrator
/orgs/requests/                                     coordinators,administrator              .
/orgs/requests/mine/                                +                                       .
/orgs/requests/{living_request}/                    coordinator,accused,administrator,monitor-away  coordinator,accused,administrator
/orgs/requests/{living_request}/withdraw/           .                                       monitor-away
/orgs/confirm/{living_token}/                       *                                       *
/orgs/confirm/{living_token}/changed/               *                                       *
/orgs/{living_entry}/edit/                          +                                       +
/orgs/{living_entry}/verify/                        coordinator,accused,administrator       coordinator,accused,administrator
/orgs/{living_entry}/doubt/                         .                                       coordinator,accused,administrator
/orgs/{living_entry}/retire/                        coordinator,accused,administrator       coordinator,accused,administrator
/orgs/{living_entry}/take-back/                     .                                       coordinator,accused,administrator
/orgs/{living_own}/right/                           .                                       editor
/orgs/{living_own}/contacts/                        coordinator,accused,administrator,editor  .
/orgs/{living_own}/contacts/new/                    coordinator,accused,administrator,editor  coordinator,accused,administrator,editor
/orgs/{living_own}/contacts/{living_contact}/       coordinator,accused,administrator,editor  coordinator,accused,administrator,editor
/orgs/{living_own}/contacts/{living_contact}/end/   .                                       coordinator,accused,administrator,editor
/orgs/{living_own}/contacts/{living_contact}/resume/  .                                     coordinator,accused,administrator,editor
/orgs/{living_own}/contacts/{living_contact}/proof/  .                                      coordinator,accused,administrator,editor
/orgs/{living_closed}/edit/                         coordinators,administrator              coordinators,administrator
"""  # noqa: E501


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    entry = OrganisationFactory.create(areas=[HOME])
    closed = OrganisationFactory.create(areas=[HOME], visibility=OrganisationVisibility.COORDINATORS)
    editor, asker = world.people["editor"], world.people["monitor-away"]
    assert editor is not None
    own = editor.memberships.get().organisation
    assert own is not None
    own.areas.set(entry.areas.all())
    from orgs.services import directory_index

    directory_index.refresh([own.pk])
    request = ChangeRequest.objects.create(organisation=entry, asked_by=asker, base_version=1)
    ChangeItem.objects.create(request=request, field="acronym", before="", asked="ABC")
    contact = ContactFactory.create(organisation=own)
    token = "living-token-that-is-long-enough"
    Confirmation.objects.create(
        organisation=own,
        contact=contact,
        channel=Channel.SMS,
        token_hash=hash_of(token),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return {
        "living_entry": entry.slug,
        "living_closed": closed.slug,
        "living_own": own.slug,
        "living_contact": contact.pk,
        "living_request": request.pk,
        "living_token": token,
    }
