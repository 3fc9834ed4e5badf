"""After another edition of the areas was put in force: dialogues get today's areas, and their people keep them."""

from typing import Any

import pytest

from dialogues.access import COMMITMENTS, COMMITTEES, PROCESSES, SESSIONS
from dialogues.models import Agreement, Commitment, Committee, Process, Session
from orgs.access import viewer_for
from orgs.models import Area, Edition, Level, Role
from orgs.services.areas import make_current
from orgs.services.resolving import resolve_again
from tests.dialogues.commitments.made import promised
from tests.factories import area, columns_of, country, person, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def _another_edition() -> Area:
    """An edition in which Koro is Koro again, by another P-code."""
    edition = Edition.objects.create(code="2030", title="2030")
    root = Area.objects.create(edition=edition, level=Level.COUNTRY, pcode="ML", name="Mali")
    region = Area.objects.create(edition=edition, level=Level.REGION, pcode="ML90", name="Bandiagara", parent=root)
    Area.objects.filter(pk=region.pk).update(region=region)
    koro = Area.objects.create(
        edition=edition, level=Level.CERCLE, pcode="ML9001", name="Koro", parent=region, region=region
    )
    Area.objects.filter(pk=koro.pk).update(cercle=koro)
    old = area("Koro")
    make_current(None, edition=edition)
    Area.objects.filter(pk=old.pk).update(successor=koro)
    assert old.region_id is not None
    Area.objects.filter(pk=old.region_id).update(successor=region)
    return koro


def test_whoever_reads_dialogues_by_their_areas_does_not_lose_them() -> None:
    keeper, everywhere = person(Role.COORDINATOR, "Koro"), viewer(Role.COORDINATOR, country())
    made: dict[Any, Any] = {
        PROCESSES: ProcessFactory.create(at="Koro"),
        SESSIONS: session(by=viewer_for(keeper)),
        COMMITTEES: Committee.objects.create(name="CCLS", kind="ccls", created_on="2020-01-01", **columns_of("Koro")),
    }
    made[COMMITMENTS] = promised(place=made[SESSIONS], by=everywhere)
    agreement = Agreement.objects.create(title="Pacte", kind="local", signed_on="2020-01-01", **columns_of("Koro"))
    koro = _another_edition()
    resolve_again()
    for policy, row in made.items():
        row.refresh_from_db()
        assert row.cercle_id == koro.pk, row
        assert policy.rows(viewer_for(keeper)).filter(pk=row.pk).exists(), row
    agreement.refresh_from_db()
    assert agreement.cercle_id == koro.pk
    for model in (Process, Session, Commitment, Committee, Agreement):
        assert not model._default_manager.filter(region__edition__code="2025").exists()
