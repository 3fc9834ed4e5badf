"""A Kannel of the test's own on loopback: bearerbox, smsbox, and the fake telephone network that comes with it."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
SECONDS_TO_START = 30.0


def missing() -> list[str]:
    """The Debian packages that would have to be installed."""
    boxes = all(_box(name) for name in ("bearerbox", "smsbox"))
    return [] if boxes and os.access(FAKESMSC, os.X_OK) else ["kannel", "kannel-extras"]


def _box(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@dataclass
class Kannel:
    """The two boxes. ``user`` and ``password`` are for ``sendsms``; ``get_url`` is what an incoming SMS calls."""

    folder: Path
    get_url: str
    user: str = "passerelle"
    password: str = "loopback"
    ports: list[int] = field(default_factory=lambda: free_ports(4))
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def send_port(self) -> int:
        return self.ports[3]

    def start(self) -> "Kannel":
        admin, boxes, network, send = self.ports
        configuration = self.folder / "kannel.conf"
        store = self.folder / "kannel.store"
        configuration.write_text(
            f"""
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = {self.password}
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
log-file = "{self.folder}/bearerbox.log"
log-level = 1
sms-combine-concatenated-mo = false
store-type = file
store-location = "{store}"

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {network}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {send}
sendsms-interface = "127.0.0.1"
log-file = "{self.folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = {self.user}
password = {self.password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "{self.get_url}"
max-messages = 0
catch-all = true
""".lstrip()
        )
        self._run("bearerbox", configuration)
        self._wait(boxes)
        self._run("smsbox", configuration)
        self._wait(send)
        return self

    def fake_phone(self, message: str) -> "FakePhone":
        """A phone that sends this and prints what it gets."""
        return FakePhone(self.ports[2], self.folder, message).start()

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()

    def _run(self, name: str, configuration: Path) -> None:
        box = _box(name)
        assert box is not None
        with (self.folder / f"{name}.out").open("wb") as output:
            self.processes.append(
                subprocess.Popen([box, str(configuration)], cwd=self.folder, stdout=output, stderr=subprocess.STDOUT)
            )

    def _wait(self, port: int) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                return
            said = "".join(file.read_text(errors="replace") for file in self.folder.glob("*.out"))
            assert time.monotonic() < until, said
            assert all(process.poll() is None for process in self.processes), said
            time.sleep(0.05)


@dataclass
class FakePhone:
    """``fakesmsc``: says its message once and writes down what comes back."""

    port: int
    folder: Path
    message: str
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def output(self) -> Path:
        return self.folder / "phone.out"

    def start(self) -> "FakePhone":
        command = [FAKESMSC, "-H", "127.0.0.1", "-r", str(self.port), "-i", "0.1", "-m", "1", self.message]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT)
        return self

    def got(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def running(kannel: Kannel) -> Iterator[Kannel]:
    try:
        yield kannel.start()
    finally:
        kannel.stop()
