"""A worker that is killed half-way: nothing is half-imported, and the work goes on."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.paths import BASE_DIR
from orgs import access
from orgs.models import ImportJob, ImportMode, ImportRow, ImportState, Organisation
from orgs.services import import_working, imports
from tests.orgs.imports.conftest import Bring
from tests.orgs.imports.files import csv_file

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 3000
WORK = """
import django; django.setup()
from orgs.services import import_applying, import_working
import_applying.CHUNK = 100
import_working.work({job})
"""


def killed_half_way(job: ImportJob, environment: dict[str, str]) -> None:
    """Let a real process apply it, and kill that process once it has begun."""
    process = subprocess.Popen([sys.executable, "-c", WORK.format(job=job.pk)], cwd=BASE_DIR, env=environment)
    for _ in range(600):
        job.refresh_from_db()
        if job.done > 100 or process.poll() is not None:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    job.refresh_from_db()
    assert job.state == ImportState.APPLYING
    assert 100 < job.done < LINES, "it had begun and was not done"


@pytest.mark.parametrize("mode", [ImportMode.ALL, ImportMode.VALID])
def test_a_killed_worker(bring: Bring, process_environment: dict[str, str], mode: str) -> None:
    job = bring(csv_file([["Organisation", "Tel"], *([f"Org {n}", f"70{n:06d}"] for n in range(LINES))]))
    imports.start(viewer=access.MACHINE, job=job, mode=mode)
    killed_half_way(job, process_environment)
    written = Organisation.objects.filter(name__startswith="Org ").count()
    if mode == ImportMode.ALL:
        assert written == 0
    else:
        assert 0 < written < LINES
        assert written % 100 == 0, "whole chunks"
        assert ImportRow.objects.exclude(outcome="").count() == written
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.DONE
    assert Organisation.objects.filter(name__startswith="Org ").count() == LINES
    assert job.counts["result"] == {"created": LINES}


def test_a_silent_import_is_taken_up_again(bring: Bring, monkeypatch: Any) -> None:
    called: list[int] = []
    monkeypatch.setattr(import_working, "_call", called.append)
    job = bring(csv_file([["Organisation"], ["A"]]))
    imports.start(viewer=access.MACHINE, job=job, mode=ImportMode.ALL)
    ImportJob.objects.update(is_machine=False, touched_at=timezone.now())
    assert import_working.resume_lost() == 0
    ImportJob.objects.update(touched_at=timezone.now() - timedelta(minutes=2))
    assert import_working.resume_lost() == 1
    assert called[-1:] == [job.pk]


def test_stopping_all_or_nothing_leaves_nothing(bring: Bring) -> None:
    job = bring(csv_file([["Organisation"], *([f"Org {n}"] for n in range(700))]))
    imports.start(viewer=access.MACHINE, job=job, mode=ImportMode.ALL)
    assert imports.stop(viewer=access.MACHINE, job=job) == ImportState.APPLYING
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.READY
    assert not Organisation.objects.filter(name__startswith="Org ").exists()
