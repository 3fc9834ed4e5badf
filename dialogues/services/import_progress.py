"""How far an import of sessions has come, and the word to stop. Each line is its own transaction, so this is simple."""

from __future__ import annotations

import time

from django.utils import timezone

from dialogues.models import SessionImport
from orgs.imports.beacon import Show, Stopped, WorkerStopping
from orgs.messaging import stopping

PAUSE = 0.5


class Progress:
    """Writes progress at most twice a second, and looks whether to stop."""

    def __init__(self, job_id: int, show: Show | None = None) -> None:
        self.job_id, self.show = job_id, show
        self._last = 0.0

    def tell(self, what: str, done: int, total: int) -> None:
        """Say how far it is. Raises ``Stopped`` or ``WorkerStopping``."""
        if self.show is not None:
            self.show(what, done, total)
        now = time.monotonic()
        if now - self._last >= PAUSE or done >= total:
            self._last = now
            job = SessionImport.objects.filter(pk=self.job_id)
            job.update(done=done, total=total, touched_at=timezone.now())
            if job.filter(stop_asked=True).exists():
                raise Stopped
        if stopping.requested():
            raise WorkerStopping
