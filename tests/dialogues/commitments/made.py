"""Commitments for tests, as the services leave them."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from dialogues.models import Commitment, Process, Session
from dialogues.services import commitments
from dialogues.services.commitments import NamedPerson, Promise
from orgs.models import Organisation, Role
from orgs.policy import Viewer
from tests.factories import OrganisationFactory, country, viewer
from tests.factories_dialogues import session

WHAT = "Ouvrir le poste au marché le jeudi"


def keeper() -> Viewer:
    """A coordinator of the whole country."""
    return viewer(Role.COORDINATOR, country())


def promised(
    *,
    place: Session | Process | None = None,
    by: Viewer | None = None,
    body: Organisation | None = None,
    **changes: Any,
) -> Commitment:
    """A commitment of an organisation, made in a session of yesterday in Koro."""
    who = by or keeper()
    if not changes.keys() & {"actor", "person"}:
        changes.setdefault("organisation", body or OrganisationFactory.create())
    said = Promise(changes.pop("what", WHAT), **changes)
    return commitments.promise(viewer=who, place=place or session(by=who), uid=uuid.uuid4(), said=said)


def due(days: int, **changes: Any) -> Commitment:
    """A commitment whose day is so many days away (below 0: over)."""
    made = promised(**changes)
    Commitment.objects.filter(pk=made.pk).update(promised_on=today() - timedelta(days=400))
    made.refresh_from_db()
    made.due_on = today() + timedelta(days=days)
    made.save()
    return made


def somebody(name: str = "Aminata D.") -> NamedPerson:
    """A person who agreed to be named."""
    return NamedPerson(name, "signed", today() - timedelta(days=1), "70 00 00 01")


def today() -> date:
    """Today in Bamako."""
    return timezone.localdate()
