"""A program or a phone that sends the same session several times at once brings it once."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from dialogues.models import Session, SessionEdit
from dialogues.said import said_of
from dialogues.services.programs import Brought, keep_from_program
from dialogues.services.sessions import keep_session
from orgs.models import Role
from orgs.policy import Viewer
from tests.factories import area, viewer
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _brought(who: Viewer) -> Session:
    day = timezone.localdate() - timedelta(days=1)
    given = {"title": "Le puits", "held_on": day, "area": area("Koro").pcode, "people": 3}
    return keep_from_program(viewer=who, brought=Brought("k-1", None, 0, given)).session


def test_the_same_session_sent_at_once_is_one() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    assert [one.version for one in at_once(*[lambda: _brought(who)] * 4)] == [1, 1, 1, 1]
    assert (Session.objects.count(), SessionEdit.objects.count()) == (1, 1)


def test_the_same_change_sent_at_once_is_one() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    session, key = _brought(who), uuid.uuid4()
    changed = replace(said_of(session), title="Le puits et la route")

    def change() -> int:
        kept = keep_session(viewer=who, uid=session.uid, edit_key=key, base_version=1, said=changed)
        return kept.session.version

    assert at_once(*[change] * 4) == [2, 2, 2, 2]
    assert SessionEdit.objects.count() == 2
