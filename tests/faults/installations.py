"""A whole installation under test: ``manage.py up`` as a real process on a folder and port of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from config import embedded, preflight
from config.paths import BASE_DIR
from tests.ports import free_port

SECONDS_TO_START = 120.0


class Installation:
    """Starts ``up``, reads what it says, and stops it in every way there is."""

    def __init__(self, var: Path, *, user: int | None = None, **settings: str) -> None:
        self.var = var
        self.port = int(settings.pop("PORT", "") or free_port())
        self.user = user
        self.settings = settings
        self.output = var.parent / f"{var.name}.out"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> "Installation":
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.var.parent),
            "LANG": "C.UTF-8",
            "PASSERELLE_VAR": str(self.var),
            "PORT": str(self.port),
            "DEMO": "0",
            "WEB_PROCESSES": "1",
            "WORKER_PROCESSES": "1",
            **self.settings,
            **settings,
        }
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                start_new_session=True,
            )
        return self

    def said(self) -> str:
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def wait_until_ready(self, times: int = 1) -> None:
        until = time.monotonic() + SECONDS_TO_START
        # The last line of what it says when it is ready: everything before has been said by then.
        while self.said().count("Ctrl-C") < times:
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)

    def wait_for_refusal(self) -> tuple[int, str]:
        """The exit code and the last line of an ``up`` that must not start."""
        assert self.process is not None
        code = self.process.wait(SECONDS_TO_START)
        return code, self.said().strip().splitlines()[-1]

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Ask it to stop; return the seconds until its process is gone."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began

    def kill_everything(self) -> None:
        """``kill -9`` of the supervisor and of everything it started, at the same moment."""
        for number in self.processes():
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert self.process is not None
        self.process.wait()

    def processes(self) -> list[int]:
        """Supervisor, servers, programs and their children."""
        found = set(preflight.leftovers(self.var))
        if self.process is not None and self.process.poll() is None:
            found |= {self.process.pid, *descendants(self.process.pid)}
        postgres = embedded.Postgres(self.var).running_process()
        if postgres is not None:
            found |= {postgres, *descendants(postgres)}
        return sorted(found)

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill_everything()
        preflight.stop_leftovers(self.var)


def descendants(parent: int) -> set[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found: set[int] = set()
    waiting = {parent}
    while waiting:
        waiting = {number for number, above in parents.items() if above in waiting} - found
        found |= waiting
    return found
