"""A worker that dies half-way, one that is stopped, several at once: nothing is lost and nothing is doubled."""

from collections.abc import Callable
from typing import Any

import pytest

from dialogues.access import MACHINE
from dialogues.models import Session, SessionImport, SessionImportState, SessionRowOutcome
from dialogues.services import import_applying, import_working, imports
from orgs.messaging import stopping
from orgs.models import Role
from tests.dialogues.imports.conftest import Bring
from tests.dialogues.imports.files import sessions
from tests.factories import viewer

pytestmark = pytest.mark.django_db


def _many(count: int) -> bytes:
    return sessions(*({"Numéro": number, "Titre": f"Séance {number}"} for number in range(1, count + 1)))


def _dies_after(lines: int) -> Callable[..., Any]:
    """A bringing-in that breaks at a line, as if the process were gone."""
    real = import_applying._bring_in
    done: list[int] = []

    def bring_in(*given: Any) -> None:
        if len(done) == lines:
            raise SystemExit
        done.append(1)
        real(*given)

    return bring_in


def test_another_worker_goes_on_where_one_died(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    job = bring(_many(6), viewer=who)
    imports.start(viewer=who, job=job)
    with monkeypatch.context() as patch:
        patch.setattr(import_applying, "_bring_in", _dies_after(4))
        with pytest.raises(SystemExit):
            import_working.work(job.pk)
    assert Session.objects.count() == 4
    assert import_working.resume_lost() >= 0
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == SessionImportState.DONE
    assert job.counts["outcomes"] == {SessionRowOutcome.CREATED: 6}
    assert Session.objects.count() == 6


def test_a_worker_that_is_shut_down_leaves_the_rest_to_another(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bring(_many(3))
    imports.start(viewer=MACHINE, job=job)
    with monkeypatch.context() as patch:
        patch.setattr(stopping, "requested", lambda: True)
        import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == SessionImportState.APPLYING
    assert Session.objects.count() == 1
    import_working.work(job.pk)
    assert Session.objects.count() == 3


def test_stopping_keeps_what_came_in_and_says_what_did_not(bring: Bring) -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    job = bring(_many(3), viewer=who)
    imports.start(viewer=who, job=job)
    imports.stop(viewer=who, job=job)
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == SessionImportState.DONE
    assert job.counts["outcomes"].get(SessionRowOutcome.LEFT, 0) + Session.objects.count() == 3
    assert not SessionImport.objects.get(pk=job.pk).stop_asked


def test_after_a_month_the_lines_are_forgotten_and_the_sessions_stay(bring: Bring, apply: Bring) -> None:
    job = apply(bring(_many(2)))
    SessionImport.objects.filter(pk=job.pk).update(created_at="2020-01-01T00:00:00Z")
    assert import_working.forget_old() == 1
    job.refresh_from_db()
    assert (job.rows.count(), job.columns, Session.objects.count()) == (0, [], 2)
