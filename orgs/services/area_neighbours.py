"""Keeping which areas lie beside each other in step with their shapes."""

from django.db import transaction

from orgs.areas.neighbours import pairs_of
from orgs.models.areas import Edition
from orgs.models.neighbours import AreaNeighbour


@transaction.atomic
def link_neighbours(edition: Edition) -> int:
    """Work out the neighbours of an edition anew; returns how many areas touch another, counted both ways."""
    wanted = pairs_of(edition)
    AreaNeighbour.objects.filter(area__edition=edition).delete()
    AreaNeighbour.objects.bulk_create(
        [AreaNeighbour(area_id=one, neighbour_id=other) for one, other in sorted(wanted)], batch_size=2000
    )
    return len(wanted)
