"""Who reaches imports and exports of the directory. Every result was typed by hand."""

from typing import Any

from orgs.models import ImportJob
from tests.access.world import World

ADDRESSES = """
address                                      GET                          POST
/orgs/import/                                coordinators,administrator   coordinators,administrator
/orgs/import/example.csv                     coordinators,administrator   .
/orgs/import/example.xlsx                    coordinators,administrator   .
/orgs/import/{imports_job}/                  coordinator,administrator    .
/orgs/import/{imports_job}/columns/          coordinator,administrator    coordinator,administrator
/orgs/import/{imports_job}/decide/           .                            coordinator,administrator
/orgs/import/{imports_job}/start/            .                            coordinator,administrator
/orgs/import/{imports_job}/stop/             .                            coordinator,administrator
/orgs/import/{imports_job}/reopen/           .                            coordinator,administrator
/orgs/import/{imports_job}/undo/             coordinator,administrator    coordinator,administrator
/orgs/import/{imports_job}/problems.csv      coordinator,administrator    .
/orgs/import/{imports_job}/problems.xlsx     coordinator,administrator    .
/exports/organisations.csv                   *                            .
/exports/organisations.xlsx                  *                            .
/exports/organisations.geojson               *                            .
"""


def things(world: World) -> dict[str, Any]:
    """An import that the coordinator brought."""
    sheet = {"name": "", "first": 2, "has_tags": False, "is_usable": True, "columns": []}
    job = ImportJob.objects.create(
        uploaded_by=world.people["coordinator"], file_name="liste.csv", sha256="0" * 64, format="csv", sheets=[sheet]
    )
    return {"imports_job": job.pk}
