"""Who reaches the addresses of alert hubs: a session opens nothing there, a key does (tests/incidents/cap)."""

from typing import Any

from django.utils import timezone

from incidents.models import CapKind, CapMessage
from tests.access.world import World

ADDRESSES = """
address                GET   POST
/cap/feed.atom         *     .
/cap/{cap}.xml         .     .
"""


def things(world: World) -> dict[str, Any]:
    """A message of an alert that is not public."""
    alert, _delivery = world.alert()
    message = CapMessage.objects.create(
        alert=alert, kind=CapKind.ALERT, sent=timezone.now(), expires=timezone.now(), content={}
    )
    return {"cap": message}
