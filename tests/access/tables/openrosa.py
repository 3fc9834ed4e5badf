"""Who reaches the doors for programs and the page of phones. Every result was typed by hand."""

from typing import Any

from incidents.models import Device
from orgs.crypto import seal
from tests.access.world import World
from tests.factories import OrganisationFactory

# Phones bring a device's credentials: to everybody who has an account, and nothing else, these addresses are shut.
ADDRESSES = """
address                                              GET                    POST
/openrosa/formList                                   .                      .
/openrosa/submission                                 .                      .
/openrosa/forms/{openrosa_form}.xml                  .                      .
/openrosa/forms/{openrosa_form}/manifest             .                      .
/openrosa/forms/{openrosa_form}/{openrosa_file}      .                      .
/desk/devices/                                       coordinators           coordinators
/desk/devices/{openrosa_device}/revoke/              coordinator,accused    coordinator,accused
"""


def things(world: World) -> dict[str, Any]:
    """What stands in the braces: a phone of an organisation in Koro."""
    organisation = OrganisationFactory.create(areas=["Koro"])
    device = Device.objects.create(
        label="Phone", organisation=organisation, username="tel-table", sealed=seal({"ha1": ""})
    )
    return {"openrosa_form": "passerelle_incident", "openrosa_file": "kind-threat.svg", "openrosa_device": device.pk}
