"""Who reaches how an alert was checked, how it ended, and what alerts turned out to be. Typed by hand."""

from typing import Any

from incidents.models import SafetyReview
from tests.access.world import World

ADDRESSES = """
address                                      GET                          POST
/alerts/truth/                               coordinators,analyst,analyst-away,oversight  .
/alerts/truth/table.csv                      coordinators,analyst,analyst-away,oversight  .
/alerts/truth/table.xlsx                     coordinators,analyst,analyst-away,oversight  .
/alerts/{harm_draft}/safety/                 coordinator                  coordinator
/alerts/{harm_reviewed}/safety/              coordinator,oversight        .
/alerts/{harm_reviewed}/close/               coordinator                  coordinator
"""


def things(world: World) -> dict[str, Any]:
    """A draft, and a released alert that somebody went through."""
    reviewed, _delivery = world.alert()
    SafetyReview.objects.create(
        alert=reviewed, reviewer=world.people["coordinator"], alert_version=1, incident_version=1, words_hash="x"
    )
    return {"harm_draft": world.draft().pk, "harm_reviewed": reviewed.pk}
