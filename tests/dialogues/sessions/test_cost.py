"""What a page asks the database does not grow with the rows that it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Role
from tests.dialogues.commitments.made import promised
from tests.factories import area, person, signed_in
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def test_lists_ask_as_much_for_twenty_rows_as_for_one() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    pages = [
        "/dialogues/",
        "/dialogues/processes/",
        "/dialogues/proposals/",
        "/dialogues/commitments/",
        "/dialogues/inclusion/",
        f"/dialogues/areas/{area('Koro').pcode}/",
    ]

    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page).status_code == 200
        return len(seen)

    promised(place=session(process=str(ProcessFactory.create().uid)))
    before = {page: (asked(page), asked(page))[1] for page in pages}
    for _n in range(19):
        promised(place=session(process=str(ProcessFactory.create().uid)))
    assert {page: asked(page) for page in pages} == before
    assert min(before.values()) > 1, "else nothing is counted"
