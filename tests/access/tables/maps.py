"""Who reaches the map of the directory, its gaps and basic State services. Every result was typed by hand."""

from typing import Any

from django.utils import timezone

from tests.access.world import World
from tests.factories import area
from tests.factories_directory import StateServiceFactory

ADDRESSES = """
address                                      GET                          POST
/orgs/map/                                   *                            .
/orgs/map/clusters.json                      *                            .
/orgs/map/outlines.geojson                   *                            .
/orgs/gaps/                                  gapreaders                   .
/orgs/gaps.csv                               gapreaders                   .
/orgs/services/                              gapreaders                   .
/orgs/services/new/                          coordinators,administrator   coordinators,administrator
/orgs/services/{maps_statement}/withdraw/    .                            coordinator,accused,administrator
/orgs/services/{maps_withdrawn}/restore/     .                            coordinator,accused,administrator
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    statement = StateServiceFactory.create(area=area("Koro"))
    withdrawn = StateServiceFactory.create(area=area("Koro"), withdrawn_at=timezone.now())
    return {"maps_statement": statement.pk, "maps_withdrawn": withdrawn.pk}
