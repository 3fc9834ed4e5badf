"""PostgreSQL is restarted, politely and not, while messages go out."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded
from tests.faults.messages import (
    GROUP,
    MANY,
    WORKERS,
    Books,
    Worker,
    assert_books_match,
    database,
    on_own_database,
    post,
    running,
    wait_until,
)
from tests.faults.servers import Server

pytestmark = pytest.mark.faults
__all__ = ["database"]


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Server]:
    server = Server("smtp", tmp_path / "mail").start("slow")
    yield server
    server.stop()


@pytest.fixture
def environment(database: embedded.Postgres, valkey: embedded.Valkey, mail: Server, tmp_path: Path) -> dict[str, str]:
    return on_own_database(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{mail.port}")


@pytest.mark.parametrize("how", ["politely", "kill -9"])
def test_a_restart_of_the_database_loses_nothing(
    environment: dict[str, str], database: embedded.Postgres, mail: Server, tmp_path: Path, how: str
) -> None:
    books = Books(environment["DATABASE_URL"])
    post(environment, "email", MANY)
    worker = Worker(environment, tmp_path / "worker.log")
    with running(worker):
        worker.start()
        wait_until(lambda: len(mail.accepted()) >= MANY * 0.3, "the worker sends")
        assert books.count_final() < MANY
        assert database.process is not None
        if how == "politely":
            database.stop()
        else:
            database.process.send_signal(signal.SIGKILL)
            database.process.wait()
        database.prepare()
        database.start()
        database.wait()
        mail.behave("ok")
        wait_until(books.all_final, "all are final")
    assert_books_match(books, mail, MANY)
    # What was sent is written down as soon as the database is there again, if that is soon enough.
    assert sum(times - 1 for times in mail.counts().values()) <= GROUP * WORKERS
