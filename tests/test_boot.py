"""The foundation stands: migrations apply and the types of incident are there."""

import pytest

from incidents.models import IncidentType
from orgs import audit
from orgs.models import AuditEntry, User


@pytest.mark.django_db
def test_the_report_form_starts_with_its_types() -> None:
    assert IncidentType.objects.filter(on_form=True).count() == 16


@pytest.mark.django_db
def test_a_changed_audit_entry_breaks_the_chain() -> None:
    person = User.objects.create_user(email="a@example.org", name="A")
    entries = [audit.record(person, "tested", person, number=number) for number in range(3)]
    assert audit.seal_entries() == 3
    assert audit.first_broken_entry() is None
    AuditEntry.objects.filter(pk=entries[1].pk).update(verb="changed")
    assert audit.first_broken_entry() == entries[1]
