"""What must be true of the machine before anything starts; needs neither Django nor a server."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import time
from pathlib import Path
from typing import IO

from config import embedded
from config.console import Refusal
from config.console import gettext as _

NEEDED_MEGABYTES = 200
FOLDERS = ("keys", "log", "run")
# Stands in the environment of every process of an installation, so that the next start finds those left behind.
MARK = "PASSERELLE_INSTALLATION"


def check_disk(var: Path) -> None:
    """Make the folders of the installation; refuse a disk that is full or may not be written."""
    try:
        for name in FOLDERS:
            (var / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = var / "run" / "probe"
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Refusal(_("The disk is full: free some space for %(folder)s.") % {"folder": var}) from error
        text = _("The folder %(folder)s cannot be written (%(reason)s).")
        raise Refusal(text % {"folder": var, "reason": _reason(error)}) from error
    free = shutil.disk_usage(embedded.home(var) if embedded.home(var).exists() else var).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        text = _("The disk is full: %(free)s MB are left for %(folder)s and %(needed)s MB are needed.")
        raise Refusal(text % {"free": free, "folder": var, "needed": NEEDED_MEGABYTES})


def _reason(error: OSError) -> str:
    """Why the system refused, in the language of the terminal where it is one of the usual reasons."""
    known = {
        errno.EROFS: _("the disk is read-only"),
        errno.EACCES: _("permission denied"),
        errno.EPERM: _("permission denied"),
        errno.ENOTDIR: _("a file is in its place"),
        errno.EEXIST: _("a file is in its place"),
    }
    return known.get(error.errno or 0, error.strerror or str(error))


def take_instance_lock(var: Path) -> IO[str]:
    """Hold the lock of this installation; the operating system gives it back however the process ends."""
    lock = (var / "run" / "up.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        text = _("Passerelle already runs on this data (process %(number)s). Stop it first, or set PASSERELLE_VAR.")
        raise Refusal(text % {"number": lock.read().strip() or "?"}) from None
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def check_port(host: str, port: int) -> None:
    """Refuse a port that another program has."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                text = _("Port %(port)s is taken by another program. Choose another one: make run PORT=%(other)s")
                raise Refusal(text % {"port": port, "other": port + 1}) from error
            text = _("Port %(port)s cannot be used (%(reason)s).")
            raise Refusal(text % {"port": port, "reason": _reason(error)}) from error
        except OverflowError as error:
            raise Refusal(_("PORT must be between 1 and 65535.")) from error


def stop_leftovers(var: Path) -> int:
    """Stop what an earlier start left behind when it was killed; return how many processes there were."""
    left = leftovers(var)
    for stop_signal, seconds in ((signal.SIGTERM, 4.0), (signal.SIGKILL, 2.0)):
        for number in left:
            _send(number, stop_signal)
        until = time.monotonic() + seconds
        while any(map(_exists, left)) and time.monotonic() < until:
            time.sleep(0.05)
    server = embedded.Postgres(var)
    postgres = server.running_process()
    if postgres is not None:
        embedded.stop_process(postgres)
        left.append(postgres)
    return len(left)


def leftovers(var: Path) -> list[int]:
    """The processes that carry the mark of this installation or serve its sockets, apart from this one."""
    mark = f"{MARK}={var}".encode()
    broker = str(embedded.Valkey(var).socket).encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        number = int(folder.name)
        if number in {os.getpid(), os.getppid()}:
            continue
        if mark in _read(folder / "environ").split(b"\0") or _serves(folder, broker):
            found.append(number)
    return found


def _serves(folder: Path, socket_path: bytes) -> bool:
    command = _read(folder / "cmdline")
    return b"valkey-server" in command and socket_path in command


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _exists(number: int) -> bool:
    """Whether a process still runs (one that waits to be buried by its parent does not)."""
    state = _read(Path(f"/proc/{number}/stat")).rpartition(b")")[2].split()
    return bool(state) and state[0] != b"Z"


def _send(number: int, stop_signal: int) -> None:
    try:
        os.kill(number, stop_signal)
    except (ProcessLookupError, PermissionError):
        return
