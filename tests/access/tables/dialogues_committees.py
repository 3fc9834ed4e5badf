"""Who reaches committees. Every result was typed by hand.

The committee lies at home, is GREEN, and the service has a seat in it: its people are members. The network of home
reads that there is such a committee; others have not heard of it. What a seat is sent must say what it is for, and of a
link between a session and the committee only the first who takes it back finds it.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dialogues.models import Committee, CommitteeKind, Decision, Group, Holding, Meeting, Seat
from orgs.models import Role
from tests.access.world import HOME, World
from tests.factories import columns_of, viewer
from tests.factories_dialogues import session

ADDRESSES = """
address                                                GET         POST
/dialogues/committees/                                 *           .
/dialogues/committees/new/                             recorders   recorders
/dialogues/committees/{committee}/                     readers     .
/dialogues/committees/{committee}/edit/                keepers     keepers
/dialogues/committees/{committee}/meetings/            keepers     keepers
/dialogues/committees/meetings/{meeting}/remove/       .           coordinator
/dialogues/committees/{committee}/seats/               keepers     keepers
/dialogues/committees/seats/{seat}/                    keepers     .
/dialogues/committees/holdings/{holding}/name/         keepers     keepers
/dialogues/committees/{committee}/decisions/           keepers     keepers
/dialogues/committees/decisions/{decision}/            members     keepers
/exports/committees.csv                                *           .
/exports/committees.xlsx                               *           .
/api/v1/committees/                                    +           .
/api/v1/committees/{committee}/                        readers     .
"""
for _name, _people in (
    ("recorders", "coordinators,editor,editor-away,facilitator,facilitator-away"),
    ("readers", "keepers,recipient,colleague,reporter,editor,monitor,facilitator,analyst"),
    ("members", "keepers,recipient,colleague"),
    ("keepers", "coordinator,accused"),
):
    ADDRESSES = ADDRESSES.replace(_name, _people)


def things(world: World) -> dict[str, Any]:
    """A committee of home with a seat of the service, a meeting, a decision."""
    begun = timezone.localdate() - timedelta(days=400)
    row = Committee.objects.create(name="CCLS de Koro", kind=CommitteeKind.CCLS, created_on=begun, **columns_of(HOME))
    seat = Seat.objects.create(committee=row, label="Gendarmerie", group=Group.FORCES, organisation=world.service)
    held = session(by=viewer(Role.COORDINATOR, HOME), kind="committee", tlp="amber")
    meeting = Meeting.objects.create(committee=row, session=held)
    decision = Decision.objects.create(committee=row, words="Ouvrir le marché.", decided_on=begun)
    holding = Holding.objects.create(seat=seat, since=begun)
    return {
        "committee": row.uid,
        "seat": seat.pk,
        "holding": holding.pk,
        "meeting": meeting.pk,
        "decision": decision.pk,
    }
