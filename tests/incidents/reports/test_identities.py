"""Who reported is opened by few, with a reason, and on record."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from incidents.models import ReporterIdentity
from incidents.services.identities import Identity, open_identity
from orgs.crypto import seal, unseal
from orgs.models import AuditEntry, Role
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from tests.factories import IdentityFactory, ReportFactory, UserFactory, viewer

pytestmark = pytest.mark.django_db
REASON = "Appeler pour savoir si la route est sûre."


def with_second_factor(viewer: Viewer) -> Viewer:
    return Viewer(user_id=viewer.user_id, posts=viewer.posts, second_factor=True)


def test_a_coordinator_of_the_area_opens_it_and_that_is_on_record() -> None:
    report = IdentityFactory.create().report
    coordinator = with_second_factor(viewer(Role.COORDINATOR, "Koro"))
    assert open_identity(viewer=coordinator, report=report, reason=REASON) == Identity("Awa T.", "+22370000001")
    entry = AuditEntry.objects.get(verb="open_identity")
    assert (entry.actor_id, entry.object_id) == (coordinator.user_id, str(report.pk))
    assert "route" not in str(entry.facts)
    assert unseal(entry.facts["reason"].encode()) == {"reason": REASON}


def test_the_name_of_an_account_comes_from_the_account() -> None:
    user = UserFactory.create(name="Compte", phone="+22376543210", email="c@example.org")
    report = ReportFactory.create()
    ReporterIdentity.objects.create(report=report, sealed=seal({"user_id": user.pk, "name": "Awa"}))
    coordinator = with_second_factor(viewer(Role.COORDINATOR, "Koro"))
    opened = open_identity(viewer=coordinator, report=report, reason=REASON)
    assert (opened.name, opened.phone, opened.email) == ("Awa", "+22376543210", "c@example.org")


@pytest.mark.parametrize("reason", ["", "  ", "pour voir", "x" * 501, "\x00" * 30])
def test_without_a_reason_nothing_is_opened(reason: str) -> None:
    report = IdentityFactory.create().report
    coordinator = with_second_factor(viewer(Role.COORDINATOR, "Koro"))
    with pytest.raises(ValidationError) as refused:
        open_identity(viewer=coordinator, report=report, reason=reason)
    assert set(refused.value.message_dict) == {"reason"}
    assert not AuditEntry.objects.filter(verb="open_identity").exists()


def test_others_do_not_open_it() -> None:
    report = IdentityFactory.create().report
    refused = [
        viewer(Role.COORDINATOR, "Koro"),  # no second factor
        with_second_factor(viewer(Role.COORDINATOR, "Gao")),
        with_second_factor(viewer(Role.ADMINISTRATOR)),
        with_second_factor(viewer(Role.OVERSIGHT)),
        with_second_factor(viewer(Role.LIAISON, "Koro")),
        with_second_factor(viewer(Role.ANALYST, "Koro")),
        Viewer(),
    ]
    for somebody in refused:
        with pytest.raises(NotAllowed):
            open_identity(viewer=somebody, report=report, reason=REASON)
    assert not AuditEntry.objects.filter(verb="open_identity").exists()


def test_an_anonymous_report_opens_to_nothing_and_that_too_is_on_record() -> None:
    coordinator = with_second_factor(viewer(Role.COORDINATOR, "Koro"))
    assert not open_identity(viewer=coordinator, report=ReportFactory.create(), reason=REASON)
    assert AuditEntry.objects.get(verb="open_identity").facts["known"] is False
