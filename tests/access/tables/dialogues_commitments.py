"""Who reaches commitments. Every result was typed by hand."""

import uuid
from typing import Any

from django.utils import timezone

from dialogues.services import commitments
from dialogues.services.commitments import NamedPerson, Promise
from orgs.access import viewer_for
from tests.access.world import HOME, World
from tests.factories import OrganisationFactory
from tests.factories_dialogues import ProcessFactory, session

ADDRESSES = """
address                                            GET                                                              POST
/exports/commitments.csv                           *                                                                .
/exports/commitments.xlsx                          *                                                                .
/dialogues/commitments/                            +                                                                .
/dialogues/promises/                               *                                                                .
/dialogues/commitments/{promise}/                  coordinator,accused,reporter,editor,monitor,facilitator,analyst,recipient,colleague  coordinator,accused,recipient,colleague
/dialogues/commitments/{promise}/words/            coordinator,accused                                              coordinator,accused
/dialogues/commitments/{promise}/priority/         coordinator,accused                                              coordinator,accused
/dialogues/commitments/{promise}/correct/          coordinator,accused                                              coordinator,accused
/dialogues/commitments/{promise}/public/           coordinator,accused                                              coordinator,accused
/dialogues/commitments/{promise_of_one}/person/        coordinator,accused                                          coordinator,accused
/dialogues/commitments/{promise_of_one}/person/forget/ .                                                            coordinator,accused
/dialogues/sessions/{promise_session}/commitments/new/   coordinator,accused                                        coordinator,accused
/dialogues/processes/{promise_process}/commitments/new/  coordinator,accused                                        coordinator,accused
/api/v1/commitments/                               +                                                                .
/api/v1/commitments/{promise}/                     coordinator,accused,reporter,editor,monitor,facilitator,analyst,recipient,colleague  .
"""  # noqa: E501 (a table)


def things(world: World) -> dict[str, Any]:
    """A promise of the service, made in a session at home that is GREEN; one of a person; the process around it."""
    who = viewer_for(world.people["coordinator"])
    process = ProcessFactory.create(at=HOME)
    room = session(by=who, process=str(process.uid))
    made = commitments.promise(
        viewer=who, place=room, uid=uuid.uuid4(), said=Promise("Ouvrir le poste", organisation=world.service)
    )
    closer = session(by=who, tlp="amber", led_by=OrganisationFactory.create().pk)
    named = NamedPerson("Aminata D.", "signed", timezone.localdate())
    person = commitments.promise(
        viewer=who, place=closer, uid=uuid.uuid4(), said=Promise("Parler aux jeunes", person=named)
    )
    return {
        "promise": made.uid, "promise_of_one": person.uid, "promise_session": room.uid, "promise_process": process.uid,
    }  # fmt: skip
