"""Who reaches agreements. Every result was typed by hand.

The agreement is public and lies at home: everybody reads it, coordinators and facilitators of home write it, and those
who speak for an organisation assess it, from wherever they are; services of the State and reporters do not.
"""

from datetime import date
from typing import Any

from dialogues.models import Agreement, AgreementKind, IncidentTouches, Provision
from orgs.models import Tlp
from tests.access.world import HOME, World
from tests.factories import columns_of

ADDRESSES = """
address                                                    GET         POST
/dialogues/agreements/                                     *           .
/dialogues/agreements/new/                                 beginners   beginners
/dialogues/agreements/{agreement}/                         *           .
/dialogues/agreements/{agreement}/edit/                    writers     writers
/dialogues/agreements/{agreement}/provisions/              writers     writers
/dialogues/agreements/provisions/{provision}/assess/       assessors   assessors
/dialogues/agreements/provisions/{provision}/incidents/    .           writers
/dialogues/agreements/incidents/{provision_touch}/remove/  .           coordinator
/exports/agreements.csv                                    *           .
/exports/agreements.xlsx                                   *           .
/api/v1/agreements/                                        +           .
/api/v1/agreements/{agreement}/                            +           .
"""
for _name, _people in (
    ("beginners", "coordinators,facilitator,facilitator-away"),
    ("writers", "coordinator,accused,facilitator"),
    ("assessors", "editor,editor-away,monitor,monitor-away,facilitator,facilitator-away"),
):
    ADDRESSES = ADDRESSES.replace(_name, _people)


def things(world: World) -> dict[str, Any]:
    """A public agreement at home, and an incident that touches it, which only coordinators of home may read."""
    row = Agreement.objects.create(
        title="Pacte du marché", kind=AgreementKind.LOCAL, signed_on=date(2025, 3, 1), **columns_of(HOME)
    )
    provision = Provision.objects.create(agreement=row, number="1", position=0, words="Le marché reste ouvert.")
    touch = IncidentTouches.objects.create(provision=provision, incident=world.incident(Tlp.AMBER))
    return {"agreement": row.uid, "provision": provision.pk, "provision_touch": touch.pk}
