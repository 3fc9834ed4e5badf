"""Files as people make them, and the way of an import without pages."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orgs import access
from orgs.models import ImportJob, ImportMode, ImportState
from orgs.policy import Viewer
from orgs.services import import_files, import_working, imports
from tests.orgs.imports.files import csv_file, workbook

__all__ = ["csv_file", "workbook"]
Bring = Callable[..., ImportJob]


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files of this test lie in its own folder."""
    folder = tmp_path / "imports"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(import_files, "folder", lambda: folder)


@pytest.fixture
def bring() -> Bring:
    """Bring a file up to its preview; raises what the upload raises."""

    def brings(
        content: bytes,
        *,
        viewer: Viewer = access.MACHINE,
        name: str = "liste.xlsx",
        mapping: Mapping[str, Mapping[str, str]] | None = None,
        fills_only: bool = False,
    ) -> ImportJob:
        job = imports.bring_file(viewer=viewer, name=name, chunks=[content], fills_only=fills_only)
        imports.choose_columns(viewer=viewer, job=job, mapping=mapping or job.mapping, source="", fills_only=fills_only)
        import_working.work(job.pk)
        job.refresh_from_db()
        return job

    return brings


@pytest.fixture
def apply() -> Callable[..., ImportJob]:
    """Bring in what was looked at."""

    def applies(job: ImportJob, *, viewer: Viewer = access.MACHINE, mode: str = ImportMode.ALL) -> ImportJob:
        imports.start(viewer=viewer, job=job, mode=mode)
        import_working.work(job.pk)
        job.refresh_from_db()
        assert job.state == ImportState.DONE, job.fault
        return job

    return applies
