"""A program that sends the same session several times at once brings it once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from dialogues.models import Session, SessionEdit
from dialogues.services.programs import Brought, keep_from_program
from orgs.models import Role
from tests.factories import area, viewer

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_edit_sent_at_once_is_one() -> None:
    who, start, versions, errors = viewer(Role.COORDINATOR, "Koro"), threading.Barrier(4), [], []
    day = timezone.localdate() - timedelta(days=1)
    given = {"title": "Le puits", "held_on": day, "area": area("Koro").pcode, "people": 3}

    def bring() -> None:
        start.wait()
        try:
            kept = keep_from_program(viewer=who, brought=Brought("k-1", None, 0, given))
            versions.append(kept.session.version)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert versions == [1, 1, 1, 1]
    assert (Session.objects.count(), SessionEdit.objects.count()) == (1, 1)
