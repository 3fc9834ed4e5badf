"""How far a long work has come, seen from outside while its own transaction is still open; and the word to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.db import connection

from orgs.messaging import stopping

Show = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much (0: not known)."""
PAUSE = 0.5


class Stopped(Exception):
    """Somebody asked to stop."""


class WorkerStopping(Exception):
    """This worker is being shut down: another one goes on."""


class Beacon:
    """Writes progress by a connection of its own, at most twice a second, and looks whether to stop."""

    def __init__(self, job_id: int, show: Show | None = None) -> None:
        self.job_id, self.show = job_id, show
        self._last = 0.0

    def __enter__(self) -> Self:
        self._own = connection.copy()
        try:
            self._write(0, 0)
        except BaseException:
            self._own.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._own.close()

    def tell(self, what: str, done: int, total: int) -> None:
        """Say how far it is. Raises ``Stopped`` or ``WorkerStopping``."""
        if self.show is not None:
            self.show(what, done, total)
        now = time.monotonic()
        if now - self._last >= PAUSE or done == total:
            self._last = now
            self._write(done, total)
        if stopping.requested():
            raise WorkerStopping

    def _write(self, done: int, total: int) -> None:
        with self._own.cursor() as cursor:
            cursor.execute(
                "UPDATE orgs_importjob SET done = %s, total = %s, touched_at = clock_timestamp() WHERE id = %s"
                " RETURNING stop_asked",
                [done, total, self.job_id],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise Stopped
