"""Rows of agreements and committees for tests."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from dialogues.models import (
    Agreement,
    AgreementKind,
    Assessment,
    Committee,
    CommitteeKind,
    Group,
    Holding,
    Provision,
    Seat,
)
from orgs.models import Organisation
from tests.factories import columns_of

TODAY = timezone.localdate


def agreement(where: Any = "Koro", *words: str, **fields: Any) -> Agreement:
    """An agreement in an area, with provisions of these words, numbered from 1."""
    kind = AgreementKind.LOCAL if where else AgreementKind.NATIONAL
    given = {"title": "Pacte du marché", "kind": kind, "signed_on": date(2024, 1, 10), **columns_of(where), **fields}
    row = Agreement.objects.create(**given)
    for place, each in enumerate(words):
        Provision.objects.create(agreement=row, number=str(place + 1), position=place, words=each)
    return row


def finding(provision: Provision, assessor: Organisation, verdict: str, as_of: date | None = None) -> Assessment:
    """What an organisation found of a provision."""
    return Assessment.objects.create(
        provision=provision, assessor=assessor, verdict=verdict, as_of=as_of or TODAY(), words="On l’a vu."
    )


def committee(where: Any = "Koro", **fields: Any) -> Committee:
    """A committee that began two years ago and meets every three months."""
    begun = TODAY() - timedelta(days=730)
    given = {"name": "CCLS de Koro", "kind": CommitteeKind.CCLS, "created_on": begun, **columns_of(where), **fields}
    return Committee.objects.create(**given)


def seat(of: Committee, label: str = "Maire", organisation: Organisation | None = None, **fields: Any) -> Seat:
    """A seat of a committee."""
    return Seat.objects.create(
        committee=of, label=label, group=fields.pop("group", Group.LOCAL_STATE), organisation=organisation, **fields
    )


def holding(of: Seat, **fields: Any) -> Holding:
    """Somebody who has held a seat for a year."""
    return Holding.objects.create(seat=of, **{"since": TODAY() - timedelta(days=365), **fields})
