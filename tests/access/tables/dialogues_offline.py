"""Who reaches writing sessions down on a phone. Every result was typed by hand.

The worker and the phone's entry say nothing of anybody; a phone asks for them when the sign-in may have run out.
"""

from typing import Any

from tests.access.world import World

_RECORDERS = "editor,facilitator,coordinator,editor-away,facilitator-away,coordinator-away,accused"

ADDRESSES = f"""
address                                  GET           POST
/dialogues/offline/                      {_RECORDERS}  .
/dialogues/offline/en/                   {_RECORDERS}  .
/dialogues/offline/mine/                 {_RECORDERS}  .
/dialogues/offline/send/                 .             {_RECORDERS}
/dialogues/offline/sw.js                 *             .
/dialogues/offline/manifest.webmanifest  *             .
"""


def things(world: World) -> dict[str, Any]:
    """Nothing stands in braces here."""
    return {}
