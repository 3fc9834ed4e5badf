"""Who reaches the pages of the directory. Every result was typed by hand.

``directory_plain`` is for people with an account, ``directory_public`` for everybody, ``directory_hidden`` was
threatened: its own people (``served``) see it and nobody else but coordinators and the administrator.
"""

from typing import Any

from django.utils import timezone

from orgs.models import OrganisationVisibility
from tests.access.world import World
from tests.factories import OrganisationFactory

KEEPERS = "coordinator,coordinator-away,accused,administrator"
NETWORK = (
    "reporter,editor,monitor,facilitator,reporter-away,editor-away,monitor-away,facilitator-away,"
    "liaison,recipient,colleague,served,analyst,analyst-away"
)

ADDRESSES = f"""
address                                      GET                          POST
/orgs/                                       *                            .
/orgs/first/                                 {KEEPERS},{NETWORK}          .
/orgs/{{directory_public}}/                  *                            .
/orgs/{{directory_plain}}/                   +                            .
/orgs/{{directory_hidden}}/                  {KEEPERS},served             .
/orgs/{{directory_here}}/hide/               .                            coordinator,accused,administrator
/orgs/{{directory_here}}/show/               .                            coordinator,accused,administrator
/orgs/{{directory_hidden}}/hide/             .                            {KEEPERS},served
/orgs/{{directory_hidden}}/show/             .                            {KEEPERS},served
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    served = world.people["served"]
    assert served is not None
    own = served.memberships.get().organisation
    assert own is not None
    own.hidden_at = timezone.now()
    own.save()
    return {
        "directory_public": OrganisationFactory.create(visibility=OrganisationVisibility.PUBLIC).slug,
        "directory_plain": OrganisationFactory.create().slug,
        "directory_hidden": own.slug,
        "directory_here": OrganisationFactory.create(areas=["Koro"]).slug,
    }
