"""What the fault tests of messages share: a real worker, the books, and a process that posts messages."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings

from config import embedded
from tests.faults.installations import descendants
from tests.faults.servers import ROOT, Server

LONG = os.environ.get("FAULTS") == "long"
MANY = 2000 if LONG else 500
GROUP = 10
WORKERS = 2
QUICK = {
    "MESSAGE_LEASE": "6",
    "MESSAGE_SWEEP": "1",
    "MESSAGE_PAUSES": "1,1,1,1,1,1,1,1",
    "WORKER_PROCESSES": "2",
    "BREAKER_PAUSE": "1",
    "BREAKER_LONGEST_PAUSE": "2",
}

POST = """
import sys, time, django
django.setup()
from django.db import transaction
from orgs.messaging import outbox
channel, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
began = time.monotonic()
with transaction.atomic():
    for number in range(first, first + count):
        address = f"p{number}@example.org" if channel == "email" else f"+223{70000001 + number}"
        outbox.post(purpose="single", channel=channel, address=address, subject="Essai", text=f"Message {number}")
print(time.monotonic() - began)
"""

PILE = """
import sys, django
django.setup()
from orgs.messaging import outbox
for _ in range(int(sys.argv[1])):
    outbox.call_reader()
"""


class Worker:
    """A real Celery worker; unless said otherwise with its beat, so that the sweep runs as in an installation."""

    def __init__(self, environment: dict[str, str], log: Path, *, beat: bool = True) -> None:
        self.environment = environment
        self.log = log
        self.beat = beat
        self.process: subprocess.Popen[bytes] | None = None

    def words(self) -> list[str]:
        """What Celery is asked for."""
        return [
            "worker",
            "-Q",
            "default,messages",
            "--concurrency",
            str(WORKERS),
            "--without-gossip",
            "--without-mingle",
            *(["--beat", *self.schedule()] if self.beat else []),
        ]

    def schedule(self) -> list[str]:
        return ["--schedule", str(self.log.with_suffix(".beat"))]

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config.celery", *self.words(), "--loglevel", "WARNING"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """``kill -9`` of the worker and its pool at once."""
        assert self.process is not None
        for number in [self.process.pid, *descendants(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As the supervisor does it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Beat(Worker):
    """A beat by itself, as an installation runs it."""

    def words(self) -> list[str]:
        return ["beat", *self.schedule(), "--pidfile", ""]


class Books:
    """What our database says about messages."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def states(self) -> dict[str, int]:
        return dict(self.rows("SELECT state, count(*) FROM orgs_message GROUP BY state"))

    def marked(self) -> set[str]:
        """The keys of messages that may have been sent twice."""
        return {str(key) for (key,) in self.rows("SELECT key FROM orgs_message WHERE maybe_double")}

    def sent(self) -> set[str]:
        return {str(key) for (key,) in self.rows("SELECT key FROM orgs_message WHERE state IN ('sent', 'delivered')")}

    def all_final(self) -> bool:
        return not self.states().keys() & {"pending", "sending"}

    def count_final(self) -> int:
        return sum(count for state, count in self.states().items() if state not in ("pending", "sending"))


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 90, step: float = 0.1) -> None:
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            if condition():
                return
        assert time.monotonic() < until, f"waited {seconds} s: {what}"
        time.sleep(step)


def post(environment: dict[str, str], channel: str, count: int, first: int = 0) -> float:
    """Post messages from a process of its own; how many seconds the posting took, without the start of the process."""
    command = [sys.executable, "-c", POST, channel, str(first), str(count)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120, stdout=subprocess.PIPE)
    return float(done.stdout.split()[-1])


def pile_up_calls(environment: dict[str, str], count: int) -> None:
    """Call readers for nothing, as a flood of incoming SMS does."""
    subprocess.run([sys.executable, "-c", PILE, str(count)], cwd=ROOT, env=environment, check=True, timeout=120)


def calls_waiting(environment: dict[str, str], queue: str = "messages") -> int:
    """How many calls wait in the broker for a worker."""
    with redis.Redis(unix_socket_path=environment["BROKER_URL"].removeprefix("redis+socket://")) as broker:
        return int(broker.llen(queue))


def assert_books_match(books: Books, server: Server, count: int) -> None:
    """Nothing lost, nothing invented, and doubles only where a mark stands."""
    accepted = server.counts()
    assert books.states() == {"sent": count}
    assert set(accepted) == books.sent()
    doubles = {key for key, times in accepted.items() if times > 1}
    assert doubles <= books.marked()
    assert all(accepted[key] <= 2 for key in doubles)


@contextlib.contextmanager
def running(*parts: Worker | Server | embedded.Valkey) -> Iterator[None]:
    """Stop everything at the end, whatever happened."""
    try:
        yield
    finally:
        for part in parts:
            part.stop()


@pytest.fixture
def environment(process_environment: dict[str, str]) -> dict[str, str]:
    """For workers that do not wait long."""
    return {**process_environment, **QUICK}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[embedded.Postgres]:
    """A cluster of the test's own, durable as in production."""
    server = embedded.Postgres(tmp_path)
    server.prepare()
    server.start()
    server.wait()
    yield server
    server.stop()


def on_own_database(tmp_path: Path, **more: str) -> dict[str, str]:
    """The environment of processes on the test's own cluster, whose tables are made here."""
    environment = {
        **QUICK,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PASSERELLE_VAR": str(tmp_path),
        "SECRET_KEY_FILE": str(settings.KEYS_DIR / "secret_key"),
        "DATABASE_URL": embedded.database_url(tmp_path),
        "BROKER_URL": embedded.broker_url(tmp_path),
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        **more,
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
    return environment
