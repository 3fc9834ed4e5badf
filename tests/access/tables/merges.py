"""Who reaches the pages of merging. Every result was typed by hand. What is merged belongs to Koro."""

from typing import Any

from orgs.access import viewer_for
from orgs.models import Role
from orgs.services.merges import merge_organisations
from tests.access.world import World
from tests.factories import OrganisationFactory, person

ADDRESSES = """
address                                          GET                                POST
/orgs/merge/                                     coordinators,administrator         coordinators,administrator
/orgs/merges/                                    coordinators,administrator         .
/orgs/merges/{merges_merge}/                     coordinator,accused,administrator  .
/orgs/merges/{merges_merge}/undo/                .                                  coordinator,accused,administrator
/orgs/duplicates/                                coordinators,administrator         .
/orgs/duplicates/dismiss/                        .                                  .
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    kept, gone = (OrganisationFactory.create(areas=["Koro"]) for _ in range(2))
    viewer = viewer_for(person(Role.ADMINISTRATOR))
    return {"merges_merge": merge_organisations(viewer=viewer, kept=kept, gone=gone, choices={}).pk}
