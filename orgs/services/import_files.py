"""The files of imports: where they are kept while an import goes on, and that they are forgotten after it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.imports.files import FILE_LIMIT, FileRefused
from orgs.models import AT_WORK, ImportJob, ImportState

KEPT = timedelta(days=30)
"""How long lines and files are kept; numbers stay."""
OPEN = (ImportState.COLUMNS, ImportState.READY)
"""Where a person decides."""


def folder() -> Path:
    """Where files are kept until they are forgotten: nobody but the product reads there."""
    path = Path(settings.VAR_DIR) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def store(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Keep a file; its size and SHA-256. Raises ``FileRefused`` when it is too large."""
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > FILE_LIMIT:
                limit = FILE_LIMIT // (1024 * 1024)
                raise FileRefused(
                    _("The file is larger than %(size)d MB. Cut it into several files.") % {"size": limit}
                )
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def forget_old() -> int:
    """Forget the lines and files of imports older than a month; how many."""
    old = ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT, forgotten_at__isnull=True)
    jobs = list(old.exclude(state__in=AT_WORK))
    for job in jobs:
        with transaction.atomic():
            job.rows.all().delete()
            forget(job, state=ImportState.CANCELLED if job.state in OPEN else job.state)
    return len(jobs)


def forget(job: ImportJob, *, state: str) -> None:
    """Forget the file and what is known of its columns."""
    stored = job.stored
    job.state, job.stored, job.sheets, job.mapping = state, "", [], {}
    job.forgotten_at = timezone.now()
    job.save()
    if stored:
        transaction.on_commit((folder() / stored).unlink if (folder() / stored).exists() else lambda: None, robust=True)
