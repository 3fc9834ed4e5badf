"""The processes of a running installation: started, watched, started again when they die, and stopped together."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config import embedded
from config.console import Refusal, complain
from config.console import gettext as _

SECONDS_TO_STOP = 5.0
QUICK_DEATH = 10.0
QUICK_DEATHS_ALLOWED = 5
LARGEST_LOG = 10_000_000


@dataclass
class Child:
    """One program of the product: web, worker or beat."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        """Start it in a session of its own, so that only the supervisor tells it when to stop."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
                preexec_fn=embedded.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 (one prctl call)
            )
        self.started = time.monotonic()

    def runs(self) -> bool:
        """Whether it is alive."""
        return self.process is not None and self.process.poll() is None

    def tell(self, stop_signal: int) -> None:
        """Send a signal to the program alone: it looks after its own children."""
        if self.runs() and self.process is not None:
            self.process.send_signal(stop_signal)

    def kill(self) -> None:
        """Kill the program and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


Server = embedded.Postgres | embedded.Valkey


@dataclass
class Supervisor:
    """Looks after servers and children until it is told to stop."""

    logs: Path
    servers: list[Server] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def stop_on_signals(self) -> None:
        """Ctrl-C, a closed terminal and SIGTERM all end the installation in the same orderly way."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start_child(self, child: Child) -> None:
        """Start and keep one child."""
        self.children.append(child)
        child.start()

    def watch(self, each_second: Callable[[], None] = lambda: None) -> None:
        """Wait until told to stop; whatever dies meanwhile is started again."""
        seconds = 0
        while not self.stopping:
            for server in self.servers:
                self._revive_server(server)
            for child in self.children:
                self._revive(child)
            if seconds % 60 == 0:
                rotate(self.logs)
            seconds += 1
            each_second()
            time.sleep(1)

    def stop(self) -> None:
        """Stop everything within ten seconds: programs first, together; then broker and database."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in self.children:
            child.tell(signal.SIGTERM)
        until = time.monotonic() + SECONDS_TO_STOP
        while any(child.runs() for child in self.children) and time.monotonic() < until:
            time.sleep(0.05)
        for child in self.children:
            child.kill()
        for server in reversed(self.servers):
            server.stop()

    def _on_signal(self, number: int, frame: object) -> None:
        if not self.stopping:
            self.stopping = True
            raise KeyboardInterrupt

    def _revive(self, child: Child) -> None:
        if child.runs():
            return
        complain(_("%(name)s stopped and is started again (see %(log)s).") % {"name": child.name, "log": child.log})
        quick = time.monotonic() - child.started < QUICK_DEATH
        child.quick_deaths = child.quick_deaths + 1 if quick else 0
        if child.quick_deaths >= QUICK_DEATHS_ALLOWED:
            raise Refusal(_("%(name)s does not stay up: see %(log)s.") % {"name": child.name, "log": child.log})
        child.kill()
        child.start()

    def _revive_server(self, server: Server) -> None:
        if server.process is None or server.process.poll() is None:
            return
        name = type(server).__name__
        complain(_("%(name)s stopped and is started again (see %(log)s).") % {"name": name, "log": server.log})
        if isinstance(server, embedded.Postgres):
            server.prepare()
        server.start()
        server.wait()


def rotate(logs: Path) -> None:
    """Keep one older copy of each log; programs append, so the file may be cut while they write."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > LARGEST_LOG:
            older = log.with_suffix(".log.1")
            older.write_bytes(log.read_bytes())
            os.truncate(log, 0)
