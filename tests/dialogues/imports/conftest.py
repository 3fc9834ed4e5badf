"""The way of an import of sessions without pages."""

from collections.abc import Callable

import pytest

from dialogues.access import MACHINE
from dialogues.models import SessionImport, SessionImportState
from dialogues.services import import_working, imports
from orgs.policy import Viewer

Bring = Callable[..., SessionImport]


@pytest.fixture
def bring() -> Bring:
    """Bring a file up to its preview; raises what the upload raises."""

    def brings(content: bytes, *, viewer: Viewer = MACHINE, name: str = "seances.xlsx") -> SessionImport:
        job = imports.bring_file(viewer=viewer, name=name, chunks=[content])
        import_working.work(job.pk)
        job.refresh_from_db()
        assert job.state == SessionImportState.READY, job.fault
        return job

    return brings


@pytest.fixture
def apply() -> Bring:
    """Bring in what was looked at."""

    def applies(job: SessionImport, *, viewer: Viewer = MACHINE) -> SessionImport:
        imports.start(viewer=viewer, job=job)
        import_working.work(job.pk)
        job.refresh_from_db()
        assert job.state == SessionImportState.DONE, job.fault
        return job

    return applies
