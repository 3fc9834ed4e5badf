"""Who reaches the pages of one's own ways, and of the ways out of the installation. Every result was typed by hand."""

from typing import Any

from orgs import crypto
from orgs.models import Address, Channel, WayOut
from tests.access.world import World

ADDRESSES = """
address                                      GET                          POST
/accounts/ways/                              +                            +
/accounts/ways/worker.js                     *                            .
/accounts/ways/push/                         .                            +
/accounts/ways/program/                      .                            +
/accounts/ways/notice/                       .                            +
/accounts/ways/try/                          .                            +
/accounts/ways/{channels_address}/end/       reporter                     reporter
/accounts/ways/{channels_address}/secret/    reporter                     reporter
/health/ways/                                operator,administrator       .
/health/ways/{channels_way}/                 operator,administrator       operator,administrator
/health/ways/{channels_way}/again/           .                            operator,administrator
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces."""
    reporter = world.people["reporter"]
    assert reporter is not None
    address = Address.objects.create(
        person=reporter,
        channel=Channel.WEBHOOK,
        label="Radio",
        mark="m",
        sealed=crypto.seal({"url": "https://example.org/", "secret": "whsec_eA=="}),
    )
    return {"channels_address": address.pk, "channels_way": WayOut.objects.create(channel=Channel.EMAIL).pk}
