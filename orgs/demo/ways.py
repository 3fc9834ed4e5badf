"""How the people of the demonstration are told: a few devices, a radio's program, an account, and what an SMS costs.

Where they lead is a file in the installation's folder (``orgs.messaging.channels.demonstration``): nothing leaves.
"""

from decimal import Decimal

from orgs import crypto
from orgs.demo.stage import Stage
from orgs.models import Address, Channel, WayOut

PRICE = Decimal("25")
WAYS = (
    ("liaison", Channel.PUSH, "Téléphone de permanence", "", [Channel.PUSH, Channel.EMAIL]),
    ("officer", Channel.PUSH, "Ancien téléphone", "", [Channel.PUSH, Channel.EMAIL]),
    ("coordinator", Channel.PUSH, "Mon ordinateur", "", [Channel.PUSH, Channel.EMAIL]),
    ("editor", Channel.WEBHOOK, "Écran du studio", "", [Channel.EMAIL, Channel.WEBHOOK]),
    ("police", Channel.NOTICE, "Mon Signal", "signals", [Channel.EMAIL, Channel.NOTICE]),
)


def load(stage: Stage) -> None:
    """Give people their ways, in the order in which they chose them."""
    added = stage.ago(50 * 24.0)
    for key, channel, label, kind, order in WAYS:
        person = stage.people[key]
        words = {"demo": True, "secret": "whsec_"}
        Address.objects.create(
            person=person,
            channel=channel,
            label=label,
            kind=kind,
            mark=crypto.keyed_hash(f"address {channel}", f"demo {key}"),
            sealed=crypto.seal(words),
            added_at=added,
            proved_at=added,
            last_used_at=added,
        )
        person.ways = [str(way) for way in order]
        person.save(update_fields=["ways"])
    WayOut.objects.get_or_create(channel=Channel.SMS, gateway="", defaults={"price": PRICE})
    WayOut.objects.get_or_create(channel=Channel.EMAIL, gateway="")


def remove() -> None:
    """Forget what an SMS costs where there is no gateway; addresses go with their people."""
    WayOut.objects.filter(gateway="").delete()
