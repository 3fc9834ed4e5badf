"""The dialogues of the demonstration: loaded through the services, and gone without a trace."""

from pathlib import Path
from typing import Any

import pytest

from dialogues.models import EditState, Process, Session, SessionEdit, SessionKind, SessionState
from orgs import demo
from tests.demo.conftest import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


def test_a_visitor_meets_sessions_one_to_come_one_to_settle_and_they_go() -> None:
    before = rows()
    demo.load()
    assert set(Process.objects.values_list("is_demo", flat=True)) == {True}
    assert (Process.objects.count(), Session.objects.filter(is_demo=True).count()) == (3, 14)
    assert Session.objects.filter(state=SessionState.PLANNED).count() == 1
    assert Session.objects.filter(kind=SessionKind.SCREENING, spectators__gt=100).count() == 2
    assert SessionEdit.objects.filter(state=EditState.WAITING).count() == 1
    assert {"Koro", "Bandiagara", "Mopti", "Gao"} <= set(Session.objects.values_list("cercle__name", flat=True))
    assert Session.objects.filter(country="MR", place_text__contains="Mbera").exists()
    demo.remove()
    assert rows() == before
