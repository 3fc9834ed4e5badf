"""Starting and stopping server processes."""

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import IO

# A number that distributions give to nobody; it needs no entry in /etc/passwd.
SERVANT = 60970
PR_SET_PDEATHSIG = 1


class ServerUnavailable(Exception):
    """A server does not start; the message says why."""


def runs_as_root() -> bool:
    """Whether servers must be given a user of their own."""
    return os.geteuid() == 0


def server_user() -> int:
    """The user id that owns the servers and their files."""
    return SERVANT if runs_as_root() else os.geteuid()


def die_with_parent(stop_signal: int) -> Callable[[], None]:
    """What a child runs before its program: it is told to stop when its parent dies, even by ``kill -9`` (Linux)."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, stop_signal)

    return prepare


def launch(command: list[str], log: IO[bytes], *, stop_signal: int, bound: bool) -> "subprocess.Popen[bytes]":
    """Start a server as its own user, in a session of its own; a bound one is told to stop when its parent dies."""
    user = server_user() if runs_as_root() else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
        cwd="/",
        user=user,
        group=user,
        extra_groups=[] if user else None,
        umask=0o077,
        start_new_session=True,
        preexec_fn=die_with_parent(stop_signal) if bound else None,  # noqa: PLW1509 (one prctl call)
    )


def stop(process: "subprocess.Popen[bytes]", steps: list[tuple[int, float]]) -> None:
    """Send one signal after the other, waiting after each as many seconds as it says."""
    for number, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def last_complaint(log: Path) -> str:
    """The last line of a server's log that says what went wrong."""
    lines = log.read_text(errors="replace").splitlines()[-60:] if log.exists() else []
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "could not", "error"))]
    return (telling or lines or ["no message"])[-1].strip()


def folder_of(package: str) -> Path:
    """Where a wheel was unpacked."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ServerUnavailable(f"the package {package} is not installed (requirements/embedded.txt)")
    return Path(found.submodule_search_locations[0])
