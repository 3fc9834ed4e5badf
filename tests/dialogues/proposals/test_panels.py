"""The panels that the pages of sessions and processes show: by the same rights as the pages of proposals."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from orgs.models import Role
from tests.dialogues.proposals.rows import a_round, priority, proposed, session_of
from tests.factories import person
from tests.factories_dialogues import ProcessFactory

pytestmark = pytest.mark.django_db


def _shown(tag: str, uid: Any, who: Any) -> str:
    request = RequestFactory().get("/")
    request.user = who
    return Template("{% load proposals %}{% " + tag + " uid %}").render(Context({"request": request, "uid": uid}))


def test_the_session_shows_its_proposals_to_those_who_hold_it_alone() -> None:
    where = session_of(ProcessFactory.create())
    proposed(where, "Ouvrir le puits")
    assert "Ouvrir le puits" in _shown("proposals_panel", where.uid, person(Role.COORDINATOR, "Koro"))
    for other in (person(Role.MONITOR, "Koro"), person(Role.COORDINATOR, "Gao"), AnonymousUser()):
        assert _shown("proposals_panel", where.uid, other).strip() == ""


def test_the_process_shows_its_rounds_to_its_readers() -> None:
    process = ProcessFactory.create()
    priority(process)
    rating = a_round(process)
    assert str(rating.uid) in _shown("ratings_panel", process.uid, person(Role.MONITOR, "Koro"))
    for other in (person(Role.MONITOR, "Gao"), AnonymousUser()):
        assert _shown("ratings_panel", process.uid, other).strip() == ""
