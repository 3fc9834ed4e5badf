"""Sessions in Django admin: coordinators look at those of their areas, nobody changes one, nothing sealed is there."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from dialogues.models import Session
from dialogues.said import Counted, Raised
from orgs.access import viewer_for
from orgs.models import Role
from orgs.policy import Viewer
from orgs.providers import waiting_for
from tests.factories import person, signed_in, viewer
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db
MODELS = ("session", "attendance", "issue", "point", "sessionedit")


def _fill(by: Any = None, **changes: Any) -> Session:
    return session(
        by=by, attendance=(Counted("f", "u", "women", 12),), issues=(Raised("Le moulin"),), agreements=("Réparer",),
        **changes,
    )  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_however_many_rows(model: str) -> None:
    client, counts = signed_in(person(Role.COORDINATOR, "Koro")), []
    for _n in range(2):
        _fill()
        with CaptureQueriesContext(connection) as heard:
            assert client.get(f"/admin/dialogues/{model}/").status_code == 200
        counts.append(len(heard))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", MODELS)
def test_coordinators_look_at_their_own_and_administrators_at_none(model: str) -> None:
    row = _fill()
    made = row if model == "session" else getattr(row, _RELATED[model]).first()
    address = f"/admin/dialogues/{model}/{made.pk}/change/"
    assert signed_in(person(Role.COORDINATOR, "Koro")).get(address).status_code == 200
    assert signed_in(person(Role.COORDINATOR, "Koro")).post(address, {"title": "Autre"}).status_code == 403
    assert signed_in(person(Role.COORDINATOR, "Gao")).get(address).status_code == 302
    assert signed_in(person(Role.ADMINISTRATOR)).get(f"/admin/dialogues/{model}/").status_code == 403


_RELATED = {"attendance": "attendance", "issue": "issues", "point": "points", "sessionedit": "edits"}


def test_what_is_sealed_is_not_in_admin() -> None:
    for model in ("safetynote", "namedattendance", "sessionpaper"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:dialogues_{model}_changelist")


# --- What other rooms show of sessions ---------------------------------------------------------------------------


def test_what_waits_is_counted_in_the_bar_of_tasks_of_those_who_may_settle_it() -> None:
    user = person(Role.FACILITATOR, "Koro")
    row = _fill(viewer_for(user))
    row.edits.update(state="waiting", conflicts=["title"])
    assert _in_the_bar(viewer_for(user)) == 1
    assert _in_the_bar(viewer(Role.FACILITATOR, "Koro")) == 0


def _in_the_bar(who: Viewer) -> int:
    return sum(one.count for one in waiting_for(who) if one.task == "dialogues")
