"""Workers, broker and database die while messages go out; at the end the books equal what the other side accepted."""

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
    calls_waiting,
    environment,
    pile_up_calls,
    post,
    running,
    wait_until,
)
from tests.faults.servers import Server

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
__all__ = ["environment"]
PILED = 3000


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Server]:
    server = Server("smtp", tmp_path / "mail").start("slow")
    yield server
    server.stop()


def test_a_killed_worker_loses_nothing(
    environment: dict[str, str], database_url: str, mail: Server, tmp_path: Path
) -> None:
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail.port}"
    books = Books(database_url)
    post(environment, "email", MANY)
    first, second = (Worker(environment, tmp_path / f"{name}.log") for name in ("first", "second"))
    with running(first, second):
        first.start()
        wait_until(lambda: len(mail.accepted()) >= MANY * 0.4, "the first worker sends")
        first.kill()
        held = books.states().get("sending", 0)
        assert 0 < held <= GROUP * WORKERS
        assert books.count_final() < MANY
        mail.behave("ok")
        second.start()
        wait_until(books.all_final, "the second worker finishes")
    assert_books_match(books, mail, MANY)
    assert len(books.marked()) == held


def test_a_stopped_worker_leaves_no_message_uncertain(
    environment: dict[str, str], database_url: str, mail: Server, tmp_path: Path
) -> None:
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail.port}"
    books = Books(database_url)
    post(environment, "email", MANY)
    first, second = (Worker(environment, tmp_path / f"{name}.log") for name in ("first", "second"))
    with running(first, second):
        first.start()
        wait_until(lambda: len(mail.accepted()) >= 40, "the first worker sends")
        first.stop()
        assert "sending" not in books.states()
        assert books.states()["pending"] > 0
        mail.behave("ok")
        second.start()
        wait_until(books.all_final, "the second worker finishes")
    assert_books_match(books, mail, MANY)
    assert not books.marked()
    assert set(mail.counts().values()) == {1}


def test_messages_wait_for_a_broker_that_is_down(
    environment: dict[str, str], database_url: str, mail: Server, valkey: embedded.Valkey, tmp_path: Path
) -> None:
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail.port}"
    mail.behave("ok")
    books = Books(database_url)
    worker = Worker(environment, tmp_path / "worker.log")
    with running(worker):
        worker.start()
        post(environment, "email", 5)
        wait_until(books.all_final, "the worker works")
        valkey.stop()
        without_broker = post(environment, "email", 200, first=5)
        assert books.states()["pending"] == 200
        valkey.start()
        valkey.wait()
        wait_until(books.all_final, "the sweep finds them")
        assert worker.process is not None
        assert worker.process.poll() is None, "nobody would start it again here"
    assert_books_match(books, mail, 205)
    assert not books.marked()
    assert without_broker < 30


def test_a_pile_of_calls_hides_nothing_that_was_lost(
    environment: dict[str, str], database_url: str, mail: Server, tmp_path: Path
) -> None:
    """Calls for nothing wait in thousands; what a dead worker held goes out long before they are worked off."""
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail.port}"
    books = Books(database_url)
    post(environment, "email", 1)
    books.rows(
        "UPDATE orgs_message SET state = 'sending', attempts = 1, claimed_at = now() - interval '1 hour' RETURNING 1"
    )
    pile_up_calls(environment, PILED)
    worker = Worker(environment, tmp_path / "worker.log")
    with running(worker):
        worker.start()
        wait_until(books.all_final, "the lost message is found and sent")
        assert calls_waiting(environment) > PILED / 2
    assert_books_match(books, mail, 1)
    assert len(books.marked()) == 1
