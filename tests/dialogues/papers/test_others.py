"""Commitments and priorities on papers, as each reader is shown them."""

import pytest

from dialogues.models import Priority
from dialogues.services.papers import print_report, print_sheets
from orgs.models import Role, Tlp
from tests.dialogues.commitments.made import promised
from tests.dialogues.papers.reading import bare, text
from tests.factories import viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


def test_what_was_promised_stands_in_the_reports_of_its_session_and_process_for_those_who_read_it() -> None:
    process = ProcessFactory.create()
    one = session(process=str(process.uid), tlp=Tlp.GREEN)
    made = promised(place=one)
    for row in (one, process):
        report = text(print_report(viewer=viewer(Role.COORDINATOR, "Koro"), row=row))
        assert bare(made.what) in report, row
    assert bare(made.what) not in text(print_report(viewer=viewer(Role.ANALYST, "Koro"), row=one))


def test_priorities_of_the_process_are_rated_on_paper() -> None:
    process = ProcessFactory.create()
    Priority.objects.create(process=process, title="Réparer le puits")
    who = viewer(Role.COORDINATOR, "Koro")
    for row in (process, session(by=who, process=str(process.uid))):
        assert bare("Réparer le puits") in text(print_sheets(viewer=who, row=row, parts=["rating"]))
