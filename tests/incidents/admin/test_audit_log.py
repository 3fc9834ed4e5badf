"""The audit log in admin: oversight reads it and checks its chain; nobody writes it."""

import pytest

from orgs.audit import record, seal_entries
from orgs.crypto import seal
from orgs.models import AuditEntry, Role
from tests import factories
from tests.factories import person, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/orgs/auditentry/"


@pytest.fixture
def entry() -> AuditEntry:
    return record(
        person(Role.COORDINATOR, "Koro", name="AUTEUR"), "graded", factories.IncidentFactory.create(), version=2
    )


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        # list, view, add, change, delete, check
        (Role.OVERSIGHT, (200, 200, 403, 403, 403, 302)),
        (Role.ADMINISTRATOR, (403, 403, 403, 403, 403, 403)),
        (Role.COORDINATOR, (403, 403, 403, 403, 403, 403)),
        (Role.OPERATOR, (403, 403, 403, 403, 403, 403)),
        (Role.ANALYST, (302, 302, 302, 302, 302, 302)),
    ],
)
def test_who_reads_the_log(entry: AuditEntry, role: Role, expected: tuple[int, ...]) -> None:
    client = signed_in(person(role, "Koro"))
    row = f"{LIST}{entry.pk}/"
    assert (
        client.get(LIST).status_code,
        client.get(f"{row}change/").status_code,
        client.get(f"{LIST}add/").status_code,
        client.post(f"{row}change/", {"verb": "x"}).status_code,
        client.post(f"{row}delete/", {"post": "yes"}).status_code,
        client.post(f"{LIST}chain/").status_code,
    ) == expected
    entry.refresh_from_db()
    assert entry.verb == "graded"


def test_it_says_who_did_what(entry: AuditEntry) -> None:
    page = signed_in(person(Role.OVERSIGHT)).get(LIST).content.decode()
    assert "AUTEUR" in page
    assert "graded" in page


def test_sealed_reasons_stay_sealed() -> None:
    reason = seal({"reason": "MOTIF"}).decode()
    row = record(None, "open_identity", factories.ReportFactory.create(), known=True, reason=reason)
    client = signed_in(person(Role.OVERSIGHT))
    for address in (LIST, f"{LIST}?opened=1", f"{LIST}{row.pk}/change/"):
        page = client.get(address).content.decode()
        assert "open_identity" in page
        assert reason[:30] not in page


def test_the_chain_is_checked_on_a_button_alone(entry: AuditEntry) -> None:
    while seal_entries():
        pass
    client = signed_in(person(Role.OVERSIGHT))
    assert client.get(f"{LIST}chain/").status_code == 405
    assert "La chaîne est entière" in client.post(f"{LIST}chain/", follow=True).content.decode()
    AuditEntry.objects.filter(pk=entry.pk).update(verb="something_else")
    assert f"rompue à l’entrée {entry.pk}" in client.post(f"{LIST}chain/", follow=True).content.decode()


def test_more_entries_ask_no_more() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, report = signed_in(person(Role.OVERSIGHT)), factories.ReportFactory.create()

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    for _number in range(5):
        record(person(Role.COORDINATOR, "Koro"), "graded", report)
    questions()
    few = questions()
    for _number in range(20):
        record(person(Role.COORDINATOR, "Koro"), "graded", report)
    assert questions() == few
