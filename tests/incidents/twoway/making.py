"""What the tests of this part make: advisories by their service, and what they say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from incidents.models import Advisory, AdvisoryKind, Severity
from incidents.services import advisories
from incidents.services.advisories import Told
from orgs.access import viewer_for
from orgs.models import Organisation, Tlp, User
from tests.factories import area


def told(**changed: Any) -> Told:
    """A threat on the road to Koro's market, for civil society."""
    now = timezone.now()
    usual = Told(
        kind=AdvisoryKind.THREAT,
        type_code="threat",
        areas=[area("Koro")],
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=2),
        severity=Severity.MODERATE,
        tlp=Tlp.GREEN,
        words="Des vols sont à craindre sur la route du marché.",
        instruction="Voyagez en groupe et de jour.",
    )
    return replace(usual, **changed)


def advisory(giver: User, service: Organisation, said: Told | None = None) -> Advisory:
    """An advisory that a liaison gave."""
    return advisories.give_advisory(viewer=viewer_for(giver), organisation=service, told=said or told())
