"""Who updates and corrects alerts, copies their texts, and sees and recalls the links in messages."""

from typing import Any

from incidents.models import Audience
from orgs.models import Tlp
from tests.access.world import World

ADDRESSES = """
address                                                    GET                  POST
/alerts/{renditions_alert}/update/                         coordinator          coordinator
/alerts/{renditions_alert}/correct/                        coordinator          coordinator
/alerts/{renditions_alert}/copies/{renditions_text}/{renditions_purpose}/  coordinator  .
/alerts/{renditions_alert}/links/                          coordinator          .
/alerts/{renditions_alert}/links/recall/                   coordinator          coordinator
/alerts/{renditions_alert}/links/{renditions_delivery}/recall/  .               coordinator
/a/{renditions_token}/                                     *                    .
"""
# A link leads to the sign-in or to the alert, which decides for itself who reads it (table of the main line).


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    from incidents.services.links import token_of

    alert, delivery = world.alert(Tlp.GREEN)
    delivery.refresh_from_db()
    return {
        "renditions_purpose": "radio",
        "renditions_alert": alert.pk,
        "renditions_text": alert.renditions.get(audience=Audience.NETWORK).pk,
        "renditions_delivery": delivery.pk,
        "renditions_token": token_of(delivery.pk, delivery.link_nonce),
    }
