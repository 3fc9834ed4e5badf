"""The PostgreSQL cluster that all test runs of this checkout share, and the databases they get from it.

The cluster starts with the first run and stays for the next one; ``make test`` stops it if nobody else uses it. A
template database is migrated once for each state of the migrations; every worker of every run copies it for itself.
"""

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
# Tests may lose their data: the server need not wait for the disk.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "autovacuum": "off",
}
KEPT_TEMPLATES = 3


@contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold a lock between processes; the operating system gives it back when a process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, kind)
        yield


class TestCluster:
    """The cluster under ``var``, or the server that ``url`` names."""

    __test__ = False

    def __init__(self, var: Path, url: str) -> None:
        self.var = var
        self.url = url or embedded.database_url(var)
        self.server = None if url else embedded.Postgres(var, options=FAST, bound=False)
        self._use: IO[str] | None = None

    def join(self) -> None:
        """Say that this process uses the cluster, and start it if it does not run."""
        self.var.mkdir(parents=True, exist_ok=True)
        with locked(self.var / "start.lock"):
            self._use = (self.var / "users.lock").open("a")
            fcntl.flock(self._use, fcntl.LOCK_SH)
            if self.server is not None and not self.server.answers():
                self.server.prepare()
                if self.server.running_process() is None:
                    self.server.start()
                self.server.wait()

    def leave(self, *, stop: bool) -> None:
        """Stop using the cluster; stop the server too if asked to and nobody else uses it."""
        if self._use is None:
            return
        with locked(self.var / "start.lock"):
            if stop and self.server is not None and self._is_alone():
                embedded.stop_process(self.server.running_process())
            self._use.close()

    def _is_alone(self) -> bool:
        assert self._use is not None
        try:
            fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def connect(self) -> "psycopg.Connection[tuple[str]]":
        """Connect for administrative work."""
        return psycopg.connect(self.url, autocommit=True)

    def clear_leftovers(self) -> None:
        """Drop the databases of runs that died."""
        with self.connect() as connection:
            for (name,) in connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, 'test_')"
            ).fetchall():
                found = re.fullmatch(r"test_(\d+)_\w+", name)
                if found and not _is_alive(int(found[1])):
                    self.drop(name)

    def template(self, build: Callable[[str], None]) -> str:
        """The name of the migrated template; ``build`` migrates a new database when there is none yet."""
        name = f"tpl_{state_of_migrations()}"
        with locked(self.var / "template.lock"):
            if not self._exists(name):
                self._drop_old_templates()
                draft = f"draft_{name}"
                self.drop(draft)
                self._execute("CREATE DATABASE {}", draft)
                build(draft)
                self._execute("ALTER DATABASE {} RENAME TO {}", draft, name)
        return name

    def create(self, name: str, template: str) -> None:
        """Make a database as a copy of the template."""
        self.drop(name)
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected. The server's own cleaning may be at work in it: it is soon done."""
        for _ in range(100):
            try:
                self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            except psycopg.errors.InsufficientPrivilege:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"the database {name} cannot be dropped")

    def _drop_old_templates(self) -> None:
        with self.connect() as connection:
            query = "SELECT datname FROM pg_database WHERE starts_with(datname, 'tpl_') ORDER BY oid DESC OFFSET %s"
            old = [name for (name,) in connection.execute(query, [KEPT_TEMPLATES]).fetchall()]
        for name in old:
            try:
                self._execute("DROP DATABASE IF EXISTS {}", name)
            except psycopg.errors.ObjectInUse:
                continue

    def _exists(self, name: str) -> bool:
        with self.connect() as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    def _execute(self, statement: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def state_of_migrations() -> str:
    """A name for the schema as the migrations of the apps and the pinned libraries make it."""
    digest = hashlib.sha256()
    files = [
        path for app in ("orgs", "incidents", "dialogues") for path in sorted((ROOT / app / "migrations").rglob("*.py"))
    ]
    for path in [*files, ROOT / "requirements" / "base.txt"]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
