"""Who reaches the actor map, civil roles, what organisations say, and networks. Every result was typed by hand."""

from typing import Any

from orgs.models import LinkKind, Membership, OrganisationVisibility
from orgs.services import directory_index
from tests.access.world import World
from tests.factories import ActorFactory, OrganisationFactory
from tests.factories_directory import ActorRoleFactory, OrganisationLinkFactory

# The readers are those of the network, coordinators, analysts and administrators; liaisons see their own service alone.
READERS = (
    "reporter,editor,monitor,facilitator,reporter-away,editor-away,monitor-away,facilitator-away,served,"
    "coordinator,coordinator-away,accused,analyst,analyst-away,administrator"
)
RATERS = (
    "reporter,editor,monitor,facilitator,reporter-away,editor-away,monitor-away,facilitator-away,served,"
    "coordinator,coordinator-away,accused"
)
KEEPERS = "coordinator,accused,administrator"
"""Those who may change what is said in Koro; the coordinator of Gao reads it only."""

# The coordinator comes first and takes the tie away: for those who come after, it is not there.
ADDRESSES = f"""
address                                          GET                                       POST
/actors/                                         {READERS}                                 .
/actors/wanted/                                  {READERS}                                 .
/actors/call/                                    {READERS}                                 .
/actors/rate/                                    {RATERS}                                  .
/actors/rate/{{actors_rated}}/                   coordinator,accused,editor                coordinator,accused,editor
/actors/{{actors_actor}}/                        {READERS}                                 .
/actors/{{actors_service}}/                      {READERS},recipient,colleague             .
/actors/{{actors_actor}}/roles/add/              coordinators,administrator                coordinators,administrator
/actors/roles/{{actors_role}}/                   {KEEPERS}                                 {KEEPERS}
/actors/roles/{{actors_role}}/end/               .                                         {KEEPERS}
/actors/roles/{{actors_role}}/resume/            .                                         {KEEPERS}
/orgs/networks/                                  {READERS}                                 .
/orgs/networks.csv                               {READERS}                                 .
/orgs/{{actors_linked}}/network/                 {READERS}                                 .
/orgs/{{actors_hidden}}/network/                 coordinators,administrator                .
/orgs/{{actors_linked}}/links/add/               {KEEPERS}                                 {KEEPERS}
/orgs/networks/links/{{actors_link}}/end/        .                                         {KEEPERS}
/orgs/networks/links/{{actors_link}}/resume/     .                                         {KEEPERS}
/orgs/networks/links/{{actors_link}}/remove/     {KEEPERS}                                 coordinator
/orgs/networks/links/{{actors_hidden_link}}/end/  .                                        {KEEPERS}
/api/v1/actors/                                  +                                         .
/api/v1/actors/{{actors_actor}}/                 {READERS}                                 .
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    post = Membership.objects.get(person=world.people["editor"])
    rated = post.organisation
    assert rated is not None
    rated.areas.set(post.areas.all())
    directory_index.refresh([rated.pk])
    linked = OrganisationFactory.create(areas=["Koro"])
    # An entry without any area would be every coordinator's.
    other = OrganisationFactory.create(areas=["Koro"])
    hidden = OrganisationFactory.create(areas=["Koro"], visibility=OrganisationVisibility.COORDINATORS)
    return {
        "actors_rated": rated.slug,
        "actors_actor": ActorFactory.create().pk,
        "actors_service": ActorFactory.create(organisation=world.service).pk,
        "actors_role": ActorRoleFactory.create(where="Koro").pk,
        "actors_linked": linked.slug,
        "actors_hidden": hidden.slug,
        "actors_link": OrganisationLinkFactory.create(organisation=linked, other=other, kind=LinkKind.PARTNER).pk,
        "actors_hidden_link": OrganisationLinkFactory.create(organisation=hidden, other=linked).pk,
    }
