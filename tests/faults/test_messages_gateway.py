"""An SMS gateway that fails in every way there is: the books equal what it accepted, doubles are marked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.messages import (
    LONG,
    Books,
    Worker,
    assert_books_match,
    environment,
    post,
    running,
    wait_until,
)
from tests.faults.servers import Server

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
__all__ = ["environment"]
COUNT = 200 if LONG else 30


@pytest.fixture
def gateway(tmp_path: Path, environment: dict[str, str]) -> Iterator[Server]:
    server = Server("gateway", tmp_path / "gateway").start()
    environment["SMS_GATEWAY_URL"] = f"generic+http://127.0.0.1:{server.port}/send"
    # Attempts must outlast the trouble, whatever the machine does.
    environment["MESSAGE_PAUSES"] = ",".join(["1"] * 60)
    yield server
    server.stop()


@pytest.fixture
def worker(environment: dict[str, str], gateway: Server, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(environment, tmp_path / "worker.log")
    with running(worker):
        yield worker


def test_a_gateway_that_answers_500_gets_each_message_once_in_the_end(
    environment: dict[str, str], database_url: str, gateway: Server, worker: Worker
) -> None:
    books = Books(database_url)
    gateway.behave("busy")
    post(environment, "sms", COUNT)
    worker.start()
    wait_until(lambda: bool(books.rows("SELECT 1 FROM orgs_message WHERE attempts > 1")), "it is tried again")
    assert not gateway.accepted()
    gateway.behave("ok")
    wait_until(books.all_final, "the gateway recovers")
    assert_books_match(books, gateway, COUNT)
    assert not books.marked()


def test_a_gateway_that_is_gone_uses_up_no_attempts(
    environment: dict[str, str], database_url: str, gateway: Server, worker: Worker, tmp_path: Path
) -> None:
    books = Books(database_url)
    gateway.stop()
    post(environment, "sms", 5)
    worker.start()
    wait_until(lambda: bool(books.rows("SELECT 1 FROM orgs_message WHERE reason = 'no_connection'")), "it was tried")
    assert books.rows("SELECT max(attempts), bool_or(maybe_double) FROM orgs_message") == [(0, False)]


def test_a_gateway_that_hangs_gets_messages_later_and_they_are_marked(
    environment: dict[str, str], database_url: str, gateway: Server, worker: Worker
) -> None:
    books = Books(database_url)
    gateway.behave("hang")
    post(environment, "sms", COUNT)
    worker.start()
    wait_until(lambda: bool(books.marked()), "a send times out")
    gateway.behave("ok")
    wait_until(books.all_final, "the gateway recovers")
    assert_books_match(books, gateway, COUNT)
    # It accepted nothing while it hung: marked, but no double.
    assert set(gateway.counts().values()) == {1}
    assert 0 < len(books.marked()) < COUNT


def test_a_gateway_that_answers_too_late_makes_doubles_and_they_are_marked(
    environment: dict[str, str], database_url: str, gateway: Server, worker: Worker
) -> None:
    books = Books(database_url)
    gateway.behave("late")
    post(environment, "sms", COUNT)
    worker.start()
    wait_until(lambda: bool(books.marked()), "a send times out")
    gateway.behave("ok")
    wait_until(books.all_final, "the gateway recovers")
    accepted = gateway.counts()
    assert books.states() == {"sent": COUNT}
    assert set(accepted) == books.sent()
    doubles = {key for key, times in accepted.items() if times > 1}
    assert doubles
    assert doubles <= books.marked()


def test_a_wrong_number_fails_at_once_and_the_others_go_out(
    environment: dict[str, str], database_url: str, gateway: Server, worker: Worker
) -> None:
    books = Books(database_url)
    post(environment, "sms", 10)
    # +223 70 000 000 is the one that the gateway refuses.
    post(environment, "sms", 1, first=-1)
    worker.start()
    wait_until(books.all_final, "all are final")
    assert books.states() == {"sent": 10, "failed": 1}
    assert books.rows("SELECT reason, attempts FROM orgs_message WHERE state = 'failed'") == [("refused", 1)]
